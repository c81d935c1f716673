from __future__ import annotations

import re

from web.reading import Span, contents, layout

HOSTILE = (
    '<table onclick="x()"><tr><td colspan="2" style="a">好'
    "<script>1</script><img src=x onerror=y></td></tr></table>"
)


def _block(kind: str, start: int, end: int, **more: object) -> dict[str, object]:
    return {"kind": kind, "start": start, "end": end, "level": 0, "page": None, "html": ""} | more


def test_the_passage_is_marked_across_blocks_and_its_words_within() -> None:
    text = "甲乙丙丁戊己"
    parts = layout(text, [_block("paragraph", 0, 3), _block("paragraph", 3, 6)], Span(2, 5, ((1, 2),)))
    assert str(parts[0].content) == '甲乙<span class="here">丙</span>'
    assert str(parts[1].content) == '<span class="here"><mark>丁</mark>戊</span>己'
    assert [p.anchor for p in parts] == ["here", "b1"]


def test_text_is_never_markup() -> None:
    (part,) = layout("<b>粗</b>", [], None)
    assert str(part.content) == "&lt;b&gt;粗&lt;/b&gt;"


def test_a_table_keeps_cells_and_spans_and_nothing_else() -> None:
    (part,) = layout("好", [_block("table", 0, 1, html=HOSTILE)], None)
    assert 'colspan="2"' in part.content
    assert not re.search("script|onclick|style|img|onerror", part.content)


def test_the_words_and_the_answer_are_marked_in_a_table_too() -> None:
    text = "项目 | 金额\n成都 <二期> | 2,900\n霜眼 | 2,900"
    html = ("<table><tr><th>项目</th><th>金额</th></tr><tr><td>成都 &lt;二期&gt;</td><td>2,900</td></tr>"
            "<tr><td>霜眼</td><td>2,900</td></tr></table>")  # fmt: skip
    start = text.index("霜眼")
    answer = (start, len(text))
    span = Span(0, len(text), ((8, 10), (12, 14), (text.rindex("2,900"), len(text))), answer)
    (part,) = layout(text, [_block("table", 0, len(text), html=html)], span)
    assert "<td><mark>成都</mark> &lt;<mark>二期</mark>&gt;</td><td>2,900</td>" in part.content
    assert '<td><em class="answer">霜眼</em></td><td><em class="answer"><mark>2,900</mark></em></td>' in part.content
    (apart,) = layout(text, [_block("table", 0, len(text), html=html)], None)
    assert "<mark>" not in apart.content


def test_a_marked_table_is_never_markup_of_a_file() -> None:
    html = """<table><tr><td colspan='a>b"> onclick=x '>好</td><td colspan=' onclick=x '>好</td></tr></table>"""
    text = '好 | b"> onclick=x | 好'
    (plain,) = layout(text, [_block("table", 0, len(text), html=html)], None)
    (part,) = layout(text, [_block("table", 0, len(text), html=html)], Span(0, len(text), ((0, 1),), (4, 8)))
    assert re.sub("</?mark>", "", part.content) == plain.content


def test_pages_begin_where_they_begin() -> None:
    parts = layout("甲乙丙", [_block("heading", n, n + 1, page=p) for n, p in enumerate((1, 1, 2))], None)
    assert [p.new_page for p in parts] == [1, None, 2]
    assert len(contents(parts)) == 3
