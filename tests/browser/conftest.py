"""One demo company and one Chromium for all browser tests; a fresh context (cookies, storage) for each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.browser.chromium import PATH

if not PATH:
    collect_ignore_glob = ["test_*.py"]
    pytest.skip("Chromium is not installed: apt-get install chromium fonts-noto-cjk", allow_module_level=True)

from playwright.sync_api import Browser, Page

from tests.browser.chromium import browser, log_in
from tests.browser.company import Company, opened


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with opened(tmp_path_factory.mktemp("demo") / "home") as started:
        yield started


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


@pytest.fixture
def visit(chromium: Browser, company: Company) -> Iterator[Callable[..., Page]]:
    """visit("wen", width=390, locale="en-US", javascript=False) → a page of somebody logged in."""
    contexts = []

    def open_page(login: str, *, width: int = 1360, locale: str = "zh-CN", javascript: bool = True) -> Page:
        options: dict[str, Any] = {"viewport": {"width": width, "height": 900}, "locale": locale}
        context = chromium.new_context(**options, java_script_enabled=javascript, base_url=company.address)
        contexts.append(context)
        page = context.new_page()
        log_in(page, company.address, login, company.password)
        return page

    yield open_page
    for context in contexts:
        context.close()
