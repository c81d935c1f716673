"""Whether somebody approved: the line that says so, and what it reserves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kb.evidence import shortfall
from kb.evidence.requirement import Approval
from kb.evidence.units import Unit

_ACT = re.compile(r"签批|批准|批示|审批|签发|核准|签字|同意|通过|会签|审定")
_NAMED = re.compile(r"([\u4e00-\u9fff]{2,3})\s*[（(]\s*([A-Za-z]{3}|董事长|总裁|总经理)\s*[）)]")
_HEADS = ("CEO", "首席执行官", "总裁", "总经理", "董事长", "最高管理者")
"""Whoever of these heads a company: one word of a criterion for what another company calls differently."""
_DATE = re.compile(r"20\d\d|\d{1,2} ?月 ?\d{1,2}|\d{1,2}-\d{1,2}")
_HEADER_LINES = 12


@dataclass(frozen=True)
class Standing:
    """The line of approval, None where there is none; and the line that takes something of it back."""

    unit: Unit | None
    reservation: Unit | None = None


def standing(asked: Approval, units: Sequence[Unit]) -> Standing:
    """How an approval stands in a text. A spoken one does not count where a written one is asked for."""
    asked_for = {name for who in (asked.who, *asked.instead) for name in (_HEADS if who in _HEADS else (who,))}
    names = asked_for | {name for u in units for name, post in _NAMED.findall(u.text) if post in asked_for}
    lines = [u for u in units if _ACT.search(u.text)]
    denied = next((u for u in lines if shortfall.is_negated(u.text)), None)
    if denied is not None:
        return Standing(None)
    by_name = [u for u in lines if any(n in u.text for n in names) and _DATE.search(u.text)]
    near_top = [u for u in units[:_HEADER_LINES] if u in lines and _DATE.search(u.text)]
    best = next(iter(by_name or near_top), None)
    if best is None:
        return Standing(None)
    same = [u for u in units if u.passage == best.passage and abs(u.start - best.start) < len(best.text) + 80]
    reserved = next((u for u in same if shortfall.is_conditional(u.text)), None)
    if reserved is not None and asked.written and "口头" in reserved.text:
        return Standing(None)
    return Standing(best, reserved)
