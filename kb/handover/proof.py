"""Do the signatures in the database, the certificates and the log say the same? Part of ``kb verify``.

Each signature is checked against its manifest, its certificate, the one before it and the entry of the log that names
it; each entry that names a signature or an issued certificate against what is kept.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from sqlmodel import Session, col, select

from kb import authority, checkpoints, keys
from kb.handover import certificate
from kb.handover.signing import Signature
from kb.ledger import LedgerEntry
from kb.settings import settings


def faults(session: Session) -> list[str]:
    """What does not hold, in Chinese with the place; empty where everything does."""
    rows = session.exec(select(Signature).order_by(col(Signature.handover_id), col(Signature.ordinal))).all()
    made = {object_id: (number, said) for number, object_id, said in _told(session, checkpoints.SIGNED)}
    found, before = [], ("", "")
    for row in rows:
        previous = before[1] if before[0] == row.handover_id else ""
        found += [f"签名 {row.id} {what}" for what in _of_row(row, previous, made.pop(row.id, (0, {}))[1])]
        before = (row.handover_id, row.manifest_sha256)
    found += [f"日志第 {number} 条的签名 {lost} 不见了" for lost, (number, _) in made.items()]
    return found + list(_certificates(session))


def _of_row(row: Signature, previous: str, logged: dict[str, Any]) -> Iterator[str]:
    digest = hashlib.sha256(row.manifest.encode()).hexdigest()
    if digest != row.manifest_sha256:
        yield "的签署内容被改动"
    if not _valid(row):
        yield "与证书或签署内容不符"
    if row.previous != previous:
        yield "与上一个签名不相连"
    if not _agrees(row):
        yield "的记录与签署内容不一致"
    if not logged:
        yield "没有写入日志"
    elif (logged["manifest_sha256"], logged["handover"]) != (digest, row.handover_id):
        yield "与日志的记载不一致"


def _valid(row: Signature) -> bool:
    try:
        x509.load_pem_x509_certificate(row.certificate.encode()).verify_directly_issued_by(authority.ca().certificate)
        return keys.verify(row.certificate, row.manifest.encode(), base64.b64decode(row.signature, validate=True))
    except (InvalidSignature, ValueError, TypeError):
        return False


def _agrees(row: Signature) -> bool:
    """Whether the columns say what was signed, and the certificate is the signer's."""
    try:
        said = json.loads(row.manifest)
        subject = x509.load_pem_x509_certificate(row.certificate.encode()).subject
        owners = [a.value for a in subject.get_attributes_for_oid(x509.NameOID.USER_ID)]
        return said["signer"]["login"] in owners and (
            said["handover"], said["purpose"], said["module"], said["round"], said["signer"]["id"],
            said["signer"]["on_behalf_of"], said["reservations"], said["previous"], datetime.fromisoformat(said["at"]),
        ) == (
            row.handover_id, row.purpose.value, row.module, row.round, row.signer_id, row.on_behalf_of,
            row.reservations, row.previous, row.at,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError):
        return False


def _certificates(session: Session) -> Iterator[str]:
    newest = {object_id: (number, said) for number, object_id, said in _told(session, checkpoints.ISSUED)}
    for handover_id, (number, said) in newest.items():
        kept = certificate.issued(handover_id)
        if kept is None:
            yield f"交接证书 {handover_id} 不见了（日志第 {number} 条）"
        elif hashlib.sha256(kept).hexdigest() != said["sha256"]:
            yield f"交接证书 {handover_id} 被改动，与日志第 {number} 条不符"
    yield from _unlogged(newest.keys())


def _unlogged(known: Iterable[str]) -> Iterator[str]:
    folder = settings().home / "certificates"
    for path in sorted(folder.glob("*.pdf")):
        if path.stem not in known:
            yield f"交接证书 {path.stem} 没有写入日志"


def _told(session: Session, action: str) -> Iterator[tuple[int, str, dict[str, Any]]]:
    wanted = select(LedgerEntry).where(LedgerEntry.action == action).order_by(col(LedgerEntry.number))
    for entry in session.exec(wanted):
        try:
            said = json.loads(entry.body)
            yield entry.number, str(said["object"]), dict(said["detail"])
        except (ValueError, KeyError, TypeError):
            continue  # the walk over the chain names it
