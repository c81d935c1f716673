"""Workbooks that Excel opens and the library refuses: what reporting systems write around the cells."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl.comments import Comment

from tests.ingest.samples import read_here, rezip, xlsx

SHEET, STYLES = "xl/worksheets/sheet1.xml", "xl/styles.xml"
AFTER = "</sheetData>"


def with_part(path: Path, part: str, old: str, new: str) -> Path:
    def fill(book: Any) -> None:
        book.active.append(["项目", "额度", "到期"])
        book.active.append(["续贷", 0.125, date(2025, 3, 31)])
        book.active["B2"].number_format = "0.0%"
        book.active["A2"].comment = Comment("三月前办完", "韩嘉")

    with zipfile.ZipFile(xlsx(path, fill)) as archive:
        content = archive.read(part).decode()
    assert old in content
    return rezip(path, {part: content.replace(old, new, 1).encode()})


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (STYLES, "<fill><patternFill/></fill>", "<fill/>"),
        (STYLES, '<color theme="1"/>', '<color rgb="auto"/>'),
        (STYLES, '<family val="2"/>', '<family val="134"/>'),
        (SHEET, 'r="A1"', 'r="A1" s="99"'),
        (SHEET, AFTER, f'{AFTER}<pageSetup orientation="up"/>'),
        (SHEET, AFTER, f'{AFTER}<conditionalFormatting sqref="A1"><cfRule type="own" priority="1"/>'
         '</conditionalFormatting>'),
        (SHEET, AFTER, f'{AFTER}<dataValidations><dataValidation errorStyle="own" sqref="A1"/></dataValidations>'),
    ],
)  # fmt: skip
def test_what_is_no_text_keeps_no_text_out(tmp_path: Path, part: str, old: str, new: str) -> None:
    parsed = read_here(with_part(tmp_path / "a.xlsx", part, old, new))
    assert parsed.text.startswith("项目 | 额度 | 到期\n续贷 | 12.5% | 2025-03-31")
    assert "批注（韩嘉）：三月前办完" in parsed.text


def test_a_number_that_is_none_is_read_as_it_stands(tmp_path: Path) -> None:
    path = with_part(tmp_path / "a.xlsx", SHEET, "<v>0.125</v>", "<v>待定</v>")
    assert "续贷 | 待定 | 2025-03-31" in read_here(path).text


def test_a_strict_workbook_is_read(tmp_path: Path) -> None:
    path = with_part(tmp_path / "a.xlsx", SHEET, AFTER, AFTER)
    strict = b"http://purl.oclc.org/ooxml/"
    with zipfile.ZipFile(path) as archive:
        parts = {
            name: archive.read(name)
            .replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", strict + b"spreadsheetml/main")
            .replace(
                b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                strict + b"officeDocument/relationships",
            )
            for name in archive.namelist()
        }
    assert read_here(rezip(path, parts)).text.startswith("项目 | 额度 | 到期\n续贷 | 12.5% | 2025-03-31")
