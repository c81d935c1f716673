"""The flow from delivering to archived, its ways back, and what stops each step."""

from __future__ import annotations

import json

import pytest
from sqlmodel import Session, select

from kb import ledger
from kb.access import Module
from kb.documents import Version
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.evidence.verdict import Verdict
from kb.handover import appointing, arranging, proceeding, review
from kb.handover.case import Decision
from kb.handover.review import reviewed
from kb.handover.signing import Purpose, signatures_of
from kb.handover.turns import turn_of, unreceived
from kb.handover.workflow import Node
from kb.ledger import LedgerEntry
from tests.kb.handover.walking import (
    PIN,
    add_version,
    approve_all,
    cast,
    deliver,
    finish,
    hand_in,
    opened,
    owed,
    reach_receiving,
    read_risks,
    see,
)

pytestmark = pytest.mark.integration


def test_from_delivering_to_archived_with_a_signature_at_every_node(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    finish(session, people, handover)
    assert handover.node is Node.archived
    assert handover.ended_at is not None
    assert handover.node_due is None
    signed = signatures_of(session, handover.id)
    assert [s.purpose for s in signed] == [
        Purpose.deliver, Purpose.head_review, Purpose.hr_confirmation, *[Purpose.receive] * 5, Purpose.archive,
    ]  # fmt: skip
    assert [s.previous for s in signed] == ["", *[s.manifest_sha256 for s in signed[:-1]]]
    projects = next(json.loads(s.manifest) for s in signed if s.module == "projects")
    assert [r["title"] for r in projects["risks"]] == ["核心技术人员可能在年内离职"]
    assert projects["risks"][0]["answered_at"]
    assert ledger.verify(session) == []


def test_an_incomplete_delivery_cannot_be_submitted(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    hand_in(session, handover, owed(session, handover)[0])
    with pytest.raises(Conflict, match="没有提交") as refused:
        proceeding.submit(session, see(session, people["han"]), handover.id, PIN)
    assert refused.value.slug == "handover.incomplete"
    assert handover.node is Node.delivering


def test_hr_may_let_an_item_off_with_a_reason(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    first, *others = owed(session, handover)
    for deliverable in others:
        hand_in(session, handover, deliverable)
    arranging.excuse(session, see(session, people["hr1"]), first.id, "本岗位没有这项职责")
    proceeding.submit(session, see(session, people["han"]), handover.id, PIN)
    assert handover.node is Node.head_review


def test_a_wrong_pin_signs_nothing(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    for deliverable in owed(session, handover):
        hand_in(session, handover, deliverable)
    with pytest.raises(Invalid):
        proceeding.submit(session, see(session, people["han"]), handover.id, "不是这个口令")
    assert handover.node is Node.delivering
    assert signatures_of(session, handover.id) == []


def test_returning_an_item_begins_a_new_round_and_asks_for_a_change(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    deliver(session, people, handover)
    head, leaver = see(session, people["qiu"]), see(session, people["han"])
    row = reviewed(session, handover)[0]
    review.judge(session, head, row.deliverable.id, {0: (Verdict.missing, "没有 2027 年的利润目标")})
    review.decide(session, head, row.deliverable.id, Decision.returned, reason="补上三年目标")
    proceeding.send_back(session, head, handover.id, "补齐后再提交")
    assert (handover.node, handover.round) == (Node.delivering, 2)
    assert turn_of(session, handover) == {people["han"].id}
    with pytest.raises(Conflict, match="还没有更新"):
        proceeding.submit(session, leaver, handover.id, PIN)
    document = row.files[0].document_id
    from kb.documents import Document

    add_version(session, session.get_one(Document, document), "补上了三年目标", 2)
    proceeding.submit(session, leaver, handover.id, PIN)
    assert handover.node is Node.head_review
    again = reviewed(session, handover)[0]
    assert again.stale
    assert again.verdicts == {}


def test_a_changed_file_voids_the_approval(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    deliver(session, people, handover)
    approve_all(session, people, handover)
    from kb.documents import Document

    document = reviewed(session, handover)[3].files[0].document_id
    add_version(session, session.get_one(Document, document), "审核之后偷偷改的", 2)
    with pytest.raises(Conflict, match="原结论已失效"):
        proceeding.confirm(session, see(session, people["hr1"]), handover.id, PIN)


def test_a_module_is_not_received_before_its_high_risks_are_read(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    reach_receiving(session, people, handover)
    successor = see(session, people["ren"])
    with pytest.raises(Conflict, match="高风险"):
        proceeding.receive(session, successor, handover.id, Module.projects, PIN)
    read_risks(session, people["ren"], handover, Module.projects)
    made = proceeding.receive(session, successor, handover.id, Module.projects, PIN, reservations="库存数字待核")
    assert made.reservations == "库存数字待核"
    assert json.loads(made.manifest)["reservations"] == "库存数字待核"
    with pytest.raises(Conflict, match="已经签过字"):
        proceeding.receive(session, successor, handover.id, Module.projects, PIN)


def test_two_receivers_sign_their_own_modules_only(session: Session) -> None:
    people = cast(session, second=True)
    handover = opened(session, people)
    appointing.name_receivers(session, see(session, people["hr1"]), handover.id, [Module.finance], people["guo"])
    reach_receiving(session, people, handover)
    with pytest.raises(NotAllowed):
        proceeding.receive(session, see(session, people["ren"]), handover.id, Module.finance, PIN)
    proceeding.receive(session, see(session, people["guo"]), handover.id, Module.finance, PIN)
    assert Module.finance not in unreceived(session, handover)
    with pytest.raises(Conflict, match="还没有签收"):
        proceeding.archive(session, see(session, people["hr1"]), handover.id, PIN)


def test_a_deputy_signs_on_behalf_of_the_receiver(session: Session) -> None:
    people = cast(session, second=True)
    handover = opened(session, people)
    hr = see(session, people["hr1"])
    appointing.appoint_deputy(session, hr, handover.id, Module.legal, people["guo"])
    reach_receiving(session, people, handover)
    made = proceeding.receive(session, see(session, people["guo"]), handover.id, Module.legal, PIN)
    assert made.on_behalf_of == people["ren"].id


def test_nobody_takes_somebody_elses_step(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    deliver(session, people, handover)
    for login in ("han", "ren", "hr1"):
        with pytest.raises(NotAllowed):
            proceeding.approve(session, see(session, people[login]), handover.id, PIN)
    from kb.people import Role, add_person

    stranger = add_person(session, "mo", Role.head, name="莫迟")
    with pytest.raises(NotFound):
        proceeding.approve(session, see(session, stranger), handover.id, PIN)


def test_a_paused_handover_stands_still_and_its_deadlines_move(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    hr = see(session, people["hr1"])
    arranging.pause(session, hr, handover.id, "离任者住院")
    for deliverable in owed(session, handover):
        hand_in(session, handover, deliverable)
    with pytest.raises(Conflict, match="暂停"):
        proceeding.submit(session, see(session, people["han"]), handover.id, PIN)
    arranging.resume(session, hr, handover.id)
    proceeding.submit(session, see(session, people["han"]), handover.id, PIN)


def test_cancelling_is_an_event_and_deletes_nothing(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    hand_in(session, handover, owed(session, handover)[0])
    arranging.cancel(session, see(session, people["hr1"]), handover.id, "离任者决定留任")
    assert handover.node is Node.cancelled
    assert reviewed(session, handover)[0].files
    entry = session.exec(select(LedgerEntry).where(LedgerEntry.action == "handover.cancel")).one()
    assert "离任者决定留任" in entry.body
    with pytest.raises(Conflict):
        arranging.pause(session, see(session, people["hr1"]), handover.id, "再停一下")


def test_the_receiver_may_refuse_with_a_reason(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    reach_receiving(session, people, handover)
    proceeding.reject(session, see(session, people["ren"]), handover.id, Module.team, "人员名单不是最新")
    assert (handover.node, handover.round) == (Node.delivering, 2)


def test_urgent_mode_halves_the_days(session: Session) -> None:
    people = cast(session)
    usual, urgent = opened(session, people), opened(session, people, urgent=True)
    assert urgent.node_due is not None
    assert usual.node_due is not None
    assert urgent.node_due < usual.node_due


def test_what_is_signed_cannot_be_deleted(session: Session) -> None:
    from kb.library import delete_document

    people = cast(session)
    handover = opened(session, people)
    first = reviewed(session, handover)[0].deliverable
    early = hand_in(session, handover, first)
    early.current_version_id = session.exec(select(Version.id).where(Version.document_id == early.id)).one()
    loose = hand_in(session, handover, first)
    loose.current_version_id = session.exec(select(Version.id).where(Version.document_id == loose.id)).one()
    leaver = see(session, people["han"])
    delete_document(session, leaver, loose.id)
    for deliverable in owed(session, handover)[1:]:
        hand_in(session, handover, deliverable)
    proceeding.submit(session, leaver, handover.id, PIN)
    with pytest.raises(Conflict, match="证据"):
        delete_document(session, leaver, early.id)
