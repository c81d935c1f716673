"""Headings by Chinese custom, and lines that only look like one."""

from __future__ import annotations

import pytest

from ingest.headings import bold_level, is_item, is_page_number, numbered_level, style_level


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("第一章 总则", 1),
        ("第三节 权限", 2),
        ("一、先说清楚我们在哪里", 2),
        ("十一、客户分层与打法（补充）", 2),
        ("（二）目标", 3),
        ("4.1 做什么", 3),
        ("2.3.1 终验", 4),
        ("1、先看台账", 0),
        ("一、江重那边我们去过两次。", 0),
        ("第三条 双方互不追责", 0),
        ("3.42 亿元是去年的收入，今年要到四亿六千万，所以要把资源放到电池", 0),
        ("一些想法", 0),
        ("", 0),
    ],
)
def test_numbered_lines(line: str, level: int) -> None:
    assert numbered_level(line) == level


@pytest.mark.parametrize(
    ("line", "level"), [("三个坑", 2), ("先看什么。", 0), ("三个容易踩的坑：", 0), ("一、背景", 2), ("长" * 60, 0)]
)
def test_bold_lines(line: str, level: int) -> None:
    assert bold_level(line) == level


@pytest.mark.parametrize(
    ("name", "level"),
    [("Heading 2", 2), ("heading 3", 3), ("标题 1", 1), ("标题1", 1), ("标题", 1), ("Title", 1), ("正文", 0)],
)
def test_style_names_of_word_and_wps(name: str, level: int) -> None:
    assert style_level(name) == level


@pytest.mark.parametrize("line", ["第 1 页 共 3 页", "- 3 -", "3/9", "12", "Page 3 of 9", "— 5 —", "iv"])
def test_page_numbers(line: str) -> None:
    assert is_page_number(line)


@pytest.mark.parametrize("line", ["第三页的内容", "云帆智造", "V4.0", "40%", "第 1 页 一句话"])
def test_what_is_no_page_number(line: str) -> None:
    assert not is_page_number(line)


@pytest.mark.parametrize("line", ["• 点", "·点", "1. 一", "2、二", "①三", "- 四"])
def test_items(line: str) -> None:
    assert is_item(line)


@pytest.mark.parametrize("line", ["1.5 亿", "2026 年", "-12%", "正文"])
def test_what_is_no_item(line: str) -> None:
    assert not is_item(line)
