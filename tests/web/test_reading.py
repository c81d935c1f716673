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


def test_pages_begin_where_they_begin() -> None:
    parts = layout("甲乙丙", [_block("heading", n, n + 1, page=p) for n, p in enumerate((1, 1, 2))], None)
    assert [p.new_page for p in parts] == [1, None, 2]
    assert len(contents(parts)) == 3
