"""The examination page quotes an answer to those who may read its document, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from kb.access import Module
from kb.chunks import Chunk
from kb.db import transaction
from kb.handover.case import Handover
from kb.handover.examination import ExamAnswer, Examination, Outcome
from kb.people import Person
from tests.web.shelf import Shelf, shelf

__all__ = ["shelf"]
pytestmark = pytest.mark.integration  # a real index
ClientFor = Callable[[str | None], TestClient]


def test_only_who_may_read_the_document_sees_its_words(
    client_for: ClientFor, shelf: Shelf, handover: Handover, session: Session, people: dict[str, Person]
) -> None:
    document = shelf.put()
    with transaction() as writing:
        chunk = next(c for c in writing.exec(select(Chunk).where(Chunk.document_id == document)) if "路权" in c.text)
        start = chunk.start + chunk.text.index("路权")
        held = Examination(handover_id=handover.id, person_id=people["successor"].id, run_by=people["hr"].id)
        writing.add(held)
        writing.flush()
        writing.add(ExamAnswer(
            examination_id=held.id, question_key="q1", ordinal=0, module=Module.strategy, zh="为什么退出", en="",
            outcome=Outcome.answered, sure=False, document_id=document, version_id=chunk.version_id, start=start,
            end=start + 2,
        ))  # fmt: skip
    page = f"/handovers/{handover.id}/exam"
    assert '<em class="answer">路权</em>' in client_for("leaver").get(page).text
    closed = client_for("successor").get(page)
    assert closed.status_code == 200
    assert "依据未向您开放" in closed.text
    assert "路权" not in closed.text
    shelf.open_to(session, people["successor"])
    assert '<em class="answer">路权</em>' in client_for("successor").get(page).text


def test_a_module_that_is_closed_to_the_examined_is_named(
    client_for: ClientFor, handover: Handover, session: Session, people: dict[str, Person]
) -> None:
    with transaction() as writing:
        held = Examination(handover_id=handover.id, person_id=people["successor"].id, run_by=people["hr"].id)
        writing.add(held)
        writing.flush()
        writing.add(ExamAnswer(examination_id=held.id, question_key="q1", ordinal=0, module=Module.finance,
                               zh="能批多少钱", en="", outcome=Outcome.unanswered, sure=False))
    page = client_for("hr").get(f"/handovers/{handover.id}/exam").text
    assert "「财务权限」还没有向" in page
    assert f'href="/grants/{handover.id}"' in page
