"""What one types is not lost: a slow network, two windows, a session that ended meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, Route, expect

pytestmark = pytest.mark.browser
Visit = Callable[..., Page]


def _room(page: Page) -> str:
    page.goto("/handovers")
    return str(page.locator("tbody th a").first.get_attribute("href"))


def _card(page: Page) -> None:
    page.goto(f"{_room(page)}/cards")
    page.locator("button[value=decision]").click()
    page.wait_for_url("**/cards/crd-*")


def test_a_card_sent_during_a_slow_autosave_is_not_taken_for_another_windows(visit: Visit) -> None:
    page = visit("lu")
    _card(page)

    def slowly(route: Route) -> None:
        answer = route.fetch()
        page.wait_for_timeout(1500)
        with suppress(Error):  # the page may have gone on meanwhile
            route.fulfill(response=answer)

    page.route("**/autosave", slowly)
    page.fill("#title", "慢网络")
    page.fill("#f-why", "先写的")
    page.wait_for_timeout(1000)
    page.locator("#f-why").press_sequentially("又添", delay=20)
    page.locator("button[name=then][value='']").click()
    page.wait_for_load_state()
    page.wait_for_timeout(1500)
    expect(page.locator(".error, .bad")).to_have_count(0)
    page.reload()
    expect(page.locator("#f-why")).to_have_value("先写的又添")
