"""The last day moves, and with it what was due on it or would be due after it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from kb.clock import today
from kb.errors import Invalid, NotAllowed
from kb.handover import arranging
from kb.handover.case import Deliverable, Handover
from kb.ledger import LedgerEntry
from kb.notices import Notice
from kb.people import Person
from tests.kb.handover.walking import cast, opened, see

SOON, LATER = timedelta(days=9), timedelta(days=40)


@pytest.fixture
def people(session: Session) -> dict[str, Person]:
    return cast(session)


@pytest.fixture
def handover(session: Session, people: dict[str, Person]) -> Handover:
    return opened(session, people)


def due_days(session: Session, handover: Handover) -> list[date]:
    wanted = select(Deliverable).where(Deliverable.handover_id == handover.id).order_by(col(Deliverable.ordinal))
    return [row.due_on for row in session.exec(wanted) if row.due_on is not None]


def test_nothing_is_due_after_an_earlier_last_day(
    session: Session, people: dict[str, Person], handover: Handover
) -> None:
    before, last = due_days(session, handover), today() + SOON
    arranging.set_last_day(session, see(session, people["hr1"]), handover.id, last)
    assert due_days(session, handover) == [min(day, last) for day in before]
    assert handover.last_day == last


def test_what_was_due_on_the_last_day_goes_with_it(
    session: Session, people: dict[str, Person], handover: Handover
) -> None:
    hr, last = see(session, people["hr1"]), today() + SOON
    arranging.set_last_day(session, hr, handover.id, last)
    cut, later = due_days(session, handover), today() + LATER
    arranging.set_last_day(session, hr, handover.id, later)
    assert due_days(session, handover) == [later if day == last else day for day in cut]
    entry = session.exec(select(LedgerEntry).where(LedgerEntry.action == "handover.last_day")
                         .order_by(col(LedgerEntry.number).desc())).first()  # fmt: skip
    assert entry is not None
    assert later.isoformat() in entry.body
    told = session.exec(select(Notice).where(Notice.person_id == handover.leaver_id)).all()
    assert any("离任日改为" in notice.message for notice in told)


@pytest.mark.parametrize("day", [None, date(2020, 1, 1)])
def test_a_last_day_that_is_none_or_has_passed_is_refused(
    session: Session, people: dict[str, Person], handover: Handover, day: date | None
) -> None:
    with pytest.raises(Invalid, match="离任日"):
        arranging.set_last_day(session, see(session, people["hr1"]), handover.id, day)


@pytest.mark.parametrize("who", ["han", "ren", "qiu"])
def test_it_is_for_hr_to_move(
    session: Session, people: dict[str, Person], handover: Handover, who: str
) -> None:
    with pytest.raises(NotAllowed):
        arranging.set_last_day(session, see(session, people[who]), handover.id, today() + SOON)
    assert handover.last_day is None
