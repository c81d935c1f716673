"""What must hold for each: the table that a criterion speaks of and its columns, or the items of a text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kb.evidence import shortfall
from kb.evidence.items import items_for
from kb.evidence.presence import Found, cues_of, is_light, telling
from kb.evidence.requirement import Part, Requirement
from kb.evidence.units import Unit
from kb.lexical import fold

_NAMED_BY_COLUMN = 0.5
_ALMOST_ALL = 0.9
_EMPTY_TOLERATED = 0.3
"""Share of empty cells that a column may have and still count as kept: work that has not begun has no dates."""
_ELSEWHERE = 0.7
"""What is left of a part that the table should hold in a column and that is only told in another place."""
_NOBODY = re.compile(r"^\s*[（(]?\s*(?:无|没有|暂缺|空缺|缺|无人\S*)\s*[）)]?$")

_NARROWED = re.compile(r"^(?P<which>[\u4e00-\u9fff]{2,4})的\S+$")


@dataclass(frozen=True)
class Anchor:
    """The table that holds most of the parts in its columns: its rows, and part → column (−1: none)."""

    rows: tuple[Unit, ...]
    columns: dict[Part, int]

    @property
    def clauses(self) -> set[int]:
        """The clauses of the criterion that its columns answer."""
        return {part.clause for part, column in self.columns.items() if column >= 0}


def held_for_each(asked: Requirement, found: Sequence[Found], units: Sequence[Unit]) -> list[Found]:
    """The findings again, now with the shares of rows and items that hold them and what is open."""
    anchor = _anchor(asked.parts, units) or _anchor([part for part in asked.parts if part.each], units)
    if anchor is None:
        return [_in_items(one, asked, units) for one in found]
    return [_in_rows(one, anchor, asked, units) for one in found]


def _anchor(parts: Sequence[Part], units: Sequence[Unit]) -> Anchor | None:
    tables: dict[tuple[str, ...], list[Unit]] = {}
    for unit in units:
        if unit.is_row:
            tables.setdefault(unit.header, []).append(unit)
    best: Anchor | None = None
    most = 0
    for header, rows in tables.items():
        columns = {part: _column(header, part) for part in parts}
        count = sum(place >= 0 for place in columns.values())
        if count > most and count >= len(parts) / 2:
            best, most = Anchor(tuple(rows), columns), count
    return best


def _column(header: Sequence[str], part: Part) -> int:
    """The column whose name is wanted; −1 where the header does not name it."""
    cues = telling(cues_of(part.text))
    shares = [sum(bool(c.names.search(fold(name))) for c in cues) / len(cues) for name in header]
    best = max(shares, default=0.0)
    return shares.index(best) if best > _NAMED_BY_COLUMN else -1


def _in_rows(one: Found, anchor: Anchor, asked: Requirement, units: Sequence[Unit]) -> Found:
    column = anchor.columns.get(one.part, -1)
    if column >= 0:
        return _in_column(one, anchor, column, demands=asked.demands)
    if is_light(one.part):
        cues = cues_of(one.part.text)
        share = sum(any(c.told.search(row.own) for c in cues) for row in anchor.rows) / len(anchor.rows)
        if share >= _ALMOST_ALL:
            return replace(one, filled=share)
        return replace(one, filled=share, score=one.score * (0.2 + 0.8 * share), lacks_column=True)
    told_in_text = one.unit is not None and not one.unit.is_row
    if told_in_text and one.part.clause in anchor.clauses and len(anchor.columns) > 1:
        one = replace(one, score=one.score * _ELSEWHERE)
    return _in_items(one, asked, units)


def _in_column(one: Found, anchor: Anchor, column: int, *, demands: bool) -> Found:
    rows = _spoken_of(one.part.about, anchor.rows)
    cells = [(row, row.cells[column] if column < len(row.cells) else "") for row in rows]
    open_rows = [row for row, cell in cells if _is_open(cell, demands=demands)]
    empty = [row for row, cell in cells if shortfall.is_empty(cell)]
    if demands or len(empty) > _EMPTY_TOLERATED * len(cells):
        open_rows += empty
    filled = 1 - len(set(map(id, [*open_rows, *empty]))) / len(cells)
    unit = one.unit if one.unit is not None and one.unit.is_row else rows[0]
    return replace(one, score=1.0, unit=unit, filled=filled, open_unit=next(iter(open_rows), None))


def _spoken_of(about: str, rows: Sequence[Unit]) -> Sequence[Unit]:
    """The rows that a duty narrows itself to, 「延期的里程碑」; all of them where it does not or no row says so."""
    which = _NARROWED.match(about)
    chosen = [row for row in rows if which and fold(which["which"]).lower() in row.own]
    return chosen or rows


def _is_open(cell: str, *, demands: bool) -> bool:
    """Nobody in a cell is an answer where it is only to be noted who, and a gap where somebody must be there."""
    if _NOBODY.match(cell):
        return demands
    return shortfall.is_marked_open(cell)


def _in_items(one: Found, asked: Requirement, units: Sequence[Unit]) -> Found:
    """The share of the items that hold the part, where it must hold for each or is a value."""
    part = one.part
    if not (is_light(part) or (part.each and part.about)):
        return one
    together = [p for p in asked.parts if p.clause == part.clause]
    items = items_for(part.about, together, units) if part.each else _sentences_about(part, units)
    if not items:
        return replace(one, listed=0.5) if part.each else one
    wanted = telling(cues_of(part.text))
    share = sum(all(c.told.search(text) for c in wanted) for text in items) / len(items)
    return replace(one, listed=share)


def _sentences_about(part: Part, units: Sequence[Unit]) -> list[str]:
    about = cues_of(part.about) if part.about else ()
    return [u.own for u in units if not u.is_letterhead and any(c.told.search(u.own) for c in about)]
