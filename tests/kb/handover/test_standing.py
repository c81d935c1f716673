"""What to do next, over many handovers at once: the same as asked one by one, at the price of one."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from kb.handover import arranging
from kb.handover.case import Handover
from kb.handover.standing import next_steps, waiting_for
from kb.people import Person
from tests.counting import queries_of
from tests.kb.handover.walking import approve_all, cast, deliver, opened, reach_receiving, see

People = dict[str, Person]


@pytest.fixture
def people(session: Session) -> People:
    return cast(session)


def _one_at_each_node(session: Session, people: People) -> list[Handover]:
    hr, made = see(session, people["hr1"]), [opened(session, people) for _ in range(5)]
    deliver(session, people, made[1])
    deliver(session, people, made[2])
    approve_all(session, people, made[2])
    reach_receiving(session, people, made[3])
    arranging.pause(session, hr, made[4].id, "离任者住院")
    return made


@pytest.mark.parametrize("login", ["han", "ren", "qiu", "hr1"])
def test_many_handovers_cost_as_many_queries_as_one_of_each_node(
    session: Session, people: People, login: str
) -> None:
    def ask() -> int:
        viewer = see(session, people[login])
        session.expire_all()
        return queries_of(lambda: waiting_for(session, viewer))

    first = _one_at_each_node(session, people)
    few = ask()
    second = _one_at_each_node(session, people)
    assert ask() <= few
    viewer = see(session, people[login])
    steps = {h.id: [s for s in waiting_for(session, viewer) if s.handover.id == h.id] for h in first + second}
    assert all(found == next_steps(session, viewer, session.get_one(Handover, i)) for i, found in steps.items())
    assert any(steps.values())


def test_agreements_come_before_everything_else(session: Session, people: People) -> None:
    asked, other = opened(session, people, agreements=True), opened(session, people)
    deliver(session, people, other)
    tasks = [(s.handover.id, s.task.value) for s in waiting_for(session, see(session, people["qiu"]))]
    assert sorted(tasks) == sorted([(asked.id, "sign_agreements"), (other.id, "review")])
