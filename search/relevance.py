"""Whether a text answers a question by itself, apart from its title and from where it is kept.

An answer card carries its question as title, so that it is found by it whatever it says. Here only what it says counts:
it shares the question's words, or lies near it in meaning. The bounds were set on the answers in
``tests/golden/interview.toml``, held against their own questions, each other's, and 「见附件」 and the like.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kb import embedding
from kb.bundled_model import NAME
from kb.embedding import embed_query_or_none
from kb.lexical import fold
from search.highlight import content_terms

_SHARED, _NEAR = 0.2, 0.88


def terms_of(text: str) -> list[str]:
    """The terms of a text that say something, of two characters or more."""
    return [term for term in content_terms(text) if len(term) > 1]


def share_of(terms: Sequence[str], folded: str) -> float:
    """The part 0–1 of the terms that a folded text holds; 0 for no terms."""
    return sum(term in folded for term in terms) / len(terms) if terms else 0.0


def speaks_to(question: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts does; meaning is asked only of the bundled model, whose cosines were measured."""
    asked, said = terms_of(question), [text for text in texts if text.strip()]
    shares = any(share_of(asked, fold(text)) >= _SHARED for text in said)
    return shares or any(_is_near(question, text) for text in said)


def _is_near(question: str, text: str) -> bool:
    if embedding.model_name() != NAME:
        return False
    vector = embed_query_or_none(question)
    return vector is not None and float(embedding.embedder().embed_passages([text])[0] @ vector) >= _NEAR
