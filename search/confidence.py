"""Whether the best passage can be relied on, or is only the nearest.

Two signs: the share of the question's rare words that one passage holds, and how near the nearest passage is in
meaning. Below a first bound they are enough only if the passages speak of what the question names (``search.anchors``);
below a second they never are. The bounds were set on the judged questions of two companies (``tests/bench/quality.py``
prints both).
"""

from __future__ import annotations

from collections.abc import Sequence

from kb.bundled_model import NAME
from search.anchors import names_something_else
from search.retrieve import Retrieved

_COSINE, _SLOPE = 0.90, 4.0
_SURE, _POSSIBLE = 0.17, -0.05
_FOREIGN_COSINE = 0.78
"""Question and passages in different scripts: their cosines lie lower, and words say nothing."""
_WORDS_ALONE = 0.15
"""The share of words that is enough by itself, where there is no model or one whose cosines were not measured."""


def word_share(retrieved: Retrieved) -> float:
    """The best passage's word score as a share 0–1 of a perfect one's; a half where the engine does not tell."""
    if not retrieved.words or retrieved.attainable == 0:
        return 0.0
    return 0.5 if retrieved.attainable is None else min(1.0, retrieved.words[0].score / retrieved.attainable)


def certainty(retrieved: Retrieved) -> float:
    """The two signs in one number; 0.17 and more speaks for itself, below −0.05 there is no answer."""
    nearest = retrieved.dense[0].score if retrieved.dense else 0.0
    return word_share(retrieved) + _SLOPE * (nearest - _COSINE)


def is_reliable(question: str, retrieved: Retrieved, passages: Sequence[str], *, same_script: bool) -> bool:
    """Whether what was found answers the question; False for nothing found.

    ``passages`` are those of the first three documents with their titles and headings, the best first.
    """
    if retrieved.lexical_only or (retrieved.model != NAME and same_script):
        return word_share(retrieved) >= _WORDS_ALONE
    if not same_script:
        return bool(retrieved.dense) and (retrieved.model != NAME or retrieved.dense[0].score >= _FOREIGN_COSINE)
    sure = certainty(retrieved)
    return sure >= _POSSIBLE and not names_something_else(question, passages, doubtful=sure < _SURE)
