"""What tells two figures of one thing apart: opposite words, numbered phases and lines, codes."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache

_TELLING = 8
"""The first groups weigh against a pair already when only one of the two takes a side."""
_GROUPS: tuple[tuple[str, ...], ...] = (
    (
        "预算 额度",
        "实际 决算 实发 实付 支出",
        "已用 已使用 已付 已支付 已回款 已收 付款累计",
        "剩余 余额 未付 未使用 可用",
    ),
    ("目标 考核线 指标值", "现状 实际 完成值 实绩 目前均值 均值"),
    ("不含税 税后 未税", "含税 税前"),
    ("上限 最高 最多 最大 封顶", "下限 最低 最少 最小 起订", "平均 均值 中位"),
    ("单笔 单次 每次 单项", "累计 合计 总额 月度 全年"),
    ("首付 预付 首款 定金 首笔", "到货款 到货", "验收款 终验款", "尾款 次笔 余款", "质保金 质保款"),
    ("签署 签订 签约日 签约", "到期 期满 届满", "生效 起租"),
    ("计划 预计 原定", "实际"),
    ("同比", "环比"),
    ("日均 每日 每天", "周均 每周", "月均 每月 每个月 月处理", "年均 每年"),
    ("报价 投标价", "成交 中标", "合同价", "结算价", "诉请", "判决"),
    ("编制 定编", "在岗 在册 实有"),
    ("线上 电商", "线下 门店销售"),
    ("国标 行标", "企标 内控"),
    ("自有 自购", "外租 租赁 外包 外面租"),
    ("私有化 本地化", "云版 公有云 saas"),
    ("白班", "夜班"),
    ("在建 拟建", "已投运 存量 已建"),
    ("期初 年初 月初", "期末 年末 月末"),
    ("保底 承诺量", "峰值"),
    ("正常 日常", "节假日 春节 旺季"),
    ("收入 营收", "成本 费用 支出", "利润 毛利"),
    ("录用 入职 招聘", "离职 流失"),
    ("罚款", "赔偿 赔付"),
    ("合格", "不合格 不良 缺陷"),
    ("国内 内销", "海外 出口 国外"),
    ("直营", "加盟"),
    ("不低于 至少 ≥ 起", "不高于 不超过 ≤ 以内"),
    ("面积", "租金", "容积"),
    ("总价 合同总", "单价"),
)  # fmt: skip
_WORDS = tuple(
    (f"word {number}", tuple((str(side), tuple(words.split())) for side, words in enumerate(group)))
    for number, group in enumerate(_GROUPS)
)
_ORDINAL = re.compile(
    r"(?P<number>第?[一二三四五六七八九十两首末]|第?\d{1,4}(?:\.\d)?)\s*"
    r"(?P<kind>期(?!间|限)|批(?!次)|轮|号线|号仓|号|届|阶段|车间|(?<=\d)#|级|类|档)"
)
_CODE = re.compile(r"(?<![a-z])(?P<head>[a-z]{1,6})[-. ]?(?P<rest>\d[\d.-]*)(?!\d*%)")
_ENTITY = re.compile(
    r"(?P<name>[\u4e00-\u9fff](?<![门本新开分总各老旧进该的家号上下个间]))"
    r"(?P<kind>医院|银行|公司|店(?!铺)|仓(?![储库配管])|工厂|基地|大区|省(?!级)|超市|大学|集团|事业部|保险|(?<=[\u4e00-\u9fff]{2})险)"
)
_HAN_DIGITS = {c: str(n) for n, c in enumerate("零一二三四五六七八九十")} | {"首": "1", "两": "2"}


@lru_cache(maxsize=50_000)
def _sides(text: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for name, sides in _WORDS:
        rest = text
        for side, words in sides:
            for word in words:
                if word in rest:
                    found[name].add(side)
                    rest = rest.replace(word, " ")
    for match in _ORDINAL.finditer(text):
        ordinal = match["number"].removeprefix("第")
        found[f"number {match['kind']}"].add(_HAN_DIGITS.get(ordinal, ordinal))
    for match in _CODE.finditer(text):
        if match["head"] not in ("q",):
            found[f"code {match['head']}"].add(match["rest"].strip(".-"))
    for match in _ENTITY.finditer(text):
        found[f"entity {match['kind']}"].add(match["name"])
    return {name: frozenset(values) for name, values in found.items()}


def opposed(one: str, other: str) -> bool:
    """Whether the two name different sides of an opposition, different numbers of one series, or different codes."""
    a, b = _sides(one), _sides(other)
    if not a or not b:
        return False
    return any(not (sides & b[name]) for name, sides in a.items() if name in b)


def one_sided(one: str, other: str) -> int:
    """How many oppositions only one of the two takes a side in."""
    telling = {f"word {number}" for number in range(_TELLING)}
    return len((_sides(one).keys() ^ _sides(other).keys()) & telling)
