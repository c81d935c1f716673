"""What the API tells about a file that was handed in: its stage, its figures, and why it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, Field

from kb.documents import Stage
from kb.receipts import Receipt, Status
from web.i18n import translate


class NoticeOut(BaseModel):
    """Something the reader should know about the file, or the reason it was refused."""

    slug: str
    detail: str = Field(description="One sentence in the person's language")

    @classmethod
    def of(cls, notice: Mapping[str, Any], locale: str) -> NoticeOut:
        """The notice in that language, with its parameters filled in."""
        params = {k: translate(locale, v) if isinstance(v, str) else v for k, v in notice["params"].items()}
        return cls(slug=notice["slug"], detail=translate(locale, notice["message"], **params))


class ReceiptOut(BaseModel):
    """What became of a file. It is in when `ok` is true; ask again while `finished` is false."""

    document_id: str = Field(description="Empty for a file that was not even stored")
    version_id: str
    version_number: int
    file_name: str
    title: str
    status: Status = Field(description="`linked`: the same file was there already")
    stage: Stage
    finished: bool
    ok: bool = Field(description="Every page read, and as many vectors confirmed as there are passages")
    pages: int = Field(description="Pages, slides or sheets; 0 where the format has none")
    pages_done: int
    failed_pages: list[int]
    characters: int
    chunks: int = Field(description="Passages stored")
    vectors: int = Field(description="Passages the index confirmed")
    seconds_left: int | None = Field(description="Estimate; null while unknown, 0 when finished")
    notices: list[NoticeOut]
    reason: NoticeOut | None = Field(description="Why it was refused; null unless refused")

    @classmethod
    def of(cls, receipt: Receipt, locale: str) -> ReceiptOut:
        """The receipt in that language."""
        plain = {name: getattr(receipt, name) for name in cls.model_fields if name not in ("notices", "reason")}
        plain["failed_pages"] = list(receipt.failed_pages)
        return cls(
            **plain, notices=[NoticeOut.of(n, locale) for n in receipt.notices],
            reason=NoticeOut.of(receipt.reason, locale) if receipt.reason else None,
        )
