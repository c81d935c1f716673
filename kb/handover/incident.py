"""Given an incident, the records that touch it and the facts they show, for ``kb.handover.ruling``.

What is found is found by shared words: the claim's pairs of characters in a stated risk, in a passage of a signed file,
in a deliverable's title. Whoever rules may point to the risk or the module instead, which then decides.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from kb import checkpoints, keys, ledger
from kb.access import MODULE_NAMES, Module, Permission
from kb.chunks import Chunk
from kb.clock import today
from kb.documents import Document, Version
from kb.errors import Invalid, NotAllowed
from kb.evidence.verdict import Verdict
from kb.handover.case import Decision, Handover
from kb.handover.participation import receivers_of, visible_handover
from kb.handover.review import Reviewed, reviewed
from kb.handover.risks import Risk, RiskLevel, may_read_risks
from kb.handover.ruling import Facts, Rule, decide
from kb.handover.shared_words import share, words_of
from kb.handover.signing import Purpose, Signature, signatures_of
from kb.people import names_of
from kb.viewing import Viewer

_RISK_SHARE, _PASSAGE_SHARE, _TITLE_SHARE = 0.45, 0.55, 0.5


@dataclass(frozen=True)
class Claim:
    """What happened, in the claimant's words; ``module`` and ``risk_id`` where they point to them, else empty."""

    words: str
    project: str = ""
    client: str = ""
    amount: str = ""
    module: Module | None = None
    risk_id: str = ""

    def text(self) -> str:
        """All words together."""
        return " ".join(w for w in (self.project, self.client, self.words) if w.strip())


@dataclass(frozen=True)
class Citation:
    """One record: what it is, in words, when, and where to look it up. ``closed``: its words are not open to the
    viewer and were left out."""

    what: str
    at: datetime | None
    link: str
    closed: bool = False


@dataclass(frozen=True)
class Ruling:
    """The deciding rule, those before it, the facts, and the records; ``module`` None where none was found."""

    handover: Handover
    claim: Claim
    rule: Rule
    passed: tuple[Rule, ...]
    facts: Facts
    module: Module | None
    citations: tuple[Citation, ...]


def rule_on(session: Session, viewer: Viewer, handover_id: str, claim: Claim) -> Ruling:
    """Rule on a claim; it is recorded who asked what and what came out.

    Raises:
        NotFound: the viewer may not know of the handover.
        NotAllowed: they are neither a party to it nor oversee handovers, or the module is closed to them.
        Invalid: the claim has fewer than 4 characters, or over 1000.
    """
    handover = visible_handover(session, viewer, handover_id)
    require_party(session, viewer, handover)
    if not 4 <= len(claim.text().strip()) <= 1000:
        raise Invalid("ruling.words", "请用 4 到 1000 个字写明发生了什么，最好带上项目、客户或风险的名称。")
    if claim.module is not None and claim.module not in open_modules(session, viewer, handover):
        raise NotAllowed("ruling.module_closed", "这个模块没有向您开放，也不由您接收，不能就它界定责任。")
    case = _Case(session, viewer, handover, claim)
    facts = case.facts()
    rule, passed = decide(facts)
    ledger.record(session, viewer.person_id, "ruling.given", handover.id, handover=handover.id, words=claim.text(),
                  amount=claim.amount, outcome=rule.outcome.value, rule=rule.number)
    return Ruling(handover, claim, rule, passed, facts, case.module, tuple(case.citations))


def require_party(session: Session, viewer: Viewer, handover: Handover) -> None:
    """Stop here unless the viewer is a party to the handover or oversees handovers.

    Raises:
        NotAllowed: they are neither.
    """
    parties = {handover.leaver_id, handover.head_id, *receivers_of(session, handover.id).people()}
    if viewer.person_id not in parties and not viewer.may(Permission.view_every_checklist):
        raise NotAllowed("ruling.closed", "责任界定只对交接各方、人事和审计开放。")


def open_modules(session: Session, viewer: Viewer, handover: Handover) -> frozenset[Module]:
    """The modules in which the viewer may ask: a ruling must not tell what stands in a closed one."""
    if viewer.person_id in (handover.leaver_id, handover.head_id) or viewer.may(Permission.view_every_checklist):
        return frozenset(Module)
    receives = receivers_of(session, handover.id).modules_of(viewer.person_id)
    return frozenset(
        m for m in Module if m in receives or viewer.scope.opens(handover.id, m)
    )


