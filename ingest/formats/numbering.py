"""Automatic numbers of Word paragraphs, written out as the reader sees them: ``1.``, ``（一）``, ``第三条``."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ingest.formats import numerals
from ingest.formats.ooxml import all_named, attribute, child, local

_PLACE = re.compile(r"%(\d)")
_OFF = frozenset({"0", "false", "off"})


@dataclass(frozen=True)
class _Level:
    """How one level counts. ``restart`` is the number of levels above that start it anew; None means all of them."""

    kind: str = "decimal"
    pattern: str = ""
    start: int = 1
    legal: bool = False
    restart: int | None = None


@dataclass(frozen=True)
class _List:
    """A ``w:num``: the count it shares with others of its abstract list, its levels, and where it begins anew."""

    count: str
    levels: dict[int, _Level]
    starts: dict[int, int]


class Numbering:
    """Counts the numbered paragraphs of one document in reading order.

    Lists of one abstract list go on counting where the one before stopped, unless they say where they begin.
    """

    def __init__(self, root: Any) -> None:
        abstract = _abstract(root)
        self._lists: dict[str, _List] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._begun: set[tuple[str, int]] = set()
        for element in root if root is not None else ():
            target = child(element, "abstractNumId")
            if local(element) == "num" and target is not None:
                count, levels = abstract.get(attribute(target, "val"), ("", {}))
                self._lists[attribute(element, "numId")] = _overridden(element, count, levels)

    def mark(self, num_id: str, level: int) -> str | None:
        """Count one paragraph; its number, empty for a bullet, None when the paragraph is not in a list."""
        found = self._lists.get(num_id)
        if found is None or level not in found.levels:
            return None
        own, counts = found.levels[level], self._counts[found.count]
        self._begin(num_id, found, level)
        counts[level] = counts.get(level, own.start - 1) + 1
        for deeper in [other for other in counts if other > level]:
            restart = found.levels.get(deeper, _Level()).restart
            if restart is None or level < restart:
                del counts[deeper]
        if own.kind == "bullet":
            return ""
        return _PLACE.sub(lambda place: _number(found, counts, own, int(place.group(1)) - 1), own.pattern)

    def _begin(self, num_id: str, found: _List, level: int) -> None:
        """Set the count back where this list, used for the first time at this level, begins anew."""
        if level in found.starts and (num_id, level) not in self._begun:
            self._counts[found.count][level] = found.starts[level] - 1
        self._begun.add((num_id, level))


def _number(found: _List, counts: dict[int, int], own: _Level, level: int) -> str:
    shown = found.levels.get(level, _Level())
    if shown.kind == "none":
        return ""
    return numerals.written("decimal" if own.legal else shown.kind, counts.get(level, shown.start))


def _abstract(root: Any) -> dict[str, tuple[str, dict[int, _Level]]]:
    """Abstract list id → (the count it keeps, its levels); one that only names a list style is that style's."""
    found: dict[str, tuple[str, dict[int, _Level]]] = {}
    of_style: dict[str, str] = {}
    linked: dict[str, str] = {}
    for element in root if root is not None else ():
        if local(element) != "abstractNum":
            continue
        number = attribute(element, "abstractNumId")
        found[number] = (number, dict(_levels(element)))
        for name, kept in (("styleLink", of_style), ("numStyleLink", linked)):
            link = child(element, name)
            if link is not None:
                kept.update({attribute(link, "val"): number} if kept is of_style else {number: attribute(link, "val")})
    return found | {n: found[of_style[style]] for n, style in linked.items() if style in of_style}


def _levels(parent: Any) -> list[tuple[int, _Level]]:
    return [
        (int(attribute(level, "ilvl")), _level(level))
        for level in all_named(parent, "lvl")
        if attribute(level, "ilvl").isdigit()
    ]


def _level(level: Any) -> _Level:
    values = {local(e): attribute(e, "val") for e in level}
    # newer formats come with a stand-in for older programs, as the last of the two
    formats = [attribute(e, "val") for e in all_named(level, "numFmt")]
    kind = next((name for name in formats if name != "custom"), "decimal")
    restart = values.get("lvlRestart", "")
    return _Level(
        kind, values.get("lvlText", ""), _whole(values.get("start", "1"), 1),
        "isLgl" in values and values["isLgl"].lower() not in _OFF, int(restart) if restart.isdigit() else None,
    )  # fmt: skip


def _overridden(element: Any, count: str, levels: dict[int, _Level]) -> _List:
    starts = {}
    for override in element:
        start = child(override, "startOverride")
        if start is not None and attribute(override, "ilvl").isdigit():
            starts[int(attribute(override, "ilvl"))] = _whole(attribute(start, "val"), 1)
    return _List(count, levels | dict(_levels(element)), starts)


def _whole(value: str, fallback: int) -> int:
    return int(value) if value.isdigit() else fallback
