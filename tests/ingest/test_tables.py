"""Tables as text and as HTML."""

from __future__ import annotations

from ingest.tables import HEADER_CHARACTERS, groups, header_rows, header_text, row_text


def test_a_row_is_one_line_without_empty_ends() -> None:
    assert row_text(["R-01", "灯\n塔", "", "高", "", ""]) == "R-01 | 灯 塔 |  | 高"


def test_a_merged_cell_is_written_once_and_equal_numbers_twice() -> None:
    merged = "本行跨三列的一句较长说明文字"
    assert row_text([merged, merged, merged, "高"]) == f"{merged} | 高"
    assert row_text(["收入", "8.0", "8.0"]) == "收入 | 8.0 | 8.0"


def test_a_header_of_two_rows_is_one_line_naming_each_group_once() -> None:
    header = [["编号", "时间", "时间", "金额"], ["编号", "开始", "完成", "金额"]]
    assert header_text(header) == "编号 | 时间 开始 | 完成 | 金额"
    assert header_rows([*header, ["1", "3月", "4月", "5"]]) == 2
    assert header_rows([["编号", "金额"], ["1", "5"], ["2", "6"]]) == 1


def test_text_in_cells_cannot_become_markup() -> None:
    (group,) = groups([["名称"], ["<script>alert(1)</script>"]])
    assert (
        group.html
        == "<table><thead><tr><th>名称</th></tr></thead>"
        "<tbody><tr><td>&lt;script&gt;alert(1)&lt;/script&gt;</td></tr></tbody></table>"
    )


def test_a_long_first_row_is_prose_and_not_repeated() -> None:
    prose = "这一行是说明。" * (HEADER_CHARACTERS // 7 + 1)
    cut = list(groups([[prose], *(["短"] for _ in range(300))]))
    assert sum(group.text.count("这一行是说明。") for group in cut) == HEADER_CHARACTERS // 7 + 1


def test_empty_tables_and_headers_alone() -> None:
    assert list(groups([])) == []
    assert list(groups([["", ""], [" "]])) == []
    assert [group.text for group in groups([["编号", "项目"]])] == ["编号 | 项目"]
