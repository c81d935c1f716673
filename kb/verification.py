"""Has anything been tampered with or lost: the log's chain, its checkpoints, signatures, and every original."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, col, func, select

from kb import checkpoints, ledger, originals
from kb.documents import Document, Version
from kb.handover import proof
from kb.ledger import LedgerEntry


@dataclass(frozen=True)
class Findings:
    """``entries`` and ``originals`` were looked at; ``broken`` are entries where the chain does not hold,
    ``pinned`` says in words where log and signed checkpoints disagree, ``signed`` which signatures and handover
    certificates do not hold,
    ``damaged`` SHA-256s of originals that are missing or changed, ``orphans`` of files no version names."""

    entries: int
    broken: tuple[int, ...]
    pinned: tuple[str, ...]
    signed: tuple[str, ...]
    originals: int
    damaged: tuple[str, ...]
    orphans: int

    @property
    def ok(self) -> bool:
        """Whether nothing is broken or damaged. Orphans, left by a crash before the answer, harm nobody."""
        return not (self.broken or self.pinned or self.signed or self.damaged)

    def as_dict(self) -> dict[str, Any]:
        """The findings as plain JSON values."""
        return asdict(self) | {"ok": self.ok}


def verify(session: Session) -> Findings:
    """Walk the log's chain, check every signature, and hash every original that a live document needs."""
    needed = set(session.exec(
        select(Version.sha256).join(Document, col(Document.id) == col(Version.document_id))
        .where(col(Document.deleted_at).is_(None)).distinct()
    ).all())  # fmt: skip
    return Findings(
        entries=int(session.exec(select(func.count()).select_from(LedgerEntry)).one()),
        broken=tuple(ledger.verify(session)), pinned=tuple(checkpoints.faults(session)),
        signed=tuple(proof.faults(session)), originals=len(needed),
        damaged=tuple(sorted(s for s in needed if not originals.is_intact(s))),
        orphans=sum(1 for s in originals.stored_hashes() if s not in needed),
    )
