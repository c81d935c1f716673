"""Charts, diagrams and pictures inside Office files: read where they stand, and counted on the receipt."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ingest.chunk import chunk
from ingest.formats import limits, scan
from ingest.formats.layout import Segment
from ingest.parsed import Parsed
from ingest.reading import Job, read
from kb.errors import Unavailable
from tests.ingest.formats.test_scan import FONTS, page
from tests.ingest.samples import docx, docx_with_body, pptx, read_here, rezip, xlsx

A = "http://schemas.openxmlformats.org/drawingml/2006/main"
C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
D = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

DIAGRAM = f"""<dgm:dataModel xmlns:dgm="{D}" xmlns:a="{A}"><dgm:ptLst>
<dgm:pt modelId="0" type="doc"/>
<dgm:pt modelId="3"><dgm:t><a:p><a:r><a:t>签约</a:t></a:r></a:p></dgm:t></dgm:pt>
<dgm:pt modelId="1"><dgm:t><a:p><a:r><a:t>立项</a:t></a:r></a:p></dgm:t></dgm:pt>
<dgm:pt modelId="2"><dgm:t><a:p><a:r><a:t>尽职</a:t></a:r><a:r><a:t>调查</a:t></a:r></a:p></dgm:t></dgm:pt>
<dgm:pt modelId="9" type="sibTrans"><dgm:t><a:p/></dgm:t></dgm:pt></dgm:ptLst><dgm:cxnLst>
<dgm:cxn srcId="0" destId="3" srcOrd="1"/><dgm:cxn srcId="0" destId="1" srcOrd="0"/>
<dgm:cxn srcId="1" destId="2" srcOrd="0"/><dgm:cxn type="presOf" srcId="2" destId="0" srcOrd="0"/>
</dgm:cxnLst></dgm:dataModel>"""


def rels(*targets: tuple[str, str]) -> str:
    links = "".join(f'<Relationship Id="g{n}" Type="{R}/{t}" Target="{name}"/>' for n, (t, name) in enumerate(targets))
    return f'<Relationships xmlns="{PACKAGE}">{links}</Relationships>'


def picture(tint: int = 255, size: tuple[int, int] = (400, 120)) -> BytesIO:
    from PIL import Image

    out = BytesIO()
    Image.new("RGB", size, (tint, tint, tint)).save(out, "PNG")
    return BytesIO(out.getvalue())


@pytest.fixture
def recognised(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Stands in for the engine: reads a line off every picture that is not black; returns the tints it was shown."""
    shown: list[int] = []

    def lines(image: Any, sure: float) -> list[Segment]:
        tint = image.getpixel((0, 0))[0]
        shown.append(tint)
        return [Segment(f"审批权限第 {tint} 号", 10, 40, 300, 70, 24)] if tint else []

    monkeypatch.setattr(scan, "recognise", lines)
    return shown


def slugs(parsed: Parsed) -> dict[str, dict[str, Any]]:
    return {notice["slug"]: notice["params"] for notice in parsed.notices}


def path_to(parsed: Parsed, text: str) -> tuple[str, ...]:
    pieces = chunk(parsed.text, parsed.blocks, join_small=False)
    return next(piece.heading_path for piece in pieces if text in piece.text)


def with_a_picture(kind: str, path: Path, content: Callable[[], BytesIO]) -> Path:
    """A document with a heading, then a picture, then a heading; a sheet with rows and a picture on it."""

    def word(document: Any) -> None:
        document.add_heading("审批", 1)
        document.add_picture(content())
        document.add_heading("其他", 1)

    def slides(deck: Any) -> None:
        for title in ("审批", "其他"):
            slide = deck.slides.add_slide(deck.slide_layouts[5])
            slide.shapes.title.text = title
            slide.shapes.add_picture(content(), 0, 2_000_000)

    def workbook(book: Any) -> None:
        from openpyxl.drawing.image import Image

        book.active.title = "审批"
        book.active.append(["编号", "事项"])
        book.active.append(["1", "采购"])
        book.active.add_image(Image(content()), "D2")
        book.create_sheet("其他").append(["空"])

    made = {"docx": (docx, word), "pptx": (pptx, slides), "xlsx": (xlsx, workbook)}[kind]
    return made[0](path.with_suffix(f".{kind}"), made[1])


@pytest.mark.parametrize("kind", ["docx", "pptx", "xlsx"])
def test_a_picture_is_read_where_it_stands_and_once(kind: str, tmp_path: Path, recognised: list[int]) -> None:
    parsed = read_here(with_a_picture(kind, tmp_path / "a", picture))
    assert recognised == [255]
    assert parsed.text.count("图片中的文字：审批权限第 255 号") == 1
    assert path_to(parsed, "第 255 号")[-1:] == ("审批",)
    assert slugs(parsed) == {"document.pictures_read": {"count": 1}}


