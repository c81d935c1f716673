"""Text inside drawings, the same in Word, PowerPoint and Excel: charts as tables, diagrams and shapes as lines."""

from __future__ import annotations

from typing import Any

from ingest.draft import clean
from ingest.formats.ooxml import all_named, child, descend, local


def paragraphs(root: Any) -> list[str]:
    """The text of every ``a:p`` below ``root``, empty ones left out; None gives an empty list."""
    if root is None:
        return []
    lines = (clean("".join(_pieces(p))) for p in all_named(root, "p"))
    return [line for line in lines if line]


def _pieces(paragraph: Any) -> list[str]:
    found = []
    for element in paragraph.iter():
        name = local(element)
        if name == "t":
            found.append(element.text or "")
        elif name == "br":
            found.append("\n")
    return found


def chart_rows(chart: Any) -> tuple[str, list[list[str]]]:
    """(title, rows) of a chart part: a header of series names, then a row a category; no rows for an empty chart."""
    title = " ".join(paragraphs(descend(chart, "chart", "title")))
    series = [
        (_first(child(s, "tx")), _points(child(s, "cat"), child(s, "xVal")), _points(child(s, "val"), child(s, "yVal")))
        for s in all_named(chart, "ser")
    ]
    if not series:
        return title, []
    categories = max((s[1] for s in series), key=len)
    header = ["", *(name for name, _, _ in series)]
    places = sorted({place for _, _, values in series for place in values} | set(categories))
    return title, [header, *([categories.get(p, ""), *(values.get(p, "") for _, _, values in series)] for p in places)]


def _first(element: Any) -> str:
    return next(iter(_points(element).values()), "")


def _points(*elements: Any) -> dict[int, str]:
    """Position → cached text of a series' points, from the first of ``elements`` that is there."""
    element = next((e for e in elements if e is not None), None)
    found: dict[int, str] = {}
    for point in all_named(element, "pt") if element is not None else ():
        value = child(point, "v")
        if value is not None and (point.get("idx") or "").isdigit():
            found[int(point.get("idx"))] = _short(value.text or "")
    return found


def _short(text: str) -> str:
    try:
        return f"{float(text):.10g}" if "." in text else text
    except ValueError:
        return text
