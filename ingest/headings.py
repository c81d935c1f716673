"""Headings that nothing marks as such: Chinese numbering, bold short lines, WPS style names."""

from __future__ import annotations

import re

MAX_HEADING = 40
"""Characters; a longer line is a sentence, whatever its style says about it (styled ones may be twice as long)."""

_CN = "一二三四五六七八九十百零〇两"
_NUMBERED = (
    (1, re.compile(rf"^第\s*[{_CN}\d]+\s*[编篇部分章]")),
    (2, re.compile(rf"^第\s*[{_CN}\d]+\s*节")),
    (2, re.compile(rf"^[{_CN}]{{1,3}}\s*[、．.]\s*\S")),
    (3, re.compile(rf"^[（(]\s*[{_CN}]{{1,3}}\s*[)）]\s*\S")),
)
_DECIMAL = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,3})[\s、．.]+(?![亿万千百元倍天个人年月岁度]|[%％‰])\D")
_ARTICLE = re.compile(rf"^第\s*[{_CN}\d]+\s*条")
_ITEM = re.compile(r"^\s*(?:[-*•·●○■▪◆◇➢✓–—]\s+|[•·●○■▪◆➢]\S|\d{1,2}[.、)）]\s*\D|[①-⑳])")
_PAGE_NUMBER = re.compile(
    r"^[-–—·\s]*(?:第\s*)?(?:\d{0,4}|[ivxl]{1,5})\s*页?[\s,，/／|·]*(?:of|共)?\s*\d{0,4}\s*页?[-–—·\s]*$"
    r"|^page \d+(?: of \d+)?$",
    re.I,
)
_SENTENCE_END = re.compile(r"[。；！？!?;，,、：:…]$|[。！？；].")
_STYLE = re.compile(r"^(?:heading|标题|titre|überschrift)\s*(\d)", re.I)
_SUBTITLE = re.compile(r"^(?:subtitle|副标题)$", re.I)
_TITLE = re.compile(r"^(?:title|标题|文档标题)$", re.I)


def style_level(style_name: str) -> int:
    """The level a paragraph style stands for, by its name in Word or WPS (``标题 1``, ``heading 2``); 0 for none."""
    name = style_name.strip()
    found = _STYLE.match(name)
    if found:
        return max(1, int(found.group(1)))
    if _TITLE.match(name):
        return 1
    return 2 if _SUBTITLE.match(name) else 0


def is_sentence(text: str) -> bool:
    """True when the line ends like a sentence or holds one, so that it cannot be a heading."""
    return bool(_SENTENCE_END.search(text.strip()))


def numbered_level(text: str) -> int:
    """The level a numbered line has by Chinese custom: 第一章 1, 一、 2, （一） 3, 1.1 by its dots; 0 for none.

    ``1、`` and ``1.`` are items of a list as often as headings: they count only with at least one inner dot.
    A line that ends like a sentence is never a heading.
    """
    line = text.strip()
    if len(line) > MAX_HEADING or is_sentence(line) or _ARTICLE.match(line):
        return 0
    for level, pattern in _NUMBERED:
        if pattern.match(line):
            return level
    found = _DECIMAL.match(line)
    return found.group(1).count(".") + 2 if found and "." in found.group(1) else 0


def bold_level(text: str) -> int:
    """The level of a whole line in bold: its number's level, else 2; 0 when it reads like a sentence or is long."""
    line = text.strip()
    if not line or len(line) > MAX_HEADING or is_sentence(line):
        return 0
    return numbered_level(line) or (3 if _DECIMAL.match(line) else 2)


def is_item(text: str) -> bool:
    """True for a line that begins with a list's mark (``•``, ``1、``, ``①``)."""
    return bool(_ITEM.match(text))


def is_page_number(text: str) -> bool:
    """True for a line that only counts pages (``第 3 页 共 9 页``, ``- 3 -``, ``3/9``)."""
    return bool(_PAGE_NUMBER.match(text.strip()))
