"""Checks an evidence bundle on a machine without the product: ``python verifier.py BUNDLE.zip [--trust SHA256]``.

One file, the standard library and ``cryptography`` only. It is copied into every bundle; run the copy that you got from
somewhere else. ``--trust`` is the fingerprint (SHA-256, hex) of the company's root certificate, as printed on every
handover certificate: without it a bundle made wholly anew with other keys looks genuine. Exit code 0 when everything
holds, 1 when something does not, and then every place is named.

核验证据包：在没有本产品的电脑上运行。--trust 填交接证书上印的根证书指纹；不填则无法发现整包伪造。
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

Members = dict[str, bytes]
GENESIS = "0" * 64


def check(bundle: Path, trust: str = "") -> list[str]:
    """Everything that does not hold, each with its place, in Chinese and English; empty where all is whole."""
    try:
        with zipfile.ZipFile(bundle) as packed:
            members = {name: packed.read(name) for name in packed.namelist()}
    except (OSError, zipfile.BadZipFile, EOFError, ValueError, NotImplementedError, RuntimeError) as error:
        return [f"证据包无法读取 / the bundle cannot be read: {error}"]
    try:
        return list(_everything(members, trust.lower().replace(":", "")))
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        return [f"证据包缺少内容或格式不对 / content is missing or malformed: {type(error).__name__} {error}"]


def _everything(members: Members, trust: str) -> Iterator[str]:
    ca, seal = _certificate(members["ca.pem"]), _certificate(members["seal.pem"])
    if trust and _fingerprint(ca) != trust:
        yield "根证书指纹与给定的不一致，整包可能是伪造的 / ca.pem: not the root certificate you trust"
    yield from _issued(ca, ca, "ca.pem")
    yield from _issued(seal, ca, "seal.pem")
    if not _signed_by(seal, members["MANIFEST.json"], base64.b64decode(members["MANIFEST.sig"])):
        yield "MANIFEST.json 的签章无效 / MANIFEST.json: the seal does not hold"
    listing = json.loads(members["MANIFEST.json"])
    yield from _listed(members, listing["members"])
    signatures = [
        (name, json.loads(members[name])) for name in sorted(members) if name.startswith("signatures/")
    ]
    yield from _signatures(signatures, ca, listing["handover"])
    log = [json.loads(line) for line in members["log.jsonl"].decode().splitlines()]
    yield from _log(log)
    yield from _checkpoints(members, log)
    yield from _told(log, signatures, listing["handover"])
    yield from _files(members, signatures, with_files=listing["with_files"])
    yield from _printed(members, log)


def _listed(members: Members, listed: dict[str, str]) -> Iterator[str]:
    apart = {"MANIFEST.json", "MANIFEST.sig"}
    for name in sorted(listed.keys() - members.keys()):
        yield f"{name} 不见了 / is missing"
    for name in sorted(members.keys() - listed.keys() - apart):
        yield f"{name} 不在清单里 / is not listed"
    for name in sorted(listed.keys() & members.keys()):
        if hashlib.sha256(members[name]).hexdigest() != listed[name]:
            yield f"{name} 的内容被改动 / was changed"


def _signatures(signatures: list[tuple[str, dict[str, Any]]], ca: x509.Certificate, handover: str) -> Iterator[str]:
    before = ""
    for name, entry in signatures:
        manifest = entry["manifest"].encode()
        said, certificate = json.loads(manifest), _certificate(entry["certificate"].encode())
        yield from _issued(certificate, ca, name)
        if not _signed_by(certificate, manifest, base64.b64decode(entry["signature"])):
            yield f"{name} 的签名无效 / the signature does not hold"
        if said["handover"] != handover:
            yield f"{name} 属于另一个交接 / belongs to another handover"
        owners = [a.value for a in certificate.subject.get_attributes_for_oid(x509.NameOID.USER_ID)]
        if said["signer"]["login"] not in owners:
            yield f"{name} 的证书不是签署人的 / the certificate is not the signer's"
        if said["previous"] != before:
            yield f"{name} 与上一个签名不相连 / does not follow the signature before it"
        before = hashlib.sha256(manifest).hexdigest()


def _log(log: list[dict[str, Any]]) -> Iterator[str]:
    before, expected = GENESIS, 1
    for entry in log:
        number = entry["number"]
        if number != expected:
            yield f"log.jsonl 第 {expected} 条不见了 / entry {expected} is missing"
        if entry["previous"] != before:
            yield f"log.jsonl 第 {number} 条与上一条不相连 / entry {number} does not follow the one before it"
        body = entry.get("body")
        # Entries of other handovers come without their body: their hash links, what they say stays closed.
        if body is not None and not _says(entry, body):
            yield f"log.jsonl 第 {number} 条被改动 / entry {number} was changed"
        before, expected = entry["hash"], number + 1


def _says(entry: dict[str, Any], body: str) -> bool:
    digest = hashlib.sha256(entry["previous"].encode() + body.encode()).hexdigest()
    return bool(digest == entry["hash"] and json.loads(body)["number"] == entry["number"])


def _checkpoints(members: Members, log: list[dict[str, Any]]) -> Iterator[str]:
    key = serialization.load_pem_public_key(members["checkpoint.pem"])
    by_number, before, last = {e["number"]: e["hash"] for e in log}, "", 0
    for number, line in enumerate(members["checkpoints.jsonl"].decode().splitlines(), 1):
        said = json.loads(line)
        fields = {k: said[k] for k in ("at", "hash", "number", "previous")}
        signed = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        if not isinstance(key, ed25519.Ed25519PublicKey) or not _genuine(key, signed, said["signature"]):
            yield f"checkpoints.jsonl 第 {number} 行的签名无效 / line {number}: the signature does not hold"
        if said["previous"] != before:
            yield f"checkpoints.jsonl 第 {number} 行与上一行不相连 / line {number} does not follow the line before it"
        if by_number.get(said["number"]) != said["hash"]:
            yield (f"日志第 {said['number']} 条与检查点不符：被截短或改写 / "
                   f"entry {said['number']} is not what the checkpoint pinned: cut or rebuilt")
        before, last = hashlib.sha256(line.encode()).hexdigest(), said["number"]
    if not log or last != log[-1]["number"]:
        yield f"日志末尾没有检查点 / the log's end (entry {log[-1]['number'] if log else 0}) is not pinned"


def _genuine(key: ed25519.Ed25519PublicKey, signed: bytes, signature: str) -> bool:
    try:
        key.verify(base64.b64decode(signature), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _told(
    log: list[dict[str, Any]], signatures: list[tuple[str, dict[str, Any]]], handover: str
) -> Iterator[str]:
    """Every signature is in the log, and every one that the log names is in the bundle."""
    made = [d for d in _details(log, "signature.made") if d.get("handover") == handover]
    logged = {d["manifest_sha256"] for d in made}
    held = {hashlib.sha256(e["manifest"].encode()).hexdigest(): name for name, e in signatures}
    for digest in sorted(held.keys() - logged):
        yield f"{held[digest]} 没有写入日志 / is not in the log"
    for digest in sorted(logged - held.keys()):
        yield f"日志里的签名 {digest[:12]} 不在证据包里 / a signature named by the log is not in the bundle"


def _details(log: list[dict[str, Any]], action: str) -> Iterator[dict[str, Any]]:
    for entry in log:
        if entry.get("body") is not None:
            said = json.loads(entry["body"])
            if said["action"] == action:
                yield said["detail"]


def _files(members: Members, signatures: list[tuple[str, dict[str, Any]]], *, with_files: bool) -> Iterator[str]:
    for name in sorted(members):
        if name.startswith("files/") and hashlib.sha256(members[name]).hexdigest() != name[len("files/"):]:
            yield f"{name} 的内容与签名时不同 / is not the file that was signed"
    if with_files and signatures:
        for pinned in json.loads(signatures[-1][1]["manifest"])["files"]:
            if f"files/{pinned['sha256']}" not in members:
                yield f"{pinned['file_name']}（{pinned['sha256'][:12]}）不在证据包里 / is not in the bundle"


def _printed(members: Members, log: list[dict[str, Any]]) -> Iterator[str]:
    if "certificate.pdf" in members:
        digest = hashlib.sha256(members["certificate.pdf"]).hexdigest()
        if digest not in {d["sha256"] for d in _details(log, "certificate.issued")}:
            yield "certificate.pdf 不是日志里登记的那一份 / is not the one that the log names"


def _certificate(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def _fingerprint(certificate: x509.Certificate) -> str:
    return hashlib.sha256(certificate.public_bytes(serialization.Encoding.DER)).hexdigest()


def _issued(certificate: x509.Certificate, by: x509.Certificate, place: str) -> Iterator[str]:
    try:
        certificate.verify_directly_issued_by(by)
    except (InvalidSignature, ValueError, TypeError):
        yield f"{place} 的证书不是本公司根证书签发的 / the certificate was not issued by the root certificate"


def _signed_by(certificate: x509.Certificate, data: bytes, signature: bytes) -> bool:
    key = certificate.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def main() -> int:
    """The command line."""
    options = argparse.ArgumentParser(description="核验交接证据包 / check an evidence bundle")
    options.add_argument("bundle", type=Path)
    options.add_argument("--trust", default="", help="根证书指纹 SHA-256 / the root certificate's fingerprint")
    given = options.parse_args()
    found = check(given.bundle, given.trust)
    for problem in found:
        print("×", problem)
    if not found:
        print("全部有效 / everything holds" if given.trust else
              "内容前后一致；请用 --trust 核对根证书指纹 / consistent; use --trust to rule out a bundle made anew")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
