"""Searching as the successor: the leaver sees what they would see; HR learns how much, not what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from kb.access import Classification, Module
from kb.people import Person
from search.history import SearchRecord
from tests.web.shelf import Shelf, shelf

__all__ = ["shelf"]
pytestmark = pytest.mark.integration  # a real index
ClientFor = Callable[[str | None], TestClient]


def test_the_leaver_sees_what_the_successor_would(
    client_for: ClientFor, shelf: Shelf, session: Session, people: dict[str, Person]
) -> None:
    shelf.put()
    shelf.put("机密 华北客户谈判.md", "# 客户谈判\n\n华北客户只认董事长签字。\n", Module.projects,
              Classification.confidential)
    shelf.open_to(session, people["successor"])
    address = f"/handovers/{shelf.handover.id}/preview"
    page = client_for("leaver").get(address, params={"q": "华北客户"}).text
    assert "退出华北市场的决策" in page
    assert "客户谈判</a>" not in page
    assert session.exec(select(SearchRecord)).first() is None
    for_hr = client_for("hr").get(address, params={"q": "华北客户"}).text
    assert "退出华北市场的决策" not in for_hr
    assert "另有 1 份对其可见" in for_hr
    assert client_for("head").get(address, params={"q": "华北"}).status_code == 403
    assert client_for("leaver").get(address, params={"q": "华北", "person": people["head"].id}).status_code == 403
