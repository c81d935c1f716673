"""Read one file in this process: admit it, let its format append to a draft, and say what it is about."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ingest import metadata
from ingest.draft import Draft
from ingest.formats import limits
from ingest.formats.gate import Format, admit
from ingest.formats.office_gate import damaged
from ingest.parsed import Parsed
from kb.errors import Invalid, KbError

Progress = Callable[[int, int], None]


_OF_A_JOB = frozenset({Format.word, Format.slides, Format.workbook, Format.pdf, Format.image, Format.mail})
"""Formats whose reader wants to know more than the path: they recognise pictures, or hold attachments."""


@dataclass(frozen=True)
class Job:
    """What a reader may need besides the file: where attachments go, whom to tell, when to come to an end.

    ``deadline`` is a ``time.monotonic()`` value; a reader that works page by page stops there and names the rest.
    """

    path: Path
    file_name: str
    work_dir: Path
    progress: Progress = lambda done, total: None
    deadline: float = float("inf")

    @property
    def out_of_time(self) -> bool:
        """True once the deadline has passed."""
        return time.monotonic() > self.deadline


def read(job: Job) -> Parsed:
    """Everything there is to know about the file.

    Raises:
        Invalid: the file is refused; the slug says why (``document.…``), the message what to do.
        Unavailable: a part of the parser is missing.
    """
    draft = Draft()
    try:
        family = admit(job.path, job.file_name)
        reader = importlib.import_module(f"ingest.formats.{family.value}")
        if family in _OF_A_JOB:
            reader.read(job, draft)
        else:
            reader.read(job.path, draft)
    except (KbError, MemoryError):
        raise
    except RecursionError as error:
        raise Invalid("document.too_deep", "文件内部嵌套过深，无法解析。请另存为 PDF 后再上传。") from error
    except Exception as error:  # a broken file breaks its reader in ways nobody can list
        raise damaged() from error
    return _finished(job, draft)


def _finished(job: Job, draft: Draft) -> Parsed:
    text = draft.text
    if not text.strip():
        raise Invalid(
            "document.no_text", "文件里没有读到任何文字。内容是图片的，请确认清晰可辨；是空白的，请补上内容后再上传。"
        )
    if len(text) > limits.TEXT_CHARACTERS:
        raise Invalid(
            "document.too_large", "文字超过 {limit} 万字，不能作为一份资料收录。请拆成几份后再上传。",
            limit=limits.TEXT_CHARACTERS // 10_000,
        )
    told = metadata.infer(job.file_name, draft)
    return Parsed(
        title=told.title, text=text, blocks=tuple(draft.blocks), pages_total=draft.pages_total,
        failed_pages=tuple(draft.failed_pages), notices=tuple(draft.notices), author=told.author,
        authored_on=told.authored_on, kind=told.kind, attachments=tuple(draft.attachments),
    )
