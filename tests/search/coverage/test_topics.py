"""A topic is weighed by who says that a document is on it and how wholly it is; a search counts where it led."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import Session

from kb.access import Classification, Module, cell_of
from kb.cards.forms import forms
from kb.chunks import Chunk
from kb.documents import Document, Stage, Version
from kb.handover.case import GapSource, GapState, Handover
from kb.handover.gaps import note_gap, search_reference
from kb.people import Person
from kb.tags import DocumentTag, Suggestion
from kb.vocabulary import vocabulary
from search.coverage.matrix import Heat
from search.coverage.topics import Supply, Topic, TopicRow, topics
from search.history import OpenedHit, SearchRecord
from tests.kb.handover.walking import cast, opened, see

ON = date(2026, 11, 28)
People = dict[str, Person]
Place = tuple[Module | None, str]


@pytest.fixture
def people(session: Session) -> People:
    return cast(session)


@pytest.fixture
def handover(session: Session, people: People) -> Handover:
    return opened(session, people)


def document(
    session: Session, handover: Handover, title: str, *tags: str, suggested: str = "", accepted: str = "",
    dated: date = ON, characters: int = 900, **more: str,
) -> Document:
    cell = cell_of(handover.id, Module.strategy, Classification.internal)
    made = Document(
        handover_id=handover.id, module=Module.strategy, cell=cell,
        title=title, file_name=f"{title}.md", authored_on=dated, uploader_id=handover.leaver_id, **more,
    )  # fmt: skip
    session.add(made)
    session.flush()
    version = Version(document_id=made.id, number=1, sha256=made.id, file_name="x", size_bytes=1, stage=Stage.ready,
                      characters=characters)
    session.add(version)
    session.flush()
    made.current_version_id = version.id
    session.add_all(DocumentTag(document_id=made.id, tag=tag) for tag in tags)
    for value, decided in ((suggested, ""), (accepted, "accepted")):
        if value:
            session.add(Suggestion(document_id=made.id, field="tag", value=value, decided=decided, score=0.7))
    session.flush()
    return made


def counted(session: Session, people: People, handover: Handover) -> dict[Place, Topic]:
    return {place: row.by_handover[handover.id] for place, row in _rows(session, people, handover).items()}


def _rows(session: Session, people: People, handover: Handover) -> dict[Place, TopicRow]:
    return {(r.module, r.tag): r for r in topics(session, see(session, people["hr1"]), [handover], on=ON)}


def test_a_title_that_names_a_topic_makes_it_the_main_one(session: Session, people: People, handover: Handover) -> None:
    document(session, handover, "战略地图 2026", "strategy.map", "strategy.okr")
    found = counted(session, people, handover)
    assert found[Module.strategy, "strategy.map"].supply is Supply.well
    assert found[Module.strategy, "strategy.okr"].supply is Supply.thin
    assert found[Module.strategy, "strategy.okr"].heat is Heat.thin


def test_without_a_name_what_the_author_thought_of_goes_before_what_they_accepted(
    session: Session, people: People, handover: Handover
) -> None:
    document(session, handover, "财务计划", "strategy.plan", "strategy.board", accepted="strategy.board")
    found = counted(session, people, handover)
    assert found[Module.strategy, "strategy.plan"].main == 1
    assert found[Module.strategy, "strategy.board"].main == 0


def test_what_only_the_text_says_is_counted_as_suggested(session: Session, people: People, handover: Handover) -> None:
    document(session, handover, "说明", suggested="finance.budget")
    row = _rows(session, people, handover)[Module.strategy, "finance.budget"]
    topic = row.by_handover[handover.id]
    assert (topic.documents, topic.suggested, topic.supply, row.area) == (1, 1, Supply.thin, "finance")


def test_notes_drafts_and_old_documents_are_thin(session: Session, people: People, handover: Handover) -> None:
    document(session, handover, "便签 猎头", "team.recruiting", characters=120)
    document(session, handover, "战略地图（讨论稿）", "strategy.map")
    document(session, handover, "董事会纪要", "strategy.board", dated=date(2024, 9, 18))
    found = counted(session, people, handover)
    assert {found[Module.strategy, tag].supply for tag in ("team.recruiting", "strategy.map", "strategy.board")} == {
        Supply.thin
    }
    assert found[Module.strategy, "strategy.board"].old


def test_three_that_touch_a_topic_cover_it(session: Session, people: People, handover: Handover) -> None:
    for title in ("北京", "天津", "石家庄"):
        document(session, handover, f"{title}决策记录", "strategy.rationale", "strategy.market")
    assert counted(session, people, handover)[Module.strategy, "strategy.market"].supply is Supply.well


def test_superseded_editions_and_attachments_do_not_count(session: Session, people: People, handover: Handover) -> None:
    document(session, handover, "战略地图（2025版）", "strategy.map")
    newest = document(session, handover, "战略地图（2026版）", "strategy.map")
    document(session, handover, "附件", "strategy.map", parent_id=newest.id)
    assert counted(session, people, handover)[Module.strategy, "strategy.map"].documents == 1


def test_what_a_later_document_says_it_replaces_does_not_count(
    session: Session, people: People, handover: Handover
) -> None:
    document(session, handover, "任务拆解", "strategy.okr", dated=date(2026, 3, 1))
    later = document(session, handover, "年度目标一览", "strategy.okr")
    assert later.current_version_id is not None
    session.add(Chunk(point_id="later-0", version_id=later.current_version_id, document_id=later.id, ordinal=0, start=0,
                      end=20, text="本文取代《任务拆解》，自下发之日起执行。", heading_path=[]))  # fmt: skip
    session.flush()
    assert counted(session, people, handover)[Module.strategy, "strategy.okr"].documents == 1


def test_one_person_only_falls_back_on_who_handed_it_in(session: Session, people: People, handover: Handover) -> None:
    document(session, handover, "战略地图", "strategy.map")
    document(session, handover, "目标分解", "strategy.okr", author="韩立群、任远舟")
    rows = _rows(session, people, handover)
    assert rows[Module.strategy, "strategy.map"].alone == "韩立群"
    assert rows[Module.strategy, "strategy.okr"].alone == ""


def test_a_search_counts_for_what_was_opened_with_its_words(
    session: Session, people: People, handover: Handover
) -> None:
    opened_one = document(session, handover, "退出华北", "strategy.rationale")
    asker = people["ren"].id
    session.add(SearchRecord(person_id=asker, text="北冕的回款"))
    session.add(OpenedHit(person_id=asker, document_id=opened_one.id, text="北冕的回款"))
    session.add(SearchRecord(person_id=asker, text="别处的事"))
    session.flush()
    found = counted(session, people, handover)
    assert (found[Module.strategy, "strategy.rationale"].searches, len(found)) == (1, 1)


def test_a_search_in_vain_counts_where_it_was_narrowed_to_until_its_gap_is_closed(
    session: Session, people: People, handover: Handover
) -> None:
    text = "股权激励的行权名单在哪里"
    session.add(SearchRecord(person_id=people["ren"].id, text=text, filters={"modules": ["team"]},
                             handover_id=handover.id, found=False))
    gap = note_gap(session, handover.id, Module.team, GapSource.search, search_reference(text), text)
    place = (Module.team, "finance.equity")
    assert counted(session, people, handover)[place].unanswered == 1
    assert counted(session, people, handover)[place].heat is Heat.bare
    gap.state = GapState.closed
    session.add(gap)
    session.flush()
    assert counted(session, people, handover)[place].unanswered == 0


def test_forms_name_topics_of_the_vocabulary() -> None:
    known = vocabulary().tags
    assert all(topic in known and known[topic].area for form in forms().values() for topic in form.topics)
