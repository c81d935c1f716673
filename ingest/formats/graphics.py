"""What Office files draw instead of writing: charts, diagrams and pictures, put into words where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from ingest.formats import drawings
from ingest.formats.ooxml import local, parsed, relation
from ingest.formats.pictures import Pictures

if TYPE_CHECKING:
    from ingest.draft import Draft
    from ingest.reading import Job

Resolve = Callable[[str], tuple[str, bytes | None] | None]
"""Relationship id → (part name, content; None when it is too large to unpack); None when there is no such part."""

_REFERENCES = {"chart": "id", "relIds": "dm", "blip": "embed", "imagedata": "id"}
"""Element → the attribute that names the part: charts, SmartArt, pictures, pictures of old Word versions."""


def is_reference(element: Any) -> bool:
    """True for an element that stands for a chart, a diagram or a picture."""
    name = local(element)
    return name in _REFERENCES and bool(relation(element, _REFERENCES[name]))


def references(element: Any) -> Iterator[Any]:
    """The references below ``element``, itself included, in order; stand-ins for older programs are passed over."""
    if is_reference(element):
        yield element
    for inner in element:
        if local(inner) != "Fallback":
            yield from references(inner)


class Graphics:
    """The graphics of one file, appended where their references stand."""

    def __init__(self, job: Job, draft: Draft) -> None:
        self._draft = draft
        self._pictures = Pictures(job, draft)

    def append(self, element: Any, resolve: Resolve) -> None:
        """Append every chart, diagram and picture below ``element``, which may be a reference itself."""
        for reference in references(element):
            self._append(local(reference), resolve(relation(reference, _REFERENCES[local(reference)])))

    def report(self) -> None:
        """Say on the receipt what became of the pictures."""
        self._pictures.report()

    def _append(self, name: str, part: tuple[str, bytes | None] | None) -> None:
        if part is None:
            return
        part_name, content = part
        if name in ("blip", "imagedata"):
            self._pictures.append(part_name, content)
            return
        root = parsed(content or b"")
        if root is None:
            return
        if name == "chart":
            self._chart(root)
        else:
            for line, level in drawings.diagram_lines(root):
                self._draft.list_item(line, level)

    def _chart(self, root: Any) -> None:
        title, rows = drawings.chart_rows(root)
        self._draft.caption(f"图表：{title}" if title else "图表" if rows else "")
        self._draft.table(rows)
