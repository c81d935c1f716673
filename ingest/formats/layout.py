"""From pieces of text with places on a page to lines, rows and paragraphs in reading order; for PDF and scans alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

_CJK = r"\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f"
_TIGHT = re.compile(rf"[{_CJK}“”‘’—…]$")
_TIGHT_START = re.compile(rf"^[{_CJK}“”‘’—…]")
_MARK = re.compile(r"^(?:\d{1,2}[.)]|[•·●○■▪])$")
_CELL_GAP = 1.6
"""Blank between two pieces on a line, in character heights, from which they are two cells."""


@dataclass(frozen=True)
class Segment:
    """A run of text on one line; points from the page's top left corner, ``size`` the height of its characters."""

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    size: float
    bold: bool = False

    @property
    def middle(self) -> float:
        """The height of its centre line."""
        return (self.top + self.bottom) / 2

    def scaled(self, factor: float) -> Segment:
        """The same run in another unit."""
        x0, top, x1, bottom, size = (side * factor for side in (self.x0, self.top, self.x1, self.bottom, self.size))
        return Segment(self.text, x0, top, x1, bottom, size, self.bold)


@dataclass(frozen=True)
class Line:
    """Segments side by side, left to right; ``left`` and ``right`` are the margins of the column it stands in."""

    segments: tuple[Segment, ...]
    left: float
    right: float

    @property
    def x0(self) -> float:
        """Where its text begins."""
        return self.segments[0].x0

    @property
    def x1(self) -> float:
        """Where its text ends."""
        return self.segments[-1].x1

    @property
    def top(self) -> float:
        """Its upper edge."""
        return min(s.top for s in self.segments)

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return max(s.bottom for s in self.segments)

    @property
    def size(self) -> float:
        """The height of most of its characters."""
        return max(self.segments, key=lambda s: len(s.text)).size

    @property
    def bold(self) -> bool:
        """True when all of it is bold."""
        return all(s.bold for s in self.segments)

    @property
    def text(self) -> str:
        """Its text, cells and words apart."""
        text = self.segments[0].text
        for before, after in pairwise(self.segments):
            text = glue(text, after.text, apart=after.x0 - before.x1 > 0.3 * after.size)
        return text

    @property
    def cells(self) -> list[Segment]:
        """Its segments, those close together joined: the cells it would have as a row of a table."""
        found: list[Segment] = []
        for segment in self.segments:
            if found and segment.x0 - found[-1].x1 < _CELL_GAP * segment.size:
                last = found[-1]
                text = glue(last.text, segment.text, apart=segment.x0 - last.x1 > 0.3 * segment.size)
                found[-1] = Segment(text, last.x0, last.top, segment.x1, last.bottom, last.size, last.bold)
            else:
                found.append(segment)
        return found


def glue(left: str, right: str, *, apart: bool = True) -> str:
    """Two pieces of running text as one: no blank between Chinese characters, hyphenated words made whole."""
    if _MARK.match(left):
        return f"{left} {right}"
    if not left or not right or _TIGHT.search(left) or _TIGHT_START.search(right):
        return left + right
    if left.endswith("-") and right[:1].islower():
        return left[:-1] + right
    return f"{left} {right}" if apart else left + right


def lines_in_order(segments: Sequence[Segment]) -> list[Line]:
    """The lines of a page in reading order: columns one after the other, top to bottom."""
    return [line for region in _regions(list(segments)) for line in _lines(region)]


def _regions(segments: list[Segment]) -> Iterator[list[Segment]]:
    """Cut a page into stretches that are read from top to bottom: around gutters, and above and below columns."""
    if not segments:
        return
    gutter = _gutter(segments)
    if gutter is not None:
        yield from _regions([s for s in segments if s.x1 <= gutter])
        yield from _regions([s for s in segments if s.x0 >= gutter])
        return
    for upper, lower in _halves(segments):
        if _gutter(lower) is not None or _gutter(upper) is not None:
            yield from _regions(upper)
            yield from _regions(lower)
            return
    yield segments


def _halves(segments: list[Segment]) -> Iterator[tuple[list[Segment], list[Segment]]]:
    """Every way to cut the segments in two along a horizontal blank, from the top."""
    ordered = sorted(segments, key=lambda s: s.top)
    reached = ordered[0].bottom
    for n, segment in enumerate(ordered[1:], 1):
        if segment.top > reached:
            yield ordered[:n], ordered[n:]
        reached = max(reached, segment.bottom)


def _gutter(segments: list[Segment]) -> float | None:
    """The middle of a vertical blank with running text on both sides; None when there are no two columns."""
    if len(segments) < 6:
        return None
    left, right = min(s.x0 for s in segments), max(s.x1 for s in segments)
    reached, best = left, None
    for segment in sorted(segments, key=lambda s: s.x0):
        if segment.x0 - reached > max(8.0, 0.8 * segment.size) and 0.3 < (segment.x0 - left) / (right - left) < 0.72:
            best = (segment.x0 + reached) / 2
            break
        reached = max(reached, segment.x1)
    if best is None:
        return None
    sides = [s for s in segments if s.x1 <= best], [s for s in segments if s.x0 >= best]
    return best if all(_is_column(side) for side in sides) and _overlap(*sides) else None


def _is_column(side: list[Segment]) -> bool:
    """True when most lines reach across, as running text does and the cells of a table do not."""
    if len(side) < 3:
        return False
    width = max(s.x1 for s in side) - min(s.x0 for s in side)
    lines = _lines(side)
    single = sum(len(line.cells) == 1 for line in lines)
    return (
        single > 0.7 * len(lines)
        and width > 12 * side[0].size
        and median(line.x1 - line.x0 for line in lines) > 0.6 * width
    )


def _overlap(a: list[Segment], b: list[Segment]) -> bool:
    spans = [(min(s.top for s in side), max(s.bottom for s in side)) for side in (a, b)]
    shared = min(bottom for _, bottom in spans) - max(top for top, _ in spans)
    return shared > 0.5 * min(bottom - top for top, bottom in spans)


def _lines(segments: Sequence[Segment]) -> list[Line]:
    """Segments on one height as one line, from the top down."""
    rows: list[list[Segment]] = []
    for segment in sorted(segments, key=lambda s: (s.middle, s.x0)):
        if rows and abs(segment.middle - rows[-1][-1].middle) < 0.45 * min(segment.size, rows[-1][-1].size):
            rows[-1].append(segment)
        else:
            rows.append([segment])
    left, right = min(s.x0 for s in segments), max(s.x1 for s in segments)
    return [Line(tuple(sorted(row, key=lambda s: s.x0)), left, right) for row in rows]
