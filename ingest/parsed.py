"""What parsing makes of a file: one text, the blocks it is laid out in, and what a person should know about it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from kb.documents import Kind


class BlockKind(StrEnum):
    """What a stretch of the text is, for the reader's layout and for cutting passages."""

    heading = "heading"
    paragraph = "paragraph"
    list_item = "list_item"
    table = "table"
    caption = "caption"
    note = "note"


@dataclass(frozen=True)
class Block:
    """A stretch ``text[start:end]`` of the parsed text; offsets count characters, blocks never overlap.

    ``level`` is the depth of a heading (1 outermost) or of a list item (0 outermost); on a table, 1 says that the
    block goes on with the table of the block before it, its header rows repeated. ``page`` counts pages, slides or
    sheets from 1, None where the format has none. ``html`` is only set on tables: a ``<table>`` without attributes
    other than spans, its text escaped.
    """

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    page: int | None = None
    html: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The block as plain JSON values, the way ``ParsedText.blocks`` keeps it."""
        return asdict(self) | {"kind": self.kind.value}

    @classmethod
    def from_dict(cls, stored: dict[str, Any]) -> Self:
        """The block that ``as_dict`` wrote."""
        return cls(**stored | {"kind": BlockKind(stored["kind"])})


@dataclass(frozen=True)
class Attachment:
    """A file found inside a file, written out under a harmless path; ``file_name`` is the name people gave it."""

    file_name: str
    path: Path


@dataclass(frozen=True)
class Parsed:
    """One file, read. ``text`` is never empty.

    ``pages_total`` counts pages, slides or sheets (0: the format has none); ``failed_pages`` names those that could
    not be read, from 1, while the rest was kept. ``notices`` are ``{"slug", "message", "params"}`` for the receipt.
    ``author`` empty and ``authored_on`` None mean that the file does not say.
    """

    title: str
    text: str
    blocks: tuple[Block, ...]
    pages_total: int
    failed_pages: tuple[int, ...]
    notices: tuple[dict[str, Any], ...]
    author: str
    authored_on: date | None
    kind: Kind
    attachments: tuple[Attachment, ...]

    def as_dict(self) -> dict[str, Any]:
        """The whole as plain JSON values, for the pipe between the parsing process and us."""
        return {
            "title": self.title,
            "text": self.text,
            "blocks": [block.as_dict() for block in self.blocks],
            "pages_total": self.pages_total,
            "failed_pages": list(self.failed_pages),
            "notices": list(self.notices),
            "author": self.author,
            "authored_on": self.authored_on.isoformat() if self.authored_on else None,
            "kind": self.kind.value,
            "attachments": [{"file_name": a.file_name, "path": str(a.path)} for a in self.attachments],
        }

    @classmethod
    def from_dict(cls, sent: dict[str, Any]) -> Self:
        """What ``as_dict`` wrote, read back."""
        return cls(
            title=sent["title"],
            text=sent["text"],
            blocks=tuple(Block.from_dict(block) for block in sent["blocks"]),
            pages_total=sent["pages_total"],
            failed_pages=tuple(sent["failed_pages"]),
            notices=tuple(sent["notices"]),
            author=sent["author"],
            authored_on=date.fromisoformat(sent["authored_on"]) if sent["authored_on"] else None,
            kind=Kind(sent["kind"]),
            attachments=tuple(Attachment(a["file_name"], Path(a["path"])) for a in sent["attachments"]),
        )
