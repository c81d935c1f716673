"""From what was found of a criterion's parts to a verdict: a few features, weighed as ``weights.json`` says.

The weights are made by ``python -m tests.bench.calibrate`` from judged criteria of several companies.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from kb.evidence import shortfall
from kb.evidence.approval import Standing
from kb.evidence.presence import Found, is_light
from kb.evidence.verdict import Verdict

ABSENT = 0.45
"""Below this a part counts as not there."""
SURE = 0.6
MISSING_TOLERATED = 0.08
"""Nothing is called met whose probability of being missing is above this: a wrong 'met' costs most."""
FEATURES = (
    "mean", "least", "most", "telling_mean", "telling_least", "some_absent", "all_absent",
    "filled", "no_column", "open_row", "listed", "open_words", "unapproved",
)  # fmt: skip
_VALUE_WEIGHT = 0.5


@dataclass(frozen=True)
class Weights:
    """Per feature its mean and spread in the judged criteria, and per verdict its weights, the last one constant."""

    means: tuple[float, ...]
    spreads: tuple[float, ...]
    per_verdict: tuple[tuple[float, ...], ...]


@lru_cache(maxsize=1)
def _weights() -> Weights:
    given = json.loads(files("kb.evidence").joinpath("weights.json").read_text("utf-8"))
    return Weights(tuple(given["means"]), tuple(given["spreads"]), tuple(map(tuple, given["per_verdict"])))


def features(found: Sequence[Found], approval: Standing | None) -> tuple[float, ...]:
    """What is weighed, in the order of ``FEATURES``. ``approval`` None: none is asked for."""
    approved = [1.0 if approval.unit is not None else 0.0] if approval is not None else []
    scores = [one.score for one in found] + approved
    importance = [_VALUE_WEIGHT if is_light(one.part) else 1.0 for one in found] + [1.0] * len(approved)
    mean = sum(s * w for s, w in zip(scores, importance, strict=True)) / sum(importance)
    reserved = approval is not None and (approval.unit is None or approval.reservation is not None)
    telling = [one.score for one in found if not is_light(one.part)] + approved or scores
    absent = sum(s < ABSENT for s in scores) / len(scores)
    return (
        mean, min(scores), max(scores), sum(telling) / len(telling), min(telling),
        float(0 < absent < 1), float(absent == 1),
        min((one.filled for one in found), default=1.0), float(any(one.lacks_column for one in found)),
        float(any(one.open_unit is not None for one in found)), min((one.listed for one in found), default=1.0),
        float(any(map(_is_open, found))), float(reserved),
    )  # fmt: skip


def _is_open(one: Found) -> bool:
    told = one.unit is not None and not one.unit.is_row and one.score >= SURE
    return told and one.unit is not None and bool(shortfall.open_words(one.unit.text))


def probabilities(values: Sequence[float]) -> dict[Verdict, float]:
    """How likely each verdict is, summing to 1."""
    weights = _weights()
    scaled = [(v - m) / s for v, m, s in zip(values, weights.means, weights.spreads, strict=True)] + [1.0]
    sums = [sum(v * w for v, w in zip(scaled, row, strict=True)) for row in weights.per_verdict]
    powers = [math.exp(s - max(sums)) for s in sums]
    return {verdict: power / sum(powers) for verdict, power in zip(Verdict, powers, strict=True)}


def verdict(values: Sequence[float]) -> Verdict:
    """The likeliest verdict; never met where it may well be missing."""
    likely = probabilities(values)
    if likely[Verdict.missing] > MISSING_TOLERATED:
        del likely[Verdict.met]
    return max(likely, key=lambda v: likely[v])
