"""What each measure of ``evidence`` weighs, and from what likelihood a pair is shown: ``weights.json``.

The file is a logistic regression on the judged companies of ``tests/companies`` and made by
``python -m tests.bench.conflict_weights --write``; measures of likeness are held at or above zero, measures of
difference at or below.
"""

from __future__ import annotations

import json
import math
from importlib.resources import files
from typing import Any

LIKENESS = ("sentence", "crossed", "attribute", "attribute_near", "agreed_beside", "one_deed", "named", "window")
DIFFERENCE = ("above", "ratio", "days", "values_beside", "opposed_sentence", "rows", "named_apart", "stance")
OTHER = ("person", "duration")
MEASURES = (*LIKENESS, *DIFFERENCE, *OTHER)
MOST_OF_SENTENCE, MOST_OF_NAMES = 40.0, 30.0
"""Nats of rarity beyond which more words shared count no more, and more of names."""
DAYS_OF_YEAR, DAYS_OF_MONTH = 1000, 40
"""How far apart day numbers of two years and of two months are."""
DURATIONS = ("时", "工作日")


def _read() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(files("kb.contradictions").joinpath("weights.json").read_text("utf-8"))
    return read


_MADE = _read()
WEIGHTS: dict[str, float] = _MADE["weights"]
"""By measure; ``bias`` counts for every pair."""
LIKELY: float = _MADE["likely"]
"""Likelihood from which a pair is shown."""
_COMPANY = 80
"""Passages of the companies that the weights are fitted on."""


def bound(likely: float, passages: int) -> float:
    """The likelihood asked for among so many passages: pairs grow as their square, conflicts do not, so that unrelated
    ones resemble each other more often.
    """
    sum_of_weights = logit(likely) + max(0.0, math.log(max(passages, 1) / _COMPANY))
    return 1 / (1 + math.exp(-sum_of_weights))


def logit(likelihood: float) -> float:
    """The sum of weights that makes a likelihood."""
    return math.log(likelihood / (1 - likelihood))
