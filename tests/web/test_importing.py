"""The import page: tried first, carried out without sending the archive again, and only by whom it belongs to."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from sqlmodel import Session, func, select
from starlette.testclient import TestClient

from kb.documents import Document
from kb.handover.case import Handover
from tests import working
from web import importing

ClientFor = Callable[[str | None], TestClient]


def packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as written:
        written.writestr("客户.md", "# 客户往事\n\n永安超市的账期一直是 45 天。\n")
        written.writestr("清单.csv", "文件,标题,模块\n客户.md,永安超市账期,核心项目\n没有.md,,核心项目\n")
    return out.getvalue()


def test_an_import_is_tried_then_carried_out(
    handover: Handover, session: Session, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    working.without_model(monkeypatch)
    leaver = client_for("leaver")
    assert "文件" in leaver.get("/import/list.csv").text
    sent = {"handover": handover.id}
    page = leaver.post("/import", data=sent, files={"files": ("旧.zip", packed())})
    assert page.status_code == 200, page.text[:400]
    assert "正式导入 1 个文件" in page.text
    assert "导入的文件夹里没有这个文件" in page.text
    assert session.exec(select(func.count()).select_from(Document)).one() == 0
    go = page.text[page.text.index("/import/imp-") :].split('"')[0]
    assert client_for("hr").post(go, data=sent).status_code == 404
    assert client_for("successor").post(go, data=sent).status_code == 403
    done = leaver.post(go, data=sent)
    assert done.status_code == 303, done.text[:400]
    working.work()
    assert "永安超市账期" in leaver.get("/documents").text
    assert leaver.post(go, data=sent).status_code == 404
    broken = leaver.post("/import", data=sent, files={"files": ("旧.zip", b"not a zip")})
    assert broken.status_code == 422


def test_the_report_runs_nothing() -> None:
    line = {"line": 2, "file": "=cmd()", "outcome": "refused", "documents": [], "module": "", "classification": "",
            "tags": ["@x"], "reason": "+1"}
    written = importing.as_csv([line])
    assert "'=cmd()" in written
    assert "'@x" in written
    assert "'+1" in written
