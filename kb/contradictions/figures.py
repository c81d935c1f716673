"""Amounts, percentages and counts in a levelled text, in base units."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kb.contradictions.matching import Read, values
from kb.contradictions.statement import Kind
from kb.contradictions.value import Value
from kb.contradictions.writing import numeral

_TIME = {"年": 31_536_000, "个月": 2_628_000, "周": 604_800, "个星期": 604_800, "天": 86_400, "日": 86_400,
         "个小时": 3600, "小时": 3600, "分钟": 60, "毫秒": 0.001, "秒": 1}  # fmt: skip
_WEIGHT = {"公斤": 0.001, "千克": 0.001, "kg": 0.001, "吨": 1}
_SAME = {
    "元": "元 块钱 块 元人民币",
    "人": "人 名 位",
    "个": "家 个 间 处",
    "台": "台 辆 部",
    "方": "平方米 平米 ㎡ 平方",
}
_ALONE = (
    "美元 欧元 日元 港元 工作日 人次 立方米 条 根 支 只 件 箱 张 次 份 项 单 票",
    "公里 米 gb tb g 度 倍 套 坐席 起 场 门 股 户 瓶 桶 头 吨公里",
    "层 楼 栋 座 厘米 毫米 mm cm ℃ 摄氏度 千瓦 兆瓦 kw mw kwh",
    "升 毫升 斤 克 顿 班 轮 笔 页 分 星 款 种 盒 袋 罐 亩 公顷 趟 标箱 床 桌 席 节 课时 学时 所",
    "颗 粒 片 针 例 折 ppm ppb 字 匹 艘 架 班次 车 柜 托",
)
_UNITS: dict[str, tuple[str, float]] = {
    **{name: ("时", float(factor)) for name, factor in _TIME.items()},
    **{name: ("吨", float(factor)) for name, factor in _WEIGHT.items()},
    **{name: (unit, 1.0) for unit, names in _SAME.items() for name in names.split()},
    **{name: (name, 1.0) for names in _ALONE for name in names.split()},
    "个工作日": ("工作日", 1.0),
    "%": ("%", 1.0), "‰": ("%", 0.1), "个百分点": ("点", 1.0), "百分点": ("点", 1.0), "个点": ("点", 1.0),
}  # fmt: skip
_TIMES = {"": 1.0, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8, "万亿": 1e12}
_MONEY = ("元", "美元", "欧元", "日元", "港元")
_NAMES = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN_NUMBER = r"[零〇一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*(?:点[零一二三四五六七八九]+)?"
_SCALE = r"万亿|百万|千万|亿|万|千(?!克)"
_FIGURE = re.compile(
    rf"(?<![\d.a-z#〔-])(?:(?P<from>{_NUMBER})\s*(?:{_SCALE})?\s*(?:{_NAMES})?\s*[—–~至到-]{{1,2}}\s*)?"
    rf"(?P<number>{_NUMBER})\s*(?P<scale>{_SCALE})?(?P<more>多|余|来)?\s*(?P<unit>{_NAMES})?(?![\d#])"
)
_HAN_FIGURE = re.compile(
    rf"(?<![第其之零〇一二两三四五六七八九十百千万亿])(?P<number>{_HAN_NUMBER})"
    rf"(?:(?P<more>多|余|来)(?P<scale>万|亿)?)?(?:(?P<unit>{_NAMES})|(?<=[多余来][万亿]))"
)
_HALVES = re.compile(r"各半|各占一半|对半|五五(?:开|分)")
_MAY_BE_A_FIGURE = re.compile(r"[\d零〇一二两三四五六七八九十半每隔]")
_SPAN = re.compile(
    r"(?P<half>半年)|(?P<more>[一两二三四五]年半)|(?P<quarters>[一两二三]个季度)|(?P<fortnight>半个月)|(?P<month>一个半月)"
)
_MONTHS = {"half": 6, "fortnight": 0.5, "month": 1.5}
_FRACTION = re.compile(r"(?P<whole>[二三四五六七八九十])分之(?P<part>[一二三四五六七八九])")
_OF_MONTH = re.compile(
    r"(?:每个?月|次月|当月|本月|下月|上月|月)的?\s*(?P<day>\d{1,2}|[一二三]?十?[一二三四五六七八九十])\s*(?:日|号)"
)
_CLOCK = re.compile(
    r"(?P<late>下午|晚上|傍晚|夜里)?(?<!\d)(?P<hour>\d{1,2}|十?[一二三四五六七八九十])(?::(?P<minute>\d\d)(?!\d)|点(?!\d|几|[一二三四五六七八九]\d|子|名|评|击|对|位|检|数|收)(?P<half>半)?)"
)
_OFTEN = re.compile(
    r"(?:每|隔)(?P<every>两周|双周|半个?月|两个?月|季度|季|半年|周|月|年|天|日)(?:至少|都|必须|固定|要)?(?:一次|开会|开一|碰|复盘|更新|盘点|对账|巡检|抽检"
    r"|汇报|例会|报|查|做一|两次|一报|一查)"
)
_EVERY = {"天": 1, "日": 1, "周": 7, "两周": 14, "双周": 14, "半个月": 15, "半月": 15,
          "月": 30, "两月": 60, "两个月": 60,
          "季度": 91, "季": 91, "半年": 182, "年": 365}  # fmt: skip
_SHARE = re.compile(rf"(?P<base>百|千|万)分之(?P<han>{_HAN_NUMBER})|(?<!完)(?P<tenths>[一二两三四五六七八九])成"
                    r"(?!为|本|立|功|员|交|品|果|长|效)(?P<half>[一二三四五六七八九半])?")  # fmt: skip
_ABOUT_BEFORE = re.compile(r"(?:约|近|大约|大概|接近|差不多|逾|超过|超|不到|不足|将近|上下)(?:为|是)?\s*$")
_ABOUT_AFTER = re.compile(r"\s*(?:左右|上下|多|以上|出头)")
_STRICT_BEFORE = re.compile(r"(?:不超过|不得超过|金额超过|超过)\s*$")


def figures(text: str) -> Iterator[Value]:
    """The figures of a levelled text with a unit or a scale, in any order; bare numbers are left out."""
    if not _MAY_BE_A_FIGURE.search(text):
        return
    yield from values(text, _READERS)


def _halves(text: str, found: re.Match[str]) -> Value:
    return _value(text, found.span(), 50.0, 1.0, 1.0, "%", False)


def _span(text: str, found: re.Match[str]) -> Value:
    name = found.lastgroup or ""
    months = _MONTHS.get(name) or numeral(found[0][0]) * (12 if name == "more" else 3) + (6 if name == "more" else 0)
    return _value(text, found.span(), months, 1.0, _TIME["个月"], "时", False)


def _fraction(text: str, found: re.Match[str]) -> Value:
    share = 100 * numeral(found["part"]) / numeral(found["whole"])
    return _value(text, found.span(), share, 1.0, 1.0, "%", False)


def _of_month(text: str, found: re.Match[str]) -> Value:
    day = float(found["day"]) if found["day"].isdigit() else numeral(found["day"])
    return _value(text, found.span(), day, 0.0, 1.0, "号", False)


def _clock(text: str, found: re.Match[str]) -> Value:
    hour = float(found["hour"]) if found["hour"].isdigit() else numeral(found["hour"])
    hour += 12 if found["late"] and hour < 12 else 0
    return _value(
        text, found.span(), hour + (0.5 if found["half"] else float(found["minute"] or 0) / 60), 0.0, 1.0, "点钟", False
    )


def _often(text: str, found: re.Match[str]) -> Value:
    return _value(text, found.span(), float(_EVERY[found["every"]]), 0.0, 1.0, "天一次", False)


def bare(text: str, unit_name: str) -> Value | None:
    """A table cell that is one number only, in the unit its column names (``万元``); None for anything else."""
    found = re.fullmatch(rf"\s*[≤≥<>]?\s*({_NUMBER})\s*", text)
    if not found:
        return None
    scale, unit = _scaled(unit_name) or ("", "")
    base, factor = _UNITS.get(unit, ("元" if scale else "", 1.0))
    return _value(text, found.span(1), _plain(found[1]), _step(found[1]), _TIMES[scale] * factor, base, False)


def is_unit(name: str) -> bool:
    """Whether a name is a unit, with or without a scale: 亿元, 万, 天."""
    return _scaled(name) is not None


@lru_cache(maxsize=1000)
def _scaled(name: str) -> tuple[str, str] | None:
    return next(((s, u) for s in _TIMES for u in ("", *_UNITS) if name and name == s + u), None)


def _figure(text: str, found: re.Match[str]) -> Value | None:
    groups = found.groupdict()
    scale, unit = groups.get("scale") or "", groups["unit"] or ""
    if not scale and not unit:
        return None
    number, han = groups["number"], not groups["number"][0].isdigit()
    size = numeral(number) if han else _plain(number)
    if _is_no_claim(size, unit, han, text[found.end() :]):
        return None
    base, factor = _UNITS[unit] if unit else ("元", 1.0)
    factor *= _TIMES[scale]
    about = bool(groups["more"]) or _is_about(text, found)
    low = _plain(groups["from"]) if groups.get("from") else None
    step = (1.0 if size < 10_000 else 1e4) if han else _step(number)
    return _value(text, found.span(), size, step, factor, base, about, low)


def _is_no_claim(size: float, unit: str, han: bool, after: str) -> bool:
    """A calendar year, or a numeral that only counts off: 一个, 两家."""
    if unit == "年" and not han and size >= 1000:
        return True
    if unit in ("日", "次") and han and not (unit == "日" and (size > 31 or after.startswith("内"))):
        return True
    counts_off = han and size < 3 and unit not in ("年", "个月", "小时", "周")
    names_a_plan = han and unit == "年" and after.startswith(("目标", "战略", "规划", "计划"))
    return counts_off or names_a_plan or (unit == "个" and after.startswith("月"))


def _is_about(text: str, found: re.Match[str]) -> bool:
    before = text[max(0, found.start() - 8) : found.start()]
    if _STRICT_BEFORE.search(before):
        return False
    return bool(_ABOUT_BEFORE.search(before) or _ABOUT_AFTER.match(text, found.end()))


def _share(text: str, found: re.Match[str]) -> Value:
    if found["han"]:
        factor = {"百": 1.0, "千": 0.1, "万": 0.01}[found["base"]]
        return _value(text, found.span(), numeral(found["han"]), 1.0, factor, "%", _is_about(text, found))
    half = 0.5 if found["half"] == "半" else numeral(found["half"] or "零") / 10
    return _value(text, found.span(), numeral(found["tenths"]) + half, 0.4, 10.0, "%", True)


def _value(
    text: str, span: tuple[int, int], size: float, step: float, factor: float, unit: str, about: bool,
    low: float | None = None,
) -> Value:  # fmt: skip
    high, least = size * factor, (size if low is None else min(low, size)) * factor
    shown = f"{high:g}" if least == high else f"{least:g}–{high:g}"
    shown = f"{high:.10g} {unit}".strip() if least == high else f"{shown} {unit}".strip()
    return Value(_kind(unit), *span, shown, least, high, step * factor, unit, about, number=size)


def _kind(unit: str) -> Kind:
    if unit in _MONEY:
        return Kind.amount
    return Kind.percent if unit in ("%", "点") else Kind.count


def _plain(number: str) -> float:
    return float(number.replace(",", ""))


def _step(number: str) -> float:
    _, _, fraction = number.partition(".")
    return float(10 ** -len(fraction))


_READERS: dict[re.Pattern[str], Read] = {
    _HALVES: _halves, _SPAN: _span, _FRACTION: _fraction, _OF_MONTH: _of_month, _CLOCK: _clock, _OFTEN: _often,
    _SHARE: _share, _FIGURE: _figure, _HAN_FIGURE: _figure,
}  # fmt: skip
