"""Pages as pictures for the reader: from what is kept, else drawn by a child process that may be lost."""

from __future__ import annotations

import threading

from ingest import sandbox
from ingest.page_image import LONGEST
from kb import drawn_pages, originals
from kb.errors import Invalid, Unavailable

_SECONDS = 10.0
_AT_ONCE = 2
_SECONDS_TO_WAIT = 20.0
_SECONDS_REFUSED = 3600.0
"""A page that could not be drawn is not tried again for this long: one bad file must not keep the children busy."""

_turn = threading.BoundedSemaphore(_AT_ONCE)


def draw(sha256: str, page: int, passage: str = "") -> bytes:
    """PNG bytes of page ``page`` (from 1) of an original; lines of ``passage`` found on it are framed.

    Whether the reader may see the document is for the caller to know.

    Raises:
        NotFound: there is no such page.
        Unavailable: ``page.broken``, the page cannot be drawn; ``page.busy``, too many are being drawn.
    """
    path = drawn_pages.path_of(sha256, page, LONGEST, passage)
    content = drawn_pages.kept(path)
    if content is None or (not content and drawn_pages.age(path) > _SECONDS_REFUSED):
        content = _drawn(sha256, page, passage)
    if not content:
        raise Unavailable("page.broken", "这一页无法显示，请下载原文件查看。")
    return content


def _drawn(sha256: str, page: int, passage: str) -> bytes:
    if not _turn.acquire(timeout=_SECONDS_TO_WAIT):
        raise Unavailable("page.busy", "同时打开原样页的人太多，请稍后再试。文字内容不受影响。")
    try:
        return _freshly_drawn(sha256, page, passage)
    finally:
        _turn.release()


def _freshly_drawn(sha256: str, page: int, passage: str) -> bytes:
    original = originals.path_of(sha256)
    try:
        with drawn_pages.being_drawn(drawn_pages.path_of(sha256, page, LONGEST, passage)) as target:
            try:
                sandbox.draw(original, page, passage, target, _SECONDS)
            except Invalid:  # killed for its time or memory, or crashed: it will be again
                target.write_bytes(b"")
            content = target.read_bytes()
    finally:
        if not original.is_file():  # deleted meanwhile: what was drawn of it goes too
            drawn_pages.forget(sha256)
    return content
