"""The handover certificate: a PDF that says what was handed over, who signed it, and where the log stood.

It is signed twice in the PAdES way, by HR's own key at archiving and by the company's seal, so that an ordinary PDF
reader validates it offline against the root certificate. The SHA-256 of the whole signed file is in the log, because a
PDF signature covers neither its own gap nor the fact that it was there at all.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlmodel import Session

from kb import authority, checkpoints, ledger, originals
from kb.access import MODULE_NAMES, Module, Permission
from kb.clock import ZONE_NAME, moment
from kb.handover.case import Handover
from kb.handover.contents import files_of
from kb.handover.participation import receivers_of
from kb.handover.review import reviewed
from kb.handover.risks import RISK_LEVEL_NAMES, risks_of
from kb.handover.signing import PURPOSE_NAMES, Signature, signatures_of
from kb.keys import UnlockedKey
from kb.people import names_of
from kb.printing import Paper, Part, Table, to_pdf
from kb.settings import settings
from kb.viewing import Viewer


def issue(session: Session, viewer: Viewer, handover: Handover, key: UnlockedKey) -> str:
    """Print, sign with the viewer's opened key and the seal, keep, and record; returns its SHA-256 (hex)."""
    printed = to_pdf(paper_of(session, handover))
    signed = sealed(_sign(printed, key.private_key, key.certificate_pem.encode(), "HR", viewer.name, "归档确认"),
                    "归档")
    digest = hashlib.sha256(signed).hexdigest()
    _keep(handover.id, signed)
    ledger.record(session, viewer.person_id, checkpoints.ISSUED, handover.id, handover=handover.id, sha256=digest)
    return digest


def _keep(handover_id: str, pdf: bytes) -> None:
    path = _path(handover_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".part")
    with draft.open("wb") as file:
        file.write(pdf)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    originals.sync_folder(path.parent)


def sealed(pdf: bytes, reason: str) -> bytes:
    """The PDF with the company's seal as a further signature."""
    seal = authority.seal()
    certificate = seal.certificate.public_bytes(serialization.Encoding.PEM)
    return _sign(pdf, seal.private_key, certificate, "Seal", "交接知识库", reason)


def readable(session: Session, viewer: Viewer, handover: Handover) -> bool:
    """Whether the viewer may have the certificate: it names files and risks of every module.

    The leaver, the reviewer and who oversees handovers; a receiver only where every module it speaks of is open to
    them.
    """
    if viewer.person_id in (handover.leaver_id, handover.head_id) or viewer.may(Permission.view_every_checklist):
        return True
    named = {f.module for f in files_of(session, handover.id)} | {r.module for r in risks_of(session, handover.id)}
    receives = viewer.person_id in receivers_of(session, handover.id).people()
    return receives and all(viewer.scope.opens(handover.id, m) for m in named)


def issued(handover_id: str) -> bytes | None:
    """The certificate's bytes; None where none was issued."""
    path = _path(handover_id)
    return path.read_bytes() if path.is_file() else None


def _path(handover_id: str) -> Path:
    return settings().home / "certificates" / f"{handover_id}.pdf"


def paper_of(session: Session, handover: Handover) -> Paper:
    """What the certificate says."""
    signatures = signatures_of(session, handover.id)
    names = names_of(session, {handover.leaver_id, handover.head_id or "", *(s.signer_id for s in signatures)})
    head = ledger.head(session)
    facts = [
        ("离任者", names.get(handover.leaver_id, "")), ("部门负责人", names.get(handover.head_id or "", "")),
        ("交接编号", handover.id), ("发起", moment(handover.opened_at)), ("轮次", f"第 {handover.round} 轮"),
        ("日志位置", f"第 {head.number} 条 {head.hash}" if head else ""),
        ("根证书指纹", authority.fingerprint(authority.ca_pem())), ("检查点公钥指纹", checkpoints.fingerprint()),
    ]  # fmt: skip
    parts = [_contents(session, handover), _risks(session, handover), _signatures(signatures, names)]
    reserved = [
        f"{names.get(s.signer_id, '')}（{_module(s.module)}）：{s.reservations}" for s in signatures if s.reservations
    ]
    if reserved:
        parts.append(Part("保留意见", reserved))
    parts.append(Part("如何核验", (
        "用支持 PAdES 的 PDF 阅读器打开本文件可验证签名；信任锚是上面的根证书指纹。完整证据可从系统导出证据包，"
        "用另行取得的 verifier.py 在任何电脑上离线核验，不需要本系统；"
        "核验时用 --trust 填上面的任一指纹，用 --entry 填上面的日志位置（条号:哈希）。",
    )))  # fmt: skip
    return Paper("交接证书", handover.title, facts, parts, f"{handover.title} · {handover.id}")


def _contents(session: Session, handover: Handover) -> Part:
    rows = []
    for row in reviewed(session, handover):
        for file in row.files:
            rows.append((MODULE_NAMES[file.module], file.deliverable_title, f"{file.file_name} v{file.version}",
                         file.sha256))
        if row.excused:
            rows.append((MODULE_NAMES[row.deliverable.module], row.deliverable.title,
                         f"免交：{row.deliverable.excused_reason}", ""))
    return Part("交付清单", table=Table(("模块", "交付物", "文件与版本", "SHA-256"), rows, (12, 26, 30, 32)))


def _risks(session: Session, handover: Handover) -> Part:
    rows = [(RISK_LEVEL_NAMES[r.level], MODULE_NAMES[r.module], r.title, r.countermeasure, r.department)
            for r in risks_of(session, handover.id)]
    if not rows:
        return Part("风险", ("交接方没有登记风险。",))
    return Part("风险", table=Table(("等级", "模块", "风险", "应对措施", "责任部门"), rows, (8, 13, 32, 32, 15)))


def _signatures(signatures: list[Signature], names: dict[str, str]) -> Part:
    rows = [
        (f"{PURPOSE_NAMES[s.purpose]}{'·' + _module(s.module) if s.module else ''}", names.get(s.signer_id, ""),
         moment(s.at), f"{len(json.loads(s.manifest)['files'])} 个文件", s.manifest_sha256)
        for s in signatures
    ]  # fmt: skip
    head = ("事项", "签署人", f"时间（{ZONE_NAME}）", "范围", "声明的 SHA-256")
    return Part("签名", table=Table(head, rows, (22, 12, 20, 12, 34)))


def _module(key: str) -> str:
    return MODULE_NAMES[Module(key)] if key else "全部"


def _sign(
    pdf: bytes, key: ec.EllipticCurvePrivateKey, certificate_pem: bytes, field_name: str, name: str, reason: str
) -> bytes:
    from asn1crypto import keys as asn1_keys
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    der = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    store.register(x509.Certificate.load(pem.unarmor(authority.ca_pem().encode())[2]))
    signer = signers.SimpleSigner(
        signing_cert=x509.Certificate.load(pem.unarmor(certificate_pem)[2]),
        signing_key=asn1_keys.PrivateKeyInfo.load(der), cert_registry=store,
    )  # fmt: skip
    about = signers.PdfSignatureMetadata(
        field_name=field_name, name=name, reason=reason, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    out = io.BytesIO()
    signers.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), about, signer=signer, output=out)
    return out.getvalue()
