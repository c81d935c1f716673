"""Every page, wide and on a phone, in both languages: nothing runs off the side, axe finds nothing serious."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

pytestmark = pytest.mark.browser
PAGES = {
    "wen": [
        "/", "/search", "/search?q=当初为什么退出华北市场", "/ask?q=当初为什么退出华北市场", "/documents", "/handovers",
        "ROOM", "DOCUMENT", "/settings",
    ],
    "lu": [
        "/", "/upload", "ROOM", "DOCUMENT", "ROOM/cards", "ROOM/notes/new", "ROOM/exam", "ROOM/gaps",
        "ROOM/contradictions", "ROOM/preview?q=当初为什么退出华北市场", "/import", "CARD", "NOTES", "GAP",
    ],
    "ren": [
        "/", "ROOM", "ROOM/risks", "ROOM/steps/receive?module=finance", "ROOM/agreements", "ROOM/log", "ROOM/ruling",
        "/settings/key", "/notices",
    ],
    "guo": ["/", "ROOM", "ROOM/review", "REVIEW"],
    "yao": [
        "/", "/handovers/new", "/grants", "GRANTS", "ROOM", "ROOM/arrange", "/templates", "/templates/coo",
        "/templates/coo/edit", "/templates/coo/questions", "/coverage", "/coverage?by=post", "TOPICS",
        "ROOM/exam", "ROOM/after", "/log",
    ],
    "qiu": ["ROOM/gaps", "GAP"],
    "ding": ["/", "/people", "/settings/tokens", "/settings/password", "/settings/api"],
}  # fmt: skip
_HAN = re.compile(r"[\u4e00-\u9fff]")


def _address(page: Page, wanted: str) -> str:
    """The address of a page that has an id in it."""
    lists = {
        "ROOM": ("/handovers", "tbody th a"), "DOCUMENT": ("/documents", "tbody th a"),
        "GRANTS": ("/grants", "tbody a"), "REVIEW": ("ROOM/review", ".due h3 a"), "TOPICS": ("/coverage", "tbody th a"),
        "CARD": ("ROOM/cards", "main a[href^='/cards/']"), "NOTES": ("ROOM/cards", "main a[href^='/notes/']"),
        "GAP": ("ROOM/gaps", "main a[href^='/gaps/']"),
    }  # fmt: skip
    name, slash, rest = wanted.partition("/")
    if name not in lists:
        return wanted
    page.goto(_address(page, lists[name][0]))
    return f"{page.locator(lists[name][1]).first.get_attribute('href')}{slash}{rest}"


@pytest.mark.parametrize("login", PAGES)
@pytest.mark.parametrize(("width", "locale"), [(1360, "zh-CN"), (390, "zh-CN"), (1360, "en-US"), (390, "en-US")])
def test_page(visit: Callable[..., Page], login: str, width: int, locale: str) -> None:
    page = visit(login, width=width, locale=locale)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(f"{page.url}: {m.text}") if m.type == "error" else None)
    for wanted in PAGES[login]:
        address = _address(page, wanted)
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} is wider than {width}"
        found = Axe().run(page)
        complaints += [
            f"{address}: {v['id']} {[n['target'] for n in v['nodes']][:3]}" for v in found.response["violations"]
            if v["impact"] in ("serious", "critical")
        ]  # fmt: skip
    assert complaints == []


@pytest.mark.parametrize("width", [1360, 390])
def test_a_card_keeps_itself_while_one_types(visit: Callable[..., Page], width: int) -> None:
    page = visit("lu", width=width)
    page.goto(_address(page, "ROOM/cards"))
    page.locator("button[value=mind_map]").click()
    page.fill("#title", "谁知道什么")
    page.locator("#f-outline").focus()
    page.keyboard.insert_text("运营团队\n  罗芸：温控系统")
    page.wait_for_selector("#card-state svg rect")
    found = Axe().run(page)
    assert [v["id"] for v in found.response["violations"] if v["impact"] in ("serious", "critical")] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    address = page.url
    page.goto("/handovers")
    page.goto(address)
    assert page.input_value("#f-outline").startswith("运营团队")


def test_english_pages_speak_english(visit: Callable[..., Page]) -> None:
    page = visit("ding", locale="en-US")
    left = []
    for address in ("/", "/people", "/grants", "/settings", "/settings/tokens", "/search", "/documents"):
        page.goto(address)
        labels = page.locator("main h1, main h2, main label, main button, thead th, nav a").all_inner_texts()
        left += [f"{address}: {text}" for text in labels if _HAN.search(text) and not re.search("离任交接|中文", text)]
    assert left == []


def test_a_row_of_people_is_one_line_high(visit: Callable[..., Page]) -> None:
    page = visit("ding")
    page.goto("/people")
    heights = page.locator("tbody tr").evaluate_all("rows => rows.map((row) => row.offsetHeight)")
    assert max(heights) < 60, heights
