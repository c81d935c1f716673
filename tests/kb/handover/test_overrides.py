"""Verdicts are counted beside the advice that was given on the same files."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from kb.errors import NotAllowed
from kb.evidence.verdict import Verdict
from kb.handover.overrides import agreement
from kb.handover.review import CriterionVerdict
from tests.kb.handover.walking import cast, opened, owed, see


def test_counts_by_advice_and_verdict(session: Session) -> None:
    people = cast(session)
    row = owed(session, opened(session, people))[0]
    for number, (advised, given) in enumerate((("met", "met"), ("met", "partly"), ("missing", "missing"), ("", "met"))):
        session.add(CriterionVerdict(deliverable_id=row.id, criterion=number, text="标准", verdict=Verdict(given),
                                     advised=advised, reviewer_id=people["qiu"].id, files_digest="x"))
    session.flush()
    found = agreement(session, see(session, people["hr1"]))
    assert (found.total, found.followed) == (3, 2)
    assert found.counts[Verdict.met][Verdict.partly] == 1
    for login in ("han", "ren", "qiu"):
        with pytest.raises(NotAllowed):
            agreement(session, see(session, people[login]))
