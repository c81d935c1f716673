"""The bundle is checked without the product; what is changed in it is found and named."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session

from kb import authority
from kb.errors import NotAllowed
from kb.handover import bundle, verifier
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


def _check(tmp_path: Path, members: Members, trust: str = "") -> list[str]:
    file = tmp_path / "bundle.zip"
    with zipfile.ZipFile(file, "w") as out:
        for name, content in members.items():
            out.writestr(name, content)
    return verifier.check(file, trust)


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


def _cut_tail(members: Members) -> str:
    members["log.jsonl"] = b"\n".join(members["log.jsonl"].splitlines()[:-3]) + b"\n"
    return "log"


def _edit_entry(members: Members) -> str:
    members["log.jsonl"] = members["log.jsonl"].replace(b"archived", b"archivee")
    return "log"


def _drop_signature(members: Members) -> str:
    name = next(n for n in members if "receive" in n)
    del members[name]
    return name


def _edit_manifest(members: Members) -> str:
    name = next(n for n in members if "receive" in n)
    members[name] = members[name].replace(b'\\"version\\":1', b'\\"version\\":2')
    return name


def _edit_certificate(members: Members) -> str:
    members["certificate.pdf"] += b" "
    return "certificate.pdf"


def _cut_checkpoints(members: Members) -> str:
    members["checkpoints.jsonl"] = b"\n".join(members["checkpoints.jsonl"].splitlines()[:-1]) + b"\n"
    return "checkpoints"


def _add_member(members: Members) -> str:
    members["files/" + "0" * 64] = "多出来的".encode()
    return "files/"


TAMPERINGS: list[Callable[[Members], str]] = [
    _cut_tail, _edit_entry, _drop_signature, _edit_manifest, _edit_certificate, _cut_checkpoints, _add_member,
]  # fmt: skip


def test_what_is_changed_is_named(tmp_path: Path, packed: bytes) -> None:
    for tamper in TAMPERINGS:
        members = _members(packed)
        place = tamper(members)
        found = _check(tmp_path, members)
        assert any(place in problem for problem in found), (tamper.__name__, found)


def test_a_party_without_oversight_gets_no_bundle(session: Session) -> None:
    people = cast(session)
    handover = opened(session, people)
    with pytest.raises(NotAllowed):
        bundle.export(session, see(session, people["ren"]), handover.id)
