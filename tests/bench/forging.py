"""A bundle made wholly anew with an attacker's keys: everything in it agrees, and only ``--trust`` can tell."""

from __future__ import annotations

import base64
import hashlib
import json
import random
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kb import authority, keys
from tests.bench.tamper_bundle import Members, log_of, put_log, relist


@dataclass(frozen=True)
class Forger:
    """Keys of an attacker: a root, a seal and a checkpoint key that look like the company's."""

    root: authority.Identity
    seal: authority.Identity
    checkpoint: Ed25519PrivateKey


def forged_anew(members: Members, chance: random.Random, forger: Forger) -> str:
    """The whole bundle with other keys: root, seal, signers, checkpoints, log. Only ``--trust`` can tell."""
    members["ca.pem"] = forger.root.certificate.public_bytes(serialization.Encoding.PEM)
    members["seal.pem"] = forger.seal.certificate.public_bytes(serialization.Encoding.PEM)
    members["checkpoint.pem"] = forger.checkpoint.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    before, renamed = "", {}
    for name in sorted(n for n in members if n.startswith("signatures/")):
        entry = json.loads(members[name])
        old, said = hashlib.sha256(entry["manifest"].encode()).hexdigest(), json.loads(entry["manifest"])
        said |= {"previous": before, "reservations": f"从未签收 {chance.random()}"}
        _sign_anew(entry, said, forger)
        before = renamed[old] = hashlib.sha256(entry["manifest"].encode()).hexdigest()
        members[name] = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode()
    log = log_of(members)
    for entry in log:
        for old, new in renamed.items():
            if old in entry.get("body", ""):
                entry["body"] = entry["body"].replace(old, new)
    put_log(members, log, rehash=True)
    _pin_anew(members, log, forger)
    relist(members, lambda data: forger.seal.private_key.sign(data, ec.ECDSA(hashes.SHA256())))
    return "ca.pem"


def _sign_anew(entry: dict[str, Any], said: dict[str, Any], forger: Forger) -> None:
    key, who = ec.generate_private_key(ec.SECP256R1()), said["signer"]
    made = authority._build(key.public_key(), who["name"], forger.root.private_key,
                            forger.root.certificate.subject, login=who["login"])
    entry["manifest"] = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    entry["certificate"] = made.public_bytes(serialization.Encoding.PEM).decode()
    entry["signature"] = base64.b64encode(key.sign(entry["manifest"].encode(), ec.ECDSA(hashes.SHA256()))).decode()
    assert keys.verify(entry["certificate"], entry["manifest"].encode(), base64.b64decode(entry["signature"]))


def _pin_anew(members: Members, log: list[dict[str, Any]], forger: Forger) -> None:
    lines, before, by_number = [], "", {e["number"]: e["hash"] for e in log}
    for old in map(json.loads, members["checkpoints.jsonl"].splitlines()):
        said = {"at": old["at"], "hash": by_number[old["number"]], "number": old["number"], "previous": before}
        signed = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
        said["signature"] = base64.b64encode(forger.checkpoint.sign(signed)).decode()
        lines.append(json.dumps(said, sort_keys=True))
        before = hashlib.sha256(lines[-1].encode()).hexdigest()
    members["checkpoints.jsonl"] = "".join(f"{line}\n" for line in lines).encode()


def forger() -> Forger:
    """An attacker's keys, with the company's names on them."""
    root_key, seal_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    subject = authority.ca().certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value
    root = authority._build(root_key.public_key(), str(subject), root_key, None, authority=True)
    seal = authority._build(seal_key.public_key(), "交接知识库 系统签章", root_key, root.subject)
    return Forger(authority.Identity(root_key, root), authority.Identity(seal_key, seal), Ed25519PrivateKey.generate())
