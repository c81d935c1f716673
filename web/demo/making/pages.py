"""Everything that is drawn: web pages, PDFs with a text layer, scans and photos, all from one HTML through Chromium."""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

from PIL import Image, ImageFilter

from web.demo.making.markup import Block, Mark, bold_parts
from web.demo.making.sealing import seal_pdf
from web.demo.plan import DemoFile

_STYLE = """@page { size: A4; margin: 22mm 20mm }
body { font: 11pt/1.75 "Noto Serif CJK SC", serif; color: #111 }
h1 { font-size: 18pt; text-align: center } h2 { font-size: 13pt; margin-top: 1.4em }
table { border-collapse: collapse; width: 100% } th { background: #eee }
th, td { border: 1px solid #555; padding: 3px 7px; text-align: left; font-size: 10pt }"""
_SCAN_STYLE = _STYLE + """
body { width: 1000px; margin: 110px auto; font-size: 23px } h1 { font-size: 36px }
th, td { font-size: 22px; padding: 9px 12px }"""
_BOARD_STYLE = """body { margin: 0; min-height: 100vh; box-sizing: border-box; padding: 50px 80px; color: #1f3f8f;
background: linear-gradient(160deg, #f4f4ef, #d9dcd8); font: 46px/1.75 "Noto Sans CJK SC", sans-serif }
h1 { font-size: 54px; color: #b3261e; margin: 0 0 24px } li { list-style: none }"""
_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--disable-quic", "--disable-component-update", "--disable-sync",
]


def to_html(title: str, blocks: Sequence[Block], style: str) -> str:
    """A whole page."""
    body = "\n".join(_block(b) for b in blocks)
    return (f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="utf-8"><title>{escape(title)}</title>'
            f"<style>{style}</style></head>\n<body>\n{body}\n</body></html>\n")


def _block(block: Block) -> str:
    if block.mark is Mark.table:
        head, *rows = ["".join(f"<{tag}>{escape(c)}</{tag}>" for c in row) for tag, row in _tagged(block.rows)]
        return f"<table>\n<tr>{head}</tr>\n" + "\n".join(f"<tr>{row}</tr>" for row in rows) + "\n</table>"
    tag = {Mark.heading: f"h{block.level}", Mark.item: "li"}.get(block.mark, "p")
    inner = "".join(f"<b>{escape(t)}</b>" if bold else escape(t) for t, bold in bold_parts(block.text))
    return f"<{tag}>{inner}</{tag}>"


def _tagged(rows: Sequence[Sequence[str]]) -> list[tuple[str, Sequence[str]]]:
    return [("th" if number == 0 else "td", row) for number, row in enumerate(rows)]


def write_html(document: DemoFile, blocks: Sequence[Block], target: Path) -> None:
    """Write one web page."""
    target.write_text(to_html(document.title, blocks, _STYLE), "utf-8")


def write_pdf(document: DemoFile, blocks: Sequence[Block], target: Path) -> None:
    """Print one PDF with its fonts embedded."""
    _chromium(to_html(document.title, blocks, _STYLE), target, "--print-to-pdf={}", "--no-pdf-header-footer")
    seal_pdf(target)


def write_scan(document: DemoFile, blocks: Sequence[Block], target: Path) -> None:
    """Write a PDF that holds nothing but a slightly skewed grey photo of the page, 150 dots an inch."""
    page = _photo(to_html(document.title, blocks, _SCAN_STYLE), (1240, 1754), document.key, tilt=0.7)
    page.convert("L").save(target, "PDF", resolution=150.0, quality=55)
    seal_pdf(target)


def write_photo(document: DemoFile, blocks: Sequence[Block], target: Path) -> None:
    """Write a photo of a whiteboard."""
    board = _photo(to_html(document.title, blocks, _BOARD_STYLE), (1280, 800), document.key, tilt=-1.2)
    board.quantize(96).save(target, "PNG", optimize=True)


def _photo(html: str, size: tuple[int, int], seed: str, tilt: float) -> Image.Image:
    """A screenshot as a camera sees it: tilted, a little soft, with noise that is the same at every build."""
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        _chromium(html, shot, "--screenshot={}", f"--window-size={size[0]},{size[1]}")
        picture = Image.open(shot).convert("RGB")
    picture = picture.rotate(tilt, Image.Resampling.BICUBIC, fillcolor=(226, 226, 222))
    picture = picture.filter(ImageFilter.GaussianBlur(0.5))
    chance = random.Random(seed)  # noqa: S311 - noise, not a secret
    specks = picture.load()
    assert specks is not None
    for _ in range(size[0] * size[1] // 900):
        grey = chance.randrange(120, 235)
        specks[chance.randrange(size[0]), chance.randrange(size[1])] = (grey, grey, grey)
    return picture


def _chromium(html: str, target: Path, output: str, *more: str) -> None:
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("building the demo's PDFs needs Chromium and a CJK font (apt install chromium fonts-noto-cjk)")
    with tempfile.TemporaryDirectory() as folder:
        page, made = Path(folder) / "page.html", Path(folder) / ("made" + target.suffix)
        page.write_text(html, "utf-8")
        subprocess.run([browser, *_FLAGS, f"--user-data-dir={folder}/profile", *more, output.format(made),  # noqa: S603
                        page.as_uri()], check=True, capture_output=True, timeout=120)
        shutil.move(made, target)
