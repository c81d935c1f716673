"""E-signature: what a person signs is a canonical manifest of what they saw; the key is theirs, opened by their PIN.

The manifest (RFC 8785 JSON, NFC) names node, module, round, every file's version and SHA-256, the reviewer's verdicts,
the risks that were read, the signer's reservations and the previous signature. Its bytes are kept as signed. A slot –
handover, round, purpose, module, digest of the files – takes one signature: of two that race one wins.

Source: 电子签名法 Art. 13 (exclusive control at signing; later changes to signature and content can be detected).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Field, Session, SQLModel, col, select

from kb import checkpoints, keys, ledger
from kb.access import Module
from kb.db import UtcDateTime, new_id, now
from kb.errors import Conflict
from kb.handover.case import Handover
from kb.handover.contents import FileOf, digest_of
from kb.handover.risk_check import RiskReading
from kb.handover.risks import Risk, digest_of_risk
from kb.keys import UnlockedKey
from kb.viewing import Viewer

FORMAT = "handover-kb/signature/1"


class Purpose(StrEnum):
    """What a signature declares."""

    deliver = "deliver"
    head_review = "head_review"
    hr_confirmation = "hr_confirmation"
    receive = "receive"
    archive = "archive"
    agreement_confidentiality = "agreement_confidentiality"
    agreement_limits = "agreement_limits"


PURPOSE_NAMES = {
    Purpose.deliver: "交付声明", Purpose.head_review: "部门负责人审核", Purpose.hr_confirmation: "HR 确认",
    Purpose.receive: "模块签收", Purpose.archive: "归档", Purpose.agreement_confidentiality: "保密协议",
    Purpose.agreement_limits: "审批边界声明",
}  # fmt: skip


class Signature(SQLModel, table=True):
    """One signature. ``manifest`` is what was signed, byte for byte in UTF-8; ``signature`` is base64 of the DER
    signature, ``certificate`` the signer's at that time (PEM). ``previous`` is the SHA-256 of the manifest signed
    before it in the same handover, empty for the first. ``module`` is empty where the whole handover is signed.
    """

    __tablename__ = "signature"
    id: str = Field(default_factory=lambda: new_id("sig"), primary_key=True)
    handover_id: str = Field(foreign_key="handover.id", index=True)
    slot: str = Field(unique=True)
    ordinal: int
    round: int
    purpose: Purpose
    module: str = ""
    signer_id: str = Field(foreign_key="person.id", index=True)
    on_behalf_of: str = ""
    files_digest: str
    reservations: str = ""
    manifest: str
    manifest_sha256: str = Field(index=True)
    signature: str
    certificate: str
    previous: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


@dataclass(frozen=True)
class Declaration:
    """What is to be signed. ``statement`` is the sentence the signer declares, in Chinese."""

    purpose: Purpose
    statement: str
    module: str = ""
    files: Sequence[FileOf] = ()
    verdicts: Sequence[Mapping[str, str]] = ()
    risks: Sequence[Risk] = ()
    readings: Mapping[str, RiskReading] = field(default_factory=dict)
    reservations: str = ""
    on_behalf_of: str = ""


def sign(session: Session, viewer: Viewer, handover: Handover, what: Declaration, pin: str) -> Signature:
    """Sign a declaration with the viewer's own key, opened by their PIN.

    Raises:
        NotFound: the viewer has no signing key yet (``key.none``).
        Invalid: the PIN is wrong (``key.wrong_pin``).
        Conflict: this was signed already, or somebody else was faster.
    """
    return sign_with(keys.unlock(session, viewer.person_id, pin), session, viewer, handover, what)


def sign_with(
    key: UnlockedKey, session: Session, viewer: Viewer, handover: Handover, what: Declaration
) -> Signature:
    """Sign with the viewer's opened key; recorded in the log, a checkpoint follows the commit.

    Raises:
        Conflict: this was signed already, or somebody else was faster.
    """
    slot = _slot(handover, viewer, what)
    if session.exec(select(Signature).where(Signature.slot == slot)).first() is not None:
        raise Conflict("signature.exists", "这一步已经签过字，无需重复签署。")
    last = signatures_of(session, handover.id)[-1:]
    at = now()
    manifest = _manifest(viewer, handover, what, last[0].manifest_sha256 if last else "", at)
    row = Signature(
        handover_id=handover.id, slot=slot, ordinal=last[0].ordinal + 1 if last else 1, round=handover.round,
        purpose=what.purpose, module=what.module, signer_id=viewer.person_id, on_behalf_of=what.on_behalf_of,
        files_digest=digest_of(what.files), reservations=what.reservations, manifest=manifest.decode(),
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        signature=base64.b64encode(key.sign(manifest)).decode(), certificate=key.certificate_pem,
        previous=last[0].manifest_sha256 if last else "", at=at,
    )  # fmt: skip
    _insert(session, row)
    ledger.record(session, viewer.person_id, checkpoints.SIGNED, row.id, handover=handover.id,
                  purpose=what.purpose.value, module=what.module, round=handover.round,
                  manifest_sha256=row.manifest_sha256, on_behalf_of=what.on_behalf_of)
    return row


def _insert(session: Session, row: Signature) -> None:
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise Conflict("signature.exists", "这一步已经签过字，无需重复签署。") from None


def _slot(handover: Handover, viewer: Viewer, what: Declaration) -> str:
    # An agreement is signed once by each person; a step once for the files it covers, whoever signs it.
    if what.purpose in (Purpose.agreement_confidentiality, Purpose.agreement_limits):
        return f"{handover.id}:{what.purpose.value}:{viewer.person_id}"
    return f"{handover.id}:{handover.round}:{what.purpose.value}:{what.module}:{digest_of(what.files)}"


def _manifest(viewer: Viewer, handover: Handover, what: Declaration, previous: str, at: datetime) -> bytes:
    said: dict[str, Any] = {
        "format": FORMAT, "handover": handover.id, "title": handover.title, "purpose": what.purpose.value,
        "module": what.module, "round": handover.round,
        "signer": {"id": viewer.person_id, "login": viewer.login, "name": viewer.name,
                   "role": viewer.role.value if viewer.role else "operator", "on_behalf_of": what.on_behalf_of},
        "statement": what.statement, "files": [f.pinned() for f in what.files],
        "verdicts": [dict(v) for v in what.verdicts], "risks": [_risk(r, what.readings.get(r.id)) for r in what.risks],
        "reservations": what.reservations, "previous": previous, "at": at.isoformat(),
    }  # fmt: skip
    return ledger.canonical(said)


def _risk(risk: Risk, reading: RiskReading | None) -> dict[str, str]:
    answered = reading.answered_at.isoformat() if reading and reading.answered_at else ""
    return {"id": risk.id, "title": risk.title, "level": risk.level.value, "digest": digest_of_risk(risk),
            "answered_at": answered}


def signatures_of(session: Session, handover_id: str) -> list[Signature]:
    """Every signature of a handover, the first first."""
    return signatures_of_all(session, [handover_id])[handover_id]


def signatures_of_all(session: Session, handover_ids: Collection[str]) -> dict[str, list[Signature]]:
    """By handover id, in one query: every signature, the first first."""
    wanted = select(Signature).where(col(Signature.handover_id).in_(handover_ids)).order_by(col(Signature.ordinal))
    found: dict[str, list[Signature]] = {handover_id: [] for handover_id in handover_ids}
    for row in session.exec(wanted):
        found[row.handover_id].append(row)
    return found


def is_signed(session: Session, handover_id: str, document_id: str) -> bool:
    """Whether a signature in the handover covers the document."""
    covers = col(Signature.manifest).contains(f'"document":"{document_id}"')
    return session.exec(select(Signature.id).where(Signature.handover_id == handover_id, covers)).first() is not None


def speaks_to(viewer: Viewer, handover: Handover, signature: Signature) -> bool:
    """Whether the viewer may read the reservations of a signature: its own, or of a module that is open to them."""
    if viewer.person_id in (signature.signer_id, handover.leaver_id, handover.head_id):
        return True
    modules = [Module(signature.module)] if signature.module else list(Module)
    return all(viewer.scope.opens(handover.id, m) for m in modules)


def holding(signatures: Sequence[Signature], handover: Handover, purpose: Purpose, module: str, digest: str) -> (
    Signature | None
):
    """The signature of a step that holds: of this round and over these files; None where it must be signed (again)."""
    found = [
        s for s in signatures
        if (s.purpose, s.module, s.round, s.files_digest) == (purpose, module, handover.round, digest)
    ]
    return found[-1] if found else None
