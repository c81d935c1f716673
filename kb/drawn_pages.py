"""Pages of documents as they were drawn, kept for the next reader: by content, bounded, gone with the original."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from kb.settings import settings

MOST_BYTES = 256 * 1024 * 1024
"""All kept pages together; the ones nobody asked for longest go first."""
_KEPT_SHARE = 0.8


def folder() -> Path:
    """Where the pages lie. Nothing here is needed: whatever is missing is drawn again."""
    return settings().home.absolute() / "pages"


def path_of(digest: str, page: int, longest: int, passage: str) -> Path:
    """Where a page of the original ``digest`` (SHA-256) lies, drawn ``longest`` pixels long, ``passage`` framed."""
    framed = sha256(passage.encode("utf-8", "replace")).hexdigest()[:16] if passage else "plain"
    return folder() / digest[:2] / digest / f"{page}-{longest}-{framed}.png"


def kept(path: Path) -> bytes | None:
    """The page at ``path``, None when it is not kept. Empty bytes stand for a page that could not be drawn."""
    try:
        content = path.read_bytes()
        if content:
            os.utime(path)  # asked for: it stays
    except FileNotFoundError:
        return None
    return content


def age(path: Path) -> float:
    """Seconds since a page was drawn or asked for; a huge number for one that is not kept."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


@contextlib.contextmanager
def being_drawn(path: Path) -> Iterator[Path]:
    """A file to draw a page into; on leaving it becomes the one at ``path``, whole, unless there was an error."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.parent / f"{secrets.token_hex(8)}.drawing"
    try:
        fresh.touch(0o600)
        yield fresh
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    prune()


def forget(digest: str) -> None:
    """Delete every page drawn of an original. A page that is being drawn meanwhile is its drawer's to delete."""
    shutil.rmtree(folder() / digest[:2] / digest, ignore_errors=True)


def prune() -> None:
    """Delete the pages not asked for longest, when all together take too much room."""
    pages = []
    for path in folder().glob("??/*/*.png"):
        with contextlib.suppress(FileNotFoundError):
            pages.append((path.stat().st_mtime_ns, path.stat().st_size, path))
    total = sum(size for _, size, _ in pages)
    if total <= MOST_BYTES:
        return
    for _, size, path in sorted(pages):
        path.unlink(missing_ok=True)
        total -= size
        if total <= _KEPT_SHARE * MOST_BYTES:
            return
