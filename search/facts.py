"""What can be checked in a sentence without understanding it: figures, shares, dates and codes, in one writing each."""

from __future__ import annotations

import re
from decimal import Decimal

from kb.contradictions.writing import numeral
from kb.lexical import fold, has_han

THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
"""The commas of a figure."""
_DAY = re.compile(
    r"(?<![\da-z_-])((?:19|20)\d\d)\s*(?:年|[-/.])\s*(\d{1,2})\s*(?:月|[-/.])\s*(\d{1,2})(?!\d)\s*[日号]?"
)
_MONTH = re.compile(r"(?<![\da-z_-])((?:19|20)\d\d)\s*(?:年\s*(\d{1,2})\s*月|[-/](\d{1,2})(?![\d-]))")
_DAY_OF_MONTH = re.compile(r"(?<!\d)(\d{1,2})\s*月\s*(\d{1,2})(?!\d)\s*[日号]?")
_HAN = "零〇一二两三四五六七八九十"
_NUMERAL = rf"[{_HAN}][{_HAN}百千万亿]*(?:点[零一二三四五六七八九]+)?"
_SHARE = re.compile(rf"百分之({_NUMERAL}|\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)\s*%")
_TENTHS = re.compile(r"(?<!完)([一二三四五六七八九]|\d(?:\.\d)?)\s*成(?!为|本|立|功|员|交|品|果|长|效)")
_HAN_NUMBER = re.compile(
    rf"(?<!第)(?:[{_HAN}][{_HAN}百千万亿]+(?:点[零一二三四五六七八九]+)?|[三四五六七八九十](?=[年月天日周家人次名位条项台元季个]))"
)
_CODE = re.compile(r"[a-z0-9]+(?:[-_./@:]+[a-z0-9]+)*")
_MEASURED = re.compile(r"(\d+(?:\.\d+)?)([a-z]+)")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(万亿|千万|百万|亿|万|千(?![克米瓦]))?")
SCALES = {"": 1, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}


def claimed(text: str) -> frozenset[str]:
    """Every figure, share, date and code that a sentence states; Latin words too, where they stand in Chinese."""
    return _facts(text, claims=True)


def held(text: str) -> frozenset[str]:
    """What a source supports: its facts, and the coarser ones they contain (the month and the year of a day)."""
    return _facts(text, claims=False)


def _facts(text: str, *, claims: bool) -> frozenset[str]:
    left = THOUSANDS.sub("", fold(text).lower())
    found: set[str] = set()
    left = _take_dates(left, found, coarse=not claims)
    left = _take_shares(left, found)
    left = _take_codes(left, found, words=not claims or has_han(left))
    for written in _HAN_NUMBER.findall(left):
        found.add(_plain(numeral(written)))
    for number, scale in _NUMBER.findall(left):
        found.add(_plain(Decimal(number) * SCALES[scale]))
    return frozenset(found)


def _take_dates(text: str, found: set[str], *, coarse: bool) -> str:
    def day(match: re.Match[str]) -> str:
        year, month, date = (int(g) for g in match.groups())
        found.add(f"{year}-{month}-{date}")
        found.update({f"{year}-{month}", f"{month}/{date}", str(year)} if coarse else ())
        return " "

    def of_year(match: re.Match[str]) -> str:
        month = int(match[2] or match[3])
        if not 1 <= month <= 12:
            return match[0]
        found.add(f"{int(match[1])}-{month}")
        found.update({match[1]} if coarse else ())
        return " "

    def of_month(match: re.Match[str]) -> str:
        found.add(f"{int(match[1])}/{int(match[2])}")
        return " "

    return _DAY_OF_MONTH.sub(of_month, _MONTH.sub(of_year, _DAY.sub(day, text)))


def _take_shares(text: str, found: set[str]) -> str:
    def share(match: re.Match[str]) -> str:
        written = match[1] or match[2]
        found.add(_plain(_number(written)) + "%")
        return " "

    def tenths(match: re.Match[str]) -> str:
        found.add(_plain(_number(match[1]) * 10) + "%")
        return " "

    return _TENTHS.sub(tenths, _SHARE.sub(share, text))


def _take_codes(text: str, found: set[str], *, words: bool) -> str:
    """Tokens with a letter in them; ``words``: also those of letters alone. A figure with its unit stays a figure."""

    def code(match: re.Match[str]) -> str:
        token = match[0]
        if not re.search("[a-z]", token):
            if re.fullmatch(r"\d+(?:\.\d+)?", token):
                return token
            found.add(token)
            return " "
        if _MEASURED.fullmatch(token):
            return _MEASURED.sub(r"\1 ", token)
        if words or not token.isalpha():
            found.add(token)
        return " "

    return _CODE.sub(code, text)


def _number(written: str) -> Decimal:
    return Decimal(written) if written[0].isdigit() else Decimal(str(numeral(written)))


def _plain(value: Decimal | float) -> str:
    return f"{Decimal(str(value)).normalize():f}"
