"""Scans and pictures: recognised page by page; what cannot be read is named and the rest is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.formats import scan
from ingest.formats.layout import Segment
from ingest.reading import Job, read
from kb.errors import Invalid
from tests.ingest.samples import read_here, written

FONTS = sorted(Path("/usr/share/fonts").rglob("*CJK-Regular.ttc")) + sorted(Path("/usr/share/fonts").rglob("wqy-*.ttc"))


def page(lines: list[str]) -> Any:
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (1000, 120 + 90 * len(lines)), "white")
    for n, line in enumerate(lines):
        font = ImageFont.truetype(str(FONTS[0]), 40)
        ImageDraw.Draw(image).text((60, 60 + 90 * n), line, fill="black", font=font)
    return image


def lines_as_segments(image: Any, sure: float = 0) -> list[Segment]:
    """Stands in for the engine: reads one line off every page, and fails on the red ones."""
    if image.getpixel((0, 0))[1] < 90:
        raise RuntimeError("the engine chokes")
    middle = image.height / 2
    return [Segment(f"一页宽{image.width}的扫描件。", 10, middle, 300, middle + 30, 24)]


@pytest.fixture
def pdf_of_images(tmp_path: Path) -> Path:
    from PIL import Image

    pages = [Image.new("RGB", (400, 300), color) for color in ("white", "red", "white")]
    pages[0].save(tmp_path / "a.pdf", save_all=True, append_images=pages[1:])
    return tmp_path / "a.pdf"


def test_a_failing_page_is_named_and_the_rest_kept(pdf_of_images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "recognise", lines_as_segments)
    told: list[tuple[int, int]] = []
    work_dir = pdf_of_images.parent
    parsed = read(Job(pdf_of_images, "扫描.pdf", work_dir, lambda done, total: told.append((done, total))))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert parsed.failed_pages == (2,)
    assert [block.page for block in parsed.blocks] == [1, 3]
    assert [notice["slug"] for notice in parsed.notices] == ["document.recognised", "document.failed_pages"]
    assert parsed.notices[1]["params"] == {"pages": "2"}


def test_no_page_is_begun_after_the_deadline(pdf_of_images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "recognise", lines_as_segments)
    with pytest.raises(Invalid) as refused:
        read(Job(pdf_of_images, "扫描.pdf", pdf_of_images.parent, deadline=0.0))
    assert refused.value.slug == "document.too_slow"


def test_frames_of_a_tiff_are_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import Image

    monkeypatch.setattr(scan, "recognise", lines_as_segments)
    frames = [Image.new("RGB", (400, 300), "white") for _ in range(3)]
    frames[0].save(tmp_path / "传真.tif", save_all=True, append_images=frames[1:])
    parsed = read_here(tmp_path / "传真.tif")
    assert parsed.pages_total == 3
    assert parsed.failed_pages == ()


@pytest.mark.parametrize("extension", ["png", "jpg", "bmp", "webp"])
def test_pictures_that_are_cut_off_are_refused(tmp_path: Path, extension: str) -> None:
    from PIL import Image

    Image.effect_noise((300, 300), 90).convert("RGB").save(tmp_path / f"a.{extension}")
    raw = (tmp_path / f"a.{extension}").read_bytes()
    with pytest.raises(Invalid) as refused:
        read_here(written(tmp_path / f"b.{extension}", raw[:40]))
    assert refused.value.slug in ("document.damaged", "document.wrong_type")


def test_an_officer_s_title_is_not_spelled_with_a_zero() -> None:
    assert scan._OFFICER.sub(scan._letters, "C00终审，CF0批，编号C001，C05") == "COO终审，CFO批，编号C001，C05"


@pytest.mark.integration
@pytest.mark.skipif(not FONTS, reason="no Chinese font to draw with: install fonts-noto-cjk or fonts-wqy-microhei")
def test_chinese_in_a_picture_is_recognised(tmp_path: Path) -> None:
    page(["单笔付款二百万元以下终审", "采购合同五百万元以下", "临时采购须附比价单"]).save(tmp_path / "权限.png")
    parsed = read_here(tmp_path / "权限.png")
    assert "采购合同五百万元以下" in parsed.text
    assert parsed.pages_total == 1
    assert parsed.notices[0]["slug"] == "document.recognised"
