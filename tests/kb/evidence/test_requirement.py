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
