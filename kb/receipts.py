"""Receipt: what became of a file that was handed in, in figures that must agree before it says ready."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

from kb.db import now
from kb.documents import Document, Stage, Version


class Status(StrEnum):
    """What a receipt says. ``linked``: the same file was there already and is not indexed twice."""

    ready = "ready"
    refused = "refused"
    processing = "processing"
    linked = "linked"


@dataclass(frozen=True)
class Receipt:
    """One file's receipt. ``document_id`` is empty for a file that was not even stored (too large, unreadable).

    ``file_name`` is the name it was handed in with, also where the same file was there under another one.

    ``pages`` counts pages, slides or sheets, 0 where the format has none; ``failed_pages`` are numbered from 1.
    ``characters`` is the length of the text, ``chunks`` the passages in SQL, ``vectors`` those the index confirmed.
    ``seconds_left`` None means unknown, 0 finished. ``notices`` and ``reason`` are ``{"slug", "message", "params"}``
    with Chinese msgids; ``reason`` is empty unless refused.
    """

    document_id: str
    version_id: str
    version_number: int
    file_name: str
    title: str
    status: Status
    stage: Stage
    handover_id: str = ""
    module: str = ""
    classification: str = ""
    pages: int = 0
    pages_done: int = 0
    failed_pages: tuple[int, ...] = ()
    characters: int = 0
    chunks: int = 0
    vectors: int = 0
    seconds_left: int | None = None
    notices: tuple[dict[str, Any], ...] = ()
    reason: dict[str, Any] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen to the file."""
        return self.stage in (Stage.ready, Stage.refused)

    @property
    def ok(self) -> bool:
        """Whether all is in: every page read, and as many vectors confirmed as there are passages, at least one."""
        return self.stage is Stage.ready and self.chunks == self.vectors > 0 and self.pages_done >= self.pages

    def after_link(self, first: Receipt) -> Receipt:
        """This later receipt of the same file, still saying what the first one said at the door."""
        said = tuple(n for n in first.notices if n not in self.notices)
        linked = Status.linked if first.status is Status.linked and self.stage is Stage.ready else self.status
        return replace(self, status=linked, file_name=first.file_name, notices=(*said, *self.notices))

    def as_dict(self) -> dict[str, Any]:
        """The receipt as plain JSON values, with ``ok``."""
        return asdict(self) | {"status": self.status.value, "stage": self.stage.value, "ok": self.ok}


_STATUS = {Stage.ready: Status.ready, Stage.refused: Status.refused}


def receipt_of(document: Document, version: Version, *, name: str = "", linked: bool = False,
               notices: tuple[dict[str, Any], ...] = ()) -> Receipt:
    """The receipt of a version. ``name`` is that of the file just handed in, ``linked`` that it was there already."""
    reason = {
        "slug": version.reason_slug, "message": version.reason_message, "params": version.reason_params,
    } if version.stage is Stage.refused else {}
    return Receipt(
        document_id=document.id, version_id=version.id, version_number=version.number,
        file_name=name or version.file_name, title=version.title or document.title, stage=version.stage,
        status=Status.linked if linked else _STATUS.get(version.stage, Status.processing),
        handover_id=document.handover_id, module=document.module.value, classification=document.classification.value,
        pages=version.pages_total, pages_done=version.pages_done, failed_pages=tuple(version.failed_pages),
        characters=version.characters, chunks=version.chunk_count, vectors=version.vector_count,
        seconds_left=seconds_left(version), notices=(*notices, *version.notices), reason=reason,
    )  # fmt: skip


def refusal(file_name: str, reason: dict[str, Any]) -> Receipt:
    """The receipt of a file that could not even be stored."""
    return Receipt("", "", 0, file_name, file_name, Status.refused, Stage.refused, reason=reason, seconds_left=0)


def seconds_left(version: Version) -> int | None:
    """How long the version will still take, from the pace of its stage so far; None while there is no pace yet."""
    if version.stage in (Stage.ready, Stage.refused):
        return 0
    done, total = {
        Stage.parsing: (version.pages_done, version.pages_total),
        Stage.embedding: (version.vector_count, version.chunk_count),
    }.get(version.stage, (0, 0))
    if not done:
        return None
    elapsed = (now() - version.stage_at).total_seconds()
    return max(1, round(elapsed / done * (total - done)))
