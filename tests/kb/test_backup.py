"""What was backed up comes back whole; what was deleted since stays deleted."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest
from sqlmodel import Session, select

from ingest.intake import Target
from kb import authority, backup, checkpoints, ledger, library, originals, reconciliation, vectors
from kb.access import OPERATOR, Module
from kb.db import transaction
from kb.documents import Document, Version
from kb.errors import Conflict, Invalid
from kb.handover.opening import open_handover
from kb.lexical import query_terms
from kb.people import Person, Role, add_person
from kb.receipts import Receipt
from kb.settings import settings
from kb.vectors import Narrowing
from kb.viewing import OPERATOR_VIEWER
from tests import working

pytestmark = pytest.mark.integration  # a real index


@pytest.fixture
def two(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Receipt]:
    """Two ready documents, 保留 and 作废."""
    working.migrated(home)
    working.without_model(monkeypatch)
    with transaction() as session:
        handover = open_handover(session, OPERATOR_VIEWER, "coo", add_person(session, "zhou", Role.leaver))
    files = [working.write(tmp_path, f"{n}.md", f"# {n}\n\n{n}的内容只此一份。") for n in ("保留", "作废")]
    return working.take_in(Target(handover.id, Module.projects), *files)


def found(word: str) -> set[str]:
    return {h.document_id for h in vectors.index().matching(query_terms(word), OPERATOR, Narrowing(), 20)}


def delete(document_id: str) -> None:
    with transaction() as session:
        library.delete_document(session, OPERATOR_VIEWER, document_id)


def test_a_backup_comes_back_whole(two: list[Receipt], tmp_path: Path) -> None:
    packed = backup.back_up(tmp_path / "b.tar")
    assert (packed.documents, packed.originals) == (2, 2)
    assert (tmp_path / "b.tar").stat().st_mode & 0o077 == 0
    outcome = backup.restore(tmp_path / "b.tar", force=True)
    assert (outcome.documents, outcome.originals, outcome.deleted_again, outcome.clean) == (2, 2, 0, True)
    assert two[0].document_id in found("保留")
    assert reconciliation.compare().differences == 0


def test_what_was_deleted_after_the_backup_stays_deleted(two: list[Receipt], tmp_path: Path) -> None:
    kept, doomed = two
    backup.back_up(tmp_path / "b.tar")
    delete(doomed.document_id)
    outcome = backup.restore(tmp_path / "b.tar", force=True)
    assert (outcome.documents, outcome.deleted_again, outcome.clean) == (1, 1, True)
    assert doomed.document_id not in found("作废")
    with transaction(writes=False) as session:
        assert session.get_one(Document, doomed.document_id).deleted_at is not None
        sha256 = session.exec(select(Version.sha256).where(Version.document_id == doomed.document_id)).one()
    assert not originals.path_of(sha256).exists()
    assert kept.document_id in found("保留")


def test_a_later_backup_carries_the_journal_to_another_home(
    two: list[Receipt], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    delete(two[1].document_id)
    backup.back_up(tmp_path / "b.tar")
    from kb import deletions
    from tests.conftest import forget

    forget()
    monkeypatch.setenv("KB_HOME", str(tmp_path / "other"))
    outcome = backup.restore(tmp_path / "b.tar")
    assert (outcome.documents, outcome.clean) == (1, True)
    assert two[1].document_id in deletions.deleted_ids()


def test_a_home_with_data_is_not_overwritten_by_accident(two: list[Receipt], tmp_path: Path) -> None:
    backup.back_up(tmp_path / "b.tar")
    with pytest.raises(Conflict):
        backup.restore(tmp_path / "b.tar")


@pytest.mark.parametrize("how", ["cut", "foreign", "escaping", "changed"])
def test_a_bad_backup_is_refused_before_anything_is_touched(two: list[Receipt], tmp_path: Path, how: str) -> None:
    good, bad = tmp_path / "b.tar", tmp_path / "bad.tar"
    backup.back_up(good)
    _spoil(good, bad, how)
    with pytest.raises(Invalid):
        backup.restore(bad, force=True)
    assert two[0].document_id in found("保留")
    assert not (tmp_path / "escaped").exists()


def _spoil(good: Path, bad: Path, how: str) -> None:
    if how == "cut":
        bad.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
        return
    if how == "foreign":
        bad.write_bytes(b"not a tar at all")
        return
    with tarfile.open(good) as read, tarfile.open(bad, "w") as write:
        for entry in read:
            data = read.extractfile(entry).read()  # type: ignore[union-attr]
            if how == "changed" and entry.name.startswith("originals/"):
                data = data.swapcase()[::-1]
            write.addfile(entry, io.BytesIO(data))
        if how == "escaping":
            outside = tarfile.TarInfo("../escaped")
            write.addfile(outside, io.BytesIO(b""))


def test_the_session_fixture_s_people_come_back(two: list[Receipt], tmp_path: Path) -> None:
    backup.back_up(tmp_path / "b.tar")
    backup.restore(tmp_path / "b.tar", force=True)
    with transaction(writes=False) as session:
        assert _logins(session) == {"zhou"}


def _logins(session: Session) -> set[str]:
    return set(session.exec(select(Person.login)))


def test_keys_checkpoints_and_certificates_come_back_and_the_log_holds(two: list[Receipt], tmp_path: Path) -> None:
    home = settings().home
    with transaction() as session:
        authority.seal()
        ledger.record(session, "per-1", "signature.made", "sig-1")
    (home / "certificates").mkdir()
    (home / "certificates" / "hnd-7k2m9x4qwz3p.pdf").write_bytes(b"%PDF")
    fingerprint, lines = authority.fingerprint(authority.ca_pem()), checkpoints.read()
    backup.back_up(tmp_path / "b.tar")
    with transaction() as session:
        ledger.record(session, "per-1", "signature.made", "sig-2")
    (home / "certificates" / "hnd-7k2m9x4qwz3p.pdf").unlink()
    backup.restore(tmp_path / "b.tar", force=True)
    assert authority.fingerprint(authority.ca_pem()) == fingerprint
    assert checkpoints.read()[: len(lines)] == lines
    assert (home / "certificates" / "hnd-7k2m9x4qwz3p.pdf").read_bytes() == b"%PDF"
    with transaction(writes=False) as session:
        assert checkpoints.faults(session) == []


def test_a_checkpoint_made_while_packing_does_not_outrun_the_database(
    two: list[Receipt], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = backup._copied_database

    def then_somebody_signs(work: Path) -> Path:
        copy = copied(work)
        with transaction() as session:
            ledger.record(session, "per-1", "signature.made", "sig-1")
        return copy

    monkeypatch.setattr(backup, "_copied_database", then_somebody_signs)
    backup.back_up(tmp_path / "b.tar")
    backup.restore(tmp_path / "b.tar", force=True)
    with transaction(writes=False) as session:
        assert checkpoints.faults(session) == []


def test_where_there_is_a_server_all_that_the_home_proves_with_is_named(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_DATABASE_URL", "postgresql+psycopg://kb@postgres/kb")
    settings.cache_clear()
    with pytest.raises(Invalid) as refused:
        backup.back_up(home / "b.tar")
    assert all(name in str(refused.value) for name in ("pg_dump", "originals", "deletions.jsonl", *backup._PROOFS))
