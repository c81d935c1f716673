"""Whether what was found answers the question: surely, likely, or not reliably.

Two signs: the share of the question's rare words that one passage holds, and how near the nearest passage is in
meaning. Together they decide; in between, the passages must also speak of what the question names
(``search.anchors``). The bounds were set on the judged questions of two companies, each asked a second time with
everything that answers it hidden (``python -m tests.bench.doubt`` prints both rates): what stays is near in subject,
and about three in four such questions still pass as likely, three in ten as sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.bundled_model import NAME
from search.anchors import names_something_else
from search.retrieve import Retrieved

_COSINE, _SLOPE = 0.90, 4.0
_POSSIBLE, _SURE, _SPEAKS_FOR_ITSELF = -0.05, 0.09, 0.17
"""Bounds of the certainty: likely and sure from the first two; from the third a name alone may be missing."""
_FOREIGN_COSINE = 0.78
"""Question and passages in different scripts: their cosines lie lower, and words say nothing."""
_WORDS_ALONE, _SURE_BY_WORDS = 0.15, 0.3
"""The shares of words that are enough by themselves, where there is no model or one whose cosines were not measured."""


@dataclass(frozen=True)
class Confidence:
    """``reliable``: it likely answers the question. ``sure``: nobody need look twice; never without ``reliable``."""

    reliable: bool
    sure: bool


SURE, LIKELY, UNSURE = Confidence(True, True), Confidence(True, False), Confidence(False, False)


def certainty(word_share: float, nearness: float) -> float:
    """The two signs in one number, between about −0.4 and 1."""
    return word_share + _SLOPE * (nearness - _COSINE)


def confidence(
    question: str, retrieved: Retrieved, passages: Sequence[str], *, nearness: float, same_script: bool
) -> Confidence:
    """How far what was found can be relied on; unsure for nothing found.

    ``passages`` are those of the first three documents with their titles and headings, the best first; ``nearness`` is
    the highest cosine of the question to a passage. Across scripts nothing is ever sure.
    """
    if retrieved.lexical_only or (retrieved.model != NAME and same_script):
        return _between(retrieved.word_share, _WORDS_ALONE, _SURE_BY_WORDS)
    if not same_script:
        near = bool(retrieved.dense) and (retrieved.model != NAME or nearness >= _FOREIGN_COSINE)
        return LIKELY if near else UNSURE
    certain = certainty(retrieved.word_share, nearness)
    said = _between(certain, _POSSIBLE, _SURE)
    if said is not UNSURE and names_something_else(question, passages, doubtful=certain < _SPEAKS_FOR_ITSELF):
        return UNSURE  # asked last: taking a question apart into words can take longer than the search
    return said


def _between(sign: float, likely: float, sure: float) -> Confidence:
    if sign < likely:
        return UNSURE
    return SURE if sign >= sure else LIKELY
