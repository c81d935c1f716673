"""The reviewer's verdict on every criterion, and the decision on every deliverable.

A verdict and a decision hold for the files they were given on: their digest is kept, and a changed file voids them.
A deliverable may be approved although a criterion is only partly met or missing, with a note: whoever lets it pass
answers for it, and a ruling says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from kb import ledger
from kb.db import UtcDateTime, new_id, now
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.evidence.verdict import Verdict
from kb.handover import advice, editions
from kb.handover.case import Decision, Deliverable, Handover
from kb.handover.contents import FileOf, by_deliverable, digest_of, files_of_all
from kb.handover.participation import visible_handover
from kb.handover.template import DeliverableSpec
from kb.handover.workflow import Node
from kb.viewing import Viewer


class CriterionVerdict(SQLModel, table=True):
    """What a reviewer said of one criterion (its place in the template, its text repeated) of one deliverable.

    ``advised`` is what the machine had advised on the same files, empty where it was not asked: the two together say
    how good the advice is.
    """

    __tablename__ = "criterion_verdict"
    id: str = Field(default_factory=lambda: new_id("vrd"), primary_key=True)
    deliverable_id: str = Field(foreign_key="deliverable.id", index=True)
    criterion: int
    text: str
    verdict: Verdict
    note: str = ""
    advised: str = ""
    reviewer_id: str
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    files_digest: str


@dataclass(frozen=True)
class Reviewed:
    """A deliverable with its files, their digest, the verdicts that hold (by criterion) and the decision that holds.

    ``stale`` is True where a decision was given on files that have changed since; ``criteria_en`` are the criteria's
    English words, an empty text where there are none.
    """

    deliverable: Deliverable
    criteria: tuple[str, ...]
    files: tuple[FileOf, ...]
    digest: str
    verdicts: Mapping[int, CriterionVerdict]
    decision: Decision | None
    stale: bool
    criteria_en: tuple[str, ...] = ()

    @property
    def judged(self) -> bool:
        """Whether every criterion has a verdict that holds."""
        return all(n in self.verdicts for n in range(len(self.criteria)))

    @property
    def excused(self) -> bool:
        """Whether HR let this deliverable off."""
        return bool(self.deliverable.excused_by)

    @property
    def missing(self) -> bool:
        """Whether nothing is handed in for it, and HR did not let it off."""
        return not self.files and not self.excused

    @property
    def returned(self) -> bool:
        """Whether it was returned and has not changed since."""
        return self.decision is Decision.returned

    @property
    def done(self) -> bool:
        """Whether nothing more is owed on it before HR confirms."""
        return self.excused or self.decision is Decision.approved


def reviewed(session: Session, handover: Handover) -> list[Reviewed]:
    """Every deliverable of a handover as it stands in review, in the checklist's order. A fixed number of queries."""
    return reviewed_all(session, [handover])[handover.id]


def reviewed_all(session: Session, handovers: Sequence[Handover]) -> dict[str, list[Reviewed]]:
    """By handover id what ``reviewed`` gives of each, in as many queries as for one; none for none."""
    if not handovers:
        return {}
    ids = [handover.id for handover in handovers]
    owed = session.exec(
        select(Deliverable).where(col(Deliverable.handover_id).in_(ids)).order_by(col(Deliverable.ordinal))
    ).all()
    files, given = by_deliverable(files_of_all(session, ids)), _latest(session, ids)
    specs = editions.specs_for_all(session, [(h.template, h.template_version) for h in handovers])
    return {
        h.id: [_one(row, specs[h.template, h.template_version].get(row.key), files.get(row.id, []),
                    given.get(row.id, {})) for row in owed if row.handover_id == h.id]
        for h in handovers
    }  # fmt: skip


def _one(
    deliverable: Deliverable, spec: DeliverableSpec | None, files: list[FileOf], given: dict[int, CriterionVerdict]
) -> Reviewed:
    digest, criteria = digest_of(files), tuple(c.text for c in spec.criteria) if spec else ()
    holds = deliverable.decided_digest == digest
    return Reviewed(
        deliverable, criteria, tuple(files), digest,
        {n: v for n, v in given.items() if v.files_digest == digest},
        deliverable.decision if holds else None, stale=deliverable.decision is not None and not holds,
        criteria_en=tuple(c.text_en for c in spec.criteria) if spec else (),
    )  # fmt: skip


def _latest(session: Session, handover_ids: list[str]) -> dict[str, dict[int, CriterionVerdict]]:
    owed = select(Deliverable.id).where(col(Deliverable.handover_id).in_(handover_ids))
    rows = session.exec(
        select(CriterionVerdict).where(col(CriterionVerdict.deliverable_id).in_(owed))
        .order_by(col(CriterionVerdict.at), CriterionVerdict.id)
    )
    found: dict[str, dict[int, CriterionVerdict]] = {}
    for row in rows:
        found.setdefault(row.deliverable_id, {})[row.criterion] = row
    return found


