"""What the files lack of their criteria becomes a gap, closes when it is there, and gives way to the reviewer."""

from __future__ import annotations

from sqlmodel import Session, select

from kb.chunks import Chunk
from kb.documents import Version
from kb.evidence.verdict import Verdict
from kb.handover import shortfalls
from kb.handover.case import Deliverable, GapSource, GapState, Handover
from kb.handover.gaps import gaps_of
from kb.handover.review import CriterionVerdict, reviewed
from tests.kb.handover.walking import cast, hand_in, opened, owed

ROWS = "| 方向 | 预算 | 已用 | 责任人 |\n| --- | --- | --- | --- |\n| 成都二期 | 3,200 万 | 1,150 万 | 程嘉禾 |\n"


def written(session: Session, handover: Handover, key: str, text: str) -> Deliverable:
    """A deliverable with a file of that text, as if it had been taken in."""
    row = next(d for d in owed(session, handover) if d.key == key)
    document = hand_in(session, handover, row, text)
    version = session.exec(select(Version).where(Version.document_id == document.id)).one()
    document.current_version_id = version.id
    session.add(Chunk(point_id=f"{document.id}-0", version_id=version.id, document_id=document.id, ordinal=0,
                      start=0, end=len(text), text=text, heading_path=[]))
    session.flush()
    return row


def test_what_is_lacking_becomes_a_gap_and_closes_again(session: Session) -> None:
    handover = opened(session, cast(session))
    row = written(session, handover, "resources", ROWS)
    shortfalls.note_shortfalls(session, handover)
    found = {g.reference.rpartition(":")[2]: g for g in gaps_of(session, handover.id)}
    assert {g.source for g in found.values()} == {GapSource.criterion}
    assert {g.deliverable_id for g in found.values()} == {row.id}
    assert "1" in found, "it does not say up to which date"
    written(session, handover, "resources", "数据截止日期是 2026 年 10 月 31 日。")
    shortfalls.note_shortfalls(session, handover)
    assert found["1"].state is GapState.closed


def test_the_reviewer_has_the_last_word(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    row = written(session, handover, "resources", ROWS)
    standing = next(r for r in reviewed(session, handover) if r.deliverable.id == row.id)
    session.add(CriterionVerdict(deliverable_id=row.id, criterion=1, text=standing.criteria[1], verdict=Verdict.met,
                                 reviewer_id=people["qiu"].id, files_digest=standing.digest))
    session.flush()
    shortfalls.note_shortfalls(session, handover)
    assert not [g for g in gaps_of(session, handover.id) if g.reference.endswith(":1")]
