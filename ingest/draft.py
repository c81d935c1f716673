"""Draft: the text of a file while it is being read; every format family appends to one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ingest import tables
from ingest.parsed import Attachment, Block, BlockKind

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\u200b\u2060\ud800-\udfff]")
_BLANKS = re.compile(r"[ \t\u00a0\u3000\u2002-\u200a]+")
_LINES = re.compile(r" ?\n[ \n]*")


def clean(text: str) -> str:
    """``text`` without control characters and doubled blanks, in NFC; line breaks inside stay single."""
    text = _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    text = _LINES.sub("\n", _BLANKS.sub(" ", text))
    return unicodedata.normalize("NFC", text).strip()


@dataclass
class Draft:
    """Blocks in reading order with exact offsets, and what the file says about itself.

    ``properties`` holds what the file's own fields say (``title``, ``author``); it gives way to what the text says.
    """

    blocks: list[Block] = field(default_factory=list)
    notices: list[dict[str, Any]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    authored_on: date | None = None
    pages_total: int = 0
    failed_pages: list[int] = field(default_factory=list)
    page: int | None = None
    _parts: list[str] = field(default_factory=list)
    _texts: dict[int, str] = field(default_factory=dict)
    _length: int = 0

    @property
    def text(self) -> str:
        """Everything written so far."""
        return "".join(self._parts)

    def said(self, block: Block) -> str:
        """The text of one of the blocks written so far."""
        return self._texts[block.start]

    def heading(self, text: str, level: int) -> None:
        """Append a heading of ``level`` (1 outermost)."""
        self._append(BlockKind.heading, clean(text).replace("\n", " "), max(1, min(level, 6)))

    def paragraph(self, text: str) -> None:
        """Append a paragraph; nothing happens when it holds no text."""
        self._append(BlockKind.paragraph, clean(text))

    def list_item(self, text: str, level: int = 0) -> None:
        """Append an item of a list, its marker (``1.``, ``•``) included in ``text``."""
        self._append(BlockKind.list_item, clean(text), level)

    def caption(self, text: str) -> None:
        """Append the caption of a figure or table."""
        self._append(BlockKind.caption, clean(text))

    def note(self, text: str) -> None:
        """Append what stands beside the running text: a comment, a speaker's note, a footnote."""
        self._append(BlockKind.note, clean(text))

    def table(self, rows: Sequence[Sequence[str]], header_rows: int = 1) -> None:
        """Append a table, header rows first; a long one becomes several blocks with the header repeated."""
        cleaned = [[clean(cell) for cell in row] for row in rows]
        for ordinal, group in enumerate(tables.groups(cleaned, header_rows)):
            self._append(BlockKind.table, group.text, min(ordinal, 1), group.html)

    def adopt(self, other: Draft, block: Block) -> None:
        """Append a block of another draft as it stands there, on the page this one is at."""
        self._append(block.kind, other.said(block), block.level, block.html)

    def notice(self, slug: str, message: str, **params: object) -> None:
        """Say something on the receipt; ``message`` is a Chinese msgid with ``{params}``."""
        self.notices.append({"slug": slug, "message": message, "params": params})

    def _append(self, kind: BlockKind, text: str, level: int = 0, html: str = "") -> None:
        if not text:
            return
        if self.blocks:
            close = kind is BlockKind.list_item and self.blocks[-1].kind is BlockKind.list_item
            self._write("\n" if close else "\n\n")
        start = self._length
        self._write(text)
        self._texts[start] = text
        self.blocks.append(Block(kind, start, self._length, level, self.page, html))

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)
