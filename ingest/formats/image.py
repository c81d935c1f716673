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
            pages.append(recognised(opened, number))
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


def recognised(opened: Any, number: int, *, long_side: int = _LONG_SIDE, sure: float = scan.SURE) -> Page:
    """The lines of an opened PIL image as page ``number``; more than ``long_side`` pixels are scaled down.

    Lines recognised with less confidence than ``sure`` (0 to 1) are left out.

    Raises:
        Unavailable: ``parser.recognition``.
    """
    image = _upright(opened)
    if max(image.size) > long_side and image.height < 3 * image.width:
        image.thumbnail((long_side, long_side))
    lines: list[Line] = []
    for top in range(0, max(1, image.height - _OVERLAP), _STRIP - _OVERLAP):
        strip = image.crop((0, top, image.width, min(image.height, top + _STRIP)))
        lines += [line for line in lines_in_order(scan.recognise(strip, sure)) if not _seen_before(line, lines)]
    return Page(number, list(lines), image.height * 10.0 if image.height > _STRIP else image.height)


def _upright(opened: Any) -> Any:
    """The image as one sees it on paper: turned as the camera was held, and white where it is transparent."""
    from PIL import Image, ImageOps

    image = opened
    if opened.has_transparency_data:
        image = Image.new("RGBA", opened.size, "white")
        image.alpha_composite(opened.convert("RGBA"))
    image = image.convert("RGB")
    return ImageOps.exif_transpose(image) or image


def _seen_before(line: Line, lines: list[Line]) -> bool:
    """True for a line in the overlap that the strip above has read already."""
    return line.top < _OVERLAP and any(line.text == before.text for before in lines[-8:])
