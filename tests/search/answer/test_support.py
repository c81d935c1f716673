from __future__ import annotations

import pytest

from search.answer.support import is_supported
from search.facts import claimed, held

SOURCE = (
    "退出华北市场的决策\n2025年3月18日，董事会决定退出华北市场，合同编号 HB-2024-07。\n"
    "单一客户占了六成收入，三年累计亏损 1,800 万元，毛利率只有 12.5％。\n合同未经法务会签，不得外包给第三方。"
)


@pytest.mark.parametrize(
    "sentence",
    [
        "单一客户占了六成收入。", "单一客户占了 60% 的收入。", "三年累计亏损1800万元。", "3 年累计亏损 18,000,000 元。",
        "毛利率只有１２.５%。", "董事会决定于 2025-03-18 退出华北市场。", "3月18日董事会决定退出华北市场。",
        "2025年董事会决定退出华北市场。", "合同编号为 hb-2024-07。", "合同不得外包给第三方。",
    ],
)  # fmt: skip
def test_what_the_source_says_is_supported(sentence: str) -> None:
    assert is_supported(sentence, [SOURCE])


@pytest.mark.parametrize(
    "sentence",
    [
        "单一客户占了七成收入。", "三年累计亏损 1,900 万元。", "三年累计亏损 1800 元。", "五年累计亏损 1800 万元。",
        "毛利率只有 12.6%。", "董事会决定于 2025-03-19 退出华北市场。", "2024年董事会决定退出华北市场。",
        "合同编号为 HB-2024-08。", "合同可以外包给第三方。", "董事会决定不退出华北市场。",
        "员工食堂每周三供应面条。", "详见 https://example.com/x 退出华北市场。",
        "董事会决定退出华北市场并改用 SAP 系统。",
    ],
)  # fmt: skip
def test_what_it_does_not_say_is_not(sentence: str) -> None:
    assert not is_supported(sentence, [SOURCE])


def test_one_writing_for_equal_facts() -> None:
    assert claimed("１２０ 万元") == claimed("1,200,000 元") == claimed("一百二十万元")
    assert claimed("百分之十二") == claimed("12％")
    assert claimed("2026年3月1日") == claimed("2026/03/01") == claimed("2026-3-1")
    assert claimed("2026年3月") <= held("2026-03-01")
    assert not claimed("2026年3月1日") <= held("2026年3月")
