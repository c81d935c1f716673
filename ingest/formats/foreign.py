"""Parts in another format that a Word document is made of (``w:altChunk``): how web systems write docx files."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import PurePosixPath

from ingest.draft import Draft
from ingest.formats import html, text

_PAGES = frozenset({".htm", ".html", ".xhtml"})
_ARCHIVES = frozenset({".mht", ".mhtml"})


def append(name: str, content: bytes, draft: Draft) -> bool:
    """Append the part called ``name``; False when its format is not read here.

    Raises:
        Invalid: ``document.binary``, ``document.too_deep``.
    """
    extension = PurePosixPath(name).suffix.lower()
    if extension in _PAGES:
        html.append_html(html.decode_page(content), draft)
    elif extension in _ARCHIVES:
        html.append_html(_page_of(content), draft)
    elif extension == ".txt":
        text.append_lines(text.decode(content), draft)
    else:
        return False
    return True


def _page_of(archive: bytes) -> str:
    """The page of a web archive, without the pictures stored beside it; empty when there is none."""
    for part in message_from_bytes(archive.lstrip(), policy=policy.compat32).walk():
        if part.get_content_type() in ("text/html", "application/xhtml+xml"):
            content = part.get_payload(decode=True)
            charset = (part.get_content_charset() or "").lower()
            if isinstance(content, bytes):
                try:
                    return content.decode("gb18030" if charset.startswith("gb") else charset or "utf-8")
                except (UnicodeDecodeError, LookupError):
                    return html.decode_page(content)
    return ""
