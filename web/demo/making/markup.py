"""The sources' small markup: headings, paragraphs, items, quotes, tables, and a reviewer's marks inside a line.

``{++text++}`` is a tracked insertion and ``{>>name|text<<}`` a comment, as in CriticMarkup; ``[box] …`` is a text
box, ``> 备注：…`` speaker notes, ``{hidden}`` after a heading makes a hidden sheet, a cell ``^`` is merged with the one
above.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    """What a block of a source is."""

    heading = "heading"
    text = "text"
    item = "item"
    note = "note"
    box = "box"
    table = "table"


@dataclass(frozen=True)
class Block:
    """One block; ``level`` counts for headings (1–3), ``rows`` for tables, ``hidden`` for a sheet's heading."""

    mark: Mark
    text: str = ""
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    hidden: bool = False


@dataclass(frozen=True)
class Remark:
    """A reviewer's comment on the text before it."""

    author: str
    text: str


_REVIEW = re.compile(r"\{\+\+(?P<new>.+?)\+\+\}|\{>>(?P<who>[^|]+)\|(?P<said>.+?)<<\}")
_HEADING = re.compile(r"(#{1,3}) (.+)")


def read(source: str) -> list[Block]:
    """The blocks of a source, in order."""
    blocks: list[Block] = []
    rows: list[tuple[str, ...]] = []
    for line in [*source.splitlines(), ""]:
        if line.startswith("|"):
            rows.append(_cells(line))
            continue
        if rows:
            blocks.append(Block(Mark.table, rows=tuple(r for r in rows if not set("".join(r)) <= {"-"} or not r[0])))
            rows = []
        if line.strip():
            blocks.append(_line(line.strip()))
    return blocks


def _cells(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def _line(line: str) -> Block:
    heading = _HEADING.fullmatch(line)
    if heading:
        text, hidden = heading.group(2).removesuffix("{hidden}").strip(), heading.group(2).endswith("{hidden}")
        return Block(Mark.heading, text, level=len(heading.group(1)), hidden=hidden)
    if line.startswith("- "):
        return Block(Mark.item, line[2:])
    if line.startswith("> "):
        return Block(Mark.note, line[2:].removeprefix("备注："))
    if line.startswith("[box] "):
        return Block(Mark.box, line[6:])
    return Block(Mark.text, line)


def review(text: str) -> list[str | Remark | tuple[str]]:
    """A line in pieces: plain text, a ``Remark``, or a one-tuple with inserted text."""
    pieces: list[str | Remark | tuple[str]] = []
    end = 0
    for found in _REVIEW.finditer(text):
        if found.start() > end:
            pieces.append(text[end : found.start()])
        pieces.append((found["new"],) if found["new"] else Remark(found["who"], found["said"]))
        end = found.end()
    return [*pieces, text[end:]] if end < len(text) else pieces


def bold_parts(text: str) -> list[tuple[str, bool]]:
    """Text cut at ``**``; every second part is bold."""
    return [(part, n % 2 == 1) for n, part in enumerate(text.split("**")) if part]
