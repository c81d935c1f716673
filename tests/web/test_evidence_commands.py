"""``kb evidence``: a bundle that was written is checked, one that was changed is refused with its place."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session

from kb import checkpoints
from kb.errors import NotFound
from tests.kb.handover.walking import cast, finish, opened
from web.commands.evidence import check_evidence, export_evidence
from web.console import Console

pytestmark = pytest.mark.integration


def test_a_bundle_is_written_for_its_owner_only_and_checked(session: Session, tmp_path: Path) -> None:
    people = cast(session)
    handover = opened(session, people)
    finish(session, people, handover)
    session.commit()
    said: list[str] = []
    console = Console(said.append, said.append)
    file = tmp_path / "e.zip"
    assert export_evidence(console, handover.id, str(file)) == 0
    assert file.stat().st_mode & 0o077 == 0
    assert checkpoints.fingerprint() in "".join(said)
    assert check_evidence(console, str(file), checkpoints.fingerprint()) == 0
    file.write_bytes(file.read_bytes().replace(b"log.jsonl", b"lug.jsonl"))
    assert check_evidence(console, str(file)) == 1
    assert "log.jsonl 不见了" in "".join(said)


def test_a_file_that_is_not_there_is_a_plain_refusal(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        check_evidence(Console(lambda _: None, lambda _: None), str(tmp_path / "none.zip"))
