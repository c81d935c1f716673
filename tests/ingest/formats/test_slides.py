"""PowerPoint: titles, points, tables, charts, groups, notes, and slides that are hidden."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ingest.parsed import BlockKind
from tests.ingest.samples import RISKS, headings, pptx, read_here, texts


def test_a_deck_is_read_slide_by_slide(tmp_path: Path) -> None:
    def fill(deck: Any) -> None:
        first = deck.slides.add_slide(deck.slide_layouts[0])
        first.shapes.title.text = "赤焰项目复盘"
        first.placeholders[1].text = "何静远，2025-09-18"
        second = deck.slides.add_slide(deck.slide_layouts[1])
        second.shapes.title.text = "经过"
        frame = second.placeholders[1].text_frame
        frame.text = "S 情境"
        point = frame.add_paragraph()
        point.text, point.level = "签下 980 万元合同，九个月上线。", 1
        second.notes_slide.notes_text_frame.text = "不后悔签，后悔没有早停。"

    parsed = read_here(pptx(tmp_path / "a.pptx", fill))
    assert headings(parsed) == [(1, "赤焰项目复盘"), (2, "经过"), (3, "S 情境")]
    assert texts(parsed, BlockKind.note) == ["演讲者备注：不后悔签，后悔没有早停。"]
    assert parsed.pages_total == 2
    assert parsed.blocks[-1].page == 2


def test_tables_and_charts_are_rows_under_their_header(tmp_path: Path) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Cm

    def fill(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = "风险与收入"
        table = slide.shapes.add_table(3, 4, Cm(1), Cm(4), Cm(20), Cm(4)).table
        for r, row in enumerate(RISKS):
            for c, text in enumerate(row):
                table.cell(r, c).text = text
        data = CategoryChartData()
        data.categories = ["2025", "2026"]
        data.add_series("营业收入（亿元）", (3.42, 4.6))
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(10), Cm(20), Cm(8), data)

    parsed = read_here(pptx(tmp_path / "a.pptx", fill))
    assert "R-02 | 北斗 | 柳州厂改造延期 | 中" in parsed.text
    assert "2026 | 4.6" in parsed.text


def test_shapes_are_read_as_they_stand_and_groups_are_opened(tmp_path: Path) -> None:
    from pptx.util import Cm

    def fill(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        for text, left, top in (("第三。", 1, 9), ("第二。", 12, 3), ("第一。", 1, 3)):
            slide.shapes.add_textbox(Cm(left), Cm(top), Cm(8), Cm(1)).text_frame.text = text
        group = slide.shapes.add_group_shape()
        group.shapes.add_textbox(Cm(1), Cm(14), Cm(8), Cm(1)).text_frame.text = "组里的字。"

    parsed = read_here(pptx(tmp_path / "a.pptx", fill))
    assert parsed.text.endswith("第二。\n\n第三。\n\n组里的字。")


def test_a_hidden_slide_is_marked_and_named(tmp_path: Path) -> None:
    def fill(deck: Any) -> None:
        for text in ("公开", "底线"):
            deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = text
        deck.slides[1]._element.set("show", "0")

    parsed = read_here(pptx(tmp_path / "a.pptx", fill))
    assert headings(parsed)[-1] == (2, "底线（隐藏幻灯片）")
    assert parsed.notices[0]["params"] == {"slides": "2"}


def test_a_heading_that_goes_on_is_not_repeated(tmp_path: Path) -> None:
    def fill(deck: Any) -> None:
        for text in ("复盘", "结果", "结果", "复盘"):
            deck.slides.add_slide(deck.slide_layouts[5]).shapes.title.text = text

    assert headings(read_here(pptx(tmp_path / "a.pptx", fill))) == [(1, "复盘"), (2, "结果"), (1, "复盘")]


def test_a_card_is_read_as_a_whole_and_its_newer_shapes_with_it(tmp_path: Path) -> None:
    from lxml import etree
    from pptx.util import Cm

    newer = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><mc:Choice Requires="a14"><a:p><a:r>'
        "<a:t>公式框里的话。</a:t></a:r></a:p></mc:Choice><mc:Fallback/></mc:AlternateContent>"
    )

    def fill(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = "三张卡片"
        for n, name in enumerate("甲乙丙"):
            boxes = [slide.shapes.add_textbox(Cm(1 + 8 * n), Cm(top), Cm(6), Cm(1)) for top in (5, 8)]
            boxes[0].text_frame.text, boxes[1].text_frame.text = f"{name}：", f"{name}的说明。"
            group = slide.shapes.add_group_shape(boxes)
        group._element.append(etree.fromstring(newer))

    parsed = read_here(pptx(tmp_path / "a.pptx", fill))
    said = ["三张卡片", "甲：", "甲的说明。", "乙：", "乙的说明。", "丙：", "丙的说明。", "公式框里的话。"]
    assert parsed.text.split("\n\n") == said


def test_points_that_powerpoint_counts_are_numbered(tmp_path: Path) -> None:
    from lxml import etree

    mark = '<a:buAutoNum xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" type="{}"/>'

    def fill(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text = "先后"
        frame = slide.placeholders[1].text_frame
        frame.text = "先续贷。"
        for text, level in (("对账。", 1), ("盖章。", 1), ("再谈诉讼。", 0)):
            point = frame.add_paragraph()
            point.text, point.level = text, level
        for point in frame.paragraphs:
            kind = "alphaLcParenR" if point.level else "ea1ChsPeriod"
            point._p.get_or_add_pPr().append(etree.fromstring(mark.format(kind)))

    parsed = read_here(pptx(tmp_path / "a.pptx", fill))
    assert texts(parsed, BlockKind.list_item) == ["一. 先续贷。", "a) 对账。", "b) 盖章。", "二. 再谈诉讼。"]


def test_a_charts_figures_are_shown_as_on_the_slide(tmp_path: Path) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Cm

    def fill(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = "毛利率"
        data = CategoryChartData(number_format="0.0%")
        data.categories = ["一季度"]
        data.add_series("毛利率", (0.125,))
        slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(4), Cm(20), Cm(8), data)

    assert "一季度 | 12.5%" in read_here(pptx(tmp_path / "a.pptx", fill)).text
