"""Ways of tampering with a home: rows of its database and files beside it, each at a random place.

The attacker writes SQL and files as they like, but has no PIN of anybody.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text
from sqlmodel import Session

from kb import authority, checkpoints

Damage = Callable[[Session, Path, random.Random], str]
"""(session, home, chance) → words that must be in what is found; the session is rolled back, the files put back."""
KINDS: dict[str, Damage] = {}
_FILES = ("checkpoints", "certificates", "originals")


def kind(damage: Damage) -> Damage:
    """Enter a way of tampering under its name."""
    KINDS[damage.__name__.replace("_", " ")] = damage
    return damage


@contextmanager
def put_back(home: Path, spare: Path) -> Iterator[None]:
    """Restore the files that a kind may have changed."""
    if not spare.exists():
        for name in _FILES:
            shutil.copytree(home / name, spare / name)
    try:
        yield
    finally:
        for path in (p for name in _FILES for p in (spare / name).rglob("*") if p.is_file()):
            there = home / path.relative_to(spare)
            if not there.is_file() or there.read_bytes() != path.read_bytes():
                shutil.copyfile(path, there)


def _length(session: Session) -> int:
    return int(session.execute(text("SELECT max(number) FROM ledger_entry")).scalar_one())


def _entry(session: Session, number: int) -> dict[str, Any]:
    row = session.execute(text("SELECT * FROM ledger_entry WHERE number = :n"), {"n": number}).mappings().one()
    return dict(row)


def _set(session: Session, number: int, **values: Any) -> None:
    columns = ", ".join(f"{name} = :{name}" for name in values)
    session.execute(text(f"UPDATE ledger_entry SET {columns} WHERE number = :which"), values | {"which": number})


def _signature(session: Session, chance: random.Random) -> dict[str, Any]:
    rows = session.execute(text("SELECT * FROM signature ORDER BY id")).mappings().all()
    return dict(chance.choice(rows))


def _sign_row(session: Session, row_id: str, **values: Any) -> None:
    columns = ", ".join(f"{name} = :{name}" for name in values)
    session.execute(text(f"UPDATE signature SET {columns} WHERE id = :row_id"), values | {"row_id": row_id})


def _reworded(body: str, chance: random.Random) -> str:
    said = json.loads(body)
    said["detail"]["备注"] = f"事后补写 {chance.random()}"
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


@kind
def body_edited(session: Session, _: Path, chance: random.Random) -> str:
    number = chance.randrange(1, _length(session) + 1)
    _set(session, number, body=_reworded(_entry(session, number)["body"], chance))
    return f"第 {number} 条"


@kind
def body_edited_and_its_hash_made_anew(session: Session, _: Path, chance: random.Random) -> str:
    number = chance.randrange(1, _length(session))
    entry = _entry(session, number)
    body = _reworded(entry["body"], chance)
    _set(session, number, body=body, hash=hashlib.sha256((entry["previous"] + body).encode()).hexdigest())
    return f"第 {number + 1} 条"


@kind
def column_edited(session: Session, _: Path, chance: random.Random) -> str:
    number = chance.randrange(1, _length(session) + 1)
    column = chance.choice(["actor_id", "action", "object_id", "at", "previous", "hash"])
    value = "2020-01-01 00:00:00.000000" if column == "at" else f"per-{chance.random()}"
    _set(session, number, **{column: value})
    return f"第 {number} 条"


@kind
def entry_deleted(session: Session, _: Path, chance: random.Random) -> str:
    number = chance.randrange(1, _length(session))
    session.execute(text("DELETE FROM ledger_entry WHERE number = :n"), {"n": number})
    return f"第 {number + 1} 条"


@kind
def entries_swapped(session: Session, _: Path, chance: random.Random) -> str:
    one, other = sorted(chance.sample(range(1, _length(session) + 1), 2))
    session.execute(text("UPDATE ledger_entry SET number = -number WHERE number IN (:a, :b)"), {"a": one, "b": other})
    session.execute(text("UPDATE ledger_entry SET number = :b WHERE number = -:a"), {"a": one, "b": other})
    session.execute(text("UPDATE ledger_entry SET number = :a WHERE number = -:b"), {"a": one, "b": other})
    return f"第 {one} 条"


@kind
def entry_inserted(session: Session, _: Path, chance: random.Random) -> str:
    """Everything after it is renumbered, and nothing made anew."""
    number = chance.randrange(2, _length(session) + 1)
    session.execute(text("UPDATE ledger_entry SET number = -number - 1 WHERE number >= :n"), {"n": number})
    session.execute(text("UPDATE ledger_entry SET number = -number WHERE number < 0"))
    entry = _entry(session, number - 1) | {"number": number}
    session.execute(text(
        "INSERT INTO ledger_entry (number, at, actor_id, action, object_id, body, previous, hash) "
        "VALUES (:number, :at, :actor_id, :action, :object_id, :body, :previous, :hash)"
    ), entry)  # fmt: skip
    return f"第 {number} 条"


@kind
def tail_cut(session: Session, _: Path, chance: random.Random) -> str:
    kept = chance.randrange(1, _length(session))
    session.execute(text("DELETE FROM ledger_entry WHERE number > :n"), {"n": kept})
    return f"只有 {kept} 条"


@kind
def chain_rebuilt_from_genesis(session: Session, _: Path, chance: random.Random) -> str:
    """One entry says something else, every hash is made anew, signatures and files are left alone."""
    changed, before = chance.randrange(1, _length(session) + 1), "0" * 64
    for number in range(1, _length(session) + 1):
        body = _entry(session, number)["body"]
        body = _reworded(body, chance) if number == changed else body
        digest = hashlib.sha256((before + body).encode()).hexdigest()
        _set(session, number, body=body, previous=before, hash=digest)
        before = digest
    return "与检查点第"


@kind
def tail_and_checkpoints_cut_together(session: Session, home: Path, chance: random.Random) -> str:
    """Back to before some signature or certificate; these stay where they are, and tell.

    What came after the last of them is held by nothing inside the home: only a bundle or paper held elsewhere tells.
    """
    lines = (home / "checkpoints" / "log.jsonl").read_text().splitlines()
    issued = "SELECT max(number) FROM ledger_entry WHERE action = 'certificate.issued'"
    last = session.execute(text(issued)).scalar_one()
    kept = chance.choice([n for n, line in enumerate(lines) if json.loads(line)["number"] < last])
    (home / "checkpoints" / "log.jsonl").write_text("".join(f"{line}\n" for line in lines[: kept + 1]))
    number = json.loads(lines[kept])["number"]
    session.execute(text("DELETE FROM ledger_entry WHERE number > :n"), {"n": number})
    return "没有写入日志"


@kind
def checkpoint_edited(session: Session, home: Path, chance: random.Random) -> str:
    path = home / "checkpoints" / "log.jsonl"
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content) - 1)] ^= chance.randrange(1, 256)
    path.write_bytes(bytes(content))
    return "检查点第"


@kind
def checkpoints_truncated(session: Session, home: Path, chance: random.Random) -> str:
    path = home / "checkpoints" / "log.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[: chance.randrange(len(lines))]))
    return "检查点缺失"


@kind
def checkpoint_forged_by_another_key(session: Session, home: Path, chance: random.Random) -> str:
    """The last line says what the forger likes, signed with a key of theirs."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    lines = checkpoints.read()
    chosen = chance.randrange(len(lines))
    signature = Ed25519PrivateKey.generate().sign(lines[chosen].signed_bytes())
    said = json.loads(lines[chosen].line()) | {"signature": base64.b64encode(signature).decode()}
    texts = [json.dumps(said, sort_keys=True) if n == chosen else line.line() for n, line in enumerate(lines)]
    (home / "checkpoints" / "log.jsonl").write_text("".join(f"{line}\n" for line in texts))
    return f"检查点第 {chosen + 1} 行"


