from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from kb.handover.case import Deliverable, Handover
from tests import working
from tests.web.shelf import REASON, Shelf, shelf

__all__ = ["shelf"]
pytestmark = pytest.mark.integration  # a real index
ClientFor = Callable[[str | None], TestClient]


def _send(client: TestClient, handover: Handover, *files: tuple[str, bytes], **more: str):  # type: ignore[no-untyped-def]
    return client.post("/upload", data={"handover": handover.id, "module": "strategy"} | more,
                       files=[("files", file) for file in files])


def test_many_files_lead_to_their_receipts_and_one_bad_one_stops_none(client_for: ClientFor, shelf: Shelf) -> None:
    leaver = client_for("leaver")
    answer = _send(leaver, shelf.handover, ("退出.md", REASON.encode()), ("空白.docx", b""))
    assert answer.status_code == 303
    address = answer.headers["location"]
    waiting = leaver.get(address).text
    assert 'hx-trigger="every 1s"' in waiting
    assert "正在处理 2 / 2" in waiting
    working.work()
    done = leaver.get(address).text
    assert "全部处理完毕：1 份可检索，1 份未收录。" in done
    assert "hx-trigger" not in done
    assert "文件是空的" in done


def test_htmx_gets_the_receipts_alone(client_for: ClientFor, shelf: Shelf) -> None:
    document, leaver = shelf.put(), client_for("leaver")
    part = leaver.get(f"/upload/receipts?id={document}", headers={"HX-Target": "receipts"}).text
    assert part.lstrip().startswith('<div id="receipts"')


def test_a_file_for_a_deliverable_fills_the_checklist(client_for: ClientFor, shelf: Shelf, session: Session) -> None:
    owed = session.exec(select(Deliverable).where(Deliverable.handover_id == shelf.handover.id)).first()
    assert owed is not None
    leaver = client_for("leaver")
    _send(leaver, shelf.handover, ("退出.md", REASON.encode()), deliverable=owed.id, module=owed.module.value)
    assert "您还有 11 项要交付" in leaver.get("/").text


@pytest.mark.parametrize(("files", "more"), [((), {}), ((("a.md", b"x"),), {"module": "nonsense"})])
def test_a_form_that_lacks_something_is_explained(
    client_for: ClientFor, shelf: Shelf, files: tuple[tuple[str, bytes], ...], more: dict[str, str]
) -> None:
    assert _send(client_for("leaver"), shelf.handover, *files, **more).status_code == 422


def test_receipts_of_others_are_left_out(client_for: ClientFor, shelf: Shelf) -> None:
    document = shelf.put()
    page = client_for("successor").get(f"/upload/receipts?id={document}").text
    assert "退出华北市场的决策" not in page


def test_nobody_uploads_where_they_have_no_part(client_for: ClientFor, handover: Handover) -> None:
    assert "没有您可以提交资料的交接" in client_for("successor").get("/upload").text
    assert _send(client_for("successor"), handover, ("a.md", b"x")).status_code in (403, 404)
