"""What is marked in a passage: the question's words, codes and names, and what the vocabulary calls them in the other
language."""

from __future__ import annotations

import time

import pytest

from kb.lexical import has_han
from kb.vocabulary import vocabulary
from search.highlight import highlights


def marked(passage: str, question: str) -> list[str]:
    return [passage[a:b] for a, b in highlights(passage, question)]


@pytest.mark.parametrize(
    ("question", "passage", "expected"),
    [
        ("What are the project risks?", "灯塔项目的风险清单每月更新。", ["项目", "风险"]),
        ("risk register", "风险登记册由PMO保管。", ["风险登记册"]),
        ("Which suppliers need prepayment", "供应商预付款不得超过三成。", ["供应商预付款"]),
        ("non-compete of the successor", "继任者须签竞业限制协议。", ["继任", "竞业"]),
        ("三年战略 董事会", "The board has a three-year plan; boarding is at nine.", ["board", "three-year plan"]),
        ("项目风险", "Risks of the project: none.", ["Risks", "project"]),
        ("諮詢合同", "The contracts were signed.", ["contracts"]),
    ],
)
def test_a_word_of_the_vocabulary_marks_its_counterpart(question: str, passage: str, expected: list[str]) -> None:
    assert marked(passage, question) == expected


@pytest.mark.parametrize(
    ("question", "passage", "expected"),
    [
        ("status of DT-17", "DT-17 延期，DT-18 正常。", ["DT-17", "DT"]),
        ("Who is Schneider at ABB?", "联系人为 Schneider（ABB），每周一通电话。", ["Schneider", "ABB"]),
        ("the 980 contract", "合同总价 980 万元，预付 30%。", ["合同", "980"]),
        ("ＣＲＭ", "CRM 系统已停用。", ["CRM"]),
        ("3260万", "累计亏掉 3,260 万元。", ["3,260"]),
        ("0.326亿", "累计亏掉 3,260 万元，占 26%。", ["3,260"]),
        ("9月", "9 月上线，98 分，1.9 倍，9,000 元，R9。", ["9"]),
        ("R3", "R3 最大，R31 次之。", ["R3"]),
        ("the plan", "Plans of the planet: planning.", ["Plans"]),
        ("status", "Status: open.", ["Status"]),
    ],
)
def test_codes_numbers_and_latin_names_are_marked(question: str, passage: str, expected: list[str]) -> None:
    assert marked(passage, question) == expected


def test_a_sign_of_several_characters_is_marked_once() -> None:
    assert highlights("㈱东方 ㍿", "株 会") == ((0, 1), (4, 5))


def test_words_without_a_pair_mark_nothing() -> None:
    assert marked("华北区连续七个季度亏损。", "Why did we leave?") == []
    assert marked("客房部通知。", "client") == []  # 客户, not 客


def test_every_pair_is_there_once_and_in_its_two_languages() -> None:
    assert [zh for _, zh in vocabulary().translations if not has_han(zh)] == []
    assert [words for words, _ in vocabulary().translations if not words] == []
    assert len(set(vocabulary().translations)) == len(vocabulary().translations)


def test_marking_takes_no_time() -> None:
    passage = "供应商预付款不得超过三成，合同由法务审批。" * 20
    began = time.process_time()
    for n in range(100):
        highlights(passage, f"supplier contract approval {n}")
    assert time.process_time() - began < 1
