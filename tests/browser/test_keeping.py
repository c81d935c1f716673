"""What one types is not lost: a slow network, two windows, a session that ended meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Dialog, Error, Page, Route, expect

from web.demo import plan

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
        with suppress(Error):  # the page may have gone on meanwhile
            answer = route.fetch()
            page.wait_for_timeout(1500)
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
    page.unroute_all(behavior="wait")  # a route under way would end in the next test
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


def _end_session(page: Page) -> None:
    """End it on the server; the browser still holds the cookie."""
    cookies = page.context.cookies()
    token = page.locator("input[name=csrf_token]").first.input_value()
    page.request.post("/logout", form={"csrf_token": token})
    page.context.clear_cookies()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]


def _log_in_again(page: Page, login: str) -> None:
    expect(page.locator("p.warning")).to_contain_text("登录已过期")
    page.fill("#login", login)
    page.fill("#password", plan.load().password)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "/login" not in url)


def test_what_was_typed_is_there_again_after_the_session_ended(visit: Visit) -> None:
    page = visit("lu")
    page.goto(f"{_room(page)}/risks")
    there = page.url
    written = {"title": "夜班司机集体要求涨薪", "department": "运营管理部", "countermeasure": "先谈班组长。" * 30}
    for name, text in written.items():
        page.locator(f"main [name={name}]").fill(text)
    page.locator("main select[name=level]").select_option("low")
    _end_session(page)
    page.locator("main button.primary").click()
    _log_in_again(page, "lu")
    assert page.url == there
    for name, text in written.items():
        expect(page.locator(f"main [name={name}]")).to_have_value(text)
    expect(page.locator("main select[name=level]")).to_have_value("low")
    expect(page.locator("#notices")).to_contain_text("刚才写的还在")
    page.reload()
    expect(page.locator("main [name=title]")).to_have_value("")


def test_a_card_goes_on_where_the_session_ended(visit: Visit) -> None:
    page = visit("lu")
    _card(page)
    there = page.url
    _end_session(page)
    page.fill("#f-why", "早上接着写的一大段")
    page.wait_for_url("**/login?**")
    _log_in_again(page, "lu")
    assert page.url == there
    expect(page.locator("#f-why")).to_have_value("早上接着写的一大段")
    expect(page.locator("#card-state")).to_contain_text("草稿存于")
    page.wait_for_timeout(500)
    page.reload()
    expect(page.locator("#f-why")).to_have_value("早上接着写的一大段")


def test_nothing_is_shown_to_somebody_else_who_logs_in(visit: Visit) -> None:
    page = visit("lu")
    page.goto(f"{_room(page)}/risks")
    page.locator("main [name=title]").fill("只有陆承舟知道")
    page.locator("main [name=department]").fill("运营")
    page.locator("main [name=countermeasure]").fill("不外传")
    _end_session(page)
    page.locator("main button.primary").click()
    _log_in_again(page, "wen")
    assert page.evaluate("sessionStorage.getItem('kept')") is None
    assert "只有陆承舟知道" not in page.content()


def test_a_form_whose_token_is_stale_is_filled_again(visit: Visit) -> None:
    page = visit("lu")
    page.goto(f"{_room(page)}/risks")
    for name in ("title", "department", "countermeasure"):
        page.locator(f"main [name={name}]").fill("又登录过一次")
    page.evaluate("document.querySelectorAll('main [name=csrf_token]').forEach((field) => { field.value = 'old'; })")
    page.locator("main button.primary").click()
    page.get_by_role("link", name="回到刚才的页面").click()
    expect(page.locator("main [name=countermeasure]")).to_have_value("又登录过一次")


def test_what_was_changed_and_not_saved_is_marked_and_not_left_without_asking(visit: Visit) -> None:
    page = visit("yao")
    page.goto("/grants")
    page.locator("tbody a").first.click()
    rows = page.locator("tbody tr[id]").filter(has=page.locator("form"))
    rows.nth(0).locator("select").first.select_option("internal")
    rows.nth(1).locator("select").first.select_option("internal")
    expect(page.locator("form.dirty")).to_have_count(2)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    rows.nth(0).locator("button").click()
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"], "the other row would be lost"
    expect(rows.nth(1).locator("select").first).to_have_value("internal")


def test_saving_one_row_goes_on_at_that_row(visit: Visit) -> None:
    page = visit("yao")
    page.goto("/grants")
    page.locator("tbody a").first.click()
    row = page.locator("tbody tr[id]").filter(has=page.locator("form")).last
    row.locator("select").first.select_option("internal")
    row.locator("button").click()
    page.wait_for_url("**#p-per-*")
    expect(page.locator("tr:target")).to_be_in_viewport()
    expect(page.locator("tr:target select").first).to_have_value("internal")
