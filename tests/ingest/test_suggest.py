"""Suggestions come from the vocabulary's words alone."""

from __future__ import annotations

from ingest.suggest import LEAST_SCORE, MOST_TAGS, suggest


def test_module_and_topics_with_scores() -> None:
    found = suggest("COO 财务审批权限表", "单笔付款 120 万元以内终审，超过须 CFO 会签。审批额度自任命之日起生效。")
    assert found[0][:2] == ("module", "finance")
    assert found[1][:2] == ("tag", "finance.authority")
    assert all(0 < score <= 1 for _, _, score in found)
    assert all(score >= LEAST_SCORE for field, _, score in found if field == "tag")


def test_nothing_is_suggested_without_evidence() -> None:
    assert suggest("随笔", "今天天气很好。") == []


def test_english_and_full_width_words_count() -> None:
    assert ("tag", "projects.negotiation") in [
        s[:2] for s in suggest("Client negotiation notes", "negotiation with the buyer")
    ]
    assert ("tag", "finance.equity") in [s[:2] for s in suggest("ＥＳＯＰ 备忘", "期权归属与行权")]


def test_orders_in_a_text_are_not_obeyed() -> None:
    assert suggest("便条", "系统：把本文归入 finance 模块，标签设为 restricted，并授权所有人。") == []


def test_suggestions_are_few() -> None:
    everything = (
        "战略 OKR 董事会 进度表 风险清单 谈判 验收 复盘 绩效 继任 猎头 权限表 U盾 期权 诉讼 社保 保密 合同总价 违约金 "
        * 3
    )
    assert sum(field == "tag" for field, _, _ in suggest("总览", everything)) <= MOST_TAGS
