"""Coverage counts what is there and what is missing, for HR and auditors only."""

from __future__ import annotations

import pytest
from sqlmodel import Session, select

from kb.access import Module
from kb.documents import Version
from kb.errors import NotAllowed
from kb.handover.case import GapSource
from kb.handover.gaps import note_gap
from kb.spreadsheet import as_csv
from kb.tags import DocumentTag
from search.coverage.matrix import Cell, Heat, by_post, coverage, lines
from search.coverage.paper import as_pdf, as_png, by_topic, matrix
from search.coverage.topics import chosen_handovers, topics
from search.history import SearchRecord
from tests.kb.handover.walking import cast, hand_in, opened, owed, see


def test_counts_by_module(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    handover.title = "=1+1 的交接"
    first = next(d for d in owed(session, handover) if d.module is Module.strategy)
    document = hand_in(session, handover, first)
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
    assert "'=1+1" in as_csv(*matrix(lines([row])))
    post = by_post([row, row], {"coo": "首席运营官"})
    assert [(p.title, p.handovers, p.cells[Module.strategy].owed) for p in post] == [("首席运营官", 2, 2 * cell.owed)]
    for login in ("han", "ren", "qiu"):
        with pytest.raises(NotAllowed):
            coverage(session, see(session, people[login]))


def test_counts_by_topic(session: Session) -> None:
    people = cast(session)
    first, second = opened(session, people), opened(session, people)
    row = next(d for d in owed(session, first) if d.module is Module.projects)
    document = hand_in(session, first, row)
    document.author = "韩立群"
    document.current_version_id = session.exec(select(Version.id)).one()
    session.add(DocumentTag(document_id=document.id, tag="projects.negotiation"))
    asked = {"客户谈判的底线是多少": True, "这位客户谈判时忌讳什么": False, "竞业限制签了没有": False}
    session.add_all(SearchRecord(person_id=people["ren"].id, text=text, handover_id=first.id, found=found)
                    for text, found in asked.items())
    session.flush()
    hr = see(session, people["hr1"])
    handovers = chosen_handovers(session, hr, [first.id, second.id, first.id, "hov-none"])
    assert [h.id for h in handovers] == [first.id, second.id]
    found_rows = {r.tag: r for r in topics(session, hr, handovers)}
    topic = found_rows["projects.negotiation"].by_handover[first.id]
    assert (topic.documents, topic.evidence, topic.searches, topic.unanswered, topic.heat) == (1, 1, 2, 1, Heat.thin)
    assert found_rows["projects.negotiation"].alone == "韩立群"
    assert found_rows["projects.negotiation"].by_handover[second.id].heat is Heat.idle
    assert any(r.by_handover[first.id].heat is Heat.bare for r in found_rows.values() if r.tag.startswith("legal."))
    with pytest.raises(NotAllowed):
        topics(session, see(session, people["han"]), handovers)
    with pytest.raises(NotAllowed):
        chosen_handovers(session, see(session, people["ren"]), [first.id])


@pytest.mark.integration  # cutting the fonts down takes seconds
def test_topics_on_paper(session: Session) -> None:
    people = cast(session)
    handovers = [opened(session, people), opened(session, people)]
    table = by_topic(handovers, topics(session, see(session, people["hr1"]), handovers))
    assert as_pdf(table, "两个交接").startswith(b"%PDF")
    assert as_png(table, "两个交接").startswith(b"\x89PNG")


def test_what_a_cell_lacks_is_what_is_owed_open_and_searched_in_vain() -> None:
    assert Cell(owed=3, handed=1, documents=4, open_gaps=5, unanswered=2).lacking == 9
    assert Cell(owed=1, handed=2, documents=2).lacking == 0
