"""Criteria taken apart: what is wanted, of what, and whether for each."""

from __future__ import annotations

import pytest

from kb.evidence.requirement import read


@pytest.mark.parametrize(("criterion", "parts"), [
    ("规划需列明年度关键举措并逐项指定责任人", [("年度关键举措", "规划", False), ("责任人", "年度关键举措", True)]),
    ("风险等级被调低的，须交代调低的依据", [("调低的依据", "风险等级被调低的", False)]),
    ("送交的各轮样品，每轮均须注明送样时间", [("送样时间", "送交的各轮样品", True)]),
    ("会议记录应包含主持人和记录人姓名", [("主持人", "会议记录", False), ("记录人姓名", "会议记录", False)]),
    ("规划需写明人均投入、与现有基地的对比", [("人均投入", "规划", False), ("现有基地的对比", "规划", False)]),
])
def test_parts(criterion: str, parts: list[tuple[str, str, bool]]) -> None:
    assert [(part.text, part.about, part.each) for part in read(criterion).parts] == parts


def test_what_is_forbidden_is_not_looked_for() -> None:
    assert "一部分" not in read("人员须逐人登记，不得只列一部分").wanted


@pytest.mark.parametrize(("criterion", "wanted"), [
    ("每个关键岗位有后备人选，或注明没有", ("后备人选",)),
    ("产量、质量、安全各有目标值和完成值", ("产量", "质量", "安全", "目标值", "完成值")),
    ("覆盖财务、客户、内部流程、学习与成长四个层面", ("财务", "客户", "内部流程", "学习", "成长")),
    ("冻结或附条件的资金写明解冻条件", ("解冻条件",)),
    ("写明层与层之间的因果关系", ("层与层之间的因果关系",)),
    ("写明产能瓶颈和解决计划", ("产能瓶颈", "解决计划")),
    ("久悬或受限账户单独标明", ("久悬", "受限账户")),
    ("写明权限停用或移交的日期", ("权限停用的日期", "移交的日期")),
])
def test_the_wordings_of_the_role_templates(criterion: str, wanted: tuple[str, ...]) -> None:
    assert read(criterion).wanted == wanted


def test_one_of_a_choice_is_a_choice_and_either_may_approve() -> None:
    assert {part.choice for part in read("每条风险写明责任部门或责任人").parts} == {"责任部门或责任人"}
    approval = read("注明 CEO 或董事会审批日期").approval
    assert approval is not None
    assert (approval.who, approval.instead) == ("CEO", ("董事会",))
