"""Days a text names, and the period a figure is of (year, quarter, month)."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from kb.contradictions.statement import Kind
from kb.contradictions.value import Value
from kb.contradictions.writing import numeral

_DAY = re.compile(
    r"(?<![\d.-])(?:(?P<year>20\d\d)\s*[-/.年]\s*)?(?P<month>1[0-2]|0?[1-9])\s*(?:月|(?<=\d)[-/.](?=\d))\s*"
    r"(?P<day>3[01]|[12]\d|0?[1-9])\s*(?P<sign>日|号)?(?![\d.%万亿元]|-\d|\s*(?:个|天|家|人|台|条|吨|万|亿|%))"
)
_MONTH = re.compile(
    r"(?<![\d.-])(?:(?P<year>20\d\d)\s*[-/.年]\s*)?(?P<month>1[0-2]|0?[1-9])(?:\s*月(?!\s*\d)|(?<=\d\d)(?!\d|[-/.]))"
    r"\s*(?P<part>底|末|初|上旬|中旬|下旬)?"
)
_HAN_DAY = re.compile(
    r"(?:(?P<year>[二〇零一三四五六七八九]{4})年)?(?P<month>十[一二]?|[一二三四五六七八九])月"
    r"(?:(?P<day>三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])(?:日|号)|(?P<part>底|末|初))"
)
_MAY_BE_A_DAY = re.compile(r"[\d月年季]")
_HALF = re.compile(
    r"(?:(?P<year>20\d\d)\s*年?|(?:今年|明年)?)(?P<part>上半年|下半年|(?<![去上])年底|年末)(?!的?\s*[\d总])"
)
_HAN_MONTH = re.compile(
    r"(?<![一二三四五六七八九十个])(?P<month>十[一二]?|[一二三四五六七八九])月(?![一二三四五六七八九十底末初上中下]|\s*\d)"
)
_QUARTER = re.compile(r"(?:(?P<year>20\d\d)\s*年?\s*)?(?:(?<![a-z])q(?P<digit>[1-4])|第?(?P<han>[一二三四])季度)")
_SPAN = re.compile(r"上半年|下半年|全年")
_YEAR = re.compile(r"(?<![\d.-])(?P<year>20\d\d)\s*(?:年|财年|届|版|(?=\s*(?:目标|预算|计划|收入)))(?!\s*\d{1,2}\s*月)")
_RELATIVE = {"去年": -1, "上年": -1, "今年": 0, "本年": 0, "明年": 1, "前年": -2}
_NEAR_YEAR = re.compile("|".join(_RELATIVE))
_JUST_BEFORE = re.compile(f"({'|'.join(_RELATIVE)})度?的?\\s*$")
_COARSE_EVENT = re.compile(
    r"到期|截止|发布|试产|试运行|开门|载客|首飞|到仓|到货|装船|发运|搬迁|入驻|签约|回款|移交|切到|之前|底前|上线|下线|完成|开业|投产|启动|有效期|切换|检验|交付|开工|生效|终止|日期|到位"
)
_SINCE = re.compile(r"\s*(?:起|以来|开始)")
_PARTS = {"底": (25, 31), "末": (25, 31), "下旬": (21, 31), "初": (1, 10), "上旬": (1, 10), "中旬": (11, 20)}


@dataclass(frozen=True)
class Period:
    """What time a figure is of; None where the text does not say. ``span`` is 全年, 上半年 or 下半年."""

    year: int | None = None
    quarter: int | None = None
    month: int | None = None
    span: str = ""

    def differs(self, other: Period) -> bool:
        """Whether the two cannot be the same time."""
        pairs = ((self.year, other.year), (self.quarter, other.quarter), (self.month, other.month))
        apart = any(a is not None and b is not None and a != b for a, b in pairs)
        return apart or bool(self.part and other.part and self.part != other.part)

    @property
    def part(self) -> str:
        """Which part of a year, where it is said: 全年, 上半年, 下半年 or a quarter."""
        return self.span or ("季" if self.quarter else "")

    def __bool__(self) -> bool:
        return self != Period()


def days(text: str, clause_of: str | None = None) -> Iterator[Value]:
    """The days a levelled text names; months and quarters only where it says what happens then."""
    if _MAY_BE_A_DAY.search(text):
        yield from _days(text, clause_of)


def _days(text: str, clause_of: str | None) -> Iterator[Value]:
    taken: list[tuple[int, int]] = []
    for found in _DAY.finditer(text):
        if not (found["year"] or found["sign"] or "月" in found[0] or clause_of):
            continue
        year, month = int(found["year"] or 0), int(found["month"])
        day = int(found["day"])
        if day <= monthrange(year or 2024, month)[1]:
            taken.append(found.span())
            yield _value(found, year, (month, day), (month, day))
    for found in _HAN_DAY.finditer(text):
        taken.append(found.span())
        yield _in_words(found)
    if not _COARSE_EVENT.search(clause_of or text):
        return
    yield from _loose(text)
    for pattern in (_MONTH, _QUARTER):
        for found in pattern.finditer(text):
            if any(s < found.end() and found.start() < e for s, e in taken) or _SINCE.match(text, found.end()):
                continue
            if pattern is _QUARTER or found["year"] or "月" in found[0]:
                yield _coarse(found)


def _loose(text: str) -> Iterator[Value]:
    """Halves and ends of years, and months in Chinese numerals."""
    yield from map(_half, _HALF.finditer(text))
    for found in _HAN_MONTH.finditer(text):
        month = int(numeral(found["month"]))
        yield _value(found, 0, (month, 1), (month, 31))


def _half(found: re.Match[str]) -> Value:
    """December for the end of a year, or a half of one; of the year that the text names or leaves open."""
    first, last = {"上半年": (1, 6), "下半年": (7, 12)}.get(found["part"], (12, 12))
    return _value(found, int(found["year"] or 0), (first, 1), (last, 31))


def _in_words(found: re.Match[str]) -> Value:
    """A day in Chinese numerals: 三月三十一日, 二〇二六年三月底."""
    year, month = int(numeral(found["year"] or "零")), int(numeral(found["month"]))
    first, last = _PARTS[found["part"]] if found["part"] else (int(numeral(found["day"])),) * 2
    return _value(found, year, (month, first), (month, last))


def in_year(value: Value, text: str, written: date | None) -> Value:
    """A day without a year gets that of a 明年 or 今年 right before it, where the document's day is known."""
    near = None if value.year or not written else _JUST_BEFORE.search(text[: value.start])
    if near is None or written is None:
        return value
    year = (written.year + _RELATIVE[near[1]]) * 1000
    return replace(value, low=value.low + year, high=value.high + year, year=True)


