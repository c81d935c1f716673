"""Word: what a reader of the printed page sees is what is read, and nothing that was struck out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ingest.parsed import BlockKind
from tests.ingest.samples import RISKS, docx, docx_with_body, headings, read_here, texts


def run(text: str, bold: bool = False) -> str:
    return f"<w:r>{'<w:rPr><w:b/></w:rPr>' if bold else ''}<w:t xml:space='preserve'>{text}</w:t></w:r>"


def paragraph(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def test_heading_styles_tables_and_properties(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.add_heading("风险清单", 1)
        document.add_paragraph("更新：2026-03-12。只列终验以前的风险。")
        table = document.add_table(rows=0, cols=4)
        for row in RISKS:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    parsed = read_here(docx(tmp_path / "a.docx", fill))
    assert parsed.title == "风险清单"
    assert parsed.author == "何静远"
    assert str(parsed.authored_on) == "2026-03-12"
    assert "R-01 | 灯塔 | 过杀率离要求有距离 | 高" in parsed.text
    assert parsed.blocks[-1].html.startswith("<table><thead><tr><th>编号</th>")


def test_wps_style_names_and_bold_lines_are_headings(tmp_path: Path) -> None:
    styled = docx_with_body(
        tmp_path / "wps.docx",
        paragraph(run("交接说明"), properties='<w:pStyle w:val="a1"/>') + paragraph(run("正文第一段，说清楚背景。")),
        {
            "word/styles.xml": '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            '<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="标题 1"/></w:style></w:styles>'
        },
    )
    assert headings(read_here(styled)) == [(1, "交接说明")]
    bold = docx_with_body(
        tmp_path / "bold.docx",
        paragraph(run("写给继任者", bold=True))
        + paragraph(run("一段正文。"))
        + paragraph(run("三个坑", bold=True))
        + paragraph(run("先看什么。", bold=True), run("先看第四节。")),
    )
    assert headings(read_here(bold)) == [(1, "写给继任者"), (2, "三个坑")]


def test_insertions_stay_and_deletions_go(tmp_path: Path) -> None:
    body = paragraph(
        run("尾款 "),
        f"<w:del w:id='1' w:author='韩嘉'>{run('2,006 万').replace('w:t', 'w:delText')}</w:del>",
        f"<w:ins w:id='2' w:author='韩嘉'>{run('2,106 万')}</w:ins>",
        run("已回。"),
    )
    parsed = read_here(docx_with_body(tmp_path / "a.docx", body))
    assert parsed.text == "尾款 2,106 万已回。"
    assert "document.revisions" in {notice["slug"] for notice in parsed.notices}


def test_comments_come_after_their_paragraph(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        written = document.add_paragraph("价格维持不变。")
        document.add_comment(written.runs, text="是否另起邮件？", author="韩嘉")
        document.add_paragraph("下一段。")

    parsed = read_here(docx(tmp_path / "a.docx", fill))
    assert parsed.text == "价格维持不变。\n\n批注（韩嘉）：是否另起邮件？\n\n下一段。"
    assert parsed.notices[0]["params"] == {"count": 1}


def test_automatic_numbers_are_written_out(tmp_path: Path) -> None:
    numbering = (
        '<w:numbering xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:abstractNum '
        'w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/>'
        '<w:lvlText w:val="%1、"/></w:lvl><w:lvl w:ilvl="1"><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>'
        '</w:abstractNum><w:num w:numId="7"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )
    place = '<w:numPr><w:ilvl w:val="{}"/><w:numId w:val="7"/></w:numPr>'
    lines = [("甲方付款。", 0), ("先付三成。", 1), ("再付三成。", 1), ("乙方交货。", 0)]
    body = "".join(paragraph(run(text), properties=place.format(level)) for text, level in lines)
    path = docx(tmp_path / "a.docx", lambda d: d.add_paragraph("列表", style="List Number"))
    from tests.ingest.samples import W, rezip

    rezip(
        path,
        {
            "word/numbering.xml": numbering.encode(),
            "word/document.xml": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'.encode(),
        },
    )
    assert texts(read_here(path), BlockKind.list_item) == [
        "一、 甲方付款。",
        "1. 先付三成。",
        "2. 再付三成。",
        "二、 乙方交货。",
    ]


def test_text_boxes_and_the_alternative_are_read_once(tmp_path: Path) -> None:
    box = "<w:txbxContent>" + paragraph(run("王总只在月底签字。")) + "</w:txbxContent>"
    body = paragraph(
        "<w:r><mc:AlternateContent xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'>"
        f"<mc:Choice><w:drawing>{box}</w:drawing></mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    assert read_here(docx_with_body(tmp_path / "a.docx", body)).text == "王总只在月底签字。"


def test_merged_cells_are_filled_and_a_title_row_comes_off(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        table = document.add_table(rows=4, cols=3)
        table.cell(0, 0).merge(table.cell(0, 2)).text = "联系人名录"
        for n, text in enumerate(("客户", "姓名", "职务")):
            table.cell(1, n).text = text
        table.cell(2, 0).merge(table.cell(3, 0)).text = "江川重工"
        for row, name in ((2, "王建国"), (3, "刘振宇")):
            table.cell(row, 1).text, table.cell(row, 2).text = name, "总监"

    parsed = read_here(docx(tmp_path / "a.docx", fill))
    assert texts(parsed, BlockKind.caption) == ["联系人名录"]
    assert "江川重工 | 刘振宇 | 总监" in parsed.text


def test_a_frame_around_text_is_seen_through(tmp_path: Path) -> None:
    def table(*rows: str) -> str:
        return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"

    def cell(content: str) -> str:
        return f"<w:tc>{content}</w:tc>"

    rows = (("银行", "额度"), ("甬江", "五千万"))
    inner = table(*("".join(cell(paragraph(run(text))) for text in row) for row in rows))
    content = paragraph(run("一、授信")) + paragraph(run("三月到期。")) + inner + paragraph(run("续贷材料在财务。"))
    parsed = read_here(docx_with_body(tmp_path / "a.docx", table(cell(content))))
    assert headings(parsed) == [(2, "一、授信")]
    assert texts(parsed, BlockKind.table) == ["银行 | 额度\n甬江 | 五千万"]
    assert parsed.text.endswith("续贷材料在财务。")


def test_header_once_at_the_end_without_page_numbers(tmp_path: Path) -> None:
    def fill(document: Any) -> None:
        document.add_paragraph("正文。")
        document.sections[0].header.paragraphs[0].text = "云帆智造 机密"
        document.sections[0].footer.paragraphs[0].text = "第 1 页 共 3 页"

    assert read_here(docx(tmp_path / "a.docx", fill)).text == "正文。\n\n页眉页脚：云帆智造 机密"


def test_pages_follow_the_rendered_breaks(tmp_path: Path) -> None:
    body = paragraph(run("第一页。")) + paragraph("<w:r><w:lastRenderedPageBreak/></w:r>", run("第二页。"))
    parsed = read_here(docx_with_body(tmp_path / "a.docx", body))
    assert [block.page for block in parsed.blocks] == [1, 2]
    assert parsed.pages_total == 2


def test_a_contents_list_is_left_out(tmp_path: Path) -> None:
    field = "<w:r><w:fldChar w:fldCharType='{}'/></w:r>"
    code = '<w:r><w:instrText>TOC \\o "1-3"</w:instrText></w:r>'
    body = (
        paragraph(run("目 录"))
        + paragraph(field.format("begin"), code, field.format("separate"), run("一、背景 1"))
        + paragraph(run("二、风险 3"))
        + paragraph(field.format("end"))
        + paragraph(run("正文开始。"))
    )
    assert read_here(docx_with_body(tmp_path / "a.docx", body)).text == "正文开始。"


def test_ticked_boxes_and_signs_of_symbol_fonts_are_characters(tmp_path: Path) -> None:
    sign = "<w:r><w:sym w:font='{}' w:char='{}'/></w:r>"
    body = paragraph(
        sign.format("Wingdings", "F0FE"), run("已交接 "), sign.format("Wingdings 2", "00A3"), run("未交接 毛利率"),
        sign.format("Symbol", "F0B3"), run("12%"), sign.format("Webdings", "F061"),
    )  # fmt: skip
    assert read_here(docx_with_body(tmp_path / "a.docx", body)).text == "☑已交接 □未交接 毛利率≥12%"


def test_a_field_nobody_filled_in_says_nothing(tmp_path: Path) -> None:
    def field(text: str, properties: str = "") -> str:
        return f"<w:sdt><w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{text}</w:sdtContent></w:sdt>"

    empty, filled = field(run("选择一项。"), "<w:showingPlcHdr/>"), field(run("高"))
    cell = f"<w:tc>{field(paragraph(run('单击此处输入文字。')), '<w:showingPlcHdr/>')}</w:tc>"
    table = f"<w:tbl><w:tr><w:tc>{paragraph(run('等级'))}</w:tc>{cell}</w:tr></w:tbl>"
    body = paragraph(run("风险："), filled, empty) + field(paragraph(run("请填写。")), "<w:showingPlcHdr/>") + table
    assert read_here(docx_with_body(tmp_path / "a.docx", body)).text == "风险：高\n\n等级"


def test_hidden_text_is_read_and_the_receipt_says_so(tmp_path: Path) -> None:
    hidden = "<w:r><w:rPr><w:vanish/></w:rPr><w:t>底价三百万。</w:t></w:r>"
    parsed = read_here(docx_with_body(tmp_path / "a.docx", paragraph(run("报价五百万。"), hidden)))
    assert parsed.text == "报价五百万。底价三百万。"
    assert [notice["slug"] for notice in parsed.notices] == ["document.hidden_text"]


@pytest.mark.parametrize("kind", ["htm", "mht", "rtf"])
def test_a_document_that_a_web_system_wrote_as_a_page_is_read(tmp_path: Path, kind: str) -> None:
    page = "<html><head><meta charset=utf-8></head><body><h1>会议纪要</h1><p>同意续贷。</p></body></html>"
    head = "MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n"
    archive = f"{head}Content-Transfer-Encoding: quoted-printable\n\n{page.replace('=', '=3D')}\n--x--\n"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    body = f"<w:altChunk xmlns:r='{office}' r:id='r1'/>" + paragraph(run("此页以下无正文。"))
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{office}/aFChunk" Target="chunk.{kind}"/></Relationships>'
    )
    parts = {"word/_rels/document.xml.rels": links, f"word/chunk.{kind}": archive if kind == "mht" else page}
    parsed = read_here(docx_with_body(tmp_path / "a.docx", body, parts))
    if kind == "rtf":
        assert [notice["slug"] for notice in parsed.notices] == ["document.foreign"]
    else:
        assert parsed.text == "会议纪要\n\n同意续贷。\n\n此页以下无正文。"
        assert headings(parsed) == [(1, "会议纪要")]
