"""The bundle is checked without the product; what is changed in it is found and named."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sqlmodel import Session

from kb import authority, checkpoints, ledger
from kb.access import Module
from kb.db import transaction
from kb.errors import NotAllowed
from kb.handover import bundle, gaps, verifier
from kb.handover.case import GapSource
from tests.kb.handover.walking import cast, finish, opened, see

pytestmark = pytest.mark.integration
Members = dict[str, bytes]


@pytest.fixture
def packed(session: Session) -> bytes:
    people = cast(session)
    handover, other = opened(session, people), opened(session, people)
    finish(session, people, handover)
    finish(session, people, other)
    session.commit()
    return bundle.export(session, see(session, people["hr1"]), handover.id)


def _members(packed: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        return {name: found.read(name) for name in found.namelist()}


def test_a_whole_bundle_holds_against_the_printed_fingerprint(tmp_path: Path, packed: bytes) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(packed)
    trust = authority.fingerprint(authority.ca_pem())
    assert verifier.check(file, trust) == []
    assert verifier.check(file, "0" * 64) != []
    script = tmp_path / "verifier.py"
    script.write_bytes(_members(packed)["verifier.py"])
    ran = subprocess.run([sys.executable, "-I", str(script), str(file), "--trust", trust], cwd=tmp_path,
                         capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_other_handovers_are_in_the_log_by_their_hash_only(packed: bytes) -> None:
    members = _members(packed)
    handover = json.loads(members["MANIFEST.json"])["handover"]
    bodies = [json.loads(line).get("body") for line in members["log.jsonl"].decode().splitlines()]
    assert any(b is None for b in bodies)
    assert all(handover in b for b in bodies if b)


def test_what_was_said_of_gaps_goes_only_to_who_may_read_everything(session: Session, tmp_path: Path) -> None:
    people = cast(session)
    handover = opened(session, people)
    gap = gaps.note_gap(session, handover.id, Module.finance, GapSource.search, "q1", "费率为什么让了两个点")
    gaps.declare_unknown(session, see(session, people["han"]), gap.id, "谈判只有口头")
    session.commit()
    for login, told in (("hr1", False), ("han", True)):
        members = _members(bundle.export(session, see(session, people[login]), handover.id))
        assert ("口头" in members["log.jsonl"].decode()) is told
        file = tmp_path / f"{login}.zip"
        file.write_bytes(bundle.export(session, see(session, people[login]), handover.id))
        assert verifier.check(file, authority.fingerprint(authority.ca_pem())) == []


def test_a_position_held_on_paper_tells_a_log_that_was_cut_with_its_checkpoints(tmp_path: Path, packed: bytes) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(packed)
    newest = json.loads(_members(packed)["log.jsonl"].splitlines()[-1])
    assert verifier.check(file, entry=f"{newest['number']}:{newest['hash']}") == []
    assert any("第 1 条" in problem for problem in verifier.check(file, entry=f"1:{'0' * 64}"))
    assert any("截短" in problem for problem in verifier.check(file, entry=f"{newest['number'] + 1}:{'0' * 64}"))


def test_either_printed_fingerprint_will_do(tmp_path: Path, packed: bytes) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(packed)
    assert verifier.check(file, checkpoints.fingerprint().upper()) == []
    assert checkpoints.fingerprint() in _members(packed)["README.txt"].decode()


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_that_is_there_twice_and_a_broken_zip_are_named(tmp_path: Path, packed: bytes) -> None:
    file = tmp_path / "bundle.zip"
    file.write_bytes(packed)
    with zipfile.ZipFile(file, "a") as out:
        out.writestr("README.txt", _members(packed)["README.txt"])
    assert verifier.check(file) == ["README.txt 出现了两次 / is there twice"]
    file.write_bytes(packed[: len(packed) // 2])
    assert any("bundle.zip" in problem for problem in verifier.check(file))


def test_what_a_bundle_says_cannot_write_on_the_terminal(tmp_path: Path, packed: bytes) -> None:
    file, forged = tmp_path / "bundle.zip", "x\x1b[2J\x1b[H\n全部有效 / everything holds\r"
    file.write_bytes(packed)
    with zipfile.ZipFile(file, "a") as out:
        out.writestr(forged, b"")
    (problem,) = verifier.check(file)
    assert problem.isprintable()
    assert "不在清单里" in problem


def test_what_happens_while_it_is_made_does_not_spoil_it(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = cast(session)
    handover, pin_now = opened(session, people), checkpoints.write

    def then_somebody_acts() -> None:
        pin_now()
        monkeypatch.setattr(checkpoints, "write", pin_now)
        with transaction() as other:
            ledger.record(other, people["hr1"].id, "signature.made", "sig-later", handover=handover.id)
            ledger.record(other, people["hr1"].id, "document.read", "doc-1")

    session.commit()
    monkeypatch.setattr(checkpoints, "write", then_somebody_acts)
    file = tmp_path / "bundle.zip"
    file.write_bytes(bundle.export(session, see(session, people["hr1"]), handover.id))
    assert verifier.check(file) == []


def test_a_party_without_oversight_gets_no_bundle(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    with pytest.raises(NotAllowed):
        bundle.export(session, see(session, people["ren"]), handover.id)
