"""Checks an evidence bundle on a machine without the product: ``python verifier.py BUNDLE.zip [--trust SHA256]``.

One file, the standard library and ``cryptography`` only, Python 3.10 or later. It is copied into every bundle; run a
copy that you got another way. ``--trust`` is the fingerprint (SHA-256, hex) of the company's root certificate or of its
checkpoint key, as printed on every handover certificate: without it a bundle made wholly anew with other keys looks
genuine. ``--entry NUMBER:HASH`` is a position of the log that somebody holds on paper; the log must still say so. Exit
code 0 when everything holds, 1 when something does not, and then every place is named.

核验证据包：在没有本产品的电脑上运行。--trust 填交接证书上印的根证书指纹或检查点公钥指纹，不填则无法发现整包伪造；
--entry 填纸面上印的日志位置“条号:哈希”。
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

NEEDED = ("ca.pem", "seal.pem", "checkpoint.pem", "checkpoints.jsonl", "log.jsonl", "verifier.py", "README.txt")
PINNED = ("signature.made", "certificate.issued", "evidence.exported")
_MALFORMED = (KeyError, ValueError, TypeError, AttributeError, IndexError, UnsupportedAlgorithm)


@dataclass
class Bundle:
    """What was read: small members as bytes, the SHA-256 of all of them (``files/…`` too, which are not kept), and
    what could not be read. ``trust`` and ``entry`` are what the caller holds from outside, empty where nothing."""

    members: dict[str, bytes] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    trust: str = ""
    entry: str = ""


class Damaged(Exception):
    """A part cannot be read at all; the message is the place in words."""


def check(bundle: Path, trust: str = "", entry: str = "") -> list[str]:
    """Everything that does not hold, each with its place, in Chinese and English; empty where all is whole."""
    return [problem for _, problems in results(bundle, trust, entry) for problem in problems]


def results(bundle: Path, trust: str = "", entry: str = "") -> Iterator[tuple[str, list[str]]]:
    """Every check by its name, with what it found, safe to print; one that fails does not keep others from running."""
    read = _read(bundle)
    read.trust, read.entry = trust.lower().replace(":", "").strip(), entry.lower().strip()
    for name, perform in CHECKS:
        problems: list[str] = []
        try:
            problems.extend(perform(read))  # keeps what was found before it stumbles
        except Damaged as damage:
            problems.append(str(damage))
        except _MALFORMED as error:
            problems.append(f"{name}：内容格式不对 / malformed: {type(error).__name__} {error}")
        yield name, ["".join(c if c.isprintable() else "\ufffd" for c in problem) for problem in problems]


def _read(path: Path) -> Bundle:
    found, name = Bundle(), path.name
    try:
        with zipfile.ZipFile(path) as packed:
            for info in packed.infolist():
                name, digest, kept = info.filename, hashlib.sha256(), bytearray()
                if name in found.digests:
                    found.unreadable.append(f"{name} 出现了两次 / is there twice")
                with packed.open(info) as stream:
                    while block := stream.read(1 << 20):
                        digest.update(block)
                        kept += b"" if name.startswith("files/") else block
                found.members[name], found.digests[name] = bytes(kept), digest.hexdigest()
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError, ValueError):
        found.unreadable.append(f"{name} 已损坏，无法读取 / is damaged and cannot be read")
    return found


def _whole(bundle: Bundle) -> Iterator[str]:
    yield from bundle.unreadable
    listing = _listing(bundle)
    listed, files = listing["members"], {f"files/{digest}" for digest in listing["files"]}
    for name in sorted({*listed, *NEEDED, *files} - bundle.digests.keys()):
        yield f"{name} 不见了 / is missing"
    for name in sorted(bundle.digests.keys() - listed.keys() - {"MANIFEST.json", "MANIFEST.sig"}):
        yield f"{name} 不在清单里 / is not listed"
    for name in sorted(listed.keys() & bundle.digests.keys()):
        if bundle.digests[name] != listed[name]:
            yield f"{name} 的内容被改动 / was changed"
        elif name.startswith("files/") and name[len("files/"):] != listed[name]:
            yield f"{name} 的内容与签名时不同 / is not the file that was signed"


def _keys(bundle: Bundle) -> Iterator[str]:
    ca, seal = _certificate(bundle, "ca.pem"), _certificate(bundle, "seal.pem")
    if not ca.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
        yield "ca.pem 不是根证书 / is not a root certificate"
    yield from _issued(ca, ca, "ca.pem")
    yield from _issued(seal, ca, "seal.pem")
    if _logins(seal):
        yield "seal.pem 是个人证书，不能当作系统签章 / is a person's certificate, not the seal"
    listing, made = _part(bundle, "MANIFEST.json"), _part(bundle, "MANIFEST.sig").decode("ascii")
    if not _holds(seal.public_key(), listing, made):
        yield "MANIFEST.json 的签章无效（MANIFEST.sig）/ MANIFEST.json: the seal does not hold"
    if bundle.trust and bundle.trust not in fingerprints(bundle):
        yield "ca.pem、checkpoint.pem 的指纹与给定的不一致，整包可能是伪造的 / not the keys you trust: maybe forged"


def _signatures(bundle: Bundle) -> Iterator[str]:
    handover, before = _listing(bundle)["handover"], ""
    for name, entry, said in _signed(bundle):
        certificate = _certificate(bundle, name, entry["certificate"])
        yield from _issued(certificate, _certificate(bundle, "ca.pem"), name)
        if not _holds(certificate.public_key(), entry["manifest"].encode(), entry["signature"]):
            yield f"{name} 的签名无效 / the signature does not hold"
        if said["handover"] != handover:
            yield f"{name} 属于另一个交接 / belongs to another handover"
        if said["signer"]["login"] not in _logins(certificate):
            yield f"{name} 的证书不是签署人的 / the certificate is not the signer's"
        at = datetime.fromisoformat(said["at"])
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            yield f"{name} 不是在证书有效期内签的 / was not signed while the certificate was valid"
        if said["previous"] != before:
            yield f"{name} 与上一个签名不相连 / does not follow the signature before it"
        before = hashlib.sha256(entry["manifest"].encode()).hexdigest()


def _log(bundle: Bundle) -> Iterator[str]:
    before, expected = "0" * 64, 1
    for entry in _lines(bundle, "log.jsonl"):
        number, body = entry["number"], entry.get("body")
        if number != expected:
            yield f"log.jsonl 第 {expected} 条不见了（此处是 {number}）/ entry {expected} is missing, {number} is there"
        if entry["previous"] != before:
            yield f"log.jsonl 第 {number} 条与上一条不相连 / entry {number} does not follow the one before it"
        # Entries of other handovers come without their body: their hash links, what they say stays closed.
        digest = hashlib.sha256(f"{entry['previous']}{body}".encode()).hexdigest()
        if body is not None and (digest != entry["hash"] or json.loads(body)["number"] != number):
            yield f"log.jsonl 第 {number} 条被改动 / entry {number} was changed"
        if bundle.entry.startswith(f"{number}:") and bundle.entry != f"{number}:{entry['hash']}":
            yield f"log.jsonl 第 {number} 条与纸面上的不一致：被改写 / entry {number} is not the one you hold on paper"
        before, expected = entry["hash"], number + 1
    if bundle.entry and not 0 < int(bundle.entry.partition(":")[0]) < expected:
        yield f"log.jsonl 到第 {expected - 1} 条为止，比纸面上的短：被截短 / shorter than on paper"


def _checkpoints(bundle: Bundle) -> Iterator[str]:
    key = _certificate(bundle, "checkpoint.pem")
    by_number = {entry["number"]: entry["hash"] for entry in _lines(bundle, "log.jsonl")}
    before, pinned = "", set()
    texts = _part(bundle, "checkpoints.jsonl").decode().splitlines()
    for number, said in enumerate(_lines(bundle, "checkpoints.jsonl"), 1):
        fields = {k: said[k] for k in ("at", "hash", "number", "previous")}
        signed = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        if not _holds(key, signed, said["signature"]):
            yield f"checkpoints.jsonl 第 {number} 行的签名无效 / line {number}: the signature does not hold"
        if said["previous"] != before:
            yield f"checkpoints.jsonl 第 {number} 行与上一行不相连 / line {number} does not follow the line before it"
        if by_number.get(said["number"]) != said["hash"]:
            yield f"log.jsonl 第 {said['number']} 条与检查点第 {number} 行不符：被截短或改写 / is not what was pinned"
        before = hashlib.sha256(texts[number - 1].encode()).hexdigest()
        pinned.add(said["number"])
    if max(by_number, default=0) not in pinned:
        yield "checkpoints.jsonl 没有覆盖 log.jsonl 的末尾 / the end of the log is not pinned"
    for action in PINNED:
        for number in sorted({number for number, _ in _told(bundle, action)} - pinned):
            yield f"log.jsonl 第 {number} 条没有检查点（checkpoints.jsonl）/ entry {number} is not pinned"


def _agreement(bundle: Bundle) -> Iterator[str]:
    """Every signature is in the log, every one that the log names is in the bundle, and the PDF is the issued one."""
    handover = _listing(bundle)["handover"]
    logged = {said["detail"]["manifest_sha256"]: (number, said) for number, said in _told(bundle, "signature.made")
              if said["detail"]["handover"] == handover}  # fmt: skip
    for name, entry, manifest in _signed(bundle):
        number, said = logged.pop(hashlib.sha256(entry["manifest"].encode()).hexdigest(), (0, None))
        if said is None:
            yield f"{name} 没有写入 log.jsonl / is not in the log"
        elif (manifest["signer"]["id"], manifest["purpose"]) != (said["actor"], said["detail"]["purpose"]):
            yield f"{name} 与 log.jsonl 第 {number} 条说法不一 / entry {number} of the log tells it otherwise"
    for number, _ in logged.values():
        yield f"log.jsonl 第 {number} 条的签名不在 signatures/ 里 / entry {number}: its signature is missing"

    issued = [said["detail"]["sha256"] for _, said in _told(bundle, "certificate.issued") if said["object"] == handover]
    if bundle.digests.get("certificate.pdf") != (issued[-1] if issued else None):
        yield "certificate.pdf 不是日志里登记的那一份 / is not the one that the log names"


CHECKS: list[tuple[str, Callable[[Bundle], Iterator[str]]]] = [
    ("MANIFEST.json、files/：成员 / members", _whole), ("ca.pem、seal.pem：证书与签章 / keys and seal", _keys),
    ("signatures/：签名 / signatures", _signatures), ("log.jsonl：日志 / log", _log),
    ("checkpoints.jsonl：检查点 / checkpoints", _checkpoints),
    ("signatures/、certificate.pdf ↔ log.jsonl：与日志相符 / agree with the log", _agreement),
]  # fmt: skip


def fingerprints(bundle: Bundle) -> tuple[str, str]:
    """SHA-256 (hex) of the root certificate and of the checkpoint key."""
    ca, key = _certificate(bundle, "ca.pem"), _certificate(bundle, "checkpoint.pem")
    plain = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return ca.fingerprint(hashes.SHA256()).hex(), hashlib.sha256(plain).hexdigest()


def _part(bundle: Bundle, name: str) -> bytes:
    if name not in bundle.members:
        raise Damaged(f"{name} 不见了 / is missing")
    return bundle.members[name]


def _parsed(text: str | bytes, place: str, *keys: str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(text)
        if all(key in found for key in keys):
            return found
    except _MALFORMED:
        pass
    raise Damaged(f"{place} 无法读取 / cannot be read")


def _listing(bundle: Bundle) -> dict[str, Any]:
    return _parsed(_part(bundle, "MANIFEST.json"), "MANIFEST.json", "members", "handover", "files")


def _lines(bundle: Bundle, name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_part(bundle, name).split(b"\n")[:-1], 1):
        yield _parsed(line, f"{name} 第 {number} 行 / line {number}", "number", "hash", "previous")


def _told(bundle: Bundle, action: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for entry in _lines(bundle, "log.jsonl"):
        said = json.loads(entry.get("body") or '{"action": ""}')
        if said["action"] == action:
            yield entry["number"], said


def _signed(bundle: Bundle) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    for name in sorted(n for n in bundle.members if n.startswith("signatures/")):
        entry = _parsed(bundle.members[name], name, "manifest", "signature", "certificate")
        yield name, entry, _parsed(entry["manifest"], name, "handover", "previous", "signer", "at", "purpose")


def _certificate(bundle: Bundle, name: str, pem: str = "") -> Any:
    load = serialization.load_pem_public_key if name == "checkpoint.pem" else x509.load_pem_x509_certificate
    try:
        return load(pem.encode() or _part(bundle, name))
    except _MALFORMED:
        raise Damaged(f"{name} 的证书或公钥无法读取 / the certificate or key cannot be read") from None


def _logins(certificate: x509.Certificate) -> list[Any]:
    return [a.value for a in certificate.subject.get_attributes_for_oid(x509.NameOID.USER_ID)]


def _issued(certificate: x509.Certificate, by: x509.Certificate, place: str) -> Iterator[str]:
    try:
        certificate.verify_directly_issued_by(by)
    except (InvalidSignature, ValueError, TypeError):
        yield f"{place} 的证书不是本公司根证书签发的 / the certificate was not issued by the root certificate"


def _holds(key: Any, data: bytes, signature: str) -> bool:
    try:
        raw, edwards = base64.b64decode(signature, validate=True), isinstance(key, ed25519.Ed25519PublicKey)
        key.verify(raw, data, *([] if edwards else [ec.ECDSA(hashes.SHA256())]))
    except (InvalidSignature, *_MALFORMED):
        return False
    return True


def main() -> int:
    """The command line."""
    options = argparse.ArgumentParser(description="核验交接证据包 / check an evidence bundle")
    options.add_argument("bundle", type=Path)
    options.add_argument("--trust", default="", help="根证书或检查点公钥的指纹 / fingerprint of root or checkpoint key")
    options.add_argument("--entry", default="", help="纸面上的日志位置 / log position on paper, NUMBER:HASH")
    given = options.parse_args()
    found = list(results(given.bundle, given.trust, given.entry))
    for name, problems in found:
        print("×" if problems else "✓", "\n    ".join([name, *problems]))
    if not (bad := any(problems for _, problems in found)):
        print("全部有效 / everything holds" if given.trust else
              "内容前后一致；请用 --trust 核对指纹 / consistent; use --trust to rule out a bundle made anew")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
