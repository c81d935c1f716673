"""The evidence bundle of a handover: everything that an outsider needs to check it, with the checker itself, as a zip.

Signatures with their manifests and certificates, the files that were signed, this handover's entries of the log within
the whole chain, checkpoints, the root certificate, and the handover certificate where it was issued. Entries of other
handovers are there by their hashes only, and so is what was said of gaps and contradictions where not every module is
open to whoever takes the bundle. The list of members is sealed.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import zipfile
from importlib.resources import files
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text
from sqlmodel import Session

from kb import authority, checkpoints, ledger, originals
from kb.access import Module, Permission
from kb.db import now
from kb.errors import NotAllowed
from kb.handover import certificate
from kb.handover.contents import files_of
from kb.handover.participation import visible_handover
from kb.handover.signing import Signature, signatures_of
from kb.viewing import Viewer

_README = """证据包 / Evidence bundle

核验 / To check:   python verifier.py <this file>.zip --trust <fingerprint>
需要 / Needs:      Python 3.10+, pip install "cryptography>=42"

根证书指纹 / Root certificate:   {root}
检查点公钥指纹 / Checkpoint key:  {checkpoint}

MANIFEST.json 列出全部成员及其 SHA-256，MANIFEST.sig 是公司签章。signatures/ 按先后排列，每份含签署内容、签名和证书。
log.jsonl 是完整日志；其他交接的条目，以及导出人无权阅读的缺口和前后不一，只有哈希，没有内容。
checkpoints.jsonl 是日志在数据库之外的签名检查点。
MANIFEST.json lists every member with its SHA-256, MANIFEST.sig is the company's seal. signatures/ are in order, each
with what was signed, the signature and the certificate. log.jsonl is the whole log; entries of other handovers, and of
gaps and contradictions that whoever exported this may not read, are there by their hash, without what they say.
checkpoints.jsonl are the log's signed checkpoints, kept outside the database.

请用另行取得的 verifier.py 和交接证书上印的指纹核验；包里的这一份只为方便。
Use a verifier.py and a fingerprint that you got by another way (the handover certificate prints it).
"""


def export(session: Session, viewer: Viewer, handover_id: str, *, with_files: bool = True) -> bytes:
    """The bundle as bytes; the export itself is recorded first, and pinned by a checkpoint.

    ``with_files`` False leaves the files out: their hashes stay.

    Raises:
        NotFound: the viewer may not know of the handover.
        NotAllowed: only HR, auditors, administrators and the leaver may take it; the files go only to who may read
            every one of them.
    """
    handover = visible_handover(session, viewer, handover_id)
    if viewer.person_id != handover.leaver_id and not viewer.may(Permission.view_every_checklist):
        raise NotAllowed("bundle.closed", "证据包只能由离任者本人、人事或审计导出。")
    # Recording comes first: until the commit nobody else appends, so that all that follows is of one moment.
    last = ledger.record(session, viewer.person_id, checkpoints.EXPORTED, handover.id, with_files=with_files).number
    signatures, printed = signatures_of(session, handover.id), certificate.issued(handover.id)
    wanted = _pinned(signatures) if with_files and _reads_all(session, viewer, handover.id) else []
    closed = () if all(viewer.scope.opens(handover.id, module) for module in Module) else ledger.ABOUT_KNOWLEDGE
    session.commit()  # the checkpoint must pin the entry that this bundle ends with
    checkpoints.write()
    members = {
        "ca.pem": authority.ca_pem().encode(), "checkpoint.pem": checkpoints.public_key_pem().encode(),
        "seal.pem": authority.seal().certificate.public_bytes(serialization.Encoding.PEM),
        "verifier.py": files("kb.handover").joinpath("verifier.py").read_bytes(),
        "README.txt": _README.format(root=authority.fingerprint(authority.ca_pem()),
                                     checkpoint=checkpoints.fingerprint()).encode(),
        "checkpoints.jsonl": "".join(f"{c.line()}\n" for c in checkpoints.read() if c.number <= last).encode(),
        "log.jsonl": _log(session, handover.id, last, closed).encode(),
    }  # fmt: skip
    members |= {f"signatures/{s.ordinal:04}-{s.purpose.value}.json": _signature(s) for s in signatures}
    members |= {f"files/{digest}": originals.path_of(digest).read_bytes() for digest in wanted}
    if printed is not None:
        members["certificate.pdf"] = printed
    return _packed(handover.id, handover.title, members, wanted)


def _pinned(signatures: list[Signature]) -> list[str]:
    """The SHA-256 of every file that some signature covers and that is still kept, sorted."""
    signed = {file["sha256"] for s in signatures for file in json.loads(s.manifest)["files"]}
    return sorted(digest for digest in signed if originals.path_of(digest).is_file())


def _reads_all(session: Session, viewer: Viewer, handover_id: str) -> bool:
    return all(viewer.scope.sees(f.cell) for f in files_of(session, handover_id))


def _signature(row: Signature) -> bytes:
    said = {"id": row.id, "manifest": row.manifest, "signature": row.signature, "certificate": row.certificate}
    return json.dumps(said, ensure_ascii=False, sort_keys=True).encode()


def _log(session: Session, handover_id: str, last: int, closed: tuple[str, ...]) -> str:
    """The log as JSON lines; entries that are not about the handover say nothing but their hashes.

    Nor do those whose action begins with one of ``closed``.
    """
    rows = session.connection().execute(text(
        "SELECT number, previous, hash, action, CASE WHEN object_id = :id OR body LIKE :told THEN body END "
        "FROM ledger_entry WHERE number <= :last ORDER BY number"
    ), {"id": handover_id, "told": f'%"handover":"{handover_id}"%', "last": last})  # fmt: skip
    lines = []
    for number, previous, digest, action, body in rows:
        said: dict[str, Any] = {"number": number, "previous": previous, "hash": digest}
        shown = body is not None and not action.startswith(closed)
        lines.append(json.dumps(said | ({"body": body} if shown else {}), ensure_ascii=False))
    return "\n".join(lines) + "\n"


def _packed(handover_id: str, title: str, members: dict[str, bytes], wanted: list[str]) -> bytes:
    listing = json.dumps({
        "format": "handover-kb/bundle/1", "handover": handover_id, "title": title, "made_at": now().isoformat(),
        "files": wanted, "members": {n: hashlib.sha256(c).hexdigest() for n, c in sorted(members.items())},
    }, ensure_ascii=False, indent=1).encode()  # fmt: skip
    seal = authority.seal().private_key.sign(listing, ec.ECDSA(hashes.SHA256()))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("MANIFEST.json", listing)
        packed.writestr("MANIFEST.sig", base64.b64encode(seal))
        for name, content in sorted(members.items()):
            packed.writestr(name, content)
    return out.getvalue()
