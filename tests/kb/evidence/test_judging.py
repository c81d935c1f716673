"""Criteria held against small documents written for this test: what is met, partly met, missing, and why."""

from __future__ import annotations

import pytest

from kb.evidence.judging import judge
from kb.evidence.units import Passage, units_of
from kb.evidence.verdict import Verdict

TABLE = (
    "编号 | 风险描述 | 等级 | 应对措施 | 责任部门\n"
    "R1 | 冷库断电 | 高 | 备用电源已验收 | 运营部\n"
    "R2 | 司机流失 | 中 | 待补 | 人力资源部\n"
    "合计 | 2 条 | | |"
)


def passage(text: str, *headings: str, title: str = "核心项目风险清单") -> Passage:
    return Passage("doc-1", "ver-1", title, headings, text, 0)


@pytest.mark.parametrize(("criterion", "text", "label"), [
    ("风险清单需标明每条风险的等级", TABLE, Verdict.met),
    ("风险清单的每条风险都需有应对措施", TABLE, Verdict.partly),
    ("风险清单需列出每条风险的保险赔付方案", TABLE, Verdict.missing),
    ("每条风险标明风险等级（高、中、低）", TABLE, Verdict.met),
    ("方案需经 CEO 审批", "审批：周衡（CEO）已于 2026-01-22 签批。", Verdict.met),
    ("方案需经 CEO 审批", "周衡（CEO）2026-02-27 批示：原则同意，预算待一季度后再核。", Verdict.partly),
    ("方案须有 CEO 书面批示", "周衡（CEO）口头同意，无书面批示。", Verdict.missing),
    ("规划需给出 2027、2028 两年的设备预算", "2026 年设备预算合计 980 万元。", Verdict.missing),
    ("权限表需写明停用日期", "旧权限自 2026 年 4 月 1 日起停用。", Verdict.met),
    ("权限表需写明停用日期", "旧权限的停用另行通知。", Verdict.missing),
    ("每条风险写明责任部门或责任人", TABLE, Verdict.met),
    ("注明 CEO 或董事会审批日期", "2026-01-20 董事会审议通过。", Verdict.met),
    ("列出未整改完的安全隐患及期限", "2027 年 6 月换证，关务组每周五核对封志。", Verdict.missing),
    ("延期的里程碑写明原因",
     "里程碑 | 状态 | 偏差原因\n竣工 | 完成 |\n调试 | 完成 |\n验收 | 延期 | 图审意见不符", Verdict.met),
])
def test_labels(criterion: str, text: str, label: Verdict) -> None:
    assert judge([criterion], [passage(text)])[0].verdict is label


def test_evidence_is_verbatim_and_what_is_open_is_named() -> None:
    said = judge(["风险清单的每条风险都需有应对措施"], [passage(TABLE)])[0]
    assert said.reason is not None
    assert "R2" in str(said.reason.params["said"])
    assert all(unit.text in TABLE for unit in said.evidence)


def test_nothing_to_read_is_missing_with_a_reason() -> None:
    said = judge(["风险清单需标明等级"], [])[0]
    assert said.verdict is Verdict.missing
    assert said.reason is not None


def test_units_are_substrings_and_totals_belong_to_nobody() -> None:
    found = units_of([passage("第一句。第二句！\n" + TABLE, "风险")])
    assert [u.text for u in found[:2]] == ["第一句。", "第二句！"]
    assert sum(u.is_row for u in found) == 2
    assert all(u.passage.text[u.start : u.end] == u.text for u in found)


def test_one_paper_for_each_decision_is_a_way_to_hand_in() -> None:
    records = [Passage(f"doc-{n}", f"ver-{n}", "决策记录", (), text, 0) for n, text in enumerate((
        "1. 决定退出华北，2024-09-18 郭砚秋批准。\n2. 北冕的切换期给了 75 天。",
        "决定不做一类疫苗，2025-03-26 董事会审议通过。"))]
    assert judge(["每个决策写明决定日期和批准人"], records)[0].verdict is Verdict.met
