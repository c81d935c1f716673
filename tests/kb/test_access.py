"""Modules, classifications, cells and the SQL condition of a scope."""

from __future__ import annotations

import pytest
from sqlmodel import Session, col, select

from kb.access import (
    CLASSIFICATION_NAMES,
    MODULE_NAMES,
    NOTHING,
    OPERATOR,
    Classification,
    Module,
    Permission,
    Scope,
    cell_of,
    may,
    module_from,
    role_may,
)
from kb.documents import Document
from kb.errors import Invalid
from kb.people import Person, Role

People = dict[str, Person]


@pytest.mark.parametrize(
    ("text", "module"),
    [("strategy", Module.strategy), ("战略规划", Module.strategy), ("project", Module.projects),
     (" Projects ", Module.projects), ("财务权限", Module.finance), ("法律合规", Module.legal)],
)
def test_a_module_is_meant_by_key_or_name(text: str, module: Module) -> None:
    assert module_from(text) is module


@pytest.mark.parametrize("text", ["", "财务", "everything", "s"])
def test_an_unknown_module_names_the_known(text: str) -> None:
    with pytest.raises(Invalid, match="战略规划"):
        module_from(text)


def test_classifications_include_the_more_open() -> None:
    assert Classification.internal.up_to() == (Classification.internal,)
    assert Classification.restricted.up_to() == tuple(Classification)


def test_everything_has_a_name() -> None:
    assert set(MODULE_NAMES) == set(Module)
    assert set(CLASSIFICATION_NAMES) == set(Classification)
    assert all(role_may(role, permission) in (True, False) for role in Role for permission in Permission)


def test_the_condition_shows_open_cells_only(session: Session) -> None:
    for module in Module:
        for classification in Classification:
            session.add(Document(
                handover_id="hov-1", module=module, classification=classification, title=module, file_name="f",
                cell=cell_of("hov-1", module, classification),
            ))
    session.flush()

    def seen(scope: Scope) -> set[str]:
        return {d.cell for d in session.exec(select(Document).where(scope.visible(col(Document.cell))))}

    some = Scope(frozenset({"hov-1:strategy:internal", "hov-2:team:internal"}))
    assert seen(NOTHING) == set()
    assert len(seen(OPERATOR)) == 15
    assert seen(some) == {"hov-1:strategy:internal"}
    assert some.handovers() == {"hov-1", "hov-2"}
    assert all(some.sees(cell) for cell in some.cells)


def test_a_deactivated_person_may_nothing(people: People) -> None:
    assert may(people["admin"], Permission.operate)
    people["admin"].active = False
    assert not any(may(people["admin"], permission) for permission in Permission)
