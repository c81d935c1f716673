"""Editions as a search sees them: by what documents say, by their texts, and only among what the viewer may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from kb import db, vectors
from kb.access import OPERATOR, Classification, Module, Scope
from kb.documents import Document
from search.editions.standing import editions
from tests.bench.world import HashedMeaning, Paper, build

_TEXT = "一季度锁定柳州大客户的年框，二季度完成郑州仓的搬迁，三季度把返点制度改成阶梯式，四季度复盘全部渠道。"


def paper(id_: str, title: str, text: str, on: date, module: Module = Module.strategy) -> Paper:
    return Paper(id_, title, "hov-1", module, Classification.internal, ((text,),), authored_on=on)


OLD = paper("doc-01", "2024 年经销商政策", "返点三个点。", date(2024, 1, 10))
NEW = paper("doc-02", "2025 年经销商政策", "替代 2024 年政策。返点两个点。", date(2025, 1, 16))
DRAFT = paper("doc-03", "OKR 分解表（讨论稿）", _TEXT, date(2026, 1, 5))
FINAL = paper("doc-04", "战略目标分解表（正式版）", "已批准。" + _TEXT, date(2026, 3, 1))
OTHER = paper("doc-05", "费用分解表（正式版）", "差旅费按部门分解，市场费按季度拨付。", date(2026, 4, 1))

MAY = paper("doc-06", "5 月例会纪要（讨论稿）", "参会：全体。" + _TEXT[::-1], date(2026, 5, 1), Module.team)
JUNE = paper("doc-07", "6 月例会纪要（正式版）", "参会：全员。" + _TEXT[::-1], date(2026, 6, 1), Module.team)


@pytest.fixture
def company(home: Path, session: Session) -> Iterator[Session]:
    build([OLD, NEW, DRAFT, FINAL, OTHER, MAY, JUNE], HashedMeaning())
    yield session
    vectors.close()


def newer(session: Session, scope: Scope = OPERATOR) -> dict[str, str]:
    documents = session.exec(select(Document).where(scope.visible(col(Document.cell)))).all()
    return editions(session, scope, documents)


def test_a_statement_ties_two_years_and_the_texts_tie_two_titles(company: Session) -> None:
    assert newer(company) == {"doc-01": "doc-02", "doc-03": "doc-04"}


def test_it_is_read_once(company: Session) -> None:
    newer(company)
    asked: list[str] = []
    event.listen(db.engine(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    assert newer(company) == {"doc-01": "doc-02", "doc-03": "doc-04"}
    assert not [statement for statement in asked if "FROM chunk" in statement]


def test_what_is_hidden_replaces_nothing(company: Session) -> None:
    newer(company)  # remembered for everybody must not be shown to everybody
    hidden = replace(NEW, classification=Classification.restricted).cell
    for id_ in ("doc-02", "doc-04"):
        company.get_one(Document, id_).cell = hidden
    company.commit()
    assert newer(company, Scope(cells=frozenset({OLD.cell}))) == {}
