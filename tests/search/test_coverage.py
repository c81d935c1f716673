"""Coverage counts what is there and what is missing, for HR and auditors only."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from kb.access import Module
from kb.errors import NotAllowed
from kb.handover.case import GapSource
from kb.handover.gaps import note_gap
from search.coverage import Heat, as_csv, coverage
from search.history import SearchRecord
from tests.kb.handover.walking import cast, hand_in, opened, owed, see


def test_counts_by_module(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    handover.title = "=1+1 的交接"
    first = next(d for d in owed(session, handover) if d.module is Module.strategy)
    document = hand_in(session, handover, first)
    from sqlmodel import select

    from kb.documents import Version

    document.current_version_id = session.exec(select(Version.id)).one()
    note_gap(session, handover.id, Module.team, GapSource.exam, "q", "谁会修？")
    session.add(SearchRecord(person_id=people["ren"].id, text="x", filters={"modules": ["strategy"]},
                             handover_id=handover.id, found=False))
    session.flush()
    row = coverage(session, see(session, people["hr1"]))[0]
    cell = row.cells[Module.strategy]
    assert (cell.handed, cell.documents, cell.cards, cell.searches, cell.unanswered) == (1, 1, 0, 1, 1)
    assert cell.heat is Heat.thin
    assert row.cells[Module.team].open_gaps == 1
    assert row.cells[Module.legal].heat is Heat.bare
    assert "'=1+1" in as_csv([row])
    for login in ("han", "ren", "qiu"):
        with pytest.raises(NotAllowed):
            coverage(session, see(session, people[login]))
