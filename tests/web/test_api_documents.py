"""/api/v1/documents and /search: hand in, follow, find, cite, tag, move, delete – as a program does it."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import credentials
from kb.handover.case import Handover
from kb.people import Person, find_person
from kb.settings import settings

People = dict[str, Person]
ProgramFor = Callable[[str], TestClient]
BASE = "/api/v1/documents"
REASON = "# 退出华北市场\n\n当初退出华北市场，是因为回款周期超过两百天，毛利只有百分之三。\n"


def hand_in(client: TestClient, handover: Handover, *files: tuple[str, bytes], **more: Any):  # type: ignore[no-untyped-def]
    """Send files as one multipart form."""
    data = {"handover_id": handover.id, "module": "strategy", **more}
    return client.post(BASE, data=data, files=[("files", file) for file in files])


class TestHandingIn:
    def test_each_file_has_its_receipt(self, program_for: ProgramFor, people: People, handover: Handover) -> None:
        leaver = program_for("leaver")
        answered = hand_in(
            leaver, handover, ("退出.md", REASON.encode()), ("空.txt", b""), ("../../etc/密码.md", REASON.encode() * 2)
        )
        assert answered.status_code == 202
        first, _, third = answered.json()
        assert (first["file_name"], first["status"], first["stage"]) == ("退出.md", "processing", "stored")
        assert "/" not in third["file_name"]
        assert leaver.get(f"{BASE}/{first['document_id']}/receipt").json()["finished"] is False

    def test_an_archive_is_taken_apart(self, program_for: ProgramFor, people: People, handover: Handover) -> None:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("一.md", REASON)
            archive.writestr("二.md", REASON + "二")
        receipts = hand_in(program_for("leaver"), handover, ("资料.zip", packed.getvalue())).json()
        assert [r["file_name"] for r in receipts] == ["一.md", "二.md"]

    def test_the_same_file_is_linked(self, program_for: ProgramFor, people: People, handover: Handover) -> None:
        leaver = program_for("leaver")
        first, second = (hand_in(leaver, handover, ("退出.md", REASON.encode())).json()[0] for _ in range(2))
        assert second["status"] == "linked"
        assert second["document_id"] == first["document_id"]
        english = leaver.headers | {"Accept-Language": "en"}
        told = leaver.post(BASE, data={"handover_id": handover.id, "module": "strategy"}, headers=english,
                           files=[("files", ("退出.md", REASON.encode()))]).json()[0]
        assert "Strategy" in told["notices"][0]["detail"]

    @pytest.mark.parametrize("login", ["successor", "head", "auditor", "admin"])
    def test_others_may_not(
        self, program_for: ProgramFor, people: People, handover: Handover, login: str
    ) -> None:
        assert hand_in(program_for(login), handover, ("退出.md", REASON.encode())).status_code == 403

    def test_hr_may_and_keeps_the_receipt_without_reading(
        self, program_for: ProgramFor, people: People, handover: Handover
    ) -> None:
        hr = program_for("hr")
        receipt = hand_in(hr, handover, ("退出.md", REASON.encode()), module="legal").json()[0]
        assert hr.get(f"{BASE}/{receipt['document_id']}/receipt").status_code == 200
        assert hr.get(f"{BASE}/{receipt['document_id']}").status_code == 404
        assert hr.get(BASE).json()["total"] == 0

    @pytest.mark.parametrize(
        ("change", "status"),
        [({"module": "everything"}, 422), ({"classification": "top"}, 422), ({"handover_id": "hov-none"}, 404),
         ({"deliverable_id": "del-none"}, 404)],
    )
    def test_mistakes(
        self, program_for: ProgramFor, people: People, handover: Handover, change: dict[str, str], status: int
    ) -> None:
        leaver = program_for("leaver")
        assert hand_in(leaver, handover, ("退出.md", REASON.encode()), **change).status_code == status
        assert leaver.get(BASE).json()["total"] == 0

    def test_no_file_at_all(self, program_for: ProgramFor, people: People, handover: Handover) -> None:
        assert hand_in(program_for("leaver"), handover).status_code == 422

    def test_a_file_over_the_limit_is_refused_alone(
        self, program_for: ProgramFor, people: People, handover: Handover, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("KB_MAX_FILE_MB", "1")
        settings.cache_clear()
        small, big = hand_in(
            program_for("leaver"), handover, ("小.md", b"small"), ("大.txt", b"0" * (1024 * 1024 + 1))
        ).json()
        assert small["status"] == "processing"
        assert (big["status"], big["reason"]["slug"], big["document_id"]) == ("refused", "document.too_large", "")

    def test_nothing_is_left_lying_about(
        self, program_for: ProgramFor, people: People, handover: Handover, home: Path
    ) -> None:
        hand_in(program_for("leaver"), handover, ("退出.md", REASON.encode()))
        assert list((home / "uploads").iterdir()) == []


@pytest.fixture
def served(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The application with its workers running; words only, no model."""
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "none")
    settings.cache_clear()
    with TestClient(app) as client:
        yield client


