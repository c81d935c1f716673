from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from ingest import page_drawing
from kb import drawn_pages, library, mirror, originals
from kb.handover.case import Handover
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER
from tests.web.shelf import REASON, Shelf, shelf
from web.demo import plan

__all__ = ["shelf"]
pytestmark = pytest.mark.integration  # a real index
ClientFor = Callable[[str | None], TestClient]

def test_it_opens_at_the_best_passage_with_its_citation(client_for: ClientFor, shelf: Shelf) -> None:
    document = shelf.put()
    page = client_for("leaver").get(f"/documents/{document}", params={"q": "为什么退出华北市场"}).text
    assert 'id="here"' in page
    assert re.search(r'id="citation">退出华北市场的决策，第 1 版，.*SHA-256 [0-9a-f]{12}', page)
    assert "<table>" in page
    assert re.search(r"第 1 处，共 \d+ 处", page)


def test_the_sentence_that_answers_is_marked(client_for: ClientFor, shelf: Shelf) -> None:
    asked = {"q": "为什么退出华北市场", "answer": "0-8"}
    leaver, document = client_for("leaver"), shelf.put()
    assert '<em class="answer">' in leaver.get(f"/documents/{document}", params=asked).text
    for nonsense in ("8-0", "-3-5", "１-２", "90000-99999", "x"):
        page = leaver.get(f"/documents/{document}", params=asked | {"answer": nonsense})
        assert page.status_code == 200
        assert '<em class="answer">' not in page.text


def test_an_older_version_is_marked_and_leads_to_the_current_one(client_for: ClientFor, shelf: Shelf) -> None:
    document = shelf.put()
    assert shelf.put(text=REASON + "\n补充：2026 年不再考虑。\n") == document
    leaver = client_for("leaver")
    assert "2026 年不再考虑" in leaver.get(f"/documents/{document}").text
    old = leaver.get(f"/documents/{document}", params={"version": "1"}).text
    assert "您正在看第 1 版" in old
    assert "2026 年不再考虑" not in old


def test_the_original_is_always_a_download(client_for: ClientFor, shelf: Shelf) -> None:
    page = "<html><body><h1>公告</h1><p>华北仓关闭。</p><script>alert(1)</script></body></html>"
    document = shelf.put("公告.html", page)
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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(page_drawing, "draw", lambda *_: pytest.fail("nothing is started for a page that is not there"))
        for absent in ("0", "-1", "99", "9" * 300):
            assert leaver.get(f"/documents/{document}/pages/{absent}.png").status_code == 404
    assert f"/documents/{document}/pages/1.png" in leaver.get(f"/documents/{document}").text
    assert client_for("successor").get(f"/documents/{document}/pages/1.png").status_code == 404
    assert len(list(drawn_pages.folder().glob("??/*/*.png"))) == 1
    library.delete_document(session, OPERATOR_VIEWER, document)
    session.commit()
    mirror.settle_all()
    assert not list(drawn_pages.folder().glob("??/*"))
    assert leaver.get(f"/documents/{document}/pages/1.png").status_code == 404


def test_a_page_that_cannot_be_drawn_leaves_the_text(client_for: ClientFor, shelf: Shelf) -> None:
    source = next(file.path for file in plan.load().files if file.form == "pdf")
    target = shelf.folder / "规划.pdf"
    target.write_bytes(source.read_bytes())
    document = shelf.put_file(target)
    broken = originals.path_of(hashlib.sha256(source.read_bytes()).hexdigest())
    broken.write_bytes(b"%PDF-1.7 broken")
    leaver = client_for("leaver")
    answer = leaver.get(f"/documents/{document}/pages/1.png")
    assert answer.status_code == 503
    assert "这一页无法显示，请下载原文件查看。" in answer.text
    page = leaver.get(f"/documents/{document}").text
    assert 'data-failed="这一页无法显示' in page
    assert '<article class="text' in page
