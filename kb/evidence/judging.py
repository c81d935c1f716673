"""Criteria held against passages: met, partly met or missing, with the verbatim lines and one reason.

Rules, no model: sentence vectors were measured and do not tell a document that states something from one that is about
the same thing. What a criterion wants is looked for by its head noun (with names that mean the same), close to what
qualifies it; then the place found is searched for words and cells that say it is still outstanding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kb.evidence import approval, requirement, shortfall
from kb.evidence.requirement import Approval, Requirement
from kb.evidence.units import Passage, Unit, units_of
from kb.evidence.verdict import Verdict
from kb.evidence.words import ValueKind, bigrams, holds, is_in, kind_of, plain, words

_FOUND = 0.5
"""Share of the head noun's weight that a unit must hold."""
_QUALIFIED = 0.34
"""Share of the qualifiers' weight that the unit's surroundings must hold."""
_EMPTY_TOLERATED = 0.3
"""Share of empty cells that a column may have and still count as kept: work that has not begun has no dates."""


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
class _Found:
    wanted: str
    unit: Unit | None
    outstanding: Unit | None = None


def judge(criteria: Sequence[str], passages: Sequence[Passage]) -> list[Advice]:
    """What the passages of a deliverable say of its criteria, in their order. No passages: everything is missing."""
    units = units_of(passages)
    if not units:
        return [Advice(Verdict.missing, (), Reason("还没有可以核对的文字。", {}), read=False) for _ in criteria]
    rarity = _Rarity(units)
    return [_judge(requirement.read(criterion), units, rarity) for criterion in criteria]


def _judge(asked: Requirement, units: Sequence[Unit], rarity: _Rarity) -> Advice:
    found = [_look_for(wanted, units, rarity) for wanted in asked.wanted]
    if asked.approval is not None:
        found.append(_approved(asked.approval, units))
    return _concluded(found)


def _approved(asked: Approval, units: Sequence[Unit]) -> _Found:
    stand = approval.standing(asked, units)
    name = f"{asked.who} {'书面批示' if asked.written else '审批'}"
    return _Found(name, stand.unit, outstanding=stand.reservation)


def _concluded(found: Sequence[_Found]) -> Advice:
    evidence = tuple(dict.fromkeys(u for f in found for u in (f.unit, f.outstanding) if u is not None))[:3]
    absent = [f.wanted for f in found if f.unit is None]
    if len(absent) == len(found):
        return Advice(Verdict.missing, (), Reason("没有找到「{what}」。", {"what": "、".join(absent)}))
    if absent:
        return Advice(Verdict.partly, evidence, Reason("没有找到「{what}」。", {"what": "、".join(absent)}))
    open_one = next((f for f in found if f.outstanding is not None), None)
    if open_one is not None and open_one.outstanding is not None:
        said = open_one.outstanding.text.strip()[:120]
        reason = Reason("还有未完成的（{what}）：{said}。", {"what": open_one.wanted, "said": said})
        shown = tuple(dict.fromkeys([open_one.outstanding, *evidence]))[:3]
        return Advice(Verdict.partly, shown, reason)
    return Advice(Verdict.met, evidence)


class _Rarity:
    """How telling a word is in this text: a word in every line says nothing, one that is absent weighs most."""

    def __init__(self, units: Sequence[Unit]) -> None:
        headers = dict.fromkeys(u.header for u in units if u.header)
        self._lines = [plain([u.text, *u.passage.heading_path]) for u in units] + [plain(h) for h in headers]
        self._known: dict[str, float] = {}

    def weight(self, word: str) -> float:
        if word not in self._known:
            count = sum(is_in(word, line) for line in self._lines)
            self._known[word] = math.log((len(self._lines) + 1) / (count + 0.5)) + 0.3
        return self._known[word]

    def share(self, asked: Sequence[str], text: str) -> float:
        total = sum(map(self.weight, asked))
        return sum(self.weight(w) for w in asked if is_in(w, text)) / total if total else 1.0


def _look_for(wanted: str, units: Sequence[Unit], rarity: _Rarity) -> _Found:
    qualifier, _, head = wanted.rpartition("的")
    kind = kind_of(head)
    terms = _head_terms(head, kind)
    around = words(qualifier)
    best, best_score = None, 0.0
    for unit in units:
        score = _score(unit, terms, around, kind, rarity)
        if score > best_score:
            best, best_score = unit, score
    if best is None:
        return _Found(wanted, None)
    column = _column(best, terms, rarity) if best.is_row else -1
    return _Found(wanted, best, _outstanding(best, column, terms, units, rarity))


def _head_terms(head: str, kind: ValueKind | None) -> list[str]:
    """The head's words; one that only names the kind of value is left to the value itself, if others remain."""
    named = words(head) or bigrams(head) or [plain([head])]
    others = [w for w in named if not (kind and kind is not ValueKind.person and kind_of(w) is kind)]
    return others or named


def _score(
    unit: Unit, terms: Sequence[str], around: Sequence[str], kind: ValueKind | None, rarity: _Rarity
) -> float:
    """How well a unit holds what is wanted, 0 where it does not."""
    share = rarity.share(terms, unit.searched)
    if share < _FOUND or not holds(kind, unit.text):
        return 0.0
    figures = [w for w in around if w.isdigit()] + [w for w in terms if w.isdigit()]
    if any(f not in unit.searched for f in figures):
        return 0.0
    qualified = rarity.share(around, unit.near) if around else 1.0
    if qualified < _QUALIFIED:
        return 0.0
    own = rarity.share(terms, plain([unit.text, *unit.header]))
    return share + own + qualified + 0.2 * rarity.share(around, unit.searched)


def _column(row: Unit, terms: Sequence[str], rarity: _Rarity) -> int:
    """The column whose name is wanted; −1 where the header does not name it."""
    scored = [(rarity.share(terms, plain([name])), -n) for n, name in enumerate(row.header)]
    best, place = max(scored, default=(0.0, 0))
    return -place if best >= _FOUND else -1


def _outstanding(
    best: Unit, column: int, terms: Sequence[str], units: Sequence[Unit], rarity: _Rarity
) -> Unit | None:
    if column >= 0:
        return _open_cell(best, column, units)
    if best.is_row:
        rows = [u for u in units if u.is_row and rarity.share(terms, plain([u.text])) >= _FOUND]
        return next((u for u in rows if any(shortfall.is_marked_open(c) for c in u.cells)), None)
    near = [u for u in units if not u.is_row and u.passage == best.passage]
    told = (u for u in near if rarity.share(terms, u.searched) >= _FOUND and shortfall.open_words(u.text))
    return next(told, None)


def _open_cell(best: Unit, column: int, units: Sequence[Unit]) -> Unit | None:
    """The first row whose cell says it is still to come; or, where too many are empty, the first empty one."""
    name = best.header[column]
    rows = [(u, u.cell(name)) for u in units if name in u.header]
    marked = next((u for u, cell in rows if shortfall.is_marked_open(cell)), None)
    if marked is not None:
        return marked
    empty = [u for u, cell in rows if shortfall.is_empty(cell)]
    return empty[0] if len(empty) > _EMPTY_TOLERATED * len(rows) else None

