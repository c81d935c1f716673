from __future__ import annotations

from datetime import date

import pytest

from search.editions.statement import says_it_is_old
from search.editions.titles import Titled, names_its_period, newer_editions, stem


def titled(*titles: str, handover: str = "hov-1") -> list[Titled]:
    return [Titled(f"doc-{n}", handover, title, None) for n, title in enumerate(titles)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("核心项目风险清单（v1）", "核心项目风险清单（v2，交接用）"),
        ("OKR 分解表（v1 讨论稿）", "OKR 分解表（v2 正式版）"),
        ("财务权限表（旧版）", "财务权限表（现行）"),
        ("采购制度（草稿）", "采购制度"),
        ("采购制度 V1.9", "采购制度 V1.10"),
        ("预算（V1，上报稿）", "预算（V2，总裁办公会批准稿）"),
        ("规划（第一版，征求意见）", "规划（第二版）"),
        ("三年规划（2025—2027）征求意见稿", "三年规划（2025—2027）"),
        ("核心项目风险清单（2026 年 6 月版）", "核心项目风险清单（2026 年 11 月版，交接用）"),
    ],
)
def test_the_newer_edition_is_known_by_its_title(old: str, new: str) -> None:
    assert newer_editions(titled(old, new)) == {"doc-0": "doc-1"}
    assert newer_editions(titled(new, old)) == {"doc-1": "doc-0"}


def test_different_things_are_no_editions_of_each_other() -> None:
    assert newer_editions(titled("风险清单（v1）", "权限清单（v2）")) == {}
    assert newer_editions(titled("周例会纪要", "周例会纪要")) == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [("2025 年度预算", "2026 年度预算"), ("2026 年 6 月例会纪要", "2026 年 7 月例会纪要"),
     ("例会纪要 2026-03-01", "例会纪要 2026-03-08"), ("例会纪要（2026-03-01）", "例会纪要（2026-03-08）"),
     ("2024 年度台账（2024-12-31）", "2025 年度台账（2025-12-31）"), ("规划（2022—2024）V1", "规划（2025—2027）V2")],
)
def test_another_period_is_another_thing(one: str, other: str) -> None:
    assert newer_editions(titled(one, other)) == {}


def test_other_handovers_do_not_count() -> None:
    assert newer_editions([*titled("清单（v1）"), Titled("doc-9", "hov-2", "清单（v2）", None)]) == {}


def test_the_date_decides_between_equal_marks() -> None:
    older, newer = date(2025, 1, 1), date(2026, 1, 1)
    pair = [Titled("doc-0", "h", "制度（v2）", newer), Titled("doc-1", "h", "制度（v2）", older)]
    assert newer_editions(pair) == {"doc-1": "doc-0"}


@pytest.mark.parametrize(
    "title",
    ["应收台账（2025年{}月30日）", "预算执行台账（截至{}月30日）", "供应商清单（2025-{}-30）", "人才盘点（{}月）"],
)
def test_what_is_kept_up_as_of_a_day_is_replaced_by_its_later_state(title: str) -> None:
    states = [Titled(f"doc-{m}", "h", title.format(m), date(2025, m, 30)) for m in (6, 8)]
    assert newer_editions(states) == {"doc-6": "doc-8"}


def test_a_ledger_of_a_later_quarter_replaces_the_earlier_one() -> None:
    quarters = [Titled(f"doc-{month}", "h", f"应收台账（2025年{quarter}季度末）", date(2025, month, 9))
                for month, quarter in ((4, "一"), (7, "二"))]
    assert newer_editions(quarters) == {"doc-4": "doc-7"}
    assert names_its_period("一季度末还有多少应收", *(q.title for q in quarters))
    assert not names_its_period("二季度末还有多少应收", *(q.title for q in quarters))
    assert not names_its_period("还有多少应收", *(q.title for q in quarters))


@pytest.mark.parametrize("title", ["2025年{}月例会纪要", "经营分析（2025年{}月）"])
def test_a_report_of_a_month_is_not_replaced_by_the_next(title: str) -> None:
    assert newer_editions(titled(title.format(6), title.format(7))) == {}


def test_a_document_may_say_so_itself() -> None:
    assert says_it_is_old("本表已作废，以新表为准。")
    assert not says_it_is_old("本版取代 2024 年的制度。")


def test_the_stem_is_the_title_without_marks() -> None:
    assert stem("OKR 分解表（v1 讨论稿）") == stem("OKR 分解表（v2 正式版）") == "okr分解表"
