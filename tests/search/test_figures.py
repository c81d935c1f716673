from __future__ import annotations

import pytest

from kb import lexical
from search.figures import stated_by, writings

PASSAGE = "累计亏掉 3,260 万元。2024 年 9 月 18 日决定，占收入 61%，回款 187 天，编号 DR-2024-09。"


@pytest.mark.parametrize(
    "question",
    [
        "3260万", "3,260万元", "３２６０万", "3260", "3,260", "0.326亿", "32600000", "三千二百六十万元", "187天",
        "一百八十七天", "61%", "百分之六十一", "2024-09", "2024年9月", "2024/09/18", "9月18日", "DR-2024-09",
        "dr202409", "ＤＲ－２０２４－０９", "3260万？",
    ],
)  # fmt: skip
def test_a_figure_is_stated_in_whatever_writing(question: str) -> None:
    states = stated_by(question)
    assert states is not None
    assert states(PASSAGE)
    words = set(lexical.terms(PASSAGE))
    assert any(words & set(lexical.terms(w)) for w in (question, *writings(question)))


@pytest.mark.parametrize(
    "question", ["3261万", "3260亿", "326万", "18天", "2024-10", "2024-09-19", "62%", "DR-2024-091"]
)
def test_another_figure_is_not(question: str) -> None:
    states = stated_by(question)
    assert states is None or not states(PASSAGE)


@pytest.mark.parametrize(
    "question",
    ["", "华北", "9月", "2026年", "三年", "3260万亏在哪里", "KPI", "U盾", "？", "covid19 policy", "12个月的趋势"],
)
def test_who_asks_more_than_a_figure_is_answered_by_meaning(question: str) -> None:
    assert stated_by(question) is None


def test_a_figure_inside_a_question_is_sought_with_and_without_commas() -> None:
    assert writings("哪个合同是3260万元") == ("3,260",)
    assert writings("哪个合同是 3,260 万元") == ("3260",)
    assert writings("2024 年的 12 个项目") == ()


def test_a_table_states_the_number_alone() -> None:
    states = stated_by("3260万元")
    assert states is not None
    assert states("事项 | 金额（万元）\n亏损 | 3,260")
    assert not states("亏损 | 13,260")
