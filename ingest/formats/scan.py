"""Text recognition in images, by the models that ``rapidocr`` carries in its own package."""

from __future__ import annotations

import logging
import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from ingest.formats.layout import Segment
from ingest.formats.office_gate import damaged
from kb.errors import Invalid, Unavailable

if TYPE_CHECKING:
    from ingest.draft import Draft

SURE = 0.5
"""Lines recognised with less confidence are specks and stamps."""


_OFFICER = re.compile(r"(?<![A-Z0-9])C(?:[A-Z0]0|0[A-Z])(?![A-Z0-9])")
"""C00, CF0: the letter O of an officer's title read as a digit. They matter more here than any part number."""


def _letters(found: re.Match[str]) -> str:
    return found.group().replace("0", "O")


@cache
def _engine() -> Any:
    try:
        from rapidocr import RapidOCR

        logging.getLogger("RapidOCR").setLevel(logging.ERROR)
        threads = int(os.environ.get("OMP_NUM_THREADS", "2"))
        return RapidOCR(params={
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        })  # fmt: skip
    except Exception as error:  # missing wheel, missing model file, unsupported processor
        raise Unavailable(
            "parser.recognition", "文字识别组件不可用，图片和扫描件暂时读不了。请联系管理员检查安装后重试。"
        ) from error


def recognise(image: Any, sure: float = SURE) -> list[Segment]:
    """The lines of text in a PIL image with their places in pixels, those of at least ``sure`` confidence (0 to 1).

    Raises:
        Unavailable: ``parser.recognition``, the engine is not installed whole.
    """
    import numpy

    found = _engine()(numpy.asarray(image.convert("RGB"))[:, :, ::-1])
    if found is None or found.txts is None:
        return []
    segments = []
    for box, text, score in zip(found.boxes, found.txts, found.scores, strict=True):
        if score >= sure and text.strip():
            xs, ys = [float(point[0]) for point in box], [float(point[1]) for point in box]
            # Boxes are padded around the ink; the characters are about four fifths of their height.
            height = (ys[3] + ys[2] - ys[0] - ys[1]) / 2
            read = _OFFICER.sub(_letters, text.strip())
            segments.append(Segment(read, min(xs), min(ys), max(xs), max(ys), 0.8 * height))
    return segments


def nothing_read(*, out_of_time: bool) -> Invalid:
    """The refusal of a file of which not one page could be read."""
    if out_of_time:
        return Invalid("document.too_slow", "在规定时间内没能读出任何一页，已停止。请把文件拆小后再上传。")
    return damaged()


def report(draft: Draft) -> None:
    """Say on the receipt that text was recognised, and which pages could not be read."""
    if draft.properties.pop("recognised", ""):
        draft.notice("document.recognised", "扫描页的文字由程序识别，可能有个别错字。")
    if draft.failed_pages:
        draft.notice(
            "document.failed_pages", "第 {pages} 页读不出来，其余页已收录。请核对这些页，必要时重新扫描后上传。",
            pages="、".join(map(str, draft.failed_pages)),
        )
