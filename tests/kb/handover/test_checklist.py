"""The checklist: states and counts, and how much of them each role may know."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from kb import db, grants
from kb.access import Classification, Module, cell_of
from kb.documents import Document, Stage, Version
from kb.errors import NotFound
from kb.handover.case import Handover, Submission
from kb.handover.checklist import Checklist, Item, ItemState, checklist
from kb.handover.opening import open_handover
from kb.people import Person, Role, add_person
from kb.viewing import OPERATOR_VIEWER, viewer_for
from tests.counting import queries_of

People = dict[str, Person]


@pytest.fixture
def handover(session: Session, people: People) -> Handover:
    return open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"], people["successor"], head=people["head"])


def _hand_in(
    session: Session, found: Checklist, module: Module, classification: Classification = Classification.internal,
    stage: Stage = Stage.ready,
) -> Document:
    deliverable = next(i.deliverable for i in found.items if i.deliverable.module is module)
    handover_id = found.handover.id
    document = Document(
        handover_id=handover_id, module=module, classification=classification, title="华北市场退出复盘",
        cell=cell_of(handover_id, module, classification), file_name="复盘.docx",
    )
    session.add(document)
    session.flush()
    session.add(Version(document_id=document.id, number=1, sha256="0" * 64, file_name="复盘.docx", size_bytes=1,
                        stage=stage))
    session.add(Submission(deliverable_id=deliverable.id, document_id=document.id))
    session.flush()
    return document


def _see(session: Session, people: People, login: str, handover: Handover) -> Checklist:
    return checklist(session, viewer_for(session, people[login]), handover.id)


def _first(found: Checklist, module: Module) -> Item:
    return next(i for i in found.items if i.deliverable.module is module)


def test_five_modules_in_order_and_everything_missing_at_first(
    session: Session, people: People, handover: Handover
) -> None:
    found = _see(session, people, "leaver", handover)
    assert [module for module, _ in found.modules] == list(Module)
    assert found.total == found.missing == 12
    assert all(item.owner == "周启明" and item.spec is not None and item.spec.criteria for item in found.items)


def test_a_submission_counts(session: Session, people: People, handover: Handover) -> None:
    document = _hand_in(session, _see(session, people, "leaver", handover), Module.strategy)
    item = _first(_see(session, people, "leaver", handover), Module.strategy)
    assert (item.state, item.count, item.documents) == (ItemState.submitted, 1, (document,))
    assert item.submitted_at is not None
    assert not item.partial


def test_refused_and_deleted_documents_do_not_count(session: Session, people: People, handover: Handover) -> None:
    empty = _see(session, people, "leaver", handover)
    _hand_in(session, empty, Module.strategy, stage=Stage.refused)
    _hand_in(session, empty, Module.team).deleted_at = db.now()
    session.flush()
    assert _see(session, people, "leaver", handover).submitted == 0


@pytest.mark.parametrize("login", ["hr", "auditor", "admin"])
def test_overseers_count_everything_and_read_nothing(
    session: Session, people: People, handover: Handover, login: str
) -> None:
    _hand_in(session, _see(session, people, "leaver", handover), Module.finance, Classification.restricted)
    item = _first(_see(session, people, login, handover), Module.finance)
    assert (item.state, item.count, item.documents) == (ItemState.submitted, 1, ())


@pytest.mark.parametrize("login", ["successor", "head"])
def test_the_ungranted_learn_nothing(session: Session, people: People, handover: Handover, login: str) -> None:
    before = _see(session, people, login, handover)
    _hand_in(session, before, Module.finance, Classification.internal)
    after = _see(session, people, login, handover)
    assert after == before
    assert {item.state for item in after.items} == {ItemState.withheld}
    assert after.total == 0


def test_a_partial_grant_counts_only_its_part(session: Session, people: People, handover: Handover) -> None:
    found = _see(session, people, "leaver", handover)
    grants.grant(session, OPERATOR_VIEWER, people["successor"], handover.id, Module.strategy, Classification.internal)
    _hand_in(session, found, Module.strategy, Classification.restricted)
    item = _first(_see(session, people, "successor", handover), Module.strategy)
    assert (item.state, item.count, item.partial, item.submitted_at) == (ItemState.missing, 0, True, None)
    open_one = _hand_in(session, found, Module.strategy, Classification.internal)
    item = _first(_see(session, people, "successor", handover), Module.strategy)
    assert (item.state, item.count, item.documents) == (ItemState.submitted, 1, (open_one,))


def test_strangers_get_not_found(session: Session, people: People, handover: Handover) -> None:
    stranger = add_person(session, "stranger", Role.head)
    for handover_id in (handover.id, "hov-none"):
        with pytest.raises(NotFound):
            checklist(session, viewer_for(session, stranger), handover_id)


def test_queries_do_not_grow_with_documents(session: Session, people: People, handover: Handover) -> None:
    empty = _see(session, people, "leaver", handover)

    def count() -> int:
        viewer = viewer_for(session, people["leaver"])
        session.expire_all()
        return queries_of(lambda: checklist(session, viewer, handover.id))

    before = count()
    for module in Module:
        for _ in range(5):
            _hand_in(session, empty, module)
    assert count() <= before
