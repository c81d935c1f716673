"""``python -m tests.browser.screenshots``: the README's pictures, from the demo company, wide and on a phone."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Browser, Page

from tests.browser.chromium import browser, log_in
from tests.browser.company import Company, served

OUT = Path(__file__).resolve().parents[2] / "docs" / "images"
QUESTION = {"zh": "当初为什么退出华北市场", "en": "Why did we leave the North China market?"}
SIZES = {"wide": (1360, 860), "phone": (390, 844)}


def _take(page: Page, name: str) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=OUT / f"{name}.png", animations="disabled")


def _pictures(opened: Browser, company: Company, locale: str, size: str) -> None:
    width, height = SIZES[size]
    context = opened.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN" if locale == "zh" else "en-US",
        base_url=company.address,
    )  # fmt: skip
    page = context.new_page()
    log_in(page, company.address, "wen", company.password)
    _take(page, f"home-{locale}-{size}")
    page.goto(f"/search?q={quote(QUESTION[locale])}")
    _take(page, f"search-{locale}-{size}")
    page.locator(".hit h2 a").first.click()
    _take(page, f"reader-{locale}-{size}")
    page.goto("/handovers")
    page.locator("tbody th a").first.click()
    _take(page, f"handover-{locale}-{size}")
    context.close()


def main() -> None:
    """Serve the demo and take every picture."""
    OUT.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "home") as company, browser() as opened:
        for locale in QUESTION:
            for size in SIZES:
                _pictures(opened, company, locale, size)


if __name__ == "__main__":
    main()
