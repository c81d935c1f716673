"""What to do next, over many handovers at once: the same as asked one by one, at the price of one."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from kb.handover import arranging
from kb.handover.case import Handover
from kb.handover.standing import next_steps, waiting_for
from kb.handover.workflow import Node
from kb.people import Person
from tests.counting import queries_of
from tests.kb.handover.walking import approve_all, cast, deliver, opened, see

People = dict[str, Person]


@pytest.fixture
def people(session: Session) -> People:
    return cast(session)


def _one_at_each_node(session: Session, people: People) -> list[Handover]:
    """Where the rows stand besides does not matter here; of two a real walk tells more than an empty one."""
    made = [opened(session, people) for _ in range(6)]
    deliver(session, people, made[1])
    approve_all(session, people, made[1])
    for handover, node in zip(made[2:], [Node.head_review, Node.receiving, Node.delivering], strict=False):
        handover.node = node
    arranging.pause(session, see(session, people["hr1"]), made[5].id, "离任者住院")
    return made


def test_many_handovers_cost_as_many_queries_as_one_of_each_node(session: Session, people: People) -> None:
    def ask(login: str) -> int:
        viewer = see(session, people[login])
        session.expire_all()
        return queries_of(lambda: waiting_for(session, viewer))

    found = _one_at_each_node(session, people)
    few = {login: ask(login) for login in people}
    for handover in list(found):
        found.append(opened(session, people))
        found[-1].node, found[-1].paused_at = handover.node, handover.paused_at
    for login, person in people.items():
        assert ask(login) <= few[login], login
        viewer = see(session, person)
        steps = waiting_for(session, viewer)
        assert steps, login
        for handover in found:
            assert [s for s in steps if s.handover.id == handover.id] == next_steps(session, viewer, handover)


def test_agreements_come_before_everything_else(session: Session, people: People) -> None:
    asked, other = opened(session, people, agreements=True), opened(session, people)
    deliver(session, people, other)
    tasks = [(s.handover.id, s.task.value) for s in waiting_for(session, see(session, people["qiu"]))]
    assert sorted(tasks) == sorted([(asked.id, "sign_agreements"), (other.id, "review")])
