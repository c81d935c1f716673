"""HTML: cleaned and flattened by us, partitioned by ``unstructured``, tables read with their spans."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.draft import Draft
from ingest.formats import grid
from ingest.formats.flat import flatten
from ingest.formats.text import decode
from ingest.headings import numbered_level
from ingest.unstructured_offline import prepare
from kb.errors import Invalid

MAX_DEPTH = 100
"""Levels down to which the partitioner is safe; a deeper page is read flat, without its tables."""
_BREAK, _TABLE, _FILL = "\ue000", "\ue001", "\ue002"
"""Marks put into the page: a line break, a table's place, and a filling for lone characters, which are dropped else."""
_CHARSET = re.compile(rb"<meta[^>]+charset\s*=\s*[\"']?\s*([\w-]+)", re.I)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_UNSEEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_DROPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "math", "head", "iframe", "object", "embed", "canvas", "audio",
    "video", "img", "input", "select", "button", "link", "meta",
})  # fmt: skip
_AS_PARAGRAPH = frozenset({"dt", "dd", "legend", "figcaption", "summary", "address"})
_AS_BOX = frozenset({"form", "fieldset", "dl", "details", "center"})
_HEADING = re.compile(r"^h([1-6])$")
_WRAPPED = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*\r?\n\s*(?=[\u3000-\u9fff\uff00-\uffef])")

_Table = tuple[str, list[list[str]], int]
"""A caption, rows, and how many of these are the header."""


def read(path: Path, draft: Draft) -> None:
    """Append an HTML page; its ``<title>`` and ``<meta name=author>`` become properties.

    Raises:
        Invalid: ``document.binary``, ``document.too_deep``.
    """
    append_html(decode_page(path.read_bytes()), draft)


def decode_page(raw: bytes) -> str:
    """The page's text: by byte order mark, by its declared charset where that holds, else like plain text.

    Raises:
        Invalid: ``document.binary``.
    """
    declared = _CHARSET.search(raw[:4096])
    if declared and not raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        name = declared.group(1).decode("ascii").lower()
        try:
            return raw.decode("gb18030" if name.startswith("gb") else name)
        except (UnicodeDecodeError, LookupError):
            pass  # the declaration is wrong as often as the bytes are
    return decode(raw)


def append_html(page: str, draft: Draft) -> None:
    """Append the visible content of ``page`` in reading order.

    Raises:
        Invalid: ``document.too_deep``, nested beyond all use.
    """
    prepare()
    from unstructured.partition.html import partition_html

    root = _tree(page)
    if root is None:
        return
    _remember_properties(root, draft)
    if _depth(root) > MAX_DEPTH:
        root = flatten(root)
    tables = _simplify(root)
    # No guessing of languages: nobody reads the answer, and it takes a third of the time.
    for element in partition_html(text=etree.tostring(root, encoding="unicode", method="html"), languages=[""]):
        _append(element, tables, draft)


def _tree(page: str) -> Any:
    if not page.strip():
        return None
    parser = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True, no_network=True)
    root = etree.fromstring(_DECLARATION.sub("", page), parser)
    # libxml2 stops at 2,048 levels and keeps quiet about the rest: half a page must not pass for a whole one.
    if any("depth" in entry.message for entry in parser.error_log):
        raise Invalid("document.too_deep", "网页嵌套过深，无法解析。请用浏览器打开后另存为 PDF，再上传。")
    return root


def _remember_properties(root: Any, draft: Draft) -> None:
    title = root.find(".//title")
    if title is not None and title.text:
        draft.properties.setdefault("title", title.text.strip())
    for meta in root.iter("meta"):
        if (meta.get("name") or "").lower() == "author" and meta.get("content"):
            draft.properties.setdefault("author", meta.get("content").strip())


def _depth(root: Any) -> int:
    deepest = depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest


def _simplify(root: Any) -> list[_Table]:
    """Rewrite the tree in place into what the partitioner reads faithfully; the tables taken out are returned."""
    half = len("".join(root.itertext())) / 2
    for element in list(root.iter()):
        if element.tag in _DROPPED or "hidden" in element.attrib or _is_unseen(element, half):
            _drop(element)
    tables: list[_Table] = []
    found = [(table, grid.is_layout(table)) for table in root.iter("table")]
    for table, is_layout in reversed(found):  # inner ones first, so that a frame around them leaves them whole
        if is_layout:
            grid.unwrap(table)
        else:
            _replace_by_mark(table, f"{_TABLE}{len(tables)}{_TABLE}")
            tables.append((_caption(table), *grid.rows_of(table)))
    for element in root.iter():
        _rewrite(element)
    return tables


def _is_unseen(element: Any, half: float) -> bool:
    """True for what a browser does not show; an article saved before its script showed it (WeChat) is the page."""
    return bool(_UNSEEN.search(element.get("style") or "")) and len("".join(element.itertext())) < half


def _caption(table: Any) -> str:
    found = table.find("caption")
    return grid.cell_text(found) if found is not None else ""


def _drop(element: Any) -> None:
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail or ""
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    parent.remove(element)


def _replace_by_mark(table: Any, mark: str) -> None:
    paragraph = etree.Element("p")
    paragraph.text, paragraph.tail = mark, table.tail
    table.getparent().replace(table, paragraph)


def _rewrite(element: Any) -> None:
    if element.tag == "br":
        element.tail = _BREAK + (element.tail or "")
    elif element.tag in _AS_PARAGRAPH:
        element.tag = "p"
    elif element.tag in _AS_BOX:
        element.tag = "div"
    elif element.tag == "li" and element.getparent() is not None and element.getparent().tag == "ol":
        # the number belongs to the first paragraph where the items of a list are paragraphs
        inner = element[0] if len(element) and element[0].tag == "p" and not (element.text or "").strip() else element
        inner.text = f"{_number(element)}. {(inner.text or '').lstrip()}"
    if not len(element) and len((element.text or "").strip()) == 1:
        element.text = f"{element.text}{_FILL}"
    if element.tag != "pre":
        element.text, element.tail = _unwrap(element.text), _unwrap(element.tail)


def _unwrap(text: str | None) -> str | None:
    # A line break between two Chinese characters is the editor's, not the writer's: a browser shows a blank there.
    return _WRAPPED.sub("", text) if text else text


def _number(item: Any) -> int:
    start = item.getparent().get("start") or "1"
    return (int(start) if start.isdigit() else 1) + sum(1 for _ in item.itersiblings("li", preceding=True))


def _append(element: Any, tables: list[_Table], draft: Draft) -> None:
    text = element.text.replace(_BREAK, "\n").replace(_FILL, "").strip()
    marks = text.split(_TABLE)
    for n, part in enumerate(marks):
        if n % 2:
            caption, rows, header_rows = tables[int(part)]
            draft.caption(caption)
            draft.table(rows, header_rows)
        elif part.strip():
            _append_text(element, part.strip(), draft)


def _append_text(element: Any, text: str, draft: Draft) -> None:
    depth = element.metadata.category_depth
    tag = type(element).__name__
    if tag == "Title" and depth is not None and "\n" not in text:
        draft.heading(text, depth + 1)
    elif tag == "ListItem":
        draft.list_item(text, max(0, (depth or 1) - 1))
    elif "\n" not in text and (level := numbered_level(text)):
        draft.heading(text, level)
    else:
        draft.paragraph(text)