class _Case:
    """The records of one handover, gathered step by step; each step cites what it rests on."""

    def __init__(self, session: Session, viewer: Viewer, handover: Handover, claim: Claim) -> None:
        self.session, self.viewer, self.handover, self.claim = session, viewer, handover, claim
        self.wanted = words_of(claim.text())
        self.signatures = signatures_of(session, handover.id)
        self.rows = reviewed(session, handover)
        self.names = names_of(session, {s.signer_id for s in self.signatures} | {handover.leaver_id})
        self.citations: list[Citation] = []
        self.open = open_modules(session, viewer, handover)
        found = session.exec(select(Risk).where(Risk.handover_id == handover.id))
        self.risks = [r for r in found if r.module in self.open]
        self.risk = self._risk()
        self.passages = self._passages() if self.risk is None else []
        self.module = self._module()

    def facts(self) -> Facts:
        """Everything the rules ask for."""
        delivery = self._newest(Purpose.deliver)
        receipt = self._newest(Purpose.receive, self.module) if self.module else None
        stated, late = self._stated(delivery, receipt)
        overdue = self.handover.node_due is not None and self.handover.node_due < today()
        if delivery is not None:
            self._cite(f"{self._name(delivery.signer_id)} 签署交付声明", delivery.at, self._room())
        return Facts(
            intact=self._intact(), located=self.module is not None, delivered=delivery is not None,
            overdue=overdue or self.handover.ended, stated=stated, stated_late=late, gap_known=self._gap(stated),
            received=self._received(receipt, delivery), read=self._read(receipt), reserved=self._reserved(receipt),
        )  # fmt: skip

    def _risk(self) -> Risk | None:
        pointed = [r for r in self.risks if r.id == self.claim.risk_id]
        if pointed:
            return pointed[0]
        text = self.claim.text()
        scored = [
            (max(share(self.wanted, f"{r.title} {r.countermeasure}"), share(words_of(r.title), text)), r)
            for r in self.risks if self.claim.module in (None, r.module)
        ]  # fmt: skip
        best = max(scored, key=lambda pair: (pair[0], pair[1].id), default=None)
        return best[1] if best and best[0] >= _RISK_SHARE else None

    def _passages(self) -> list[tuple[Chunk, Document]]:
        """Passages of files that were signed for, and say most of the claim."""
        pinned = {f["sha256"] for s in self.signatures for f in json.loads(s.manifest)["files"]}
        rows = self.session.exec(
            select(Chunk, Document).join(Version, col(Version.id) == col(Chunk.version_id))
            .join(Document, col(Document.id) == col(Version.document_id))
            .where(Document.handover_id == self.handover.id, col(Version.sha256).in_(sorted(pinned)))
            .order_by(col(Chunk.point_id))
        )  # fmt: skip
        return [(c, d) for c, d in rows if share(self.wanted, c.text) >= _PASSAGE_SHARE
                and self.claim.module in (None, d.module) and d.module in self.open]

    def _module(self) -> Module | None:
        if self.claim.module is not None:
            return self.claim.module
        if self.risk is not None:
            return self.risk.module
        if self.passages:
            return self.passages[0][1].module
        return next((r.deliverable.module for r in self._concerned()), None)

    def _concerned(self) -> list[Reviewed]:
        """The deliverables it should have stood in: the one the claim names, else its module's risk list, else all."""
        rows = [r for r in self.rows if r.deliverable.module in self.open]
        named = [r for r in rows if share(words_of(r.deliverable.title), self.claim.text()) >= _TITLE_SHARE]
        if named:
            return named[:1]
        module = self.claim.module or (self.risk.module if self.risk else None)
        inside = [r for r in rows if r.deliverable.module is module]
        return [r for r in inside if "风险" in r.deliverable.title] or inside

    def _stated(self, delivery: Signature | None, receipt: Signature | None) -> tuple[bool, bool]:
        """Whether the signed delivery names it, and whether it is named only after the receiver signed."""
        if self.risk is not None:
            return self._stated_as_risk(self.risk, delivery, receipt)
        for chunk, document in self.passages[:3]:
            seen = self.viewer.scope.sees(document.cell)
            self._cite(f"「{document.title}」：{chunk.text[:80]}" if seen else "一份文件的段落", document.created_at,
                       f"/documents/{document.id}", closed=not seen)
        if self.passages and receipt is not None and delivery is not None:
            held = {f["document"] for f in json.loads(receipt.manifest)["files"]}
            return True, all(d.id not in held for _, d in self.passages)
        if not self.passages:
            self._cite("登记的风险和签署的文件里都没有找到相关内容", None, f"{self._room()}/risks")
        return bool(self.passages), False

    def _stated_as_risk(
        self, risk: Risk, delivery: Signature | None, receipt: Signature | None
    ) -> tuple[bool, bool]:
        link = f"/risks/{risk.id}"
        self._cite(f"{self._name(risk.stated_by)} 登记风险「{self._say(risk.title)}」", risk.stated_at, link)
        if _names(delivery, risk) or _names(receipt, risk):
            return True, False
        if risk.withdrawn_at is not None:
            self._cite("这条风险在签署之前已被撤回", risk.withdrawn_at, link)
            return False, False
        return True, receipt is not None

    def _gap(self, stated: bool) -> bool:
        gaps = [] if stated else [self._known_gap(row) for row in self._concerned()]  # each cites what it found
        return any(gaps)

    def _known_gap(self, row: Reviewed) -> bool:
        if row.excused:
            why = f"人事对「{row.deliverable.title}」注明免交：{row.deliverable.excused_reason}"
            self._cite(why, None, self._room())
            return True
        if row.decision is not Decision.approved:
            return False
        lacking = [v for v in row.verdicts.values() if v.verdict is not Verdict.met]
        for verdict in lacking[:3]:
            self._cite(f"审核人对「{self._say(verdict.text)}」判为未满足：{self._say(verdict.note)}", verdict.at,
                       f"/handovers/{self.handover.id}/review")
        return bool(lacking)

    def _received(self, receipt: Signature | None, delivery: Signature | None) -> bool:
        if receipt is None or delivery is None or receipt.round != delivery.round:
            if self.module:
                self._cite(f"没有「{MODULE_NAMES[self.module]}」模块的签收", None, self._room())
            return False
        module = MODULE_NAMES[Module(receipt.module)]
        self._cite(f"{self._name(receipt.signer_id)} 签收「{module}」", receipt.at, self._room())
        return True

    def _read(self, receipt: Signature | None) -> bool:
        if self.risk is None or self.risk.level is not RiskLevel.high or receipt is None:
            return True
        said = [r for r in json.loads(receipt.manifest)["risks"] if r["id"] == self.risk.id]
        answered = bool(said and said[0]["answered_at"])
        self._cite("接收方读过并答对了这条高风险" if answered else "接收方没有读完并答对这条高风险", receipt.at,
                   f"/risks/{self.risk.id}")
        return answered

    def _reserved(self, receipt: Signature | None) -> bool:
        if receipt is None or not receipt.reservations:
            return False
        about = share(self.wanted, receipt.reservations) >= 0.25
        self._cite(f"接收方的保留意见：{self._say(receipt.reservations)}", receipt.at, self._room())
        return about

    def _intact(self) -> bool:
        broken = ledger.verify(self.session) or checkpoints.faults(self.session)
        false = [s for s in self.signatures if not keys.verify(s.certificate, s.manifest.encode(), _raw(s))]
        self._cite("日志、检查点和签名均已核对，完好" if not broken and not false else "日志、检查点或签名核对不通过",
                   None, f"{self._room()}/log")
        return not broken and not false

    def _newest(self, purpose: Purpose, module: Module | None = None) -> Signature | None:
        found = [s for s in self.signatures if s.purpose is purpose and s.module == (module.value if module else "")]
        return found[-1] if found else None

    def _cite(self, what: str, at: datetime | None, link: str, *, closed: bool = False) -> None:
        self.citations.append(Citation(what, at, link, closed))

    def _say(self, words: str) -> str:
        """Words of a module that is closed to the viewer are not repeated to them."""
        if self.module is None:
            return words
        mine = self.viewer.person_id in (self.handover.leaver_id, self.handover.head_id)
        seen = mine or may_read_risks(self.session, self.viewer, self.handover, self.module)
        return words if seen else "（未向您开放）"

    def _name(self, person_id: str) -> str:
        return self.names.get(person_id, "")

    def _room(self) -> str:
        return f"/handovers/{self.handover.id}"


def _names(signature: Signature | None, risk: Risk) -> bool:
    """Whether a signed manifest lists the risk."""
    return signature is not None and any(r["id"] == risk.id for r in json.loads(signature.manifest)["risks"])


def _raw(row: Signature) -> bytes:
    return base64.b64decode(row.signature)
