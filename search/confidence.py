"""Whether what was found answers the question: surely, likely, or not reliably.

Where the bundled model runs, the passages of the first two documents are read together with the question
(``search.reading``): what was written of the same client but does not answer is near in words and meaning alike. Only
nearness counts besides. The bounds were set on golden/yunfan and the demo's questions, which the reader was not trained
on, each asked a second time with everything that answers it hidden (``python -m tests.bench.doubt`` prints both rates).

Where the reader does not run there are three signs: the share of the question's rare words that one passage holds, how
near the nearest passage is in meaning, and how near it is to the question's tuned vector. In between, the passages must
also speak of what the question names (``search.anchors``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kb.bundled_model import NAME
from kb.encoder.running import Span
from search.anchors import names_something_else
from search.reading.reader import Readable, Said
from search.reading.reader import read as read_passages
from search.retrieve import Nearness, Retrieved

_COSINE, _SLOPE, _POSSIBLE, _SPEAKS_FOR_ITSELF = 0.90, 4.0, -0.05, 0.17
"""Of ``certainty``: likely from the third on; from the fourth on a name alone may be missing."""
_TUNED_COSINE, _TUNED_SLOPE, _TUNED_POSSIBLE, _TUNED_SURE = 0.80, 2.0, -0.28, -0.13
"""Of ``tuned_certainty``, which must hold too: likely and sure, whatever the scripts."""
_NEARNESS_WEIGHT, _READ_POSSIBLE, _READ_SURE = 4.0, -3.5, -0.9
"""Of ``read_certainty``: what nearness weighs beside the reader's logit, likely, and sure."""
_SURER, _SURER_WITHIN = 0.5, 1.5
"""By how many logits a passage must answer more surely to go before one that is as near; and within one document."""
_QUOTED = -1.0
"""The logit from which a sentence is shown as the answer."""
_SURE_UNTUNED = 0.09
"""What makes a certainty sure where the tuned vector cannot be made."""
_FOREIGN_COSINE = 0.78
"""Question and passages in different scripts, and no tuned vector: their cosines lie lower, and words say nothing."""
_WORDS_ALONE, _SURE_BY_WORDS = 0.15, 0.3
"""The shares of words that are enough by themselves, where there is no model or one whose cosines were not measured."""


@dataclass(frozen=True)
class Confidence:
    """``reliable``: it likely answers the question. ``sure``: nobody need look twice; never without ``reliable``."""

    reliable: bool
    sure: bool


SURE, LIKELY, UNSURE = Confidence(True, True), Confidence(True, False), Confidence(False, False)


def certainty(word_share: float, plain: float) -> float:
    """Words and meaning in one number, between about −0.4 and 1."""
    return word_share + _SLOPE * (plain - _COSINE)


def tuned_certainty(word_share: float, tuned: float) -> float:
    """Words and nearness to the tuned vector in one number, between about −0.5 and 1."""
    return word_share + _TUNED_SLOPE * (tuned - _TUNED_COSINE)


def read_certainty(logit: float, word_share: float, tuned: float) -> float:
    """What the reader says of the passage that answers best (a logit), with words and nearness beside it."""
    return logit + _NEARNESS_WEIGHT * tuned_certainty(word_share, tuned)


def read(question: str, passages: Sequence[Readable], near: Nearness) -> list[Said]:
    """What the reader says of passages, in order; empty where it does not run or was not measured: without the bundled
    model.
    """
    return [] if near.tuned is None else read_passages(question, passages)


def is_surer(said: Said, than: Said, *, of_one_document: bool = False) -> bool:
    """Whether a passage answers so clearly more surely than one that is as near that it goes before."""
    return said.logit > than.logit + (_SURER_WITHIN if of_one_document else _SURER)


def quotable(points: Sequence[str], said: Sequence[Said]) -> dict[str, Span]:
    """Point → the sentence that answers, in characters of its passage; for those that likely hold one."""
    return {point: one.sentence for point, one in zip(points, said, strict=False)
            if one.sentence is not None and one.logit >= _QUOTED}


def confidence(
    question: str, retrieved: Retrieved, passages: Sequence[Readable], said: Sequence[Said], *, near: Nearness,
    same_script: bool,
) -> Confidence:
    """How far what was found can be relied on; unsure for nothing found.

    ``passages`` are those of the first three documents, the best first; ``said`` is what ``read`` gave.
    Across scripts nothing is sure without the tuned vector.
    """
    if retrieved.lexical_only or (retrieved.model != NAME and same_script):
        return _between(retrieved.word_share, _WORDS_ALONE, _SURE_BY_WORDS)
    if said and near.tuned is not None:
        surest = max(one.logit for one in said)
        return _between(read_certainty(surest, retrieved.word_share, near.tuned), _READ_POSSIBLE, _READ_SURE)
    trust = _by_tuned(retrieved, near)
    if not same_script:
        return trust if near.tuned is not None else _foreign(retrieved, near)
    certain = certainty(retrieved.word_share, near.plain)
    if certain < _POSSIBLE or trust is UNSURE:
        return UNSURE
    if names_something_else(question, [p.whole for p in passages], doubtful=certain < _SPEAKS_FOR_ITSELF):
        return UNSURE  # asked last: taking a question apart into words can take longer than the search
    return trust


def _by_tuned(retrieved: Retrieved, near: Nearness) -> Confidence:
    if near.tuned is None:
        return _between(certainty(retrieved.word_share, near.plain), _POSSIBLE, _SURE_UNTUNED)
    return _between(tuned_certainty(retrieved.word_share, near.tuned), _TUNED_POSSIBLE, _TUNED_SURE)


def _foreign(retrieved: Retrieved, near: Nearness) -> Confidence:
    found = bool(retrieved.dense) and (retrieved.model != NAME or near.plain >= _FOREIGN_COSINE)
    return LIKELY if found else UNSURE


def _between(sign: float, likely: float, sure: float) -> Confidence:
    if sign < likely:
        return UNSURE
    return SURE if sign >= sure else LIKELY
