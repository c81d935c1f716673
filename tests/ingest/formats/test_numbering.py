"""Automatic numbers: what Word counts and prints, not what stands in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.formats import numerals
from ingest.parsed import Parsed
from tests.ingest.samples import W, docx, headings, read_here, rezip


def level(place: int, kind: str, pattern: str, extra: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{place}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{extra}'
        f'<w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def abstract(number: int, content: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{content}</w:abstractNum>'


def num(number: int, target: int, content: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{target}"/>{content}</w:num>'


def line(text: str, place: int = 0, number: int = 1) -> str:
    properties = f'<w:numPr><w:ilvl w:val="{place}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{f'<w:r><w:t>{text}</w:t></w:r>' if text else ''}</w:p>"


def parsed(folder: Path, numbering: str, body: str) -> Parsed:
    path = docx(folder / "a.docx", lambda d: d.add_paragraph("列表", style="List Number"))
    parts = {
        "word/numbering.xml": f'<w:numbering xmlns:w="{W}">{numbering}</w:numbering>'.encode(),
        "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'.encode(),
    }
    return read_here(rezip(path, parts))


def test_articles_go_on_counting_over_chapters_that_do_not_restart_them(tmp_path: Path) -> None:
    levels = level(0, "chineseCountingThousand", "第%1章") + level(
        1, "chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/>'
    )
    body = line("总则") + line("甲。", 1) + line("乙。", 1) + line("职责") + line("丙。", 1)
    read = parsed(tmp_path, abstract(0, levels) + num(1, 0), body)
    spoken = ["第一章", "总则", "第一条", "甲。", "第二条", "乙。", "第二章", "职责", "第三条", "丙。"]
    assert read.text.split() == spoken


def test_a_legal_level_counts_chinese_chapters_in_digits_and_heads(tmp_path: Path) -> None:
    levels = level(0, "chineseCounting", "第%1章") + level(1, "decimal", "%1.%2", "<w:isLgl/>")
    read = parsed(tmp_path, abstract(0, levels) + num(1, 0), line("背景") + line("市场变化", 1) + line("正文。", 1))
    assert headings(read) == [(1, "第一章 背景"), (3, "1.1 市场变化")]
    assert read.text.endswith("1.2 正文。")


def test_lists_of_one_kind_go_on_unless_they_say_where_they_begin(tmp_path: Path) -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = abstract(0, level(0, "decimal", "%1.")) + num(1, 0) + num(2, 0) + num(3, 0, anew)
    body = line("甲。") + line("乙。") + line("丙。", number=2) + line("丁。", number=3) + line("戊。", number=3)
    assert parsed(tmp_path, lists, body).text.split("\n") == ["1. 甲。", "2. 乙。", "3. 丙。", "1. 丁。", "2. 戊。"]


def test_an_empty_line_of_a_list_is_counted(tmp_path: Path) -> None:
    lists = abstract(0, level(0, "decimal", "%1.")) + num(1, 0)
    assert parsed(tmp_path, lists, line("甲。") + line("") + line("丙。")).text == "1. 甲。\n3. 丙。"


def test_a_list_may_change_a_level_or_borrow_a_style(tmp_path: Path) -> None:
    changed = f'<w:lvlOverride w:ilvl="0">{level(0, "chineseCounting", "第%1条")}</w:lvlOverride>'
    lists = (
        abstract(0, level(0, "decimal", "%1."))
        + abstract(1, '<w:numStyleLink w:val="公文"/>')
        + abstract(2, f'<w:styleLink w:val="公文"/>{level(0, "ideographTraditional", "%1、")}')
        + num(1, 0, changed) + num(2, 1) + num(3, 2)
    )  # fmt: skip
    assert parsed(tmp_path, lists, line("甲。") + line("乙。", number=2)).text == "第一条 甲。\n甲、 乙。"


def test_the_numbers_in_a_tables_first_column_are_read(tmp_path: Path) -> None:
    def row(*cells: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{cell}</w:tc>" for cell in cells) + "</w:tr>"

    def cell(text: str) -> str:
        return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"

    body = row(cell("序号"), cell("事项")) + row(line(""), cell("续贷")) + row(line(""), cell("诉讼"))
    lists = abstract(0, level(0, "decimal", "%1")) + num(1, 0)
    assert parsed(tmp_path, lists, f"<w:tbl>{body}</w:tbl>").text == "序号 | 事项\n1 | 续贷\n2 | 诉讼"


@pytest.mark.parametrize(
    ("kind", "number", "shown"),
    [
        ("japaneseCounting", 12, "十二"), ("chineseCountingThousand", 101, "一百零一"),
        ("chineseCountingThousand", 110, "一百一十"), ("chineseCountingThousand", 1024, "一千零二十四"),
        ("chineseLegalSimplified", 21, "贰拾壹"), ("ideographTraditional", 3, "丙"), ("ideographTraditional", 11, "11"),
        ("decimalEnclosedCircleChinese", 21, "㉑"), ("decimalZero", 7, "07"), ("upperLetter", 27, "AA"),
        ("lowerRoman", 94, "xciv"), ("ideographDigital", 10, "一〇"), ("unheardOf", 5, "5"),
    ],
)  # fmt: skip
def test_formats(kind: str, number: int, shown: str) -> None:
    assert numerals.written(kind, number) == shown
