"""A page nested too deep for recursion, rewritten as a flat row of paragraphs and headings."""

from __future__ import annotations

from typing import Any

from lxml import etree

_BLOCKS = frozenset({
    "html", "body", "div", "p", "section", "article", "main", "aside", "header", "footer", "nav", "ul", "ol", "li",
    "dl", "dt", "dd", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "blockquote", "pre", "form", "fieldset",
    "figure", "figcaption", "center", "address", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
})  # fmt: skip
_KEPT = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "pre"})
_SILENT = frozenset({"script", "style", "head", "template", "noscript", "svg"})


def flatten(root: Any) -> Any:
    """A new tree with the same visible text in the same order, three levels deep; headings stay headings."""
    page = etree.Element("html")
    body = etree.SubElement(page, "body")
    pending: list[str] = []
    kind = "p"
    silent = 0

    def flush() -> None:
        text = "".join(pending).strip()
        pending.clear()
        if text:
            etree.SubElement(body, kind).text = text

    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag
        silent += (1 if event == "start" else -1) if tag in _SILENT else 0
        if tag in _BLOCKS:
            flush()
            kind = tag if tag in _KEPT and event == "start" else "p"
        if tag == "br" and event == "start":
            pending.append("\n")
        text = element.text if event == "start" else element.tail
        if text and not (silent and tag not in _SILENT) and not (tag in _SILENT and event == "start"):
            pending.append(text)
    flush()
    return page
