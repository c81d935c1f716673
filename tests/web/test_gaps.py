"""The gap interview: what an answer is classified as unless its author chooses."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from kb.access import Classification, Module
from kb.cards.drafts import CardDraft
from kb.grants import set_grants
from kb.handover.case import Gap, GapSource, Handover
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER
from tests.kb.handover.walking import hand_in, owed

ClientFor = Callable[[str | None], TestClient]


def _gap(session: Session, handover: Handover, module: Module) -> Gap:
    gap = Gap(handover_id=handover.id, module=module, source=GapSource.search, reference="q1", zh="大额付款谁批", en="")
    session.add(gap)
    session.commit()
    return gap


@pytest.mark.parametrize(
    ("module", "usual"), [(Module.finance, Classification.restricted), (Module.projects, Classification.internal)]
)
def test_an_answer_is_closed_as_the_files_of_its_module(
    client_for: ClientFor, session: Session, people: dict[str, Person], handover: Handover, module: Module,
    usual: Classification,
) -> None:
    gap, leaver = _gap(session, handover, module), client_for("leaver")
    page = leaver.get(f"/gaps/{gap.id}").text
    assert set(re.findall(r'value="(\w+)" selected', page)) == {usual.value}
    assert page.count('name="classification"') == 2  # a few lines, and a file
    begun = leaver.post(f"/gaps/{gap.id}/answer", data={"form": "decision", "text": ""}).headers["location"]
    session.rollback()
    card = session.exec(select(CardDraft)).one()
    assert (begun, card.classification) == (f"/cards/{card.id}", usual)


def test_a_refused_answer_keeps_the_chosen_classification(
    client_for: ClientFor, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    gap = _gap(session, handover, Module.projects)
    page = client_for("leaver").post(f"/gaps/{gap.id}/answer", data={"text": "", "classification": "restricted"})
    assert page.status_code == 422
    assert set(re.findall(r'value="(\w+)" selected', page.text)) == {"restricted"}


def test_an_answer_that_the_successor_may_not_see_says_so_instead_of_asking_for_other_words(
    client_for: ClientFor, session: Session, people: dict[str, Person], handover: Handover
) -> None:
    gap = _gap(session, handover, Module.finance)
    gap.document_id = hand_in(session, handover, next(d for d in owed(session, handover) if d.module == "finance")).id
    session.commit()
    leaver = client_for("leaver")
    page = leaver.get(f"/gaps/{gap.id}").text
    assert "接任者还看不到「财务权限」的内部资料" in page
    assert "load delay" not in page
    set_grants(session, OPERATOR_VIEWER, people["successor"], handover.id, {Module.finance: Classification.internal})
    session.commit()
    assert "还看不到" not in leaver.get(f"/gaps/{gap.id}").text
