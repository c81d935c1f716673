"""Scans and pictures: recognised page by page; what cannot be read is named and the rest is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.formats import scan
from ingest.formats.layout import Segment
from ingest.reading import Job, read
from kb.errors import Invalid
from tests.ingest.samples import _FONT, assembled, headings, read_here, written

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


def scan_with_print(path: Path, pages: list[tuple[str, float]], image: bool = True) -> Path:
    """A PDF with a page for every (printed text, its distance from the top); a picture fills the page behind it."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", *_FONT]
    picture = b"<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    objects.append(picture + b"/Length 1 >>\nstream\n\xff\nendstream")
    kids = []
    for text, y in pages:
        content = b"q 595 0 0 842 0 0 cm /I Do Q\n" if image else b""
        content += f"BT /F1 9 Tf 1 0 0 1 200 {842 - y} Tm <{text.encode('utf-16-be').hex()}> Tj ET".encode()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> /XObject << /I 6 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return written(path, assembled(objects))


@pytest.mark.parametrize("printed", ["由 扫描全能王 扫描创建", "凛川冷链采购合同扫描件 编号 LC-2024-0917 " * 4])
def test_a_scan_is_recognised_whatever_was_printed_on_its_edge(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, printed: str
) -> None:
    monkeypatch.setattr(scan, "recognise", lines_as_segments)
    parsed = read_here(scan_with_print(tmp_path / "a.pdf", [(printed, 820)]))
    assert "的扫描件。" in parsed.text
    assert printed.strip() in parsed.text
    assert [notice["slug"] for notice in parsed.notices] == ["document.recognised"]


def test_printed_words_are_not_read_a_second_time_off_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scan, "recognise", lambda image: [Segment("由 扫描全能王", 550, 2235, 850, 2290, 24)])
    path = scan_with_print(tmp_path / "a.pdf", [("由 扫描全能王 扫描创建", 820)])
    assert read_here(path).text == "由 扫描全能王 扫描创建"


def test_a_scan_among_printed_pages_does_not_shout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "recognise", lambda image: [Segment("扫描页上的一行正文", 200, 900, 800, 930, 30)])
    path = scan_with_print(tmp_path / "a.pdf", [("印出来的一句正文，比扫描的那一页长一些。" * 4, 400), ("", 400)])
    assert headings(read_here(path)) == []


def test_a_scan_with_print_is_named_when_there_is_no_time(tmp_path: Path) -> None:
    path = scan_with_print(tmp_path / "a.pdf", [("凛川冷链采购合同扫描件", 820)])
    parsed = read(Job(path, "合同.pdf", tmp_path, deadline=0.0))
    assert parsed.text == "凛川冷链采购合同扫描件"
    assert parsed.failed_pages == (1,)


def test_letters_that_stand_for_nothing_are_read_off_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scan, "recognise", lines_as_segments)
    path = scan_with_print(tmp_path / "a.pdf", [("", 400)], image=False)
    silent = path.read_bytes().replace(b"/UniGB-UCS2-H", b"/Identity-H  ").replace(b"(GB1)", b"(Own)")
    silent = silent.replace(b"<> Tj", b"<0102010301040105010601070108> Tj")
    assert "的扫描件。" in read_here(written(path, silent)).text


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
