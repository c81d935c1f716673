"""Excel: sheets as people lay them out, values as Excel shows them, only stored cells touched."""

from __future__ import annotations

import re
import time
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl.comments import Comment

from ingest.formats.cell_text import cell_text
from ingest.parsed import BlockKind
from tests.ingest.samples import RISKS, headings, read_here, rezip, texts, xlsx


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (0.423, "0%", "42%"),
        (0.4235, "0.0%", "42.4%"),
        (1850, "General", "1850"),
        (1850.0, "General", "1850"),
        (1234567.5, "#,##0.00", "1,234,567.50"),
        (0.1 + 0.2, "General", "0.3"),
        (7, "000", "007"),
        (46000, '"¥"#,##0', "¥46,000"),
        (46000, "[$¥-804]#,##0", "¥46,000"),
        (3.5, '0.0"万元"', "3.5万元"),
        (date(2026, 3, 5), "yyyy-mm-dd", "2026-03-05"),
        (datetime(2026, 3, 5), "mm-dd-yy", "2026-03-05"),
        (datetime(2026, 3, 5), 'yyyy"年"m"月"d"日"', "2026年3月5日"),
        (datetime(2026, 3, 5), 'm"月"d"日"', "3月5日"),
        (datetime(2026, 3, 1), "yyyy-mm", "2026-03"),
        (datetime(2026, 3, 5, 21, 47), "yyyy-mm-dd hh:mm", "2026-03-05 21:47"),
        (True, "General", "TRUE"),
        (None, "General", ""),
        (-12.5, "#,##0.0;(#,##0.0)", "-12.5"),
        (2500000, "0.0,,", "2.5"),
        (123456, '0!.0,"万"', "12.3万"),
        (123456, '0!.0000"万元"', "12.3456万元"),
        (500, '0\\.0000"万元"', "0.0500万元"),
        (250000000, '[>=100000000]0.00,,"百万";[>=10000]0!.0,"万";0', "250.00百万"),
        (56000, '[>=100000000]0.00,,"百万";[>=10000]0!.0,"万";0', "5.6万"),
        (300, '[>=100000000]0.00,,"百万";[>=10000]0!.0,"万";0', "300"),
        (30, 'General"天"', "30天"),
        (30, 'G/通用格式"天"', "30天"),
        (120, "0.##", "120"),
        (0.12, "+0.0%;-0.0%", "+12.0%"),
        (-0.12, "▲0.0%;▼0.0%", "▼12.0%"),
        (-5000, "#,##0;[Red]#,##0", "-5,000"),
        (-1234.5, "¥#,##0.00;¥-#,##0.00", "¥-1,234.50"),
        (1234567, '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', "¥1,234,567.00"),
        (0, '#,##0.00_);(#,##0.00);"-"', "-"),
        (1, '"是";;"否"', "是"),
        (0, '"是";;"否"', "否"),
        (3, ";;;", "3"),
        (13800001234, "000-0000-0000", "138-0000-1234"),
        (0.5, "# ?/?", "0.5"),
        (1.005, "0.00", "1.01"),
        (45747, "[$-804]aaaa;@", "星期一"),
        ("第一行_x000D_\n第二行", "General", "第一行\r\n第二行"),
        ("max_x_y", "General", "max_x_y"),
        ('=DISPIMG("ID_9A8B",1)', "General", ""),
    ],
)
def test_values_are_written_as_excel_shows_them(value: object, number_format: str, shown: str) -> None:
    assert cell_text(value, number_format) == shown


@pytest.mark.parametrize(("number", "shown"), [(31, "2025年3月31日"), (57, "2025年3月"), (58, "3月31日")])
def test_dates_that_a_chinese_excel_stores_by_number_alone(tmp_path: Path, number: int, shown: str) -> None:
    def fill(book: Any) -> None:
        book.active.append(["项目", "到期"])
        book.active.append(["续贷", date(2025, 3, 31)])

    path = xlsx(tmp_path / "a.xlsx", fill)
    with zipfile.ZipFile(path) as archive:
        styles = archive.read("xl/styles.xml").decode()
    styles = re.sub(r'(<xf numFmtId=)"(?:14|164)"', rf'\1"{number}"', re.sub(r"<numFmts.*?</numFmts>", "", styles))
    assert read_here(rezip(path, {"xl/styles.xml": styles.encode()})).text == f"项目 | 到期\n续贷 | {shown}"


