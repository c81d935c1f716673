"""The whole search on a small company: real rows, the embedded engine, a stand-in for the model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from kb import db, embedding, vectors
from kb.access import OPERATOR, Classification, Module, Scope
from kb.db import now
from kb.documents import Document, Version
from kb.errors import Invalid, NotAllowed, NotFound, Unavailable
from kb.people import Role
from search import Query, Results, explain, search, service, suggest
from search.history import (
    SearchRecord,
    drop_saved,
    recent_searches,
    record_opened,
    save_search,
    saved_searches,
    search_counts,
)
from tests.bench.world import HashedMeaning, Paper, build, viewer

CUSTOMER = Paper(
    "doc-1", "江川重工客户手记", "hov-1", Module.projects, Classification.internal,
    (("江川重工的年框六月到期。", "王总只在月底签字，月中送去签不下来。"),), author="何静远", tags=("续约",),
)  # fmt: skip
REBATE = Paper("doc-2", "返点备忘", "hov-1", Module.finance, Classification.restricted, (("江川重工返点三十万。",),))
OLD = Paper("doc-3", "风险清单（v1）", "hov-1", Module.projects, Classification.internal, (("北斗柳州风险：高。",),))
NEW = Paper("doc-4", "风险清单（v2）", "hov-1", Module.projects, Classification.internal, (("北斗柳州风险：中。",),))
TWICE = Paper("doc-5", "考勤制度", "hov-1", Module.team, Classification.internal,
              (("夜班补贴五十元。",), ("夜班补贴八十元。",)))  # fmt: skip
LOSS = Paper("doc-6", "退出的账", "hov-1", Module.projects, Classification.internal,
             (("两年亏损共 3,260 万元。", "押金另算，合同 HT-2024-09。", "别的都收回来了。"),))  # fmt: skip
SEES = Scope(cells=frozenset(p.cell for p in (CUSTOMER, OLD, TWICE)))


@pytest.fixture
def company(home: Path, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    model = HashedMeaning()
    monkeypatch.setattr(embedding, "embedder", lambda _model=None: model)
    build([CUSTOMER, REBATE, OLD, NEW, TWICE, LOSS], model)
    yield session
    vectors.close()


def ask(session: Session, text: str, scope: Scope = SEES, **more: object) -> Results:
    return search(session, viewer(scope), Query(text=text, **more), record=False)  # type: ignore[arg-type]


def found(results: Results) -> list[str]:
    return [hit.document_id for hit in results.hits]


def test_the_passage_is_exact_and_marked(company: Session) -> None:
    hit = ask(company, "王总 月底签字").hits[0]
    assert (hit.document_id, hit.passage) == ("doc-1", "王总只在月底签字，月中送去签不下来。")
    assert "月底签字" in [hit.passage[a:b] for a, b in hit.highlights]
    assert hit.why


@pytest.mark.parametrize("text", ["江川重工年框", "江穿重工年筐", "ｊｉａｎｇ　ｃｈｕａｎ", "夜班補貼"])
def test_typos_full_width_traditional_and_spelling_find_it(company: Session, text: str) -> None:
    wanted = "doc-5" if "夜" in text else "doc-1"
    assert found(ask(company, text))[0] == wanted


def test_what_is_closed_is_in_no_hit_count_or_completion(company: Session) -> None:
    results = ask(company, "江川重工返点三十万")
    assert "doc-2" not in found(results)
    assert "finance" not in [count.value for count in results.facets["module"]]
    assert ask(company, "江川重工返点", modules=(Module.finance,)).total == 0
    assert suggest(company, viewer(SEES), "返点") == []
    assert found(ask(company, "江川重工返点三十万", OPERATOR))[0] == "doc-2"


def test_nobody_without_a_grant_finds_anything(company: Session) -> None:
    results = ask(company, "江川重工", Scope())
    assert (results.total, results.hits, results.reliable) == (0, (), False)
    assert results.notice


def test_an_exact_title_comes_first(company: Session) -> None:
    results = ask(company, "考勤制度")
    assert found(results)[0] == "doc-5"
    assert results.reliable


def test_a_question_in_pinyin_is_weighed_as_the_chinese_it_is(
    company: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    weighed: list[bool] = []
    monkeypatch.setattr(service, "lexical_weight", lambda _share, *, same_script: weighed.append(same_script) or 1.0)
    assert found(ask(company, "jiangchuan zhonggong"))[0] == CUSTOMER.id
    ask(company, "who signs")
    assert weighed == [True, False]


def test_a_title_is_exact_whatever_blanks_and_brackets_it_is_written_with(company: Session) -> None:
    assert found(ask(company, "风险清单（v1）", OPERATOR))[0] == OLD.id
    results = ask(company, "风险清单 (v1)", OPERATOR)
    assert found(results)[0] == OLD.id
    assert results.hits[0].why == explain.TITLE


def test_a_file_is_found_by_its_name_whatever_it_says(company: Session) -> None:
    document = company.get_one(Document, TWICE.id)
    version = company.get_one(Version, document.current_version_id)
    document.file_name = version.file_name = "scan-0815 (最终).pdf"
    company.add_all((document, version))
    company.flush()
    results = ask(company, "scan-0815 (最终).pdf")
    assert (found(results)[0], results.hits[0].why, results.sure) == (TWICE.id, explain.FILE, True)
    assert TWICE.id not in found(ask(company, "scan-0815 (最终).pdf", modules=(Module.projects,)))
    closed = Scope(cells=frozenset({CUSTOMER.cell}))
    assert TWICE.id not in found(ask(company, "scan-0815 (最终).pdf", closed))


@pytest.mark.parametrize(
    ("text", "stated"), [("3260万", "3,260"), ("0.326亿", "3,260"), ("3,260", "3,260"), ("ht202409", "HT-2024-09")]
)
def test_a_figure_is_found_in_whatever_writing_and_nothing_else_is_relied_on(
    company: Session, text: str, stated: str
) -> None:
    results = ask(session=company, text=text)
    assert found(results)[0] == LOSS.id
    assert stated in results.hits[0].passage
    assert results.sure
    assert not ask(company, "3261万").reliable


def test_the_older_edition_stands_below_and_is_marked(company: Session) -> None:
    hits = ask(company, "北斗柳州风险高").hits
    places = {hit.document_id: place for place, hit in enumerate(hits)}
    assert places["doc-4"] < places["doc-3"]
    assert not hits[places["doc-3"]].current
    assert hits[places["doc-3"]].superseded_by == "doc-4"
    assert hits[places["doc-4"]].current


def test_a_hidden_newer_edition_demotes_nothing(company: Session) -> None:
    company.get_one(Document, "doc-4").cell = REBATE.cell
    company.commit()
    vectors.index().update("doc-4", cell=REBATE.cell)
    hit = next(h for h in ask(company, "北斗柳州风险").hits if h.document_id == "doc-3")
    assert (hit.current, hit.superseded_by) == (True, "")


def test_an_older_version_only_when_asked_for(company: Session) -> None:
    assert "五十" not in "".join(h.passage for h in ask(company, "夜班补贴五十元").hits)
    assert "五十" in "".join(h.passage for h in ask(company, "夜班补贴五十元", include_old=True).hits)


def test_what_sql_says_is_gone_is_gone_whatever_the_index_holds(company: Session) -> None:
    company.get_one(Document, "doc-1").deleted_at = now()
    company.commit()
    assert "doc-1" not in found(ask(company, "江川重工年框"))


def test_filters_add_up(company: Session) -> None:
    assert found(ask(company, "江川重工", tags=("续约",), authors=("何静远",))) == ["doc-1"]
    assert found(ask(company, "江川重工", tags=("续约", "别的"))) == []
    assert found(ask(company, "", modules=(Module.team,))) == ["doc-5"]


def test_without_a_model_it_goes_on_by_words_and_says_so(company: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    def off(_model: object = None) -> None:
        raise Unavailable("embedding.off", "关闭")

    monkeypatch.setattr(embedding, "embedder", off)
    results = ask(company, "夜班补贴八十元")
    assert results.lexical_only
    assert found(results)[0] == "doc-5"
    assert results.notice


def test_a_question_that_nothing_answers_is_called_so(company: Session) -> None:
    monkey = ask(company, "火星移民飞船票价")
    assert not monkey.reliable


def test_many_hits_take_as_many_statements_as_one(company: Session) -> None:
    asked: list[str] = []
    event.listen(db.engine(), "before_cursor_execute", lambda *given: asked.append(given[2]))
    one = ask(company, "夜班补贴", modules=(Module.team,))
    for_one = sum(statement.startswith("SELECT") for statement in asked)
    many = ask(company, "江川重工年框 北斗柳州风险 夜班补贴", OPERATOR)
    for_many = sum(statement.startswith("SELECT") for statement in asked) - for_one
    assert (len(one.hits), len(many.hits)) == (1, 6)
    assert for_one == for_many == 8


def test_what_was_not_committed_yet_is_seen(company: Session) -> None:
    company.get_one(Document, "doc-5").deleted_at = now()
    assert "doc-5" not in found(ask(company, "夜班补贴"))


def test_a_question_may_not_be_endless(company: Session) -> None:
    with pytest.raises(Invalid):
        ask(company, "问" * 501)


def test_a_search_is_remembered_for_its_person_only(company: Session) -> None:
    me, other = viewer(SEES, "per-me"), viewer(SEES, "per-other")
    search(company, me, Query(text="江川"))
    search(company, me, Query(text="江川重工"))
    record_opened(company, me, "doc-1", "江川重工")
    assert [row.text for row in recent_searches(company, me)] == ["江川重工"], "typing on replaces"
    assert recent_searches(company, other) == []
    assert company.exec(select(SearchRecord)).one().found in (True, False)


def test_counts_are_for_those_who_may_read_them_and_hold_no_words(company: Session) -> None:
    search(company, viewer(SEES, "per-me"), Query(text="江川重工", handover_id="hov-1"))
    counts = search_counts(company, replace(viewer(SEES), role=Role.hr))
    assert [(c.handover_id, c.searches, c.people) for c in counts] == [("hov-1", 1, 1)]
    with pytest.raises(NotAllowed):
        search_counts(company, replace(viewer(SEES), role=Role.successor))


def test_saved_searches_are_ones_own(company: Session) -> None:
    me, other = viewer(SEES, "per-me"), viewer(SEES, "per-other")
    saved = save_search(company, me, "续约", "?q=年框&tag=续约")
    assert [s.query_string for s in saved_searches(company, me)] == ["q=年框&tag=续约"]
    with pytest.raises(NotFound):
        drop_saved(company, other, saved.id)
    drop_saved(company, me, saved.id)
    assert saved_searches(company, me) == []
