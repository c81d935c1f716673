"""Pages of a PDF whose text is a picture, in whole or behind a few printed words: told apart and recognised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ingest.formats import scan
from ingest.formats.layout import Segment, lines_in_order
from ingest.formats.page_text import Page

if TYPE_CHECKING:
    from ingest.formats.pdf_text import TextLayer

_FEW_CHARACTERS = 8
"""A page with fewer visible characters and an image on it is a scan."""
_PRINTED_ON = 80
"""Characters; what a scanner, a fax or a signing platform prints on a scan is shorter, or stands at the edge."""
_EDGE = 0.1
"""Share of the page's height at its top and bottom that is its edge."""
_COVERED = 0.6
"""Share of the page from which a picture is what the page is made of."""
_OUTLINES = 150
"""Drawn shapes from which a page without text may be one whose letters were turned into outlines."""
_UNKNOWN = 0.3
"""Share of characters without a meaning from which a page is read as the picture that people see."""
_DPI = 200
_SCALE = _DPI / 72
_IMAGE, _PATH = 3, 2


def is_picture(page: Any, layer: TextLayer) -> bool:
    """True when a program finds no text on the page worth the name, and people do."""
    characters = sum(len(segment.text) for segment in layer.segments)
    if layer.unknown > _UNKNOWN:
        return True
    if characters >= _FEW_CHARACTERS:
        return False
    kinds = [item.type for item in page.get_objects(max_depth=3)]
    return _IMAGE in kinds or kinds.count(_PATH) >= _OUTLINES


def has_picture_behind(page: Any, layer: TextLayer) -> bool:
    """True for a scan that something was printed on afterwards: the scanner's name, a page number, a contract's."""
    characters = sum(len(segment.text) for segment in layer.segments)
    low, high = _EDGE * layer.height, (1 - _EDGE) * layer.height
    at_edge = all(segment.bottom < low or segment.top > high for segment in layer.segments)
    return (characters < _PRINTED_ON or at_edge) and _covered(page) >= _COVERED


def page(loaded: Any, number: int) -> Page:
    """A page recognised whole; its unit is the pixel."""
    return Page(number, list(lines_in_order(_recognised(loaded))), loaded.get_height() * _SCALE, recognised=True)


def completed(loaded: Any, layer: TextLayer) -> TextLayer:
    """The layer with the lines of the picture behind it, those left out that the layer has itself."""
    if layer.turned != loaded.get_rotation():
        return layer
    behind = [segment.scaled(1 / _SCALE) for segment in _recognised(loaded)]
    return replace(layer, segments=[*layer.segments, *(s for s in behind if not _is_known(s, layer.segments))])


def _recognised(loaded: Any) -> list[Segment]:
    return scan.recognise(loaded.render(scale=_SCALE).to_pil())


def _covered(page: Any) -> float:
    """Share of the page (0 to 1) under its images."""
    left, bottom, right, top = page.get_bbox()
    covered = 0.0
    for item in page.get_objects(max_depth=3):
        if item.type == _IMAGE:
            x0, y0, x1, y1 = item.get_bounds()
            width, height = min(x1, right) - max(x0, left), min(y1, top) - max(y0, bottom)
            covered += max(0.0, width) * max(0.0, height)
    return float(covered / max(1.0, (right - left) * (top - bottom)))


def _is_known(segment: Segment, known: Sequence[Segment]) -> bool:
    """True when the layer has text where most of the segment stands."""
    width = max(1.0, segment.x1 - segment.x0)
    over = [s for s in known if segment.top < s.middle < segment.bottom]
    return sum(max(0.0, min(s.x1, segment.x1) - max(s.x0, segment.x0)) for s in over) > 0.5 * width
