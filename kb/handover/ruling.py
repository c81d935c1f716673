"""Who did not state, who did not confirm: a written, ordered table of rules over facts. Pure, no database.

The first rule whose conditions hold decides; a ruling names every rule that was passed on the way and why. The facts,
with the records they rest on, are gathered by ``kb.handover.incident``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What the records show."""

    not_stated = "not_stated"
    not_confirmed = "not_confirmed"
    confirmed = "confirmed"
    let_pass = "let_pass"  # noqa: S105 - no password
    unclear = "unclear"


OUTCOME_NAMES = {
    Outcome.not_stated: "未说明", Outcome.not_confirmed: "未确认", Outcome.confirmed: "双方已确认",
    Outcome.let_pass: "审核放行", Outcome.unclear: "证据不足",
}  # fmt: skip

OUTCOME_MEANS = {
    Outcome.not_stated: "交接方没有在交付的风险或文件里说明这件事。",
    Outcome.not_confirmed: "交接方已经说明，但接收方没有对说明它的内容签字确认。",
    Outcome.confirmed: "交接方已经说明，接收方也读过并签字确认。",
    Outcome.let_pass: "交接方没有说明，而审核人或人事明知缺少仍然放行。",
    Outcome.unclear: "现有记录不足以判断，不应据此追究任何一方。",
}  # fmt: skip


@dataclass(frozen=True)
class Facts:
    """What the records say about an incident.

    ``intact``: log, checkpoints and signatures hold. ``located``: it is known which module it belongs to.
    ``delivered``: the leaver signed a delivery. ``overdue``: they did not although its day has passed. ``stated``: the
    signed delivery names it, as a risk or in a file. ``stated_late``: it is named only in what came after the
    receiver's signature. ``gap_known``: the reviewer called the criterion partly met or missing and approved, or HR let
    the deliverable off. ``received``: the receiver signed the module over what was delivered. ``read``: they answered
    the check question of the risk, or it was no high risk. ``reserved``: their reservations speak of it.
    """

    intact: bool = True
    located: bool = True
    delivered: bool = True
    overdue: bool = False
    stated: bool = False
    stated_late: bool = False
    gap_known: bool = False
    received: bool = False
    read: bool = True
    reserved: bool = False


@dataclass(frozen=True)
class Rule:
    """One row: its number, its condition in words and as code, and what it decides."""

    number: int
    words: str
    holds: Callable[[Facts], bool]
    outcome: Outcome


RULES: tuple[Rule, ...] = (
    Rule(1, "日志、检查点或签名被破坏", lambda f: not f.intact, Outcome.unclear),
    Rule(2, "找不到这件事属于哪个模块", lambda f: not f.located, Outcome.unclear),
    Rule(3, "交接方没有签署交付，期限也没有过", lambda f: not f.delivered and not f.overdue, Outcome.unclear),
    Rule(4, "交接方过了期限仍没有签署交付", lambda f: not f.delivered, Outcome.not_stated),
    Rule(5, "只在接收方签字之后才补充说明", lambda f: f.stated_late, Outcome.not_confirmed),
    Rule(6, "交付内容里没有说明，审核时已知缺少仍放行", lambda f: not f.stated and f.gap_known, Outcome.let_pass),
    Rule(7, "交付内容里没有说明", lambda f: not f.stated, Outcome.not_stated),
    Rule(8, "已说明，接收方没有签收这个模块", lambda f: not f.received, Outcome.not_confirmed),
    Rule(9, "已说明，接收方没有读完并答对这条高风险", lambda f: not f.read, Outcome.not_confirmed),
    Rule(10, "已说明，接收方签收时对此写了保留意见", lambda f: f.reserved, Outcome.not_confirmed),
    Rule(11, "已说明，接收方已读并签收", lambda f: True, Outcome.confirmed),
)  # fmt: skip


def decide(facts: Facts) -> tuple[Rule, tuple[Rule, ...]]:
    """The rule that decides, and those before it that did not hold, in order."""
    for place, rule in enumerate(RULES):
        if rule.holds(facts):
            return rule, RULES[:place]
    raise AssertionError("the last rule always holds")
