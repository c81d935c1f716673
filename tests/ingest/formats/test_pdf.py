"""PDF with a text layer: paragraphs made whole, columns in order, tables, furniture dropped, passwords and damage."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.parsed import BlockKind
from kb.errors import Invalid
from tests.ingest.samples import _FONT, Item, assembled, headings, pdf, read_here, texts, written

SENTENCE = "云帆做了八年，前四年卖项目，后四年一边卖项目一边想卖产品。"


def lines(text: str, x: float, y: float, width: int, size: float = 11) -> list[Item]:
    """Running text set in lines of ``width`` characters."""
    cut = [text[n : n + width] for n in range(0, len(text), width)]
    return [(x, y + 17 * n, size, line) for n, line in enumerate(cut)]


def test_lines_become_paragraphs_under_headings(tmp_path: Path) -> None:
    page = [(60, 60, 20, "三年战略规划"), (60, 100, 15, "一、先说清楚"), *lines(SENTENCE * 3, 60, 130, 40)]
    parsed = read_here(pdf(tmp_path / "a.pdf", [page]))
    assert headings(parsed) == [(1, "三年战略规划"), (2, "一、先说清楚")]
    assert texts(parsed, BlockKind.paragraph) == [SENTENCE * 3]


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left, right = "左栏的字" * 24, "右栏的话" * 24
    page = [(60, 50, 20, "备忘录：代理佣金纠纷"), *lines(left, 60, 100, 16), *lines(right, 320, 100, 16)]
    assert read_here(pdf(tmp_path / "a.pdf", [page])).text.endswith(f"{left}{right}")


def test_running_headers_and_page_numbers_are_dropped(tmp_path: Path) -> None:
    pages = [
        [(60, 30, 9, "云帆智造 机密"), (60, 100, 11, f"第{n}页的正文说了一件事。"), (290, 810, 9, f"第 {n} 页 共 3 页")]
        for n in (1, 2, 3)
    ]
    parsed = read_here(pdf(tmp_path / "a.pdf", pages))
    assert texts(parsed, BlockKind.note) == ["页眉页脚：云帆智造 机密"]
    assert "共 3 页" not in parsed.text
    assert [block.page for block in parsed.blocks[:3]] == [1, 2, 3]
    assert parsed.pages_total == 3


def test_a_paragraph_goes_on_over_the_page_break(tmp_path: Path) -> None:
    first, second = lines(SENTENCE[:-1] * 2, 60, 700, 28), lines("下一页接着说完这句话。", 60, 60, 28)
    assert (
        "下一页接着说完这句话。" in texts(read_here(pdf(tmp_path / "a.pdf", [first, second])), BlockKind.paragraph)[0]
    )


def test_a_three_line_table_and_a_ruled_one_are_tables(tmp_path: Path) -> None:
    cells = [("指标", "2025", "2026"), ("营业收入", "3.42", "4.6"), ("毛利率", "43.5%", "46%")]
    items = [(60 + 150 * c, 120 + 24 * r, 10, text) for r, row in enumerate(cells) for c, text in enumerate(row)]
    wanted = "指标 | 2025 | 2026\n营业收入 | 3.42 | 4.6\n毛利率 | 43.5% | 46%"
    bare = pdf(tmp_path / "bare.pdf", [[(60, 60, 16, "目标"), *items]])
    assert texts(read_here(bare), BlockKind.table) == [wanted]
    rules = [(50, y, 500, y) for y in (106, 130, 154, 178)] + [(x, 106, x, 178) for x in (50, 200, 350, 500)]
    ruled = pdf(tmp_path / "ruled.pdf", [[(60, 60, 16, "目标"), *items]], rules)
    assert texts(read_here(ruled), BlockKind.table) == [wanted]


def test_hanging_list_items_stay_whole(tmp_path: Path) -> None:
    page = [
        (60, 60, 16, "举措"),
        (60, 100, 11, "1. 云瞳订阅化。责任人谭启明，九月底发布，六月先内测三家客户，八月"),
        (76, 117, 11, "完成计费与授权中心。"),
        (60, 134, 11, "2. 电池行业复制。责任人梁浩，年内落地一家，锁定三家的意向书。"),
    ]
    assert texts(read_here(pdf(tmp_path / "a.pdf", [page])), BlockKind.list_item)[0].endswith(
        "八月完成计费与授权中心。"
    )


def test_passwords(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    plain = pdf(tmp_path / "a.pdf", [[(60, 60, 11, "只有打开口令的人能看。")]])
    for user, owner in (("口令", "口令"), ("", "主人")):
        writer = pypdf.PdfWriter(clone_from=plain)
        writer.encrypt(user, owner, algorithm="AES-128")
        writer.write(tmp_path / f"{owner}.pdf")
    with pytest.raises(Invalid) as refused:
        read_here(tmp_path / "口令.pdf")
    assert refused.value.slug == "document.encrypted"
    assert "只有打开口令的人能看" in read_here(tmp_path / "主人.pdf").text


def test_a_cut_off_file_is_refused(tmp_path: Path) -> None:
    whole = pdf(tmp_path / "a.pdf", [[(60, 60, 11, SENTENCE)]] * 5).read_bytes()
    with pytest.raises(Invalid) as refused:
        read_here(written(tmp_path / "b.pdf", whole[: len(whole) // 3]))
    assert refused.value.slug == "document.damaged"


def turned(path: Path, says: int, lies: int, lines: list[tuple[float, float, str]], rules: bool = False) -> Path:
    """A page stored as portrait A4 whose text at (x, y from the top) stands upright once turned clockwise by ``lies``
    degrees; it says of itself that it is to be turned by ``says``.
    """
    place = {90: "0 1 -1 0 {y} {x}", 270: "0 -1 1 0 {l} {h}", 180: "-1 0 0 -1 {r} {y}"}[lies]
    drawn = [
        f"BT /F1 11 Tf {place.format(x=x, y=y, l=595 - y, h=842 - x, r=595 - x)} Tm "
        f"<{text.encode('utf-16-be').hex()}> Tj ET"
        for x, y, text in lines
    ]
    if rules:
        drawn += [f"{y} 50 m {y} 500 l S" for y in (106, 130, 154, 178)]
        drawn += [f"106 {x} m 178 {x} l S" for x in (50, 200, 350, 500)]
    content = "\n".join(drawn).encode()
    page = (
        b"<< /Type /Page /Parent 2 0 R /Rotate %d /MediaBox [0 0 595 842] /Contents 6 0 R "
        b"/Resources << /Font << /F1 3 0 R >> >> >>" % says
    )
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [7 0 R] >>", *_FONT,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content), page,
    ]  # fmt: skip
    return written(path, assembled(objects))


@pytest.mark.parametrize(("says", "lies"), [(90, 90), (270, 270), (180, 180), (0, 90), (90, 270)])
def test_a_page_is_read_the_way_its_text_stands(tmp_path: Path, says: int, lies: int) -> None:
    lines = [(60, 80, "资金台账"), (60, 120, "甬江农商行的授信三月到期。"), (60, 160, "建行的九月到期。")]
    assert read_here(turned(tmp_path / "a.pdf", says, lies, lines)).text.split() == [text for _, _, text in lines]


def test_a_ruled_table_on_a_turned_page_is_one(tmp_path: Path) -> None:
    rows = [("指标", "2025", "2026"), ("营业收入", "3.42", "4.6"), ("毛利率", "43.5%", "46%")]
    cells = [(60 + 150 * c, 122 + 24 * r, text) for r, row in enumerate(rows) for c, text in enumerate(row)]
    parsed = read_here(turned(tmp_path / "a.pdf", 90, 90, [(60.0, 60.0, "目标"), *cells], rules=True))
    assert texts(parsed, BlockKind.table) == ["指标 | 2025 | 2026\n营业收入 | 3.42 | 4.6\n毛利率 | 43.5% | 46%"]
    assert parsed.text.count("营业收入") == 1


def test_what_was_typed_over_filled_in_and_said_is_read(tmp_path: Path) -> None:
    def note(kind: str, box: tuple[int, int, int, int], **said: str) -> bytes:
        fields = " ".join(f"/{name} <FEFF{text.encode('utf-16-be').hex()}>" for name, text in said.items())
        place = " ".join(map(str, box))
        return f"<< /Type /Annot /Subtype /{kind} /F 4 /Rect [{place}] {fields} >>".encode()

    first = [(60, 100, 11, "授信三月到期。"), (60, 140, 11, "接收人：")]
    path = pdf(tmp_path / "a.pdf", [first, [(60, 60, 11, "下一页。")]])
    raw = path.read_bytes()
    field = note("Widget", (110, 695, 300, 709), V="周知夏").replace(b"/F 4", b"/F 4 /FT /Tx /T (who)")
    added = [
        note("FreeText", (60, 600, 300, 620), Contents="已于二月续签。"),
        note("Text", (400, 600, 420, 620), Contents="利率待谈", T="韩嘉"), field,
        note("Link", (0, 0, 9, 9), Contents="链接"),
    ]  # fmt: skip
    numbers = b" ".join(b"%d 0 R" % (20 + n) for n in range(len(added)))
    raw = raw.replace(b"/Type /Page /Parent", b"/Annots [" + numbers + b"] /Type /Page /Parent", 1)
    raw = raw.replace(b"/Type /Catalog", b"/AcroForm << /Fields [22 0 R] >> /Type /Catalog")
    bodies = b"".join(b"%d 0 obj\n%s\nendobj\n" % (20 + n, body) for n, body in enumerate(added))
    parsed = read_here(written(path, raw.replace(b"xref\n", bodies + b"xref\n", 1).replace(b"startxref", b"start")))
    assert parsed.text.split("\n\n") == [
        "授信三月到期。", "接收人：周知夏", "已于二月续签。", "批注（韩嘉）：利率待谈", "下一页。",
    ]  # fmt: skip
    assert [block.page for block in parsed.blocks] == [1, 1, 1, 1, 2]
    assert [notice["slug"] for notice in parsed.notices] == ["document.comments"]
