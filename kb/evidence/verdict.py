"""Whether a criterion is fulfilled: the three answers that the reviewer gives and the machine advises."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """Whether a criterion is fulfilled."""

    met = "met"
    partly = "partly"
    missing = "missing"


VERDICT_NAMES = {Verdict.met: "满足", Verdict.partly: "部分满足", Verdict.missing: "缺失"}
