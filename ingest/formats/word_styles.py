"""Styles of a Word document: which paragraph is a heading, bold, or in a list, through the chain of base styles."""

from __future__ import annotations

from typing import Any

from ingest.formats.ooxml import all_named, attribute, child, descend, local
from ingest.headings import style_level

_TITLES = frozenset({"title", "标题", "文档标题"})
_OFF = frozenset({"0", "false", "off", "none"})


def is_contents(style_name: str) -> bool:
    """True for the lines of a table of contents, whose text stands again further down."""
    name = style_name.lower().replace(" ", "")
    return name.startswith(("toc", "目录", "tableoffigures"))


def is_caption(style_name: str) -> bool:
    """True for captions of figures and tables."""
    return style_name.lower() in ("caption", "题注")


class Styles:
    """Looks up a paragraph's own properties first, then its style and the styles that one is based on."""

    def __init__(self, root: Any) -> None:
        self._by_id: dict[str, Any] = {}
        self._levels: dict[str, int] = {}
        for style in root if root is not None else ():
            if local(style) == "style":
                self._by_id[attribute(style, "styleId")] = style

    def name(self, paragraph: Any) -> str:
        """The name of the paragraph's style as people see it; its id when the style is not defined."""
        style_id = self._id(paragraph)
        named = child(self._by_id.get(style_id), "name")
        return attribute(named, "val") if named is not None else style_id

    def level(self, paragraph: Any) -> int:
        """The heading level by outline level, style name or a base style's; 0 for body text."""
        outline = descend(paragraph, "pPr", "outlineLvl")
        if outline is not None:
            return _outline(outline)
        style_id = self._id(paragraph)
        if style_id not in self._levels:
            self._levels[style_id] = self._style_level(style_id)
        return self._levels[style_id]

    def is_title(self, paragraph: Any) -> bool:
        """True for the style of a document's own title."""
        return self.name(paragraph).strip().lower() in _TITLES

    def is_bold(self, paragraph: Any) -> bool:
        """True when every run with text is bold, by itself or by the paragraph's style."""
        by_style = self._property(paragraph, "rPr", "b")
        runs = [run for run in all_named(paragraph, "r") if any((t.text or "").strip() for t in all_named(run, "t"))]
        marks = [descend(run, "rPr", "b") for run in runs]
        styled = by_style is not None and is_on(by_style)
        return bool(runs) and all(is_on(mark) if mark is not None else styled for mark in marks)

    def list_place(self, paragraph: Any) -> tuple[str, int]:
        """(number id, level from 0) of the list it is in; an empty id for none."""
        place = self._property(paragraph, "pPr", "numPr")
        if place is None:
            return "", 0
        number, level = child(place, "numId"), child(place, "ilvl")
        index = attribute(level, "val") if level is not None else "0"
        found = attribute(number, "val") if number is not None else ""
        return ("" if found == "0" else found), (int(index) if index.isdigit() else 0)

    @staticmethod
    def _id(paragraph: Any) -> str:
        style = descend(paragraph, "pPr", "pStyle")
        return attribute(style, "val") if style is not None else ""

    def _chain(self, style_id: str) -> list[Any]:
        chain: list[Any] = []
        while style_id in self._by_id and self._by_id[style_id] not in chain:
            chain.append(self._by_id[style_id])
            base = child(chain[-1], "basedOn")
            style_id = attribute(base, "val") if base is not None else ""
        return chain

    def _style_level(self, style_id: str) -> int:
        for style in self._chain(style_id):
            outline = descend(style, "pPr", "outlineLvl")
            if outline is not None:
                return _outline(outline)
            named = child(style, "name")
            level = style_level(attribute(named, "val")) if named is not None else 0
            if level:
                return level
        return style_level(style_id) if style_id not in self._by_id else 0

    def _property(self, paragraph: Any, *path: str) -> Any:
        own = descend(paragraph, *path) if path[0] == "pPr" else None
        if own is not None:
            return own
        return next((f for s in self._chain(self._id(paragraph)) if (f := descend(s, *path)) is not None), None)


def _outline(element: Any) -> int:
    value = attribute(element, "val")
    return int(value) + 1 if value.isdigit() and int(value) < 9 else 0


def is_on(mark: Any) -> bool:
    """True for a mark such as ``w:b`` unless it says ``false``."""
    return attribute(mark, "val").lower() not in _OFF
