"""Cut a parsed text into passages: never inside a sentence, never across headings, tables by rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from ingest.parsed import Block, BlockKind

TARGET_CHARACTERS = 300
"""A passage takes in neighbours under its heading while it stays this short."""
MAX_CHARACTERS = 480
"""No passage is longer, but for a table row that is longer by itself (up to three times this)."""
SMALL_CHARACTERS = 60
"""A section shorter than this joins its neighbour when both fit into one passage."""

_SENTENCE = re.compile(r"[^。！？!?；;\n]*(?:[。！？!?；;]+[”’」』）)》】\"']*|\n|$)|[^\n]+", re.S)
_CLAUSE = re.compile(r"[^，、,：:\s]*[，、,：:\s]+|[^，、,：:\s]+")


@dataclass(frozen=True)
class Piece:
    """A passage: ``text == parsed_text[start:end]``, its headings from the outermost in, its pages (None: no pages)."""

    ordinal: int
    start: int
    end: int
    text: str
    heading_path: tuple[str, ...]
    page_first: int | None
    page_last: int | None


@dataclass(frozen=True)
class _Span:
    start: int
    end: int
    path: tuple[str, ...]
    pages: tuple[int, int] | None
    whole: bool = False  # a table group, or a heading without text: it stays by itself

    def __len__(self) -> int:
        return self.end - self.start


def chunk(parsed_text: str, blocks: Sequence[Block], *, join_small: bool = True) -> list[Piece]:
    """The passages of a text in reading order; an empty list only for a text without blocks.

    ``join_small`` False leaves short sections by themselves: the fields of a card are told apart by their headings.
    Every block lies in a passage, headings included where they have no text of their own below them.
    """
    spans = list(_pack(_spans(parsed_text, blocks)))
    spans = _join_small(spans) if join_small else spans
    return [
        Piece(
            n, span.start, span.end, parsed_text[span.start : span.end], span.path,
            span.pages[0] if span.pages else None, span.pages[1] if span.pages else None,
        )
        for n, span in enumerate(spans)
    ]


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of every sentence of ``text``, closing quotes included, blanks around it not."""
    for found in _SENTENCE.finditer(text):
        stripped = found.group().strip()
        if stripped:
            start = found.start() + found.group().index(stripped)
            yield start, start + len(stripped)


def _spans(text: str, blocks: Sequence[Block]) -> Iterator[_Span]:
    path: list[tuple[int, str]] = []
    for block, following in zip_longest(blocks, blocks[1:]):
        pages = (block.page, block.page) if block.page else None
        if block.kind is BlockKind.heading:
            path = [*(above for above in path if above[0] < block.level), (block.level, text[block.start : block.end])]
            if _is_leaf(block, following):
                outer = tuple(title for _, title in path[:-1])
                yield _Span(block.start, block.end, outer, pages, whole=True)
            continue
        titles = tuple(title for _, title in path)
        for start, end in _parts(text, block):
            yield _Span(start, end, titles, pages, whole=block.kind is BlockKind.table)


def _is_leaf(heading: Block, following: Block | None) -> bool:
    return following is None or (following.kind is BlockKind.heading and following.level <= heading.level)


def _parts(text: str, block: Block) -> Iterator[tuple[int, int]]:
    """The block itself, or its sentences, clauses, bare cuts: the largest units that fit."""
    limit = MAX_CHARACTERS * 3 if block.kind is BlockKind.table else MAX_CHARACTERS
    if block.end - block.start <= limit:
        yield block.start, block.end
        return
    for start, end in sentences(text[block.start : block.end]):
        if end - start <= MAX_CHARACTERS:
            yield block.start + start, block.start + end
        else:
            yield from _cut(text, block.start + start, block.start + end)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut one endless sentence at commas into stretches of at most the target, at the bare limit where it has none."""
    first = start
    for clause in _CLAUSE.finditer(text, start, end):
        if clause.end() - first > TARGET_CHARACTERS and clause.start() > first:
            yield first, clause.start()
            first = clause.start()
        while clause.end() - first > MAX_CHARACTERS:
            yield first, first + MAX_CHARACTERS
            first += MAX_CHARACTERS
    if first < end:
        yield first, end


def _pack(spans: Iterator[_Span]) -> Iterator[_Span]:
    pending: _Span | None = None
    for span in spans:
        if pending is not None and _belong_together(pending, span):
            pending = _joined(pending, span)
        else:
            if pending is not None:
                yield pending
            pending = span
    if pending is not None:
        yield pending


def _belong_together(left: _Span, right: _Span) -> bool:
    if left.whole or right.whole or left.path != right.path:
        return False
    length = right.end - left.start
    lone_end = len(right) < SMALL_CHARACTERS or len(left) < SMALL_CHARACTERS
    return length <= TARGET_CHARACTERS or (lone_end and length <= MAX_CHARACTERS)


def _join_small(spans: list[_Span]) -> list[_Span]:
    """Join sections too short to stand alone with the one before, under the headings both share."""
    joined: list[_Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last and min(len(last), len(span)) < SMALL_CHARACTERS and span.end - last.start <= TARGET_CHARACTERS:
            joined[-1] = _joined(last, span)
        else:
            joined.append(span)
    return joined


def _joined(left: _Span, right: _Span) -> _Span:
    shared = [a for a, b in zip(left.path, right.path, strict=False) if a == b]
    pages = [page for span in (left, right) if span.pages for page in span.pages]
    return replace(
        left, end=right.end, path=tuple(shared), whole=left.whole and right.whole,
        pages=(min(pages), max(pages)) if pages else None,
    )
