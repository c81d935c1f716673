"""After the end real questions go on counting: once each, by their last result, from those who took over."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from kb.db import now
from kb.errors import NotAllowed
from kb.handover.case import Handover
from kb.handover.workflow import Node
from kb.notices import Notice
from kb.people import Person
from search import aftercare
from search.history import SearchRecord
from tests.kb.handover.walking import cast, opened, see


@pytest.fixture
def ended(session: Session) -> tuple[Handover, dict[str, Person]]:
    people = cast(session)
    handover = opened(session, people)
    handover.node, handover.ended_at = Node.archived, now() - timedelta(days=40)
    session.flush()
    return handover, people


def asked(session: Session, handover: Handover, person: Person, text: str, day: int, *, found: bool,
          here: bool = True) -> None:
    assert handover.ended_at is not None
    session.add(SearchRecord(person_id=person.id, text=text, found=found, handover_id=handover.id if here else "",
                             at=handover.ended_at + timedelta(days=day)))
    session.flush()


def test_each_question_counts_once_by_its_last_result(
    session: Session, ended: tuple[Handover, dict[str, Person]]
) -> None:
    handover, people = ended
    asked(session, handover, people["ren"], "谁拍板采购？", 1, found=False)
    asked(session, handover, people["ren"], "谁拍板采购？", 5, found=True)
    asked(session, handover, people["ren"], "奖金怎么算？", 6, found=False, here=False)
    asked(session, handover, people["qiu"], "不是接收方问的", 6, found=True)
    asked(session, handover, people["ren"], "第三十五天才问", 35, found=True)
    first, second = aftercare.scores(session, handover)
    assert (first.asked, first.answered, first.percent, first.people) == (2, 1, 50, 1)
    assert (second.asked, second.answered) == (3, 2)
    assert not first.final
    assert aftercare.unanswered(session, see(session, people["ren"]), handover) == ["奖金怎么算？"]
    assert aftercare.unanswered(session, see(session, people["hr1"]), handover) == []


def test_a_score_is_kept_once_when_its_days_have_passed(
    session: Session, ended: tuple[Handover, dict[str, Person]]
) -> None:
    handover, people = ended
    asked(session, handover, people["ren"], "谁拍板采购？", 1, found=True)
    assert aftercare.keep_scores(session, now()) == 1
    assert aftercare.keep_scores(session, now()) == 0
    asked(session, handover, people["ren"], "后来补记的一问", 2, found=False)
    first, second = aftercare.scores(session, handover)
    assert first.final
    assert first.asked == 1
    assert not second.final
    told = {n.person_id for n in session.exec(select(Notice).where(Notice.handover_id == handover.id))
            if n.link.endswith("/after")}
    assert told == {people["hr1"].id, people["ren"].id}


def test_nothing_is_counted_before_the_end_and_not_everybody_reads_it(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    assert aftercare.scores(session, handover) == []
    assert aftercare.keep_scores(session, now()) == 0
    for login in ("ren", "hr1"):
        aftercare.require_reader(session, see(session, people[login]), handover)
    for login in ("han", "qiu"):
        with pytest.raises(NotAllowed):
            aftercare.require_reader(session, see(session, people[login]), handover)
