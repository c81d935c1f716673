"""What a departing executive does: drop files on a deliverable and watch them become searchable."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_hands_in_a_file_and_finds_it(visit: Callable[..., Page], tmp_path: Path) -> None:
    file = tmp_path / "冬季夜班补贴谈判经过.md"
    file.write_text("# 夜班补贴谈判\n\n工会主席鲁国梁只认现场加班单，口头承诺一概不算。每晚四十二元封顶。\n", "utf-8")
    page = visit("lu")
    page.goto("/handovers")
    page.locator("tbody th a").first.click()
    page.locator("li.missing, li.submitted").first.locator("input[type=file]").set_input_files(file)
    expect(page.locator("#receipts .badge.ready")).to_be_visible(timeout=60_000)
    page.goto("/search?q=工会主席只认什么单子")
    expect(page.locator(".hit").first).to_contain_text("现场加班单")


def test_a_bad_file_is_named_and_the_good_one_goes_on(visit: Callable[..., Page], tmp_path: Path) -> None:
    good, bad = tmp_path / "嘉兴备用钥匙.txt", tmp_path / "空白.docx"
    good.write_text("嘉兴仓备用钥匙在门卫老宋的铁盒里，每周三清点一次，别换地方。", "utf-8")
    bad.write_bytes(b"")
    page = visit("lu")
    page.goto("/upload")
    page.locator("#files").set_input_files([good, bad])
    page.select_option("#module", "projects")
    page.locator("main button[type=submit]").click()
    expect(page.locator("#receipts .badge.refused")).to_have_count(1, timeout=60_000)
    expect(page.locator("#receipts .badge.ready")).to_have_count(1, timeout=60_000)
    expect(page.locator("#receipts .bad")).to_be_visible()