def review_of(session: Session, viewer: Viewer, deliverable_id: str) -> tuple[Handover, Reviewed]:
    """One deliverable for its reviewer.

    Raises:
        NotFound: there is no such deliverable for the viewer.
        NotAllowed: they are not the reviewer of this handover, or a file is not open to them.
    """
    deliverable = session.get(Deliverable, deliverable_id)
    if deliverable is None:
        raise NotFound("deliverable.unknown", "没有这项交付物，请检查链接。")
    handover = visible_handover(session, viewer, deliverable.handover_id)
    require_reviewer(viewer, handover)
    found = next(r for r in reviewed(session, handover) if r.deliverable.id == deliverable_id)
    if not all(viewer.scope.sees(f.cell) for f in found.files):
        raise NotAllowed("review.closed", "这项交付物有文件未向您开放。请联系人事授权后再审核。")
    return handover, found


def require_reviewer(viewer: Viewer, handover: Handover) -> None:
    """Stop here unless the viewer reviews this handover.

    Raises:
        NotAllowed: they do not.
    """
    if viewer.person_id != handover.head_id:
        raise NotAllowed("review.not_reviewer", "只有这个交接的部门负责人可以审核。")


def judge(
    session: Session, viewer: Viewer, deliverable_id: str, verdicts: Mapping[int, tuple[Verdict, str]], *,
    digest: str = "",
) -> Reviewed:
    """Give a verdict and a note (up to 1000 characters) on criteria, by their place from 0.

    ``digest`` is that of the files the reviewer was shown; empty skips the comparison.

    Raises:
        NotFound, NotAllowed: as for ``review_of``.
        Conflict: it is not the time to review, or the files changed while the reviewer was reading.
        Invalid: there is no such criterion, or a verdict other than met has no note.
    """
    handover, found = review_of(session, viewer, deliverable_id)
    _open_for_review(handover)
    _same(found, digest)
    advised = advice.advise(session, found.criteria, [f.version_id for f in found.files]) if verdicts else []
    for number, (verdict, note) in sorted(verdicts.items()):
        if not 0 <= number < len(found.criteria):
            raise Invalid("review.no_criterion", "没有这条验收标准，请刷新页面。")
        if verdict is not Verdict.met and not note.strip():
            raise Invalid("review.no_note", "第 {number} 条没有满足，请写明缺什么。", number=number + 1)
        held = found.verdicts.get(number)
        if held is not None and (held.verdict, held.note) == (verdict, note.strip()):
            continue
        session.add(CriterionVerdict(
            deliverable_id=deliverable_id, criterion=number, text=found.criteria[number], verdict=verdict,
            note=note.strip()[:1000], reviewer_id=viewer.person_id, files_digest=found.digest,
            advised=advised[number].verdict.value if advised[number].read else "",
        ))  # fmt: skip
        ledger.record(
            session, viewer.person_id, "review.judged", deliverable_id, handover=handover.id,
            module=found.deliverable.module.value, criterion=number,
            text=found.criteria[number], after=verdict.value, before=held.verdict.value if held else "",
            note=note.strip()[:1000], files=found.digest,
        )
    session.flush()
    return next(r for r in reviewed(session, handover) if r.deliverable.id == deliverable_id)


def decide(
    session: Session, viewer: Viewer, deliverable_id: str, decision: Decision, *, reason: str = "", digest: str = ""
) -> Reviewed:
    """Approve a deliverable, or return it with a reason (up to 1000 characters).

    Raises:
        NotFound, NotAllowed: as for ``review_of``.
        Conflict: it is not the time to review, the files changed, or it was decided so already.
        Invalid: a criterion has no verdict, there is nothing to approve, or the reason is missing.
    """
    handover, found = review_of(session, viewer, deliverable_id)
    _open_for_review(handover)
    _same(found, digest)
    if found.decision is decision:
        raise Conflict("review.decided", "这项交付物已经是这个结论，无需重复提交。")
    _check_decision(found, decision, reason)
    before = found.decision.value if found.decision else ""
    row = found.deliverable
    row.decision, row.decided_by, row.decided_at = decision, viewer.person_id, now()
    row.decided_digest, row.reason = found.digest, reason.strip()[:1000]
    ledger.record(session, viewer.person_id, f"deliverable.{decision.value}", row.id, handover=handover.id,
                  module=row.module.value, title=row.title, before=before, after=decision.value, reason=row.reason,
                  files=found.digest)
    return next(r for r in reviewed(session, handover) if r.deliverable.id == deliverable_id)


def _check_decision(found: Reviewed, decision: Decision, reason: str) -> None:
    if decision is Decision.returned:
        if not reason.strip():
            raise Invalid("review.no_reason", "请写明退回的原因，离任者要知道补什么。")
        return
    if not found.files:
        raise Invalid("review.nothing", "这项交付物还没有文件，不能通过。请退回并写明原因。")
    if not found.judged:
        raise Invalid("review.unjudged", "请先逐条给出结论，再通过这项交付物。")


def _open_for_review(handover: Handover) -> None:
    if handover.paused_at is not None:
        raise Conflict("handover.paused", "交接已暂停，恢复后才能继续。")
    if handover.node is not Node.head_review:
        raise Conflict("review.not_now", "现在不是审核阶段，不能修改审核结论。")


def _same(found: Reviewed, digest: str) -> None:
    if digest and digest != found.digest:
        raise Conflict("review.changed", "您查看之后文件有更新，请重新打开这项交付物再审核。")
