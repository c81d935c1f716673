from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb.handover.case import Handover
from kb.people import Person
from tests.web.shelf import REASON, Shelf, shelf
from web.demo import plan
from web.reading import Span, contents, layout

__all__ = ["shelf"]
ClientFor = Callable[[str | None], TestClient]
HOSTILE = '<table onclick="x()"><tr><td colspan="2" style="a">好<script>1</script><img src=x onerror=y></td></tr></table>'


def _block(kind: str, start: int, end: int, **more: object) -> dict[str, object]:
    return {"kind": kind, "start": start, "end": end, "level": 0, "page": None, "html": ""} | more


class TestLayout:
    def test_the_passage_is_marked_across_blocks_and_its_words_within(self) -> None:
        text = "甲乙丙丁戊己"
        parts = layout(text, [_block("paragraph", 0, 3), _block("paragraph", 3, 6)], Span(2, 5, ((1, 2),)))
        assert str(parts[0].content) == '甲乙<span class="here">丙</span>'
        assert str(parts[1].content) == '<span class="here"><mark>丁</mark>戊</span>己'
        assert [p.anchor for p in parts] == ["here", "b1"]

    def test_text_is_never_markup(self) -> None:
        (part,) = layout("<b>粗</b>", [], None)
        assert str(part.content) == "&lt;b&gt;粗&lt;/b&gt;"

    def test_a_table_keeps_cells_and_spans_and_nothing_else(self) -> None:
        (part,) = layout("好", [_block("table", 0, 1, html=HOSTILE)], None)
        assert 'colspan="2"' in part.content
        assert not re.search("script|onclick|style|img|onerror", part.content)

    def test_pages_begin_where_they_begin(self) -> None:
        parts = layout("甲乙丙", [_block("heading", n, n + 1, page=p) for n, p in enumerate((1, 1, 2))], None)
        assert [p.new_page for p in parts] == [1, None, 2]
        assert len(contents(parts)) == 3


def test_it_opens_at_the_best_passage_with_its_citation(client_for: ClientFor, shelf: Shelf) -> None:
    document = shelf.put()
    page = client_for("leaver").get(f"/documents/{document}", params={"q": "为什么退出华北市场"}).text
    assert 'id="here"' in page
    assert re.search(r'id="citation">退出华北市场的决策，第 1 版，.*SHA-256 [0-9a-f]{12}', page)
    assert "<table>" in page
    assert re.search(r"第 1 处，共 \d+ 处", page)


def test_an_older_version_is_marked_and_leads_to_the_current_one(client_for: ClientFor, shelf: Shelf) -> None:
    document = shelf.put()
    assert shelf.put(text=REASON + "\n补充：2026 年不再考虑。\n") == document
    leaver = client_for("leaver")
    assert "2026 年不再考虑" in leaver.get(f"/documents/{document}").text
    old = leaver.get(f"/documents/{document}", params={"version": "1"}).text
    assert "您正在看第 1 版" in old
    assert "2026 年不再考虑" not in old


def test_the_original_is_always_a_download(client_for: ClientFor, shelf: Shelf) -> None:
    document = shelf.put("公告.html", "<html><body><h1>公告</h1><p>华北仓关闭。</p><script>alert(1)</script></body></html>")
    leaver = client_for("leaver")
    answer = leaver.get(f"/documents/{document}/original")
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%85%AC")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "alert(1)" not in leaver.get(f"/documents/{document}").text


@pytest.mark.parametrize("path", ["", "/original", "/pages/1.png", "/receipt", "/delete"])
def test_without_the_module_it_does_not_exist(client_for: ClientFor, shelf: Shelf, path: str) -> None:
    document = shelf.put()
    assert client_for("successor").get(f"/documents/{document}{path}").status_code == 404


@pytest.mark.integration
def test_a_pdf_page_is_drawn_for_those_who_may_read_it(
    client_for: ClientFor, shelf: Shelf, handover: Handover, session: Session, people: dict[str, Person], tmp_path: Path
) -> None:
    source = next(file.path for file in plan.load().files if file.form == "pdf")
    target = shelf.folder / "规划.pdf"
    target.write_bytes(source.read_bytes())
    document = shelf.put_file(target)
    leaver = client_for("leaver")
    answer = leaver.get(f"/documents/{document}/pages/1.png")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert leaver.get(f"/documents/{document}/pages/99.png").status_code == 404
    assert f"/documents/{document}/pages/1.png" in leaver.get(f"/documents/{document}").text
