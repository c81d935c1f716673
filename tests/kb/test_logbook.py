"""The operation log names what it is about, and says nothing of content to somebody to whom it is closed."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlmodel import Session, col, select

from kb import ledger, library, logbook
from kb.access import Module
from kb.documents import Document
from kb.errors import NotAllowed
from kb.handover import arranging, gaps
from kb.handover.case import Deliverable, GapSource, Handover
from kb.logbook import Entry, Filters
from kb.viewing import Viewer
from tests.kb.handover.walking import cast, hand_in, opened, see

QUESTION, REASON = "锐付的费率为什么让了两个点", "谈判只有口头"


@pytest.fixture
def room(session: Session) -> tuple[Handover, Mapping[str, Viewer]]:
    people = cast(session, second=True)
    handover = opened(session, people)
    gap = gaps.note_gap(session, handover.id, Module.finance, GapSource.search, "q1", QUESTION)
    owed = session.exec(select(Deliverable).where(
        col(Deliverable.handover_id) == handover.id, col(Deliverable.module) == Module.finance)).first()  # fmt: skip
    assert owed is not None
    document = hand_in(session, handover, owed)
    who = {login: see(session, person) for login, person in people.items()}
    gaps.declare_unknown(session, who["han"], gap.id, REASON)
    ledger.record(session, who["han"].person_id, "contradiction.dismissed", handover.id, pair="p", reason=REASON)
    ledger.record(session, who["han"].person_id, "document.retagged", document.id, handover=handover.id,
                  module="finance", after="费率")
    session.flush()
    return handover, who


def _log(session: Session, viewer: Viewer, handover: Handover, action: str) -> Entry:
    (entry,) = logbook.entries_of(session, viewer, handover.id, Filters(action=action))
    return entry


@pytest.mark.parametrize("login", ["han", "ren"])
def test_those_who_may_read_the_module_read_what_was_done(
    session: Session, room: tuple[Handover, Mapping[str, Viewer]], login: str
) -> None:
    handover, who = room
    unknown = _log(session, who[login], handover, "gap.unknown")
    assert (unknown.summary, unknown.detail["reason"]) == (QUESTION, REASON)
    assert _log(session, who[login], handover, "document.retagged").summary.endswith("（定稿）")


def test_hr_reads_that_it_was_done_and_no_word_of_it(
    session: Session, room: tuple[Handover, Mapping[str, Viewer]]
) -> None:
    handover, who = room
    for action in ("gap.unknown", "contradiction.dismissed", "document.retagged"):
        entry = _log(session, who["hr1"], handover, action)
        assert entry.actor == "韩立群"
        assert REASON not in str(entry)
        assert QUESTION not in str(entry)
        assert "定稿" not in str(entry)
    assert _log(session, who["hr1"], handover, "gap.unknown").detail["module"] == "finance"


def test_neither_tags_nor_reasons_are_told_as_states(
    session: Session, room: tuple[Handover, Mapping[str, Viewer]]
) -> None:
    handover, who = room
    document = session.exec(select(Document).where(Document.handover_id == handover.id)).one()
    library.retag(session, who["han"], document.id, ["裁员名单"])
    (owed,) = session.exec(select(Deliverable).where(Deliverable.handover_id == handover.id, Deliverable.key == "okr"))
    arranging.excuse(session, who["hr1"], owed.id, "与锐付的合同在诉讼中")
    session.flush()
    for action in ("document.retagged", "deliverable.excused"):
        told = str(logbook.all_entries(session, who["hr1"], Filters(action=action)))
        assert "裁员名单" not in told
        assert "锐付" not in told
    assert "锐付" in str(_log(session, who["han"], handover, "deliverable.excused"))


def test_what_a_handover_is_called_stands_there(session: Session, room: tuple[Handover, Mapping[str, Viewer]]) -> None:
    handover, who = room
    started = _log(session, who["hr1"], handover, "handover.opened")
    assert started.subject == handover.title
    assert started.names[str(started.detail["leaver"])] == "韩立群"


def test_others_read_nothing(session: Session, room: tuple[Handover, Mapping[str, Viewer]]) -> None:
    handover, who = room
    with pytest.raises(NotAllowed):
        logbook.entries_of(session, who["guo"], handover.id, Filters())
