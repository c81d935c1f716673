"""``python -m tests.browser.screenshots``: the README's pictures, from the demo company, wide and on a phone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from tests.browser.chromium import browser, log_in
from tests.browser.company import Company, opened
from web.demo import plan

OUT = Path(__file__).resolve().parents[2] / "docs" / "images"
QUESTION = {"zh": "当初为什么退出华北市场", "en": "Why did we leave the North China market?"}
SIZES = {"wide": (1360, 860), "phone": (390, 844)}


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUT / f"{name}.png", animations="disabled")


def _page_of(chromium: Browser, company: Company, login: str, locale: str, size: str) -> Page:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN" if locale == "zh" else "en-US",
        base_url=company.address, reduced_motion="reduce",
    )  # fmt: skip
    page = context.new_page()
    log_in(page, company.address, login, company.password)
    return page


def _successor(page: Page, locale: str, size: str) -> None:
    """Asking, reading, and the room with the answer beside the checklist."""
    page.goto(f"/search?q={quote(QUESTION[locale])}")
    _take(page, f"search-{locale}-{size}")
    page.locator(".hit h2 a").first.click()
    _take(page, f"reader-{locale}-{size}")
    page.goto("/handovers")
    page.locator("tbody th a").first.click()
    if size == "wide":
        page.fill("#room-q", QUESTION[locale])
        page.locator("#found .hit").first.wait_for()
    _take(page, f"handover-{locale}-{size}")


def _leaver(page: Page, locale: str, size: str) -> None:
    """What is owed, and files about to go up."""
    _take(page, f"home-{locale}-{size}")
    page.goto("/upload")
    page.locator("#files").set_input_files([file.path for file in plan.load().files[:6]])
    _take(page, f"upload-{locale}-{size}")


def _receiver(page: Page, locale: str, size: str) -> None:
    """A module to sign for, with its risks."""
    page.goto("/handovers")
    page.goto(f"{page.locator('tbody th a').first.get_attribute('href')}/steps/receive?module=finance")
    _take(page, f"signing-{locale}-{size}")


def _hr(page: Page, locale: str, size: str) -> None:
    """The board, and a ruling."""
    page.goto("/handovers")
    _take(page, f"board-{locale}-{size}")
    page.locator("tbody th a", has_text="首席财务官").first.click()
    page.goto(f"{page.url.partition('?')[0]}/ruling")
    page.fill("#words", "成都二期延期，触发三家银行的交叉违约，损失三百二十万元")
    with page.expect_navigation():
        page.locator("main form button.primary").click()
    _take(page, f"ruling-{locale}-{size}")


def main() -> None:
    """Serve the demo and take every picture."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder) / "home") as company, browser() as chromium:
        for login, tour in (("wen", _successor), ("lu", _leaver), ("ren", _receiver), ("yao", _hr)):
            for locale in QUESTION:
                for size in SIZES:
                    page = _page_of(chromium, company, login, locale, size)
                    tour(page, locale, size)
                    page.context.close()


if __name__ == "__main__":
    main()
