"""Pictures inside Office files: each recognised once and within bounds, all of them counted for the receipt."""

from __future__ import annotations

import time
from collections import Counter
from enum import StrEnum
from hashlib import sha256
from io import BytesIO
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ingest.draft import Draft
from ingest.formats import image, limits, page_text
from ingest.parsed import BlockKind
from kb.errors import Unavailable

if TYPE_CHECKING:
    from ingest.reading import Job

_LONG_SIDE, _SHORT_SIDE = 200, 60
"""Pixels; what is smaller is an icon, a bullet or a rule."""
_RECOGNISED_SIDE = 2400
"""Pixels; a larger picture is scaled down, so that no picture takes longer than a scanned page."""
_SURE = 0.7
"""Letters guessed in photographs score lower; a page that was scanned to be read is given more credit."""
_LETTERS = 4
"""Fewer letters and characters than this are a trademark or a speck."""
_SHARE_OF_TIME = 0.5
_MARKED = 240
"""Characters; a picture that says more is marked as one again, so that every passage of it is."""
_FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP")
_NAMED = 12


class Outcome(StrEnum):
    """What became of one picture."""

    read = "read"
    empty = "empty"
    small = "small"
    large = "large"
    unreadable = "unreadable"
    beyond = "beyond"
    no_engine = "no_engine"


_SAID = {
    Outcome.read: "文中 {count} 幅图片里的文字由程序识别并收录，可能有个别错字。",
    Outcome.empty: "文中 {count} 幅图片里没有认出文字。",
    Outcome.small: "文中 {count} 幅图片太小（多为图标），没有识别。",
    Outcome.large: "文中 {count} 幅图片像素过多，没有识别：{names}。需要检索其中文字的，请缩小后单独上传。",
    Outcome.unreadable: "文中 {count} 幅图片的格式读不了或已损坏，没有识别：{names}。要检索请另存为 PNG 后单独上传。",
    Outcome.beyond: "图片太多，{count} 幅没有来得及识别：{names}。需要检索其中文字的，请另存为 PDF 或图片后单独上传。",
    Outcome.no_engine: "文字识别组件不可用，文中 {count} 幅图片没有识别。请联系管理员检查安装后重新上传。",
}


class Pictures:
    """The pictures of one file, in the order they come: what was seen, how many were tried, what became of each."""

    def __init__(self, job: Job, draft: Draft) -> None:
        self._draft = draft
        self._seen: set[bytes] = set()
        self._tried = 0
        self._counts: Counter[Outcome] = Counter()
        self._names: dict[Outcome, list[str]] = {}
        now = time.monotonic()
        self._deadline = now + (job.deadline - now) * _SHARE_OF_TIME

    def append(self, name: str, content: bytes | None) -> None:
        """Append the text in a picture; one seen before is passed over, None stands for one too large to unpack."""
        if content is not None:
            digest = sha256(content).digest()
            if digest in self._seen:
                return
            self._seen.add(digest)
        outcome = Outcome.large if content is None else self._outcome(content)
        self._counts[outcome] += 1
        file_name = PurePosixPath(name).name
        page = self._draft.page
        self._names.setdefault(outcome, []).append(f"{file_name} (p. {page})" if page else file_name)

    def report(self) -> None:
        """Say on the receipt how many pictures were read, and how many were not and why."""
        for outcome, message in _SAID.items():
            if self._counts[outcome]:
                names = self._names[outcome]
                named = "、".join(names[:_NAMED]) + ("…" if len(names) > _NAMED else "")
                params = {"names": named} if "{names}" in message else {}
                self._draft.notice(f"document.pictures_{outcome}", message, count=self._counts[outcome], **params)

    def _outcome(self, content: bytes) -> Outcome:
        from PIL import Image

        try:
            with Image.open(BytesIO(content), formats=_FORMATS) as opened:
                refused = self._refused(opened)
                return refused or self._recognised(opened)
        except Unavailable:
            return Outcome.no_engine
        except MemoryError:
            raise
        except Image.DecompressionBombError:
            return Outcome.large
        except Exception:  # a vector drawing, or a picture broken in ways nobody can list
            return Outcome.unreadable

    def _refused(self, opened: Any) -> Outcome | None:
        """Why the picture is not recognised, None when it will be."""
        if max(opened.size) < _LONG_SIDE or min(opened.size) < _SHORT_SIDE:
            return Outcome.small
        if opened.width * opened.height > limits.PICTURE_PIXELS:
            return Outcome.large
        if self._tried >= limits.PICTURES or time.monotonic() > self._deadline:
            return Outcome.beyond
        return None

    def _recognised(self, opened: Any) -> Outcome:
        self._tried += 1
        opened.draft("RGB", (_RECOGNISED_SIDE, _RECOGNISED_SIDE))  # a large JPEG is unpacked at a fraction of its size
        page = image.recognised(opened, 1, long_side=_RECOGNISED_SIDE, sure=_SURE)
        inside = Draft()
        page_text.append([page], inside)
        if sum(character.isalnum() for character in inside.text) < _LETTERS:
            return Outcome.empty
        self._copy(inside)
        return Outcome.read

    def _copy(self, inside: Draft) -> None:
        """Append what a picture says. Its large letters are no headings here: they head nothing outside of it."""
        lines: list[str] = []
        for block in inside.blocks:
            if block.kind is BlockKind.table:
                self._lines(lines)
                lines = []
                self._draft.caption("" if block.level else "图片中的表格")
                self._draft.adopt(inside, block)
            else:
                if lines and len(inside.said(block)) + sum(map(len, lines)) > _MARKED:
                    self._lines(lines)
                    lines = []
                lines.append(inside.said(block))
        self._lines(lines)

    def _lines(self, lines: list[str]) -> None:
        self._draft.note("图片中的文字：" + "\n".join(lines) if lines else "")
