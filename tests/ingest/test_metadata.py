"""What a document says about itself: title, author, date, kind."""

from __future__ import annotations

import pytest

from ingest.authorship import author_beside, author_in, date_in
from ingest.draft import Draft
from ingest.metadata import infer, title_from
from kb.documents import Kind


@pytest.mark.parametrize(
    ("head", "author"),
    [
        ("体例：STAR|撰写：何静远、佟雷|2025-09-18 初稿", "何静远、佟雷"),
        ("制作：运营管理部 佟雷；讲解人：何静远", "佟雷"),
        ("致：唐牧之|自：韩嘉|2026-03-13", "韩嘉"),
        ("主持梁浩，记录潘越。客户侧：祝岚", "潘越"),
        ("From: Anna Vogt\nTo: 何静远", "Anna Vogt"),
        ("记录下来的事情很多", ""),
        ("作者信息见附件", ""),
    ],
)
def test_authors_by_label(head: str, author: str) -> None:
    assert author_in(head) == author


@pytest.mark.parametrize(
    ("head", "last", "author"),
    [
        ("韩嘉（法务）编，何静远核，2026-03-10。", "", "韩嘉"),
        ("机密。沈若兰，2026-03-28。仅供接任", "", "沈若兰"),
        ("沈若兰 → 林郁文、顾晓棠；2026-04-08", "", "沈若兰"),
        ("牧之：", "何静远", "何静远"),
        ("牧之：", "以上。", ""),
        ("决定：周亦衡 2025-02-24 批准。", "", ""),
    ],
)
def test_authors_without_a_label(head: str, last: str, author: str) -> None:
    assert author_beside(head, last) == author


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("日期：2026年3月5日", "2026-03-05"),
        ("2025-07-15 起执行。更新：2026-03-10", "2026-03-10"),
        ("开庭日期 2026 年 4 月 22 日", None),
        ("2025-09-18 初稿，2026-03-07 交接修订", "2026-03-07"),
        ("本版取代 2025-11-28 版。", None),
        ("自：何静远|2026-03-13|受限", "2026-03-13"),
        ("2026-02-31 不存在", None),
        ("编号 120260305", None),
    ],
)
def test_dates(text: str, day: str | None) -> None:
    assert str(date_in(text)) == str(day)


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("三年战略_终稿.docx", "三年战略"),
        ("资料/台账 (2).xlsx", "台账"),
        ("清单 - 副本.csv", "清单"),
        (".md", ".md"),
        ("a\\b\\权限表.pdf", "权限表"),
    ],
)
def test_titles_from_file_names(name: str, title: str) -> None:
    assert title_from(name) == title


def test_the_first_heading_is_the_title_and_generic_properties_are_not() -> None:
    draft = Draft(
        properties={"title": "PowerPoint 演示文稿", "author": "Administrator", "date": "2026-04-01T09:00:00Z"}
    )
    draft.paragraph("只有正文。")
    told = infer("复盘.pptx", draft)
    assert (told.title, told.author, str(told.authored_on)) == ("复盘", "", "2026-04-01")
    draft = Draft(properties={"title": "旧名"})
    draft.heading("核心项目风险清单", 1)
    assert infer("a.docx", draft).title == "核心项目风险清单"


def test_a_date_in_a_table_is_data() -> None:
    draft = Draft()
    draft.table([["任务", "开始"], ["勘测", "2025-04-25"]])
    assert infer("进度表.csv", draft).authored_on is None


@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("灯塔项目进度表", "编号 任务", Kind.ledger),
        ("北斗项目双周例会", "主持梁浩，参会三方。", Kind.minutes),
        ("三年战略规划", "三年目标如下。", Kind.strategy_doc),
        ("赤焰复盘", "情境 任务 行动 结果", Kind.star),
        ("随笔", "今天天气很好。", Kind.other),
        ("决策记录 DR-7", "Why 与 How much", Kind.five_w2h),
    ],
)
def test_kinds(title: str, text: str, kind: Kind) -> None:
    draft = Draft()
    draft.heading(title, 1)
    draft.paragraph(text)
    assert infer("a.docx", draft).kind is kind