def _coarse(found: re.Match[str]) -> Value:
    groups = found.groupdict()
    year = int(groups["year"] or 0)
    if groups.get("month"):
        month = int(groups["month"])
        first, last = _PARTS.get(groups["part"] or "", (1, 31))
        return _value(found, year, (month, first), (month, last))
    quarter = _quarter(groups)
    return _value(found, year, (quarter * 3 - 2, 1), (quarter * 3, 31))


def _quarter(groups: dict[str, str | None]) -> int:
    return int(groups["digit"]) if groups["digit"] else "一二三四".index(groups["han"] or "一") + 1


def _value(found: re.Match[str], year: int, first: tuple[int, int], last: tuple[int, int]) -> Value:
    """Day numbers are year·1000 + month·40 + day: only their order matters."""
    low, high = (year * 1000 + m * 40 + d for m, d in (first, last))
    names = [f"{f'{year}-' if year else ''}{m:02}-{d:02}" for m, d in (first, last)]
    shown = names[0] if low == high else "–".join(names)
    return Value(Kind.date, *found.span(), shown, low, high, unit="日", year=bool(year))


def period(scopes: list[str], written: date | None) -> Period:
    """The period by the nearest scope that names one: in each the last named counts. Years come from wider scopes."""
    year = quarter = month = None
    span = ""
    for scope in scopes:
        found_year, found_quarter, found_month = _named(scope, written)
        if month is None and quarter is None and not span:
            quarter, month = found_quarter, found_month
            span = _span(scope) if quarter is None and month is None else ""
        year = year or found_year
    return Period(year, quarter, month, span)


def of_column(found: Period) -> Period:
    """The period of a table's cell: a column of which only the year is said is of the whole year."""
    return replace(found, span="全年") if found.year and not (found.part or found.month) else found


@lru_cache(maxsize=50_000)
def _span(scope: str) -> str:
    """The last half of a year, or whole year, that a text names."""
    named = _SPAN.findall(scope)
    return str(named[-1]) if named else ""


@lru_cache(maxsize=50_000)
def _named(scope: str, written: date | None) -> tuple[int | None, int | None, int | None]:
    kept = [m for p in (_YEAR, _QUARTER, _MONTH) for m in p.finditer(scope) if not _SINCE.match(scope, m.end())]
    year = quarter = month = None
    for found in sorted(kept, key=re.Match.start):
        groups = found.groupdict()
        year = int(groups["year"]) if groups.get("year") else year
        if groups.get("month") and ("月" in found[0] or groups["year"]):
            month, quarter = int(groups["month"]), None
        elif groups.get("digit") or groups.get("han"):
            quarter, month = _quarter(groups), None
    near = list(_NEAR_YEAR.finditer(scope))
    if year is None and near and written:
        year = written.year + _RELATIVE[near[-1][0]]
    return year, quarter, month
