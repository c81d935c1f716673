"""Criteria held against passages: met, partly met or missing, with the verbatim lines and one reason.

A criterion is taken apart (``requirement``), each part is looked for by what it names and how papers tell that
(``presence``, ``concepts.toml``, ``wordings.toml``), held against each row or item it must hold for (``rows``,
``items``), and what was found is weighed (``weighing``). Sentence vectors were measured and do not tell a document
that states something from one that is about the same thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kb.evidence import approval, requirement, rows, weighing
from kb.evidence.approval import Standing
from kb.evidence.presence import Found, is_light, look
from kb.evidence.requirement import Requirement
from kb.evidence.units import Passage, Unit, units_of
from kb.evidence.verdict import Verdict

_SHOWN = 3
_SAID = 120
_BEST_OF_CHOICE = 0.6
_NOTHING, _OF_NOTHING = 0.2, 0.3
"""What is left of a value, a date or a person, where nothing that it could be the value of is told."""


@dataclass(frozen=True)
class Reason:
    """Why it is not met: a Chinese msgid and what is filled in."""

    message: str
    params: Mapping[str, Any]


@dataclass(frozen=True)
class Advice:
    """The verdict, the verbatim evidence for it (at most three lines) and the one reason where it is not met.

    ``read`` False: there was no text to hold the criterion against.
    """

    verdict: Verdict
    evidence: tuple[Unit, ...]
    reason: Reason | None = None
    read: bool = True


@dataclass(frozen=True)
class Findings:
    """What was found of a criterion: its parts, and how the approval stands (None where none is asked for)."""

    asked: Requirement
    parts: tuple[Found, ...]
    approval: Standing | None


def judge(criteria: Sequence[str], passages: Sequence[Passage]) -> list[Advice]:
    """What the passages of a deliverable say of its criteria, in their order. No passages: everything is missing."""
    units = units_of(passages)
    if not units:
        return [Advice(Verdict.missing, (), Reason("还没有可以核对的文字。", {}), read=False) for _ in criteria]
    return [_concluded(findings(criterion, units)) for criterion in criteria]


def findings(criterion: str, units: Sequence[Unit]) -> Findings:
    """What is found of a criterion's parts in a text."""
    asked = requirement.read(criterion)
    parts = _chosen(rows.held_for_each(asked, [look(part, units) for part in asked.parts], units))
    stand = approval.standing(asked.approval, units) if asked.approval is not None else None
    return Findings(asked, tuple(parts), stand)


def _chosen(parts: Sequence[Found]) -> list[Found]:
    """Of those that are offered as a choice the one that is told best; all the others.

    A choice that no table answers is told a little less surely than the best of it: more names, more chance hits.
    """
    offered: dict[object, list[Found]] = {}
    for number, one in enumerate(parts):
        offered.setdefault((one.part.clause, one.part.choice) if one.part.choice else number, []).append(one)
    best = [_best(ones) for ones in offered.values()]
    telling = [one for one in best if not is_light(one.part)]
    told = any(one.score >= _NOTHING for one in telling) or any(one.part.each or one.part.about for one in best)
    if told or not telling:
        return best
    return [replace(one, score=_OF_NOTHING * one.score) if is_light(one.part) else one for one in best]


def _best(ones: Sequence[Found]) -> Found:
    best = max(ones, key=lambda one: one.score * min(one.filled, one.listed))
    if best.unit is None or best.unit.is_row:
        return best
    mean = sum(one.score for one in ones) / len(ones)
    return replace(best, score=_BEST_OF_CHOICE * best.score + (1 - _BEST_OF_CHOICE) * mean)


def _concluded(found: Findings) -> Advice:
    verdict = weighing.verdict(weighing.features(found.parts, found.approval))
    if verdict is Verdict.missing:
        return Advice(verdict, (), _not_found(found))
    evidence = _evidence(found)
    if verdict is Verdict.met:
        return Advice(verdict, evidence)
    reason, first = _shortcoming(found)
    shown = (*((first,) if first is not None else ()), *evidence)
    return Advice(verdict, tuple(dict.fromkeys(shown))[:_SHOWN], reason)


def _evidence(found: Findings) -> tuple[Unit, ...]:
    told = [one.unit for one in found.parts if one.unit is not None and one.score >= weighing.ABSENT]
    if found.approval is not None and found.approval.unit is not None:
        told.insert(min(len(told), _SHOWN - 1), found.approval.unit)
    return tuple(dict.fromkeys(told))[:_SHOWN]


def _shortcoming(found: Findings) -> tuple[Reason, Unit | None]:
    """The one thing that lacks most, and the line that says so, if one does."""
    absent = _absent(found)
    if absent:
        return Reason("没有找到「{what}」。", {"what": "、".join(absent)}), None
    for one in found.parts:
        if one.open_unit is not None:
            return _open(one.part.text, one.open_unit), one.open_unit
    if found.approval is not None and found.approval.reservation is not None:
        return _open(_approval_name(found), found.approval.reservation), found.approval.reservation
    uneven = min(found.parts, key=lambda one: min(one.filled, one.listed), default=None)
    if uneven is not None and min(uneven.filled, uneven.listed) < 1:
        return Reason("「{what}」不是每一项都有。", {"what": uneven.part.text}), None
    weakest = min(found.parts, key=lambda one: one.score, default=None)
    return Reason("「{what}」写得不够明确。", {"what": weakest.part.text if weakest else _approval_name(found)}), None


def _open(what: str, unit: Unit) -> Reason:
    return Reason("还有未完成的（{what}）：{said}。", {"what": what, "said": unit.text.strip()[:_SAID]})


def _not_found(found: Findings) -> Reason:
    names = _absent(found) or [min(found.parts, key=lambda one: one.score).part.text]
    return Reason("没有找到「{what}」。", {"what": "、".join(names)})


def _absent(found: Findings) -> list[str]:
    names = [one.part.choice or one.part.text for one in found.parts if one.score < weighing.ABSENT]
    approved = found.approval is None or found.approval.unit is not None
    return names if approved else [*names, _approval_name(found)]


def _approval_name(found: Findings) -> str:
    asked = found.asked.approval
    if asked is None:
        return found.asked.text
    return f"{'或'.join([asked.who, *asked.instead])} {'书面批示' if asked.written else '审批'}"
