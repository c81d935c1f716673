"""Opening a handover: what is copied, who may see what afterwards, who may not open one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from kb.access import Classification, Module, cell_of
from kb.clock import today
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.handover import template
from kb.handover.case import Deliverable, Handover
from kb.handover.opening import open_handover
from kb.handover.workdays import add_working_days
from kb.ledger import LedgerEntry, verify
from kb.people import Person
from kb.viewing import viewer_for

People = dict[str, Person]


def _open(session: Session, people: People, by: str = "hr", **more: object) -> Handover:
    return open_handover(session, viewer_for(session, people[by]), "coo", people["leaver"], people["successor"],
                         head=people["head"], **more)  # type: ignore[arg-type]


def test_deliverables_are_copied_from_the_template(session: Session, people: People) -> None:
    last = today() + timedelta(days=14)
    handover = _open(session, people, last_day=last)
    owed = session.exec(select(Deliverable).where(Deliverable.handover_id == handover.id)).all()
    plan = template.load("coo").deliverables
    assert [(d.key, d.title, d.module, d.ordinal) for d in sorted(owed, key=lambda d: d.ordinal)] == [
        (spec.key, spec.title, spec.module, n) for n, spec in enumerate(plan)
    ]
    assert {d.owner_id for d in owed} == {people["leaver"].id}
    offsets = {spec.key: spec.due_in_working_days for spec in plan}
    assert all(d.due_on == min(add_working_days(today(), offsets[d.key]).day, last) for d in owed)
    assert len({d.due_on for d in owed}) > 1, "some are due before the last day"


def test_the_leaver_sees_all_and_nobody_else_anything(session: Session, people: People) -> None:
    handover = _open(session, people)
    every_cell = {cell_of(handover.id, m, c) for m in Module for c in Classification}
    assert viewer_for(session, people["leaver"]).scope.cells == every_cell
    for login in ("successor", "head", "hr", "auditor", "admin"):
        assert viewer_for(session, people[login]).scope.cells == frozenset(), login


@pytest.mark.parametrize("by", ["leaver", "successor", "head", "auditor"])
def test_only_hr_and_admin_open(session: Session, people: People, by: str) -> None:
    with pytest.raises(NotAllowed):
        _open(session, people, by)
    assert session.exec(select(Handover)).all() == []


def test_a_title_is_made_when_none_is_given(session: Session, people: People) -> None:
    assert people["leaver"].name in _open(session, people).title
    assert _open(session, people, title=" 首席运营官交接 ").title == "首席运营官交接"


def test_refusals(session: Session, people: People) -> None:
    hr, leaver = viewer_for(session, people["hr"]), people["leaver"]
    with pytest.raises(NotFound):
        open_handover(session, hr, "no-such-role", leaver)
    with pytest.raises(Invalid):
        open_handover(session, hr, "coo", leaver, leaver)
    with pytest.raises(Invalid):
        open_handover(session, hr, "coo", leaver, title="字" * 121)
    people["successor"].active = False
    with pytest.raises(Conflict):
        open_handover(session, hr, "coo", leaver, people["successor"])


def test_it_is_logged(session: Session, people: People) -> None:
    handover = _open(session, people)
    actions = [e.action for e in session.exec(select(LedgerEntry)).all()]
    assert actions == ["handover.opened"] + ["grant.given"] * 5
    opened = session.exec(select(LedgerEntry).where(LedgerEntry.object_id == handover.id)).one()
    assert opened.actor_id == people["hr"].id
    assert verify(session) == []
