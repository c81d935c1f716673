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


def test_an_autosave_that_fails_says_so_and_is_tried_again(visit: Visit) -> None:
    page = visit("lu")
    _card(page)
    page.context.set_offline(True)
    page.fill("#f-why", "断网时写的")
    expect(page.locator("#notices .error")).to_contain_text("没有连上服务器")
    expect(page.locator("#notices")).to_be_in_viewport()
    page.context.set_offline(False)
    expect(page.locator("#notices .error")).to_have_count(0, timeout=15_000)
    page.reload()
    expect(page.locator("#f-why")).to_have_value("断网时写的")


def test_a_card_thrown_away_in_another_window_is_not_typed_into_the_void(visit: Visit) -> None:
    page = visit("lu")
    _card(page)
    other = page.context.new_page()
    other.goto(page.url)
    other.on("dialog", lambda dialog: dialog.accept())
    other.locator("form[action$=discard] button").click()
    other.wait_for_url("**/cards")
    page.fill("#f-why", "写了一上午")
    expect(page.locator("#notices .error")).to_contain_text("没有这一页")