def test_pictures_not_read_are_counted_with_the_reason(
    tmp_path: Path, recognised: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PICTURES", 2)
    monkeypatch.setattr(limits, "PICTURE_PIXELS", 1_000_000)

    def fill(document: Any) -> None:
        document.add_paragraph("正文。")
        for tint, size in ((0, (400, 120)), (9, (40, 40)), (8, (1500, 1500)), (7, (400, 120)), (6, (400, 120))):
            document.add_picture(picture(tint, size))

    parsed = read_here(docx(tmp_path / "a.docx", fill))
    assert recognised == [0, 7]
    assert slugs(parsed) == {
        "document.pictures_read": {"count": 1},
        "document.pictures_empty": {"count": 1},
        "document.pictures_small": {"count": 1},
        "document.pictures_large": {"count": 1, "names": "image3.png"},
        "document.pictures_beyond": {"count": 1, "names": "image5.png"},
    }


def test_a_picture_nobody_can_open_and_a_missing_engine_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(image: Any, sure: float) -> list[Segment]:
        raise Unavailable("parser.recognition", "没有")

    def fill(document: Any) -> None:
        document.add_paragraph("正文。")
        for tint in (1, 2):
            document.add_picture(picture(tint))

    monkeypatch.setattr(scan, "recognise", missing)
    path = rezip(docx(tmp_path / "a.docx", fill), {"word/media/image2.png": b"\x01\x00EMF"})
    assert slugs(read_here(path)) == {
        "document.pictures_unreadable": {"count": 1, "names": "image2.png"},
        "document.pictures_no_engine": {"count": 1},
    }


def test_a_picture_that_is_a_bomb_is_not_unpacked(tmp_path: Path, recognised: list[int]) -> None:
    path = with_a_picture("docx", tmp_path / "a", picture)
    head = bytearray(picture().getvalue())
    head[16:24] = (30_000).to_bytes(4, "big") * 2
    head[29:33] = zlib.crc32(head[12:29]).to_bytes(4, "big")
    parsed = read_here(rezip(path, {"word/media/image1.png": bytes(head)}))
    assert recognised == []
    assert slugs(parsed) == {"document.pictures_large": {"count": 1, "names": "image1.png"}}


def test_no_picture_is_begun_in_the_second_half_of_the_time(tmp_path: Path, recognised: list[int]) -> None:
    path = with_a_picture("docx", tmp_path / "a", picture)
    parsed = read(Job(path, "a.docx", tmp_path, deadline=0.0))
    assert recognised == []
    assert list(slugs(parsed)) == ["document.pictures_beyond"]


def test_black_letters_on_a_transparent_ground_stay_legible(tmp_path: Path, recognised: list[int]) -> None:
    from PIL import Image

    out = BytesIO()
    Image.new("RGBA", (400, 120), (0, 0, 0, 0)).save(out, "PNG")
    read_here(with_a_picture("docx", tmp_path / "a", lambda: BytesIO(out.getvalue())))
    assert recognised == [255]


@pytest.mark.parametrize("kind", ["docx", "pptx", "xlsx"])
def test_a_diagram_is_read_in_the_order_it_is_shown(kind: str, tmp_path: Path) -> None:
    reference = f'<dgm:relIds xmlns:dgm="{D}" xmlns:r="{R}" r:dm="g0"/>'
    frame = f'<a:graphic xmlns:a="{A}"><a:graphicData uri="{D}">{reference}</a:graphicData></a:graphic>'
    if kind == "docx":
        path = docx_with_body(
            tmp_path / "a.docx", f"<w:p><w:r><w:t>流程。</w:t><w:drawing>{frame}</w:drawing></w:r></w:p>",
            {"word/_rels/document.xml.rels": rels(("diagramData", "diagrams/data1.xml")),
             "word/diagrams/data1.xml": DIAGRAM},
        )  # fmt: skip
    elif kind == "pptx":
        path = deck_with(tmp_path / "a.pptx", frame)
    else:
        path = xlsx(tmp_path / "a.xlsx", lambda book: book.active.append(["流程", "说明"]))
        drawing = f'<wsDr><oneCellAnchor><graphicFrame>{frame}</graphicFrame></oneCellAnchor></wsDr>'
        path = rezip(path, {
            "xl/worksheets/_rels/sheet1.xml.rels": rels(("drawing", "/xl/drawings/drawing1.xml")).encode(),
            "xl/drawings/drawing1.xml": drawing.encode(), "xl/diagrams/data1.xml": DIAGRAM.encode(),
            "xl/drawings/_rels/drawing1.xml.rels": rels(("diagramData", "../diagrams/data1.xml")).encode(),
        })  # fmt: skip
    assert "立项\n尽职调查\n签约" in read_here(path).text


def deck_with(path: Path, frame: str) -> Path:
    from lxml import etree
    from pptx.opc.package import Part
    from pptx.opc.packuri import PackURI

    def fill(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = "流程"
        part = Part(PackURI("/ppt/diagrams/data1.xml"), "application/xml", deck.part.package, DIAGRAM.encode())
        link = slide.part.relate_to(part, f"{R}/diagramData")
        shape = (
            '<p:graphicFrame xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main">'
            '<p:nvGraphicFramePr><p:cNvPr id="9" name="图"/><p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>'
            f'<p:xfrm><a:off xmlns:a="{A}" x="0" y="9000000"/><a:ext xmlns:a="{A}" cx="9" cy="9"/></p:xfrm>'
            f'{frame.replace("g0", link)}</p:graphicFrame>'
        )
        slide.shapes._spTree.append(etree.fromstring(shape))

    return pptx(path, fill)


def chart_part() -> str:
    """A chart as Office stores it, with its figures."""
    from pptx.chart.data import CategoryChartData
    from pptx.chart.xmlwriter import ChartXmlWriter
    from pptx.enum.chart import XL_CHART_TYPE

    data = CategoryChartData()
    data.categories = ["华北", "华东"]
    data.add_series("回款（万元）", (120, 460.5))
    written = str(ChartXmlWriter(XL_CHART_TYPE.BAR_CLUSTERED, data).xml)
    title = "<c:title><c:tx><c:rich><a:p><a:r><a:t>{}</a:t></a:r></a:p></c:rich></c:tx></c:title>"
    axis = written.replace("<c:valAx>", f"<c:valAx>{title.format('金额')}", 1)
    return axis.replace("<c:chart>", f"<c:chart>{title.format('各区回款')}", 1)


def test_a_chart_in_word_is_a_table_with_its_titles(tmp_path: Path) -> None:
    reference = f'<c:chart xmlns:c="{C}" xmlns:r="{R}" r:id="g0"/>'
    body = f'<w:p><w:r><w:t>见下图。</w:t><w:drawing>{reference}</w:drawing></w:r></w:p>'
    parts = {"word/_rels/document.xml.rels": rels(("chart", "charts/chart1.xml"))}
    parts["word/charts/chart1.xml"] = chart_part().split("?>", 1)[-1]
    parsed = read_here(docx_with_body(tmp_path / "a.docx", body, parts))
    assert parsed.text == "见下图。\n\n图表：各区回款；金额\n\n | 回款（万元）\n华北 | 120\n华东 | 460.5"


def test_a_chart_in_excel_says_its_titles_and_a_chart_sheet_is_a_sheet(tmp_path: Path) -> None:
    def fill(book: Any) -> None:
        from openpyxl.chart import BarChart, Reference

        for row in (["区域", "回款"], ["华北", 120], ["华东", 460]):
            book.active.append(row)
        for sheet in (book.active, book.create_chartsheet("趋势图")):
            chart = BarChart()
            chart.title, chart.y_axis.title = f"{sheet.title}的回款", "万元"
            chart.add_data(Reference(book.worksheets[0], min_col=2, min_row=1, max_row=3), titles_from_data=True)
            sheet.add_chart(chart)

    parsed = read_here(xlsx(tmp_path / "a.xlsx", fill))
    assert "图表：Sheet的回款；万元" in parsed.text
    assert path_to(parsed, "趋势图的回款")[-1:] == ("趋势图",)
    assert parsed.pages_total == 2


@pytest.mark.integration
@pytest.mark.skipif(not FONTS, reason="no Chinese font to draw with: install fonts-noto-cjk or fonts-wqy-microhei")
@pytest.mark.parametrize("kind", ["docx", "pptx", "xlsx"])
def test_chinese_in_an_embedded_picture_is_recognised(kind: str, tmp_path: Path) -> None:
    def content() -> BytesIO:
        out = BytesIO()
        page(["单笔付款二百万元以下终审", "采购合同五百万元以下"]).save(out, "PNG")
        return BytesIO(out.getvalue())

    parsed = read_here(with_a_picture(kind, tmp_path / "a", content))
    assert "采购合同五百万元以下" in parsed.text
    assert slugs(parsed) == {"document.pictures_read": {"count": 1}}
