"""Ways of tampering with an evidence bundle, each at a random place; each says which places may be named for it.

A careful forger brings the list of members up to date (``relist``) but does not have the company's seal. The insider of
the last kinds has: then log, checkpoints and signatures must still tell. ``forging`` makes a bundle wholly anew.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from kb import authority

Members = dict[str, bytes]
Damage = Callable[[Members, Members, random.Random], str]
"""(members to change, members of another handover's bundle, chance) → the place that must be named."""
KINDS: dict[str, Damage] = {}
LIST_ONLY = "MANIFEST.json"


def kind(damage: Damage) -> Damage:
    """Enter a way of tampering under its name."""
    KINDS[damage.__name__.replace("_", " ").strip()] = damage
    return damage


def relist(members: Members, sign: Callable[[bytes], bytes] | None = None) -> None:
    """Bring MANIFEST.json up to date with what was changed; sign it where the forger has a seal."""
    listing = json.loads(members["MANIFEST.json"])
    listing["members"] = {
        n: hashlib.sha256(c).hexdigest() for n, c in members.items() if not n.startswith("MANIFEST.")
    }
    listing["files"] = [n[len("files/"):] for n in members if n.startswith("files/")]
    members["MANIFEST.json"] = json.dumps(listing, ensure_ascii=False, indent=1).encode()
    if sign is not None:
        members["MANIFEST.sig"] = base64.b64encode(sign(members["MANIFEST.json"]))


def log_of(members: Members) -> list[dict[str, Any]]:
    """The log's entries."""
    return [json.loads(line) for line in members["log.jsonl"].splitlines()]


def put_log(members: Members, log: list[dict[str, Any]], *, rehash: bool = False) -> None:
    """Write entries back; with ``rehash`` as a chain that holds."""
    before = "0" * 64
    for entry in log if rehash else []:
        entry["previous"] = before
        if "body" in entry:
            entry["hash"] = hashlib.sha256((before + entry["body"]).encode()).hexdigest()
        before = entry["hash"]
    members["log.jsonl"] = b"".join(json.dumps(e, ensure_ascii=False).encode() + b"\n" for e in log)


def _spoil(content: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + bytes([content[place] ^ chance.randrange(1, 256)]) + content[place + 1 :]


def _edited(entry: dict[str, Any], chance: random.Random) -> None:
    said = json.loads(entry["body"])
    said["detail"]["备注"] = f"事后补写 {chance.random()}"
    entry["body"] = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _open(log: list[dict[str, Any]], chance: random.Random) -> dict[str, Any]:
    return chance.choice([e for e in log if "body" in e])


def _some(members: Members, folder: str, chance: random.Random) -> str:
    return chance.choice([n for n in members if n.startswith(folder)])


@kind
def tail_of_the_log_cut(members: Members, _: Members, chance: random.Random) -> str:
    log = log_of(members)
    put_log(members, log[: -chance.randrange(1, len(log) - 1)])
    return "log.jsonl"


@kind
def log_and_checkpoints_cut_together(members: Members, _: Members, chance: random.Random) -> str:
    lines = members["checkpoints.jsonl"].splitlines()
    kept = lines[: chance.randrange(1, len(lines))]
    members["checkpoints.jsonl"] = b"\n".join(kept) + b"\n"
    put_log(members, log_of(members)[: json.loads(kept[-1])["number"]])
    return "checkpoints.jsonl"


@kind
def chain_rebuilt_from_genesis(members: Members, _: Members, chance: random.Random) -> str:
    log = log_of(members)
    _edited(_open(log, chance), chance)
    put_log(members, log, rehash=True)
    return "log.jsonl"


@kind
def entries_swapped(members: Members, _: Members, chance: random.Random) -> str:
    log = log_of(members)
    one, other = chance.sample(range(len(log)), 2)
    log[one], log[other] = log[other], log[one]
    put_log(members, log)
    return f"log.jsonl 第 {min(one, other) + 1} 条"


@kind
def entry_deleted(members: Members, _: Members, chance: random.Random) -> str:
    log = log_of(members)
    gone = log.pop(chance.randrange(len(log) - 1))
    put_log(members, log)
    return f"log.jsonl 第 {gone['number']} 条"


@kind
def body_of_an_entry_edited(members: Members, _: Members, chance: random.Random) -> str:
    log = log_of(members)
    entry = _open(log, chance)
    _edited(entry, chance)
    put_log(members, log)
    return f"log.jsonl 第 {entry['number']} 条"


@kind
def closed_entry_edited(members: Members, _: Members, chance: random.Random) -> str:
    log = log_of(members)
    entry = chance.choice([e for e in log if "body" not in e])
    entry["hash"] = hashlib.sha256(str(chance.random()).encode()).hexdigest()
    put_log(members, log)
    return f"log.jsonl 第 {entry['number'] + 1} 条"


@kind
def byte_of_the_log_changed(members: Members, _: Members, chance: random.Random) -> str:
    members["log.jsonl"] = _spoil(members["log.jsonl"], chance)
    return "log.jsonl"


@kind
def manifest_edited(members: Members, _: Members, chance: random.Random) -> str:
    name = _some(members, "signatures/", chance)
    entry = json.loads(members[name])
    said = json.loads(entry["manifest"])
    said[chance.choice(["statement", "reservations", "at", "title"])] = f"改过 {chance.random()}"
    entry["manifest"] = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    members[name] = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()
    return name


@kind
def byte_of_a_signature_changed(members: Members, _: Members, chance: random.Random) -> str:
    name = _some(members, "signatures/", chance)
    members[name] = _spoil(members[name], chance)
    return name


@kind
def file_edited(members: Members, _: Members, chance: random.Random) -> str:
    name = _some(members, "files/", chance)
    members[name] = _spoil(members[name], chance)
    return name


@kind
def file_removed(members: Members, _: Members, chance: random.Random) -> str:
    name = _some(members, "files/", chance)
    del members[name]
    return name


@kind
def file_added(members: Members, _: Members, chance: random.Random) -> str:
    content = f"补交的材料 {chance.random()}".encode()
    name = f"files/{hashlib.sha256(content).hexdigest()}"
    members[name] = content
    return name


@kind
def certificate_of_a_signer_replaced(members: Members, _: Members, chance: random.Random) -> str:
    names = sorted(n for n in members if n.startswith("signatures/"))
    entries = {n: json.loads(members[n]) for n in names}
    name = chance.choice(names)
    others = [e["certificate"] for e in entries.values() if e["certificate"] != entries[name]["certificate"]]
    entries[name]["certificate"] = chance.choice(others)
    members[name] = json.dumps(entries[name], ensure_ascii=False, sort_keys=True).encode()
    return name


@kind
def signature_forged_by_another_key(members: Members, _: Members, chance: random.Random) -> str:
    """Half of the time with a certificate of the company's own CA for another person, half with a home-made one."""
    name, key = _some(members, "signatures/", chance), ec.generate_private_key(ec.SECP256R1())
    entry = json.loads(members[name])
    login = json.loads(entry["manifest"])["signer"]["login"]
    if chance.random() < 0.5:
        entry["certificate"] = authority.certify(key.public_key(), name="他人", login="somebody")
    else:
        made = authority._build(key.public_key(), login, key, None, login=login)
        entry["certificate"] = made.public_bytes(serialization.Encoding.PEM).decode()
    entry["signature"] = base64.b64encode(key.sign(entry["manifest"].encode(), ec.ECDSA(hashes.SHA256()))).decode()
    members[name] = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()
    return name


@kind
def signature_removed(members: Members, _: Members, chance: random.Random) -> str:
    name = _some(members, "signatures/", chance)
    del members[name]
    return "signatures/"


@kind
def signature_of_another_handover_replayed(members: Members, other: Members, chance: random.Random) -> str:
    name = _some(members, "signatures/", chance)
    members[name] = other[_some(other, "signatures/", chance)]
    return name


@kind
def signature_repeated(members: Members, _: Members, chance: random.Random) -> str:
    name = _some(members, "signatures/", chance)
    members["signatures/9999-receive.json"] = members[name]
    return "signatures/9999-receive.json"


@kind
def checkpoint_edited(members: Members, _: Members, chance: random.Random) -> str:
    members["checkpoints.jsonl"] = _spoil(members["checkpoints.jsonl"], chance)
    return "checkpoints.jsonl"


@kind
def checkpoints_truncated(members: Members, _: Members, chance: random.Random) -> str:
    lines = members["checkpoints.jsonl"].splitlines(keepends=True)
    members["checkpoints.jsonl"] = b"".join(lines[: chance.randrange(len(lines))])
    return "checkpoints.jsonl"


@kind
def checkpoint_removed_from_the_middle(members: Members, _: Members, chance: random.Random) -> str:
    lines = members["checkpoints.jsonl"].splitlines(keepends=True)
    del lines[chance.randrange(len(lines) - 1)]
    members["checkpoints.jsonl"] = b"".join(lines)
    return "checkpoints.jsonl"


@kind
def handover_certificate_changed(members: Members, _: Members, chance: random.Random) -> str:
    members["certificate.pdf"] = _spoil(members["certificate.pdf"], chance)
    return "certificate.pdf"


@kind
def handover_certificate_cut_before_its_signature(members: Members, _: Members, chance: random.Random) -> str:
    pdf = members["certificate.pdf"]
    ends = [n + 6 for n in range(len(pdf)) if pdf.startswith(b"%%EOF\n", n)]
    members["certificate.pdf"] = pdf[: chance.choice(ends[:-1])]
    return "certificate.pdf"


@kind
def handover_certificate_of_another_handover(members: Members, other: Members, _: random.Random) -> str:
    members["certificate.pdf"] = other["certificate.pdf"]
    return "certificate.pdf"


@kind
def root_certificate_or_key_changed(members: Members, _: Members, chance: random.Random) -> str:
    name = chance.choice(["ca.pem", "seal.pem", "checkpoint.pem"])
    members[name] = _spoil(members[name], chance)
    return name


@kind
def person_s_certificate_as_seal(members: Members, _: Members, chance: random.Random) -> str:
    """A signer seals a shortened bundle with their own key, which the same root certified."""
    key = ec.generate_private_key(ec.SECP256R1())
    members["seal.pem"] = authority.certify(key.public_key(), name="内部人", login="insider").encode()
    del members[_some(members, "files/", chance)]
    relist(members, lambda data: key.sign(data, ec.ECDSA(hashes.SHA256())))
    return "seal.pem"
