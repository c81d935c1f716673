"""Pictures: every frame recognised as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest.formats import limits, page_text, scan
from ingest.formats.layout import Line, lines_in_order
from ingest.formats.office_gate import damaged
from ingest.formats.page_text import Page
from kb.errors import Invalid, KbError

if TYPE_CHECKING:
    from ingest.draft import Draft
    from ingest.reading import Job

_LONG_SIDE = 6000
"""Pixels; a larger picture is scaled down, letters in it are large as well."""
_STRIP = 2400
"""Pixels of height recognised at once: a long screenshot of a chat would be shrunk beyond reading as a whole."""
_OVERLAP = 160


def read(job: Job, draft: Draft) -> None:
    """Append the text in a picture; a TIFF of several frames has as many pages.

    Raises:
        Invalid: ``document.damaged``, ``document.too_large``.
        Unavailable: ``parser.recognition``.
    """
    from PIL import Image, UnidentifiedImageError

    Image.MAX_IMAGE_PIXELS = limits.IMAGE_PIXELS
    try:
        with Image.open(job.path) as opened:
            _frames(opened, job, draft)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Invalid("document.bomb", "图片的像素多得不正常，不能收。请缩小后再上传。") from error
    except (UnidentifiedImageError, OSError, SyntaxError) as error:
        raise damaged() from error


def _frames(opened: Any, job: Job, draft: Draft) -> None:
    draft.pages_total = getattr(opened, "n_frames", 1)
    if opened.width * opened.height > limits.IMAGE_PIXELS:
        raise Invalid("document.bomb", "图片的像素多得不正常，不能收。请缩小后再上传。")
    pages = []
    for number in range(1, draft.pages_total + 1):
        try:
            if job.out_of_time:
                raise TimeoutError
            opened.seek(number - 1)
            pages.append(_page(opened, number))
        except (KbError, MemoryError):
            raise
        except Exception:
            draft.failed_pages.append(number)
        job.progress(number, draft.pages_total)
    if not pages:
        raise scan.nothing_read(out_of_time=job.out_of_time)
    page_text.append(pages, draft)
    draft.properties["recognised"] = "yes"
    scan.report(draft)


def _page(opened: Any, number: int) -> Page:
    from PIL import ImageOps

    image = ImageOps.exif_transpose(opened.convert("RGB")) or opened.convert("RGB")
    if max(image.size) > _LONG_SIDE and image.height < 3 * image.width:
        image.thumbnail((_LONG_SIDE, _LONG_SIDE))
    lines: list[Line] = []
    for top in range(0, max(1, image.height - _OVERLAP), _STRIP - _OVERLAP):
        strip = image.crop((0, top, image.width, min(image.height, top + _STRIP)))
        lines += [line for line in lines_in_order(scan.recognise(strip)) if not _seen_before(line, lines)]
    return Page(number, list(lines), image.height * 10.0 if image.height > _STRIP else image.height)


def _seen_before(line: Line, lines: list[Line]) -> bool:
    """True for a line in the overlap that the strip above has read already."""
    return line.top < _OVERLAP and any(line.text == before.text for before in lines[-8:])
