"""Names that files inside files go by: safe to show, never used as a path."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePosixPath

from ingest.parsed import Attachment

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_EXTENSION = re.compile(r"^\.[A-Za-z0-9]{1,8}$")
_LONGEST = 200


def shown_name(name: str, fallback: str) -> str:
    """The last part of ``name`` without control and direction marks, at most 200 characters; else ``fallback``.

    Nothing is URL-decoded: ``..%2f`` stays what it is, a harmless odd name.
    """
    cleaned = unicodedata.normalize("NFC", _UNPRINTABLE.sub("", name)).replace("\\", "/").rstrip("/ ")
    last = PurePosixPath(cleaned).name.strip()
    if last in ("", ".", ".."):
        return fallback
    suffix = extension(last)
    return last if len(last) <= _LONGEST else last[: _LONGEST - len(suffix)] + suffix


def extension(name: str) -> str:
    """The extension with its dot when it is a plain one, else empty: the only part of a name that reaches a path."""
    suffix = PurePosixPath(name).suffix
    return suffix.lower() if _EXTENSION.match(suffix) else ""


def place_for(work_dir: Path, number: int, file_name: str) -> Attachment:
    """Where file ``number`` found inside another one is to be written."""
    return Attachment(file_name, work_dir / f"inner-{number:04d}{extension(file_name)}")
