"""Text inside drawings, the same in Word, PowerPoint and Excel: charts as tables, diagrams and shapes as lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ingest.draft import clean
from ingest.formats.cell_text import number_text
from ingest.formats.ooxml import all_named, child, descend, local


def paragraphs(root: Any) -> list[str]:
    """The text of every ``a:p`` below ``root``, empty ones left out; None gives an empty list.

    What stands in for newer drawings in older programs says the same again and is passed over.
    """
    if root is None:
        return []
    lines = (clean("".join(_pieces(p))) for p in _shown(root) if local(p) == "p")
    return [line for line in lines if line]


def _shown(element: Any) -> Iterator[Any]:
    yield element
    for inner in element:
        if local(inner) != "Fallback":
            yield from _shown(inner)


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
    """(title, rows) of a chart part: a header of series names, then a row a category; no rows without stored values.

    The title takes in those of the axes.
    """
    area = descend(chart, "chart", "plotArea")
    titles = [descend(chart, "chart", "title"), *(child(axis, "title") for axis in (area if area is not None else ()))]
    said = (" ".join(paragraphs(title)) for title in titles)
    return "；".join(text for text in said if text), _series_rows(chart) or _pane_rows(chart)


def _series_rows(chart: Any) -> list[list[str]]:
    series = [
        (_first(child(s, "tx")), _points(child(s, "cat"), child(s, "xVal")), _points(child(s, "val"), child(s, "yVal")))
        for s in all_named(chart, "ser")
    ]
    if not any(categories or values for _, categories, values in series):
        return []
    categories = max((s[1] for s in series), key=len)
    header = ["", *(name for name, _, _ in series)]
    places = sorted({place for _, _, values in series for place in values} | set(categories))
    return [header, *([categories.get(p, ""), *(values.get(p, "") for _, _, values in series)] for p in places)]


def _pane_rows(chart: Any) -> list[list[str]]:
    """Rows of the chart kinds that came later (waterfall, funnel, treemap): columns of points, names first."""
    columns = [
        {int(point.get("idx") or 0): _short(point.text or "") for point in all_named(dimension, "pt")}
        for data in all_named(chart, "data")
        for dimension in data
        if local(dimension) in ("strDim", "numDim")
    ]
    places = sorted({place for column in columns for place in column})
    return [["", *([""] * (len(columns) - 1))], *([c.get(p, "") for c in columns] for p in places)] if places else []


def diagram_lines(diagram: Any) -> list[tuple[str, int]]:
    """(text, depth from 0) of a SmartArt's points, each below the one it belongs to, in the order they are shown."""
    said = {point.get("modelId", ""): "\n".join(paragraphs(point)) for point in all_named(diagram, "pt")}
    below: dict[str, list[tuple[int, str]]] = {}
    for link in all_named(diagram, "cxn"):
        order = link.get("srcOrd") or ""
        if link.get("type", "parOf") == "parOf":
            place = int(order) if order.isdigit() else 0
            below.setdefault(link.get("srcId", ""), []).append((place, link.get("destId", "")))
    lines: list[tuple[str, int]] = []
    inner = {point for links in below.values() for _, point in links}
    waiting = [(point, 0) for point in reversed(said) if point not in inner]
    while waiting:
        point, depth = waiting.pop()
        text = said.pop(point, "")  # taken out: a ring of links comes to an end
        lines += [(text, depth)] if text else []
        waiting += [(p, depth + bool(text)) for _, p in sorted(below.get(point, ()), reverse=True) if p in said]
    return [*lines, *((text, 0) for text in said.values() if text)]


def _first(element: Any) -> str:
    return next(iter(_points(element).values()), "")


def _points(*elements: Any) -> dict[int, str]:
    """Position → cached text of a series' points, from the first of ``elements`` that is there."""
    element = next((e for e in elements if e is not None), None)
    found: dict[int, str] = {}
    code = next(all_named(element, "formatCode"), None) if element is not None else None
    for point in all_named(element, "pt") if element is not None else ():
        value = child(point, "v")
        if value is not None and (point.get("idx") or "").isdigit():
            shown = point.get("formatCode") or (code.text if code is not None else "") or ""
            found[int(point.get("idx"))] = _short(value.text or "", shown)
    return found


def _short(text: str, code: str = "") -> str:
    """A stored value as the chart shows it; a text stays what it is."""
    try:
        return number_text(float(text), code) if code else f"{float(text):.10g}" if "." in text else text
    except ValueError:
        return text
