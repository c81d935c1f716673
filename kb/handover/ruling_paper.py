"""A ruling as a sealed PDF: the claim, the outcome, every rule in order, and every record it rests on."""

from __future__ import annotations

from kb.access import MODULE_NAMES
from kb.clock import ZONE_NAME, moment
from kb.db import now
from kb.handover.certificate import sealed
from kb.handover.incident import Ruling
from kb.handover.ruling import OUTCOME_MEANS, OUTCOME_NAMES
from kb.printing import Paper, Part, Table, to_pdf


def pdf_of(found: Ruling) -> bytes:
    """The paper, with the company's seal."""
    return sealed(to_pdf(_paper(found)), "责任界定")


def _paper(found: Ruling) -> Paper:
    claim, outcome = found.claim, found.rule.outcome
    facts = [
        ("结论", f"{OUTCOME_NAMES[outcome]}：{OUTCOME_MEANS[outcome]}"), ("事件", claim.text()),
        ("金额", claim.amount or "—"), ("模块", MODULE_NAMES[found.module] if found.module else "—"),
        ("交接", f"{found.handover.title}（{found.handover.id}）"), ("出具时间", f"{moment(now())}（{ZONE_NAME}）"),
    ]  # fmt: skip
    steps = [(str(r.number), r.words, "不成立") for r in found.passed]
    steps.append((str(found.rule.number), found.rule.words, f"成立 → {OUTCOME_NAMES[outcome]}"))
    records = [(c.what, moment(c.at) or "—", c.link) for c in found.citations]
    return Paper("责任界定书", found.handover.title, facts, [
        Part("规则", ("按顺序逐条核对，第一条成立的规则决定结论。",),
             Table(("序号", "条件", "核对结果"), steps, (8, 62, 30))),
        Part("依据", table=Table(("记录", f"时间（{ZONE_NAME}）", "位置"), records, (55, 17, 28))),
        Part("说明", ("本界定只根据系统记录作出，不替代劳动仲裁或法院的认定。",)),
    ], f"{found.handover.title} · {found.handover.id}")  # fmt: skip
