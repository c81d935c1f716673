"""What each measure of ``evidence`` weighs.

The weights are a logistic regression on the judged rows of eight made companies (each row alone, and all candidates of
the whole company) and the ``tune`` half of ``tests/golden/contradictions.jsonl``; measures of likeness were held at or
above zero, measures of difference at or below.
"""

from __future__ import annotations

import math

WEIGHTS = {
    "clause": 0.34, "sentence": 0.56, "crossed": 0.56, "above": -1.18,
    "attribute": 1.0, "attribute_near": 1.0, "other_attribute": -0.5,
    "ratio": -2.4, "days": -1.72, "agreed_beside": 1.53, "values_beside": -1.8,
    "opposed": -1.76, "opposed_sentence": -1.32, "apart": -0.49,
    "stance": -2.05, "one_deed": 2.68, "person": 0.78, "duration": 0.7,
    "one_row": -1.15, "two_rows": -1.67, "many_passages": -1.75,
}  # fmt: skip
BIAS = -1.07
LIKELY, LIKELY_OF_ROW = 0.35, 0.85
"""Likelihood from which a pair of sentences is shown, and one with a table row in it."""
MOST_OF_CLAUSE, MOST_OF_SENTENCE = 30.0, 40.0
"""Nats of rarity beyond which more words shared count no more."""
DAYS_OF_YEAR, DAYS_OF_MONTH = 1000, 40
"""How far apart day numbers of two years and of two months are."""
DURATIONS = ("时", "工作日")
_COMPANY = 70
"""Passages of a made company: ``many_passages`` is 1 there and 0 for two passages alone."""


def crowd(passages: int) -> float:
    """The measure ``many_passages``."""
    return math.log(max(passages, 2) / 2) / math.log(_COMPANY / 2)


def logit(likelihood: float) -> float:
    """The sum of weights that makes a likelihood."""
    return math.log(likelihood / (1 - likelihood))
