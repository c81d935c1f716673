"""Markdown: CommonMark with tables to HTML, then read like a page; the front matter becomes properties."""

from __future__ import annotations

import re
from pathlib import Path

from ingest.draft import Draft
from ingest.formats.html import append_html
from ingest.formats.text import decode

_FRONT = re.compile(r"\A---\s*\n(.*?)\n(?:---|\.\.\.)\s*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"^(title|author|date|标题|作者|日期)\s*[:：]\s*(.+)$", re.I | re.M)
_NAMES = {"标题": "title", "作者": "author", "日期": "date"}
_FOOTNOTE = re.compile(r"^ {0,3}\[\^([^\]\n]+)\]:[ \t]*", re.M)
_STRONG = re.compile(r"\*\*(?=\S)([^*\n]+?)\*\*|__(?=[\u3000-\u9fff])([^_\n]+?)__")


def read(path: Path, draft: Draft) -> None:
    """Append a Markdown file.

    Raises:
        Invalid: ``document.binary``, ``document.too_deep``.
    """
    from markdown_it import MarkdownIt

    source = _front_matter(decode(path.read_bytes()), draft)
    # CommonMark leaves ** alone where Chinese punctuation meets a character; people mean bold all the same.
    source = _STRONG.sub(lambda found: found.group(1) or found.group(2), source)
    # without its brackets a footnote would be the definition of a link, which is not shown
    source = _FOOTNOTE.sub(lambda found: f"\n脚注 {found.group(1)}：", source)
    page = MarkdownIt("commonmark", {"breaks": True, "html": True}).enable(["table", "strikethrough"]).render(source)
    append_html(f"<html><body>{page}</body></html>", draft)


def _front_matter(source: str, draft: Draft) -> str:
    source = source.replace("\r\n", "\n")
    found = _FRONT.match(source)
    if not found:
        return source
    for name, value in _FIELD.findall(found.group(1)):
        draft.properties.setdefault(_NAMES.get(name, name.lower()), value.strip().strip("\"'"))
    return source[found.end() :]
