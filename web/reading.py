"""A parsed text laid out for the reader: blocks → safe HTML parts, with the passage that was asked for marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup, escape

from search import Passage
from web.marking import marked, moved

_TABLE = {"table", "thead", "tbody", "tr", "td", "th", "br"}
_RANGE = re.compile(r"([0-9]{1,5})-([0-9]{1,5})")
_TAG = re.compile('(<[^>"]*(?:"[^"]*"[^>"]*)*>)')
"""A tag as it is cleaned: no quotation mark stands unescaped in an attribute."""
_SPANS = {"td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}


@dataclass(frozen=True)
class Part:
    """One block on the page. ``new_page`` is set where a page begins, else None; ``here`` marks the asked passage."""

    kind: str
    level: int
    anchor: str
    content: Markup
    new_page: int | None
    here: bool

    @property
    def heading(self) -> int:
        """The heading's element number, 2–5: the page's own title is the first."""
        return min(5, max(2, self.level + 1))


@dataclass(frozen=True)
class Span:
    """A stretch of the text, in characters; ``marks`` are ranges within it that the question's words match.

    ``answer`` is the range within it that answers, None for none.
    """

    start: int
    end: int
    marks: tuple[tuple[int, int], ...] = ()
    answer: tuple[int, int] | None = None


def reader_address(document_id: str, question: str, passage: Passage, version_number: int | None = None) -> str:
    """Where a document is read at a passage, with the sentence that answers, if one was found.

    Without a number, in its current version.
    """
    place: dict[str, str | int] = {"q": question, "at": passage.point_id}
    if version_number is not None:
        place["version"] = version_number
    if passage.answer:
        place["answer"] = "-".join(map(str, passage.answer))
    return f"/documents/{document_id}?{urlencode(place)}"


def answer_in(address: str) -> tuple[int, int] | None:
    """The range that ``reader_address`` wrote; None for anything else."""
    found = _RANGE.fullmatch(address)
    return (int(found[1]), int(found[2])) if found else None


def layout(text: str, blocks: Sequence[dict[str, Any]], passage: Span | None) -> list[Part]:
    """The parts in reading order; with no blocks, one paragraph of the whole text."""
    shown = blocks or [{"kind": "paragraph", "start": 0, "end": len(text), "level": 0, "page": None, "html": ""}]
    parts, page, first_here = [], None, True
    for number, block in enumerate(shown):
        here = passage is not None and block["start"] < passage.end and block["end"] > passage.start
        anchor = "here" if here and first_here else f"b{number}"
        first_here = first_here and not here
        new_page = block["page"] if block["page"] and block["page"] != page else None
        page = block["page"] or page
        parts.append(Part(block["kind"], block["level"], anchor, _content(text, block, passage), new_page, here))
    return parts


def contents(parts: Sequence[Part]) -> list[Part]:
    """The headings, for the table of contents."""
    return [p for p in parts if p.kind == "heading"]


def _content(text: str, block: dict[str, Any], passage: Span | None) -> Markup:
    start, end = block["start"], block["end"]
    apart = passage is None or start >= passage.end or end <= passage.start
    if block["kind"] == "table" and block["html"]:
        table = _table(block["html"])
        return table if apart or passage is None else _marked_table(table, text, start, end, passage)
    if apart or passage is None:
        return escape(text[start:end])
    low, high = max(start, passage.start), min(end, passage.end)
    begun = low - passage.start
    inner = marked(text[low:high], moved(passage.marks, begun), *moved([passage.answer], begun))
    return escape(text[start:low]) + Markup('<span class="here">{}</span>').format(inner) + escape(text[high:end])


def _table(html: str) -> Markup:
    """The table with nothing but cells left: what a file says never becomes markup of ours."""
    import nh3

    return Markup(nh3.clean(html, tags=_TABLE, attributes=_SPANS))  # noqa: S704 - cleaned on this line


def _marked_table(table: Markup, text: str, start: int, end: int, passage: Span) -> Markup:
    """The cells with the passage's words and answer marked: what they say stands in the text in the same order."""
    at, parts = start, []
    for part in _TAG.split(table):
        said = "" if part.startswith("<") else unescape(part)
        found = text.find(said, at, end) if said.strip() else -1
        if found < 0:
            parts.append(Markup(part))  # noqa: S704 - cleaned before
            continue
        begun, at = found - passage.start, found + len(said)
        parts.append(marked(said, moved(passage.marks, begun), *moved([passage.answer], begun)))
    return Markup("").join(parts)
