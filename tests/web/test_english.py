"""In English none of the product's own words stay Chinese; what people wrote is taken out of the page first."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb.handover.case import Handover
from kb.people import Person
from kb.settings import settings
from tests.conftest import NAMES

pytestmark = pytest.mark.integration

PAGES = {
    "leaver": ("/", "/handovers", "/handovers/{h}", "/documents", "/upload?handover={h}", "/search", "/search?q=x",
               "/settings", "/settings/password", "/settings/tokens", "/settings/api", "/none"),
    "hr": ("/", "/handovers/new", "/handovers/{h}", "/grants", "/grants/{h}", "/people"),
    "admin": ("/people",),
    None: ("/login",),
}  # fmt: skip


@pytest.mark.parametrize("login", list(PAGES))
def test_pages_are_english(
    client_for: Callable[[str | None], TestClient], people: dict[str, Person], handover: Handover, session: Session,
    monkeypatch: pytest.MonkeyPatch, login: str | None,
) -> None:
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "none")
    settings.cache_clear()
    client = client_for(login)
    client.headers["Accept-Language"] = "en"
    for path in PAGES[login]:
        page = client.get(path.format(h=handover.id)).text
        assert '<html lang="en">' in page, path
        left = re.findall(r"[\u3400-\u9fff]+", _without_data(page, handover))
        assert left == [], path


def _without_data(page: str, handover: Handover) -> str:
    page = unescape(page)
    for written in (handover.title, *NAMES.values()):
        page = page.replace(written, "")
    return re.sub(r'<(button|option|a|pre)[^>]*lang="zh[^>]*>[^<]*<', "<", page)
