"""One page of a PDF as PNG, with the places of a passage framed; runs in the child process alone."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from kb.errors import NotFound, Unavailable

_SCALE = 1.6
LONGEST = 3200
"""Pixels of a page's longer side, whatever its size on paper."""
_FRAME = (201, 138, 18)
_STEP = 24


def render_page(path: Path, page: int, passage: str = "") -> bytes:
    """PNG bytes of page ``page`` (from 1). Lines of ``passage`` that are found on it are framed; none is no error.

    Raises:
        NotFound: there is no such page.
        Unavailable: the file cannot be drawn.
    """
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(path) as document:
            if not 1 <= page <= len(document):
                raise NotFound("page.unknown", "没有这一页。")
            return _draw(document[page - 1], passage)
    except pypdfium2.PdfiumError as error:
        raise Unavailable("page.broken", "这一页无法显示，请下载原文件查看。") from error


def _draw(page: Any, passage: str) -> bytes:
    from PIL import ImageDraw

    scale = min(_SCALE, LONGEST / max(page.get_size()))
    image = page.render(scale=scale).to_pil().convert("RGB")
    height = page.get_height()
    pen = ImageDraw.Draw(image, "RGBA")
    for left, bottom, right, top in _places(page, passage):
        box = [left * scale - 2, (height - top) * scale - 2, right * scale + 2, (height - bottom) * scale + 2]
        pen.rectangle(box, fill=(*_FRAME, 48), outline=(*_FRAME, 255), width=2)
    out = BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _places(page: Any, passage: str) -> list[tuple[float, float, float, float]]:
    """Rectangles (left, bottom, right, top; points) of the passage's pieces, found without regard to line breaks."""
    text_page = page.get_textpage()
    plain, offsets = _squeezed(text_page.get_text_range())
    wanted, _ = _squeezed(passage)
    found: set[int] = set()
    for start in range(0, len(wanted), _STEP):
        piece = wanted[start : start + _STEP]
        at = plain.find(piece) if len(piece) >= min(_STEP, 6) else -1
        if at >= 0:
            found.update(offsets[at : at + len(piece)])
    rectangles = []
    for first, last in _runs(sorted(found)):
        count = text_page.count_rects(first, last - first)
        rectangles += [text_page.get_rect(n) for n in range(count)]
    return rectangles


def _squeezed(text: str) -> tuple[str, list[int]]:
    kept = [(c, n) for n, c in enumerate(text) if not c.isspace() and c not in "\ufffe\u00ad|｜"]
    return "".join(c for c, _ in kept), [n for _, n in kept]


def _runs(numbers: list[int]) -> list[tuple[int, int]]:
    """Stretches (first, after the last) of numbers that lie at most three apart."""
    runs: list[tuple[int, int]] = []
    for n in numbers:
        if runs and n - runs[-1][1] <= 3:
            runs[-1] = (runs[-1][0], n + 1)
        else:
            runs.append((n, n + 1))
    return runs