@pytest.mark.integration
def test_from_file_to_found_to_deleted(
    served: TestClient, session: Session, people: People, handover: Handover
) -> None:
    def acting(login: str) -> dict[str, str]:
        _, secret = credentials.create_token(session, find_person(session, login).id, "程序")
        session.commit()
        return {"Authorization": f"Bearer {secret}"}

    leaver, successor, hr = acting("leaver"), acting("successor"), acting("hr")
    sent = served.post(BASE, headers=leaver, files=[("files", ("退出.md", REASON.encode()))],
                       data={"handover_id": handover.id, "module": "strategy", "tags": ["复盘", "华北"]}).json()[0]
    document = sent["document_id"]
    receipt = _finished(served, leaver, document)
    assert receipt["ok"], receipt
    assert receipt["chunks"] == receipt["vectors"] > 0

    asked = {"q": "当初为什么退出华北市场"}
    assert served.get("/api/v1/search", params=asked, headers=successor).json()["total"] == 0
    assert served.get(f"{BASE}/{document}", headers=successor).status_code == 404
    given = served.post("/api/v1/grants", headers=hr, json={
        "person": "successor", "handover_id": handover.id, "module": "strategy", "up_to": "internal"}).json()
    found = served.get("/api/v1/search", params=asked, headers=successor).json()
    (hit,) = found["items"]
    assert hit["document_id"] == document
    assert found["lexical_only"] is True
    text = served.get(f"{BASE}/{document}/text", headers=successor).json()
    assert text["text"][hit["passage"]["start"] : hit["passage"]["end"]] == hit["passage"]["text"]
    assert served.get(f"{BASE}/{document}/original", headers=successor).content == REASON.encode()
    for filters in ({"module": "finance"}, {"tag": "别的"}, {"handover_id": "hov-none"}, {"date_from": "2099-01-01"}):
        assert served.get("/api/v1/search", params=asked | filters, headers=successor).json()["total"] == 0, filters
    assert served.get("/api/v1/search", params=asked | {"tag": "华北"}, headers=successor).json()["total"] == 1

    assert served.patch(f"{BASE}/{document}", headers=successor, json={"tags": []}).status_code == 403
    changed = served.patch(f"{BASE}/{document}", headers=leaver, json={"classification": "confidential"}).json()
    assert changed["classification"] == "confidential"
    assert served.get("/api/v1/search", params=asked, headers=successor).json()["total"] == 0, "moved out of reach"
    served.delete(f"/api/v1/grants/{given['id']}", headers=hr)
    assert served.delete(f"{BASE}/{document}", headers=leaver).status_code == 204
    assert served.get("/api/v1/search", params=asked, headers=leaver).json()["total"] == 0
    gone = served.get(f"{BASE}/{document}", headers=leaver)
    assert (gone.status_code, gone.text) == (404, served.get(f"{BASE}/doc-none", headers=leaver).text)


def _finished(client: TestClient, headers: dict[str, str], document_id: str) -> dict[str, Any]:
    for _ in range(300):
        receipt: dict[str, Any] = client.get(f"{BASE}/{document_id}/receipt", headers=headers).json()
        if receipt["finished"]:
            return receipt
        time.sleep(0.1)
    raise AssertionError("not finished in 30 seconds")


def test_limits_of_a_search(program_for: ProgramFor, people: People) -> None:
    hr = program_for("hr")
    for wrong in ({"q": "长" * 501}, {"limit": 51}, {"module": "everything"}, {"date_from": "gestern"}):
        assert hr.get("/api/v1/search", params=wrong).status_code == 422, wrong


def test_the_vocabulary_is_listed(program_for: ProgramFor, people: People) -> None:
    listed = program_for("successor").get("/api/v1/tags", params={"limit": 200}).json()
    assert listed["total"] == len(listed["items"])
    assert {"strategy", "projects", "team", "finance", "legal"} <= {t["module"] for t in listed["items"]}