def test_title_merged_header_and_groups_of_rows(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.active
        sheet.title = "一期"
        sheet["A1"] = "灯塔项目进度表"
        sheet.merge_cells("A1:D1")
        sheet.append(["编号", "任务", "时间", None])
        sheet.append([None, None, "计划开始", "计划完成"])
        sheet.merge_cells("A2:A3")
        sheet.merge_cells("B2:B3")
        sheet.merge_cells("C2:D2")
        for n in range(40):
            sheet.append([f"DT-{n}", "安装与调试", date(2026, 3, 5), date(2026, 4, 5)])

    parsed = read_here(xlsx(tmp_path / "a.xlsx", fill))
    tables = texts(parsed, BlockKind.table)
    assert parsed.title == "灯塔项目进度表"
    assert headings(parsed) == [(1, "灯塔项目进度表"), (2, "一期")]
    assert len(tables) > 2
    assert all(table.startswith("编号 | 任务 | 时间 计划开始 | 计划完成\n") for table in tables)
    assert "DT-39 | 安装与调试 | 2026-03-05 | 2026-04-05" in tables[-1]
    assert '<th colspan="2">时间</th>' in parsed.blocks[2].html


def test_hidden_sheets_are_read_marked_and_named(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        for row in RISKS:
            book.active.append(row)
        book.create_sheet("手写备注").append(["R-02 请当成第一号风险看。"])
        book["手写备注"].sheet_state = "veryHidden"

    parsed = read_here(xlsx(tmp_path / "a.xlsx", fill))
    assert (2, "手写备注（隐藏工作表）") in headings(parsed)
    assert parsed.notices[0]["slug"] == "document.hidden_sheets"
    assert parsed.notices[0]["params"] == {"names": "手写备注"}
    assert parsed.pages_total == 2


def test_two_cells_at_the_ends_of_a_sheet_take_no_time(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book.active["A1"] = "左上角"
        book.active["XFD1048576"] = "右下角"

    path = xlsx(tmp_path / "a.xlsx", fill)
    began = time.process_time()
    parsed = read_here(path)
    assert "左上角" in parsed.text
    assert "右下角" in parsed.text
    assert time.process_time() - began < 5


def test_a_row_with_the_unit_and_the_author_is_no_header(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        sheet = book.active
        sheet["A1"] = "资金计划表"
        sheet.merge_cells("A1:E1")
        sheet["A2"], sheet["E2"] = "单位：万元", "编制：韩嘉"
        sheet.append(["银行", "一季度", None, "二季度", None])
        sheet.append([None, "计划", "实际", "计划", "实际"])
        for cells in ("A3:A4", "B3:C3", "D3:E3"):
            sheet.merge_cells(cells)
        for n in range(40):
            sheet.append([f"第{n}家银行", 100, 90, 120, 110])

    parsed = read_here(xlsx(tmp_path / "a.xlsx", fill))
    header = "银行 | 一季度 计划 | 实际 | 二季度 计划 | 实际\n"
    assert texts(parsed, BlockKind.paragraph) == ["单位：万元 编制：韩嘉"]
    assert all(table.startswith(header) for table in texts(parsed, BlockKind.table))


def test_blocks_with_gaps_keep_their_headers_and_remarks_stay_prose(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        rows = [
            *RISKS,
            [],
            ["R-03", "大江", "客户成功总监离任", "高"],
            [],
            ["注：等级口径以董事会一月的决定为准，旧表作废。"],
        ]
        for row in rows:
            book.active.append(row)

    parsed = read_here(xlsx(tmp_path / "a.xlsx", fill))
    tables = texts(parsed, BlockKind.table)
    assert tables[1] == "编号 | 项目 | 风险描述 | 等级\nR-03 | 大江 | 客户成功总监离任 | 高"
    assert texts(parsed, BlockKind.paragraph) == ["注：等级口径以董事会一月的决定为准，旧表作废。"]


def test_a_second_table_under_its_title_keeps_its_own_header(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        for row in (
            ["一、银行"], ["银行", "额度"], ["甬江", 5], ["建行", 8],
            ["二、诉讼"], ["案件", "金额"], ["仓租", 3], ["劳动", 4],
        ):  # fmt: skip
            book.active.append(row)

    parsed = read_here(xlsx(tmp_path / "a.xlsx", fill))
    assert headings(parsed) == [(3, "一、银行"), (3, "二、诉讼")]
    assert texts(parsed, BlockKind.table) == ["银行 | 额度\n甬江 | 5\n建行 | 8", "案件 | 金额\n仓租 | 3\n劳动 | 4"]


def test_a_section_within_a_table_stays_in_it(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        for row in (["银行", "额度"], ["一、授信"], ["甬江", 5], ["二、贷款"], ["建行", 8]):
            book.active.append(row)

    table = "银行 | 额度\n一、授信\n甬江 | 5\n二、贷款\n建行 | 8"
    assert texts(read_here(xlsx(tmp_path / "a.xlsx", fill)), BlockKind.table) == [table]


def test_comments_and_cached_results(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        book.active.append(["项目", "金额"])
        book.active.append(["合计", "=SUM(1,2)"])
        book.active["B2"].comment = Comment("冻结三百万不计入", "俞晴")

    path = xlsx(tmp_path / "a.xlsx", fill)
    parsed = read_here(path)
    assert "批注（俞晴）：冻结三百万不计入（Sheet B2）" in parsed.text
    assert [notice["slug"] for notice in parsed.notices] == ["document.uncounted"]
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">'
        '<c r="A1" t="inlineStr"><is><t>合计</t></is></c><c r="B1"><f>SUM(1,2)</f><v>9550</v></c></row>'
        '</sheetData></worksheet>'
    )
    parsed = read_here(rezip(path, {"xl/worksheets/sheet1.xml": sheet.encode()}))
    assert parsed.text.startswith("合计 | 9550\n")
    assert parsed.notices == ()


def test_a_thread_of_comments_is_read_without_the_notice_to_older_programs(tmp_path: Path) -> None:
    told = (
        "[线程批注]\n\n你的Excel版本可读取此线程批注; 但如果在更新版本的Excel中打开文件，则对批注所作的任何改动都将被删除。"  # noqa: E501
        "了解详细信息: https://go.microsoft.com/fwlink/?linkid=870924\n\n批注:\n    这个数要复核\n答复:\n    已复核"
    )

    def fill(book: Any) -> None:
        book.active.append(["项目", "金额"])
        book.active["B1"].comment = Comment(told, "tc={12345678-1234-1234-1234-123456789ABC}")

    parsed = read_here(xlsx(tmp_path / "a.xlsx", fill))
    assert texts(parsed, BlockKind.note) == ["批注：这个数要复核\n答复:\n已复核（Sheet B1）"]


def test_a_newer_shape_and_its_stand_in_are_read_once(tmp_path: Path) -> None:
    a, sheet = "http://schemas.openxmlformats.org/drawingml/2006/main", "spreadsheetDrawing"
    box = '<xdr:sp><xdr:txBody><a:p><a:r><a:t>年底别动基本户。</a:t></a:r></a:p></xdr:txBody></xdr:sp>'
    drawing = (
        f'<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/{sheet}" xmlns:a="{a}" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
        f'<mc:Choice Requires="a14">{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></xdr:wsDr>'
    )
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        f'Type="{office}/drawing" Target="../drawings/drawing1.xml"/></Relationships>'
    )
    path = xlsx(tmp_path / "a.xlsx", lambda book: book.active.append(["银行", "余额"]))
    parts = {"xl/drawings/drawing1.xml": drawing.encode(), "xl/worksheets/_rels/sheet1.xml.rels": links.encode()}
    assert read_here(rezip(path, parts)).text.count("年底别动基本户。") == 1


def test_a_workbook_is_read_whatever_its_path_is_called(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "a.xlsx", lambda book: [book.active.append(row) for row in RISKS])
    assert "柳州厂改造延期" in read_here(path.rename(tmp_path / "3f2a"), "风险.xlsx").text
