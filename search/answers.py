"""Whether a text answers a question by itself, apart from its title and from where it is kept.

An answer card carries its question as title, so that it is found by it whatever it says. Here only what it says counts:
it shares the question's words, or lies near it in meaning. The bounds were set on the answers in
``tests/golden/interview.toml``, held against their own questions, each other's, and 「见附件」 and the like.
"""

from __future__ import annotations

from collections.abc import Iterable

from kb import embedding
from kb.bundled_model import NAME
from kb.embedding import embed_query_or_none
from kb.lexical import fold
from search.highlight import content_terms

_SHARED, _NEAR = 0.2, 0.88


def speaks_to(question: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts does; meaning is asked only of the bundled model, whose cosines were measured."""
    said = [text for text in texts if text.strip()]
    return any(_shares(question, text) for text in said) or any(_is_near(question, text) for text in said)


def _shares(question: str, text: str) -> bool:
    asked = [term for term in content_terms(question) if len(term) > 1]
    folded = fold(text).lower()
    return bool(asked) and sum(term in folded for term in asked) >= _SHARED * len(asked)


def _is_near(question: str, text: str) -> bool:
    if embedding.model_name() != NAME:
        return False
    vector = embed_query_or_none(question)
    return vector is not None and float(embedding.embedder().embed_passages([text])[0] @ vector) >= _NEAR
