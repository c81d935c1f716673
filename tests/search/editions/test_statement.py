"""What beginnings say, and which documents they tie together."""

from __future__ import annotations

from datetime import date

import pytest

from search.editions.replacement import newest, replacements
from search.editions.statement import says_it_is_old, statement
from search.editions.titles import Titled


def tied(old: tuple[str, str, date], new: tuple[str, str, date], module: str = "finance") -> dict[str, str]:
    """Two documents as title, beginning and date → what replaced what."""
    documents = [Titled("old", "h", old[0], old[2], "finance"), Titled("new", "h", new[0], new[2], module)]
    said = {id_: told for id_, lead in (("old", old[1]), ("new", new[1])) if (told := statement(lead))}
    return replacements(documents, said)


JUNE, AUGUST = date(2025, 6, 30), date(2025, 9, 4)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (("2024 年商务政策", ""), ("2025 年商务政策", "替代 2025 年 6 月政策")),
        (("应收台账（6 月）", "状态：旧版，见 9 月 4 日版"), ("应收台账（8 月）", "")),
        (("采购管理办法（2023）", ""), ("采购管理制度", "原《采购管理办法》同时废止。")),
        (("预算执行（半年）", ""), ("预算执行（三季度）", "取代半年版")),
        (("Price list 2024", ""), ("Price list 2025", "This list supersedes the edition of 2025-06-30.")),
        (("Price list 2024", "Status: superseded"), ("Price list 2025", "")),
        (("人力资源三年规划（2025—2027）", ""), ("江川重工人力资源三年规划（2025—2027）", "替代2025年6月征求意见稿。")),
    ],
)
def test_a_statement_ties_two_documents(old: tuple[str, str], new: tuple[str, str]) -> None:
    assert tied((*old, JUNE), (*new, AUGUST)) == {"old": "new"}
    assert tied((*old, AUGUST), (*new, JUNE)) == {}, "what was written before replaces nothing"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("2024 年预算", ""), ("2025 年预算", "")),
        (("2024 年预算", ""), ("2025 年预算", "国产替代进口阀门，2025 年 6 月完成。")),
        (("青崖风险清单", ""), ("鹿鸣风险清单", "替代 2025 年 6 月版")),
        (("2024 年规划", ""), ("2024 年规划复盘", "替代 2025 年 6 月版")),
        (("2024 年预算（第一版）", ""), ("2025 年预算（第二版）", "替代第一版")),
        (("2024 年预算", ""), ("2025 年预算", "取代初稿")),
        (("商务政策", ""), ("商务政策", "替代 2023 年政策")),
    ],
)
def test_nothing_is_tied_by_less(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert tied((*one, JUNE), (*other, AUGUST)) == {}


def test_another_module_needs_the_title() -> None:
    old, new = ("商务政策 2024", "", JUNE), ("商务政策 2025", "替代 2025 年 6 月版", AUGUST)
    assert tied(old, new, module="legal") == {}
    assert tied(old, (new[0], "替代《商务政策 2024》", AUGUST), module="legal") == {"old": "new"}


def test_a_new_edition_that_voids_the_old_one_is_not_old() -> None:
    assert not says_it_is_old("本版替代2024年11月的V1，V1自签批日起作废。")
    assert not says_it_is_old("本制度自发布之日起施行，原 V1.0 作废。")
    assert says_it_is_old("状态：已作废，以第二版为准")


def test_chains_lead_to_the_end_and_circles_nowhere() -> None:
    assert newest({"a": "b"}, {"b": "c"}) == {"a": "c", "b": "c"}
    assert newest({"a": "b"}, {"b": "a"}) == {}
