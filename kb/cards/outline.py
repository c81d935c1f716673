"""An indented outline as a tree, and the places of its points when it is drawn as a map from left to right."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

MAX_POINTS = 300
_ROW = 30
_GAP = 46
_PAD = 22
_TAB = 2


@dataclass
class Point:
    """One point of an outline with those below it."""

    text: str
    children: list[Point] = field(default_factory=list)


@dataclass(frozen=True)
class Box:
    """A point as drawn: its top left corner, width and height in pixels, and its depth from 0."""

    text: str
    x: int
    y: int
    width: int
    height: int
    depth: int


@dataclass(frozen=True)
class Line:
    """A line from a point to one below it, in pixels."""

    x1: int
    y1: int
    x2: int
    y2: int


@dataclass(frozen=True)
class Drawing:
    """A map: its size in pixels, its boxes and lines."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def read(text: str) -> list[Point]:
    """The trees of an outline; a tab counts as two spaces, a leading ``-`` or ``•`` is left out.

    Points past the 300th are left out.
    """
    roots: list[Point] = []
    path: list[tuple[int, Point]] = []
    for line in text.expandtabs(_TAB).splitlines()[: MAX_POINTS * 2]:
        said = line.strip().lstrip("-•*").strip()
        if not said:
            continue
        indent = len(line) - len(line.lstrip())
        while path and path[-1][0] >= indent:
            path.pop()
        point = Point(said)
        (path[-1][1].children if path else roots).append(point)
        path.append((indent, point))
    return roots


def draw(text: str) -> Drawing:
    """The map of an outline; empty for an empty one. Each column is as wide as its widest point."""
    roots = read(text)
    widths: dict[int, int] = {}
    for depth, point in _walk(roots):
        widths[depth] = max(widths.get(depth, 0), _width(point.text))
    lefts = {d: sum(widths[i] + _GAP for i in range(d)) for d in widths}
    boxes: list[Box] = []
    lines: list[Line] = []
    row = 0

    def place(point: Point, depth: int) -> int:
        """Draw a point and what is below it; the height of its middle in pixels."""
        nonlocal row
        middles = [place(child, depth + 1) for child in point.children]
        if middles:
            middle = (middles[0] + middles[-1]) // 2
        else:
            middle = row * _ROW + _ROW // 2 + 2
            row += 1
        x, width = lefts[depth], _width(point.text)
        boxes.append(Box(point.text, x, middle - 11, width, 22, depth))
        lines.extend(Line(x + width, middle, lefts[depth + 1], end) for end in middles)
        return middle

    for root in roots:
        place(root, 0)
    return Drawing(sum(w + _GAP for w in widths.values()), row * _ROW + 4, tuple(boxes), tuple(lines))


def _walk(points: list[Point], depth: int = 0) -> list[tuple[int, Point]]:
    return [found for p in points for found in [(depth, p), *_walk(p.children, depth + 1)]]


def _width(text: str) -> int:
    """Pixels a text takes at 14 px, its padding included."""
    return _PAD + sum(14 if unicodedata.east_asian_width(c) in "WF" else 8 for c in text)
