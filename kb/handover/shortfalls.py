"""Criteria that are not met become gaps: asked of the leaver in the interview like any other question."""

from __future__ import annotations

from collections.abc import Iterable

from sqlmodel import Session

from kb.evidence.judging import Advice
from kb.evidence.verdict import Verdict
from kb.handover.advice import advise
from kb.handover.case import Gap, GapSource, Handover
from kb.handover.gaps import gaps_of, note_gap, settle
from kb.handover.review import Reviewed, reviewed


def note_shortfalls(session: Session, handover: Handover) -> list[Gap]:
    """Put down what the files handed in lack of their criteria; what they hold by now closes its gap.

    A verdict of the reviewer counts before the advice. Deliverables with nothing handed in are owed, not gaps.
    """
    known = {g.reference: g for g in gaps_of(session, handover.id) if g.source is GapSource.criterion}
    found = []
    for row in reviewed(session, handover):
        for number, verdict in _verdicts(session, row):
            reference = f"{row.deliverable.id}:{number}"
            if verdict is Verdict.met:
                if reference in known:
                    settle(known[reference], answered=True)
                continue
            gap = note_gap(session, handover.id, row.deliverable.module, GapSource.criterion, reference,
                           row.criteria[number], deliverable_id=row.deliverable.id)
            settle(gap, answered=False)
            found.append(gap)
    session.flush()
    return found


def _verdicts(session: Session, row: Reviewed) -> Iterable[tuple[int, Verdict]]:
    """By criterion; none where nothing is handed in, or HR let it off."""
    if not row.files or row.excused:
        return
    advice = advise(session, row.criteria, [f.version_id for f in row.files])
    for number, said in enumerate(advice):
        held = row.verdicts.get(number)
        if held is not None or said.read:
            yield number, held.verdict if held is not None else said.verdict


def advice_on(session: Session, handover: Handover, gap: Gap) -> Advice | None:
    """What the files handed in by now say of a gap's criterion; None where they, or the criterion, are no longer there.

    The reviewer's verdict is not asked: it was given on the files before.
    """
    row = next((r for r in reviewed(session, handover) if r.deliverable.id == gap.deliverable_id), None)
    if row is None or gap.criterion >= len(row.criteria) or not row.files:
        return None
    return advise(session, [row.criteria[gap.criterion]], [f.version_id for f in row.files])[0]
