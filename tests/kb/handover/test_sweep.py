"""Reminders, overdue notices and escalation: once each, to whoever must act; and the red boxes they come from."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from kb import grants
from kb.access import Classification, Module
from kb.clock import today
from kb.handover import appointing, arranging, proceeding
from kb.handover.alerts import Alert, Severity, alerts
from kb.handover.case import Handover
from kb.handover.sweep import Swept, sweep
from kb.ledger import LedgerEntry
from kb.notices import Notice, NoticeKind
from kb.people import Person, Role, add_person
from tests.counting import queries_of
from tests.kb.handover.walking import PIN, approve_all, cast, deliver, hand_in, opened, owed, reach_receiving, see

MONDAY = date(2026, 11, 23)


@pytest.fixture
def people(session: Session) -> dict[str, Person]:
    return cast(session)


@pytest.fixture
def handover(session: Session, people: dict[str, Person]) -> Handover:
    made = opened(session, people)
    made.node_due, made.due_provisional = MONDAY, False  # whatever day the test runs on
    session.flush()
    return made


def _told(session: Session, person: Person, kind: NoticeKind) -> list[Notice]:
    return list(session.exec(select(Notice).where(Notice.person_id == person.id, Notice.kind == kind)))


def test_reminded_two_working_days_before_and_once(
    session: Session, people: dict[str, Person], handover: Handover
) -> None:
    assert sweep(session, date(2026, 11, 18)) == Swept()  # three working days left
    assert sweep(session, date(2026, 11, 19)).reminded == 1
    assert sweep(session, date(2026, 11, 19)).reminded == 0
    assert sweep(session, date(2026, 11, 20)).reminded == 1
    told = _told(session, people["han"], NoticeKind.due)
    assert [n.params["count"] for n in told] == [12, 12]
    assert _told(session, people["ren"], NoticeKind.due) == []


def test_overdue_goes_to_who_must_act_and_to_hr_and_into_the_log(
    session: Session, people: dict[str, Person], handover: Handover
) -> None:
    first = sweep(session, date(2026, 11, 24))
    assert (first.overdue, first.escalated) == (1, 1)
    assert sweep(session, date(2026, 11, 24)) == Swept()
    assert sweep(session, date(2026, 11, 25)).overdue == 0  # every second working day
    assert sweep(session, date(2026, 11, 26)).overdue == 1
    assert len(_told(session, people["han"], NoticeKind.overdue)) == 2
    assert len(_told(session, people["hr1"], NoticeKind.escalation)) == 1
    actions = [e.action for e in session.exec(select(LedgerEntry).where(LedgerEntry.object_id == handover.id))]
    assert actions.count("handover.overdue") == 2
    assert actions.count("handover.escalated") == 1


def test_days_off_bring_no_further_overdue_notice(session: Session, handover: Handover) -> None:
    handover.node_due = date(2026, 9, 29)
    holidays = [date(2026, 9, 30) + timedelta(days=n) for n in range(8)]  # a working day, then seven days off
    assert [sweep(session, day).overdue for day in holidays] == [1, *[0] * 7]


def test_a_deadline_that_was_moved_is_reminded_of_and_escalated_like_the_first(
    session: Session, handover: Handover
) -> None:
    before, late = date(2026, 11, 19), date(2026, 11, 24)
    for weeks in (0, 1):
        handover.node_due = MONDAY + timedelta(weeks=weeks)
        assert sweep(session, before + timedelta(weeks=weeks)).reminded == 1
        found = sweep(session, late + timedelta(weeks=weeks))
        assert (found.overdue, found.escalated) == (1, 1)


def test_a_paused_or_ended_handover_is_left_alone(
    session: Session, people: dict[str, Person], handover: Handover
) -> None:
    arranging.pause(session, see(session, people["hr1"]), handover.id, "离任者住院")
    assert sweep(session, date(2026, 12, 1)) == Swept()
    arranging.resume(session, see(session, people["hr1"]), handover.id)
    arranging.cancel(session, see(session, people["hr1"]), handover.id, "不走了")
    assert sweep(session, date(2026, 12, 1)) == Swept()


def test_a_provisional_deadline_is_counted_anew_once_the_table_covers_it(
    session: Session, handover: Handover
) -> None:
    handover.due_provisional = True
    assert sweep(session, date(2026, 11, 18)).recounted == 1
    assert not handover.due_provisional or handover.node_due is not None
    assert session.exec(select(LedgerEntry).where(LedgerEntry.action == "handover.deadline")).one()


def _sentences(found: list[Alert], severity: Severity) -> list[str]:
    return [a.message.format_map(a.params) for a in found if a.severity is severity]


def test_red_boxes_name_what_is_late_and_amber_ones_what_is_open(
    session: Session, people: dict[str, Person], handover: Handover
) -> None:
    hr = see(session, people["hr1"])
    for deliverable in owed(session, handover)[1:]:
        hand_in(session, handover, deliverable)
    first = owed(session, handover)[0]
    first.due_on = MONDAY
    red = _sentences(alerts(session, hr, handover, MONDAY + timedelta(days=2)), Severity.red)
    late = f"1 项交付物已逾期未交，最早是「{first.title}」。"
    assert red == ["「交付」已逾期 2 个工作日。", late]
    soon = alerts(session, hr, handover, date(2026, 11, 20))
    assert _sentences(soon, Severity.amber) == ["「交付」2026-11-23 到期。"]


def test_an_unconfirmed_high_risk_is_a_red_box(session: Session, people: dict[str, Person]) -> None:
    handover = opened(session, people)
    reach_receiving(session, people, handover)
    found = alerts(session, see(session, people["hr1"]), handover, today())
    assert "「核心项目」有 1 条高风险未确认。" in _sentences(found, Severity.red)


def test_red_boxes_cost_as_many_queries_for_several_receivers_as_for_one(
    session: Session, people: dict[str, Person]
) -> None:
    people |= {"guo": add_person(session, "guo", Role.successor)}
    handover, hr = opened(session, people), see(session, people["hr1"])
    reach_receiving(session, people, handover)

    def ask() -> int:
        session.expire_all()
        return queries_of(lambda: alerts(session, hr, handover, today()))

    few = ask()
    appointing.name_receivers(session, hr, handover.id, [Module.team, Module.legal], people["guo"])
    assert ask() == few <= 13


def test_files_that_the_reviewer_or_the_receiver_cannot_open_are_a_red_box(
    session: Session, people: dict[str, Person], handover: Handover
) -> None:
    hr = see(session, people["hr1"])
    deliver(session, people, handover)
    assert not [a for a in alerts(session, hr, handover, today()) if "看不到" in a.message]
    grants.set_grants(session, hr, people["qiu"], handover.id, {Module.strategy: None})
    found = next(a for a in alerts(session, hr, handover, today()) if "看不到" in a.message)
    assert (found.severity, found.link) == (Severity.red, f"/grants/{handover.id}")
    assert found.params == {"count": sum(d.module is Module.strategy for d in owed(session, handover))}
    grants.set_grants(session, hr, people["qiu"], handover.id, {Module.strategy: Classification.restricted})
    approve_all(session, people, handover)
    proceeding.confirm(session, hr, handover.id, PIN)
    grants.set_grants(session, hr, people["ren"], handover.id, {Module.legal: None})
    told = _sentences(alerts(session, hr, handover, today()), Severity.red)
    assert "「法律合规」的接收方还看不到其中的文件，请人事授权后再签收。" in told


def test_who_sees_nothing_of_a_module_is_told_nothing_of_it(
    session: Session, people: dict[str, Person], handover: Handover
) -> None:
    from kb.people import Role, add_person

    stranger = add_person(session, "mo", Role.successor, name="莫迟")
    found = alerts(session, see(session, stranger), handover, MONDAY + timedelta(days=30))
    assert all("交付物" not in a.message for a in found)
