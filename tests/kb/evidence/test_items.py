"""What a duty for each is counted over: lines about its subject, numbered lists, sections side by side."""

from __future__ import annotations

from kb.evidence.items import items_for
from kb.evidence.requirement import read
from kb.evidence.units import Passage, units_of


def _items(criterion: str, *sections: tuple[str, str]) -> list[str]:
    passages = [Passage("d", "v", "笔记", ("笔记", head), text, 0) for head, text in sections]
    part = read(criterion).parts[0]
    return items_for(part.about, [part], units_of(passages))


def test_a_numbered_list_is_counted_line_by_line() -> None:
    text = "1. 甲计划，贺宁牵头。总投入多。\n2. 乙计划，先做样机。\n3. 丙计划，暂不开工。"
    assert len(_items("各项举措均应落实到具名负责人", ("举措", text))) == 3


def test_sections_of_customers_stand_side_by_side() -> None:
    found = _items("每家客户须注明付款习惯", ("星河商管", "月结45天。"), ("云栈服务区", "只看盖章。"))
    assert len(found) == 2


def test_no_items_where_nothing_stands_side_by_side() -> None:
    assert _items("每家客户须注明付款习惯", ("一、背景", "只有一句。")) == []


def test_the_fields_of_a_card_are_no_items() -> None:
    fields = (("应对措施", "夜班开门双人签字。"), ("责任部门", "关务组"), ("等级", "中"))
    assert _items("每条风险写明应对措施", *fields) == []