@kind
def manifest_edited(session: Session, _: Path, chance: random.Random) -> str:
    row = _signature(session, chance)
    said = json.loads(row["manifest"]) | {"statement": f"从未确认 {chance.random()}"}
    manifest = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(manifest.encode()).hexdigest()
    _sign_row(session, row["id"], manifest=manifest, **({"manifest_sha256": digest} if chance.random() < 0.5 else {}))
    return str(row["id"])


@kind
def column_of_a_signature_edited(session: Session, _: Path, chance: random.Random) -> str:
    row = _signature(session, chance)
    column, value = chance.choice([
        ("round", 9), ("reservations", "补写的保留意见"), ("on_behalf_of", "per-x"), ("previous", "0" * 64),
        ("at", "2020-01-01 00:00:00.000000"), ("manifest_sha256", "0" * 64), ("purpose", "agreement_limits"),
    ])  # fmt: skip
    _sign_row(session, row["id"], **{str(column): value})
    return str(row["id"])


@kind
def certificate_of_a_signer_replaced(session: Session, _: Path, chance: random.Random) -> str:
    row = _signature(session, chance)
    key = ec.generate_private_key(ec.SECP256R1())
    _sign_row(session, row["id"], certificate=authority.certify(key.public_key(), name="他人", login="other"))
    return str(row["id"])


@kind
def signature_forged_by_another_key(session: Session, _: Path, chance: random.Random) -> str:
    """Even with a new certificate of the company's CA in the signer's own name, for words they never signed."""
    row, key = _signature(session, chance), ec.generate_private_key(ec.SECP256R1())
    said = json.loads(row["manifest"]) | {"reservations": "无"}
    manifest = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    made = base64.b64encode(key.sign(manifest.encode(), ec.ECDSA(hashes.SHA256()))).decode()
    certificate = authority.certify(key.public_key(), name=said["signer"]["name"], login=said["signer"]["login"])
    digest = hashlib.sha256(manifest.encode()).hexdigest()
    _sign_row(session, row["id"], manifest=manifest, signature=made, certificate=certificate, manifest_sha256=digest,
              reservations="无")
    return str(row["id"])


@kind
def signature_removed(session: Session, _: Path, chance: random.Random) -> str:
    row = _signature(session, chance)
    session.execute(text("DELETE FROM signature WHERE id = :i"), {"i": row["id"]})
    return str(row["id"])


@kind
def signature_moved_to_another_handover(session: Session, _: Path, chance: random.Random) -> str:
    row = _signature(session, chance)
    other = session.execute(text("SELECT id FROM handover WHERE id <> :h"), {"h": row["handover_id"]}).scalars().first()
    _sign_row(session, row["id"], handover_id=other)
    return str(row["id"])


@kind
def original_edited(session: Session, home: Path, chance: random.Random) -> str:
    path = chance.choice(sorted(p for p in (home / "originals").rglob("*") if p.is_file()))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    path.write_bytes(bytes(content))
    return path.name


@kind
def handover_certificate_changed(session: Session, home: Path, chance: random.Random) -> str:
    path = chance.choice(sorted((home / "certificates").iterdir()))
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    path.write_bytes(bytes(content))
    return path.stem


@kind
def handover_certificate_cut_before_its_signature(session: Session, home: Path, chance: random.Random) -> str:
    path = chance.choice(sorted((home / "certificates").iterdir()))
    content = path.read_bytes()
    path.write_bytes(content[: content.index(b"%%EOF") + 6])
    return path.stem
