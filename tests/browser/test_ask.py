"""Asking: from the search page with one click, to the quote in the reader, with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
QUESTION = "当初为什么退出华北市场"


@pytest.mark.parametrize("javascript", [True, False])
def test_a_question_becomes_quotes_that_open_in_the_reader(visit: Callable[..., Page], javascript: bool) -> None:
    page = visit("wen", javascript=javascript)
    page.goto(f"/search?q={QUESTION}")
    page.locator(".result-line").get_by_role("link", name="提问").click()
    first = page.locator(".quotes .hit").first
    expect(first).to_contain_text("退出")
    expect(first).to_contain_text("第 1 版")
    first.locator("h2 a").click()
    expect(page.locator(".text .here").first).to_be_visible()


def test_another_question_replaces_the_quotes(visit: Callable[..., Page]) -> None:
    page = visit("wen")
    page.goto(f"/ask?q={QUESTION}")
    page.locator("#question").fill("康禾医药谁说了算")
    page.locator("#question").press("Enter")
    expect(page.locator(".quotes .hit").first).to_contain_text("康禾", timeout=15_000)
    page.wait_for_url(lambda url: "%E5%BA%B7%E7%A6%BE" in url)
