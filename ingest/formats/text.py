"""Plain text: its encoding, its lines, and the headings that only their numbering gives away."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.draft import Draft
from ingest.headings import is_item, numbered_level
from kb.errors import Invalid

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
)  # fmt: skip
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_RULE = re.compile(r"^\s*([=\-*_~#])\1{3,}\s*$")
_TOLERATED = 0.002  # a stray byte in a long export is no reason to refuse it; 1 in 500 is


def decode(raw: bytes) -> str:
    """The text of ``raw``: by its byte order mark, else strict UTF-8, else GB18030.

    Raises:
        Invalid: ``document.binary``, the bytes are no text in any of these.
    """
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return _checked(raw.decode(encoding, "replace"))
    for encoding in ("utf-8", "gb18030"):
        try:
            return _checked(raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    return _checked(_least_damaged(raw))


def _least_damaged(raw: bytes) -> str:
    return min((raw.decode(encoding, "replace") for encoding in ("utf-8", "gb18030")), key=lambda t: t.count("\ufffd"))


def _checked(text: str) -> str:
    wrong = len(_CONTROL.findall(text)) + text.count("\ufffd")
    if wrong > max(_TOLERATED * len(text), 0 if len(text) < 200 else 1):
        raise Invalid(
            "document.binary", "这个文件不是文字：按 UTF-8 和 GB18030 都读不出来。请另存为 UTF-8 文本后再上传。"
        )
    return text


def read(path: Path, draft: Draft) -> None:
    """Append the lines of a text file, numbered headings as headings.

    Raises:
        Invalid: ``document.binary``.
    """
    append_lines(decode(path.read_bytes()), draft)


def append_lines(text: str, draft: Draft) -> None:
    """Append every line of ``text`` as a heading, an item of a list, or a paragraph."""
    for line in text.splitlines():
        if not line.strip() or _RULE.match(line):
            continue
        level = numbered_level(line)
        if level:
            draft.heading(line, level)
        elif is_item(line):
            draft.list_item(line.strip())
        else:
            draft.paragraph(line)
