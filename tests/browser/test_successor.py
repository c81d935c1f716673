"""What a successor does: ask, read, step on, filter – with keys, as they type, and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
QUESTION = "当初为什么退出华北市场"


def test_asks_and_reads_the_passage_with_its_source(visit: Callable[..., Page]) -> None:
    page = visit("wen")
    page.keyboard.press("/")
    page.keyboard.insert_text(QUESTION)
    page.keyboard.press("Enter")
    first = page.locator(".hit").first
    expect(first).to_contain_text("退出华北")
    first.locator("h2 a").click()
    expect(page.locator(".text .here").first).to_be_visible()
    expect(page.locator("#citation")).to_contain_text("SHA-256")


def test_results_come_while_typing_and_the_address_keeps_them(visit: Callable[..., Page]) -> None:
    page = visit("wen")
    page.goto("/search?q=预算")
    page.locator("#ask").fill("")
    page.locator("#ask").focus()
    page.keyboard.insert_text("康禾医药谁说了算")
    expect(page.locator(".hit").first).to_contain_text("康禾", timeout=15_000)
    page.wait_for_url(lambda url: "%E5%BA%B7%E7%A6%BE" in url)


def test_nothing_is_sent_while_an_input_method_composes(visit: Callable[..., Page]) -> None:
    page = visit("wen")
    page.goto("/search?q=预算")
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if "/search" in r.url else None)
    page.evaluate(
        """() => { const i = document.getElementById('ask');
        i.dispatchEvent(new CompositionEvent('compositionstart', {bubbles: true}));
        i.value = 'kanghe'; i.dispatchEvent(new Event('input', {bubbles: true})); }"""
    )
    page.wait_for_timeout(700)
    assert sent == []


def test_arrows_move_and_enter_opens(visit: Callable[..., Page]) -> None:
    page = visit("wen")
    page.goto(f"/search?q={QUESTION}")
    page.locator("body").click(position={"x": 2, "y": 400})
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    title = page.locator(".hit.at h2 a").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(title)


def test_a_filter_is_in_the_address_and_narrows(visit: Callable[..., Page]) -> None:
    page = visit("wen")
    page.goto(f"/search?q={QUESTION}")
    page.get_by_role("checkbox", name="核心项目").check()
    page.wait_for_url(lambda url: "module=projects" in url)
    expect(page.locator(".hit .meta").first).to_contain_text("核心项目")


def test_enter_keeps_the_filters_and_the_way_back_does_not_lead_through_letters(visit: Callable[..., Page]) -> None:
    page = visit("wen")
    page.goto("/search?q=预算&module=projects")
    page.locator("#ask").fill("康禾")
    page.wait_for_url(lambda url: "%E5%BA%B7%E7%A6%BE" in url)
    page.locator("#ask").press_sequentially("医药")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: url.endswith("?q=%E5%BA%B7%E7%A6%BE%E5%8C%BB%E8%8D%AF&module=projects"))
    page.go_back()
    page.wait_for_url(lambda url: "%E9%A2%84%E7%AE%97" in url)


def test_works_without_javascript(visit: Callable[..., Page]) -> None:
    page = visit("wen", javascript=False)
    page.fill("#ask", QUESTION)
    page.locator("#ask").press("Enter")
    expect(page.locator(".hit").first).to_contain_text("退出华北")
    page.get_by_role("checkbox", name="核心项目").check()
    page.get_by_role("button", name="应用筛选").click()
    assert "module=projects" in page.url


def test_finance_is_not_there_at_all(visit: Callable[..., Page]) -> None:
    page = visit("wen")
    for question in ("COO 单笔付款审批额度", "银行账户 U盾", "贷款 约束条款"):
        page.goto(f"/search?q={question}")
        expect(page.locator(".hits, .empty").first).to_be_visible()
        assert page.locator("input[name=module][value=finance]").count() == 0
        assert "财务权限" not in page.locator("main").inner_text()
