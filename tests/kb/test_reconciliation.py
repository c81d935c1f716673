"""Damage on either side is found, named and repaired; what is in order is left alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, select

from ingest.intake import Target
from kb import library, mirror, originals, reconciliation, vectors, verification
from kb.access import Module
from kb.chunks import Chunk
from kb.documents import Document, ParsedText, Stage, Version
from kb.errors import Unavailable
from kb.handover.opening import open_handover
from kb.ledger import LedgerEntry
from kb.people import Person
from kb.receipts import Receipt
from kb.settings import settings
from kb.viewing import OPERATOR_VIEWER
from tests import working

pytestmark = pytest.mark.integration  # a real index


@pytest.fixture
def ready(session: Session, people: dict[str, Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Receipt:
    working.without_model(monkeypatch)
    handover = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"])
    session.commit()
    files = [working.write(tmp_path, f"{n}.md", f"# {n}\n\n{n}的内容，先稳住回款。") for n in ("甲", "乙")]
    return working.take_in(Target(handover.id, Module.projects), *files)[0]


def lose_points(session: Session, ready: Receipt) -> None:
    vectors.index().remove(version_id=ready.version_id)


def leave_points_of_a_deleted_document(session: Session, ready: Receipt) -> None:
    document = session.get_one(Document, ready.document_id)
    document.deleted_at = document.created_at
    session.add(document)


def change_the_cell(session: Session, ready: Receipt) -> None:
    vectors.index().update(ready.document_id, cell="x:finance:restricted")


def lose_the_passages(session: Session, ready: Receipt) -> None:
    for chunk in session.exec(select(Chunk).where(Chunk.version_id == ready.version_id)):
        session.delete(chunk)


@pytest.mark.parametrize(
    ("damage", "field"),
    [
        (lose_points, "missing"), (leave_points_of_a_deleted_document, "stray"), (change_the_cell, "differing"),
        (lose_the_passages, "miscounted"),
    ],
)  # fmt: skip
def test_damage_is_found_named_and_repaired(
    session: Session, ready: Receipt, damage: Callable[[Session, Receipt], None], field: str
) -> None:
    assert reconciliation.reconcile(repair=False).as_dict()["clean"]
    damage(session, ready)
    session.commit()
    found = reconciliation.reconcile(repair=False)
    assert {ready.version_id, ready.document_id} & set(getattr(found, field))
    assert not found.as_dict()["clean"]
    assert reconciliation.reconcile().repaired
    working.work()  # a version that lost its passages was set back to the start
    again = reconciliation.reconcile()
    assert again.as_dict()["clean"]
    assert not again.differences


def test_versions_on_their_way_are_no_difference(session: Session, ready: Receipt) -> None:
    version = session.get_one(Version, ready.version_id)
    version.stage = Stage.embedding
    session.add(version)
    session.commit()
    report = reconciliation.compare()
    assert (report.unfinished, report.stray, report.missing) == (1, [], [])


def test_the_index_is_rebuilt_from_sql_alone(session: Session, ready: Receipt) -> None:
    before = reconciliation.compare()
    report = reconciliation.rebuild()
    assert (report.points, report.differences) == (before.points, 0)


def test_another_model_gets_a_collection_of_its_own_and_then_serves(
    ready: Receipt, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = reconciliation.compare().points
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "/no/such/model")  # whatever it is: passages without vectors
    settings.cache_clear()
    assert vectors.index().model == "none", "the old collection serves until the new one is full"
    report = reconciliation.rebuild()
    assert (vectors.index().model, report.points, report.differences) == ("/no/such/model", before, 0)


def test_a_debt_that_a_crash_left_is_settled(session: Session, ready: Receipt, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as crashed:
        crashed.setattr(mirror, "settle", lambda _id: None)  # the process dies between the commit and the settling
        library.delete_document(session, OPERATOR_VIEWER, ready.document_id)
        session.commit()
    assert vectors.index().count(ready.version_id) > 0
    assert reconciliation.reconcile().debts == 1
    assert vectors.index().count(ready.version_id) == 0
    assert session.get(ParsedText, ready.version_id) is None


def test_a_changed_log_and_a_damaged_original_are_named(session: Session, ready: Receipt) -> None:
    assert verification.verify(session).ok
    entry = session.exec(select(LedgerEntry).where(LedgerEntry.number == 3)).one()
    entry.body = entry.body.replace("grant", "grand", 1) if "grant" in entry.body else entry.body + " "
    session.add(entry)
    session.flush()
    sha256 = session.get_one(Version, ready.version_id).sha256
    originals.path_of(sha256).write_bytes(b"x")
    found = verification.verify(session)
    assert 3 in found.broken
    assert found.damaged == (sha256,)
    session.rollback()


def test_a_lost_index_is_noticed_and_made_anew(ready: Receipt) -> None:
    assert not reconciliation.is_behind()
    vectors.close()
    shutil.rmtree(settings().home / "qdrant")
    assert reconciliation.is_behind()
    assert reconciliation.reconcile().repaired
    assert not reconciliation.is_behind()


def test_a_torn_record_of_the_serving_model_is_named_and_made_anew(ready: Receipt) -> None:
    vectors.close()
    record = settings().home / "qdrant" / "active.json"
    for torn in ("", '{"model', "[]", "{}"):
        record.write_text(torn, "utf-8")
        with pytest.raises(Unavailable, match="--rebuild"):
            vectors.index()
    assert reconciliation.rebuild().repaired
    assert vectors.index().count(ready.version_id) == ready.chunks
