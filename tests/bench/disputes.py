"""A hundred scripted disputes with the ruling written down beforehand: ``python -m tests.bench.disputes``.

Each is a whole handover made up to the point in question, and a claim in words that are not the record's own.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text
from sqlmodel import Session, select

from kb import keys
from kb.access import Module
from kb.chunks import Chunk
from kb.clock import today
from kb.documents import Version
from kb.evidence.verdict import Verdict
from kb.handover import arranging, proceeding, review
from kb.handover.case import Decision, Handover
from kb.handover.incident import Claim, rule_on
from kb.handover.risks import RiskLevel, risks_of, state_risk, withdraw_risk
from kb.handover.ruling import Outcome
from kb.people import Person
from tests.kb.handover.walking import PIN, approve_all, cast, hand_in, opened, owed, read_risks, see

People = dict[str, Person]


@dataclass(frozen=True)
class Subject:
    """What a dispute is about: the module, the risk as the leaver would write it, and the claim as others say it."""

    module: Module
    risk: str
    measure: str
    department: str
    claim: str


SUBJECTS = (
    Subject(Module.projects, "智能排产项目核心算法工程师可能离职", "签竞业协议并安排双人备份", "研发中心",
            "智能排产项目的核心算法工程师离职，项目延期两个月"),
    Subject(Module.team, "关键岗位候选人储备不足", "启动区域经理轮岗储备计划", "人力资源部",
            "关键岗位候选人储备不足，空缺半年没人接"),
    Subject(Module.finance, "海州分公司越权审批供应商预付款", "收回预付款审批权并每周对账", "财务部",
            "海州分公司越权审批预付款，损失五十万"),
    Subject(Module.legal, "临江合同保密条款只约束一年", "续签时补三年保密期", "法务部",
            "临江合同的保密条款到期，对方起诉泄密"),
    Subject(Module.strategy, "华南扩张依赖单一园区租约", "同步谈第二园区", "战略发展部",
            "华南园区租约没有续上，扩张停摆"),
    Subject(Module.projects, "二期冷库压缩机质保即将到期", "到期前完成一次大修", "工程部",
            "二期冷库压缩机坏了才知道质保到期"),
    Subject(Module.team, "夜班叉车司机连续加班有劳动仲裁风险", "调整班次并补签加班协议", "仓储部",
            "夜班叉车司机提起劳动仲裁"),
    Subject(Module.finance, "票据池质押额度十二月到期", "十一月前与银行续授信", "资金部",
            "票据池质押额度到期，付不出货款"),
)


@dataclass(frozen=True)
class Kind:
    """A story: how the handover went, what the ruling must be, and whether the claim points to the module."""

    name: str
    expected: Outcome
    play: Callable[[Session, People, Handover, Subject], None]
    pointed: bool = True


def _state(session: Session, people: People, handover: Handover, subject: Subject) -> str:
    return state_risk(session, see(session, people["han"]), handover.id, subject.module, title=subject.risk,
                      level=RiskLevel.high, countermeasure=subject.measure, department=subject.department).id


def _submit(session: Session, people: People, handover: Handover, *, but: Module | None = None) -> None:
    for deliverable in owed(session, handover):
        if not (deliverable.module is but and "风险" in deliverable.title):
            hand_in(session, handover, deliverable)
        elif but is not None:
            arranging.excuse(session, see(session, people["hr1"]), deliverable.id, "来不及整理")
    proceeding.submit(session, see(session, people["han"]), handover.id, PIN)


def _to_receiving(session: Session, people: People, handover: Handover) -> None:
    _submit(session, people, handover)
    approve_all(session, people, handover)
    proceeding.confirm(session, see(session, people["hr1"]), handover.id, PIN)


def _receive(session: Session, people: People, handover: Handover, module: Module, reservations: str = "") -> None:
    read_risks(session, people["ren"], handover, module)
    proceeding.receive(session, see(session, people["ren"]), handover.id, module, PIN, reservations=reservations)


def _confirmed(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    _state(session, people, handover, subject)
    _to_receiving(session, people, handover)
    _receive(session, people, handover, subject.module)


def _unsigned(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    _state(session, people, handover, subject)
    _to_receiving(session, people, handover)


def _reserved(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    _state(session, people, handover, subject)
    _to_receiving(session, people, handover)
    _receive(session, people, handover, subject.module, f"对「{subject.claim}」这一点不认可，需要公司另行处理")


def _silent(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    _to_receiving(session, people, handover)
    _receive(session, people, handover, subject.module)


def _let_pass(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    _submit(session, people, handover)
    head = see(session, people["qiu"])
    for row in review.reviewed(session, handover):
        verdict = (Verdict.missing, "没有写") if row.deliverable.module is subject.module else (Verdict.met, "")
        review.judge(session, head, row.deliverable.id, dict.fromkeys(range(len(row.criteria)), verdict))
        review.decide(session, head, row.deliverable.id, Decision.approved)
    proceeding.approve(session, head, handover.id, PIN)


def _late(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    _to_receiving(session, people, handover)
    _receive(session, people, handover, subject.module)
    _state(session, people, handover, subject)


def _not_yet(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    hand_in(session, handover, owed(session, handover)[0])


def _overdue(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    handover.node_due = today() - timedelta(days=3)
    session.flush()


def _tampered(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    _confirmed(session, people, handover, subject)
    session.execute(text("UPDATE ledger_entry SET body = replace(body, 'handover', 'handoveR') WHERE number = 12"))


def _in_a_file(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    deliverable = next(d for d in owed(session, handover) if d.module is subject.module)
    document = hand_in(session, handover, deliverable, "说明")
    version = session.exec(select(Version).where(Version.document_id == document.id)).one()
    said = f"补充说明：{subject.claim}的可能性存在，应对是{subject.measure}。"
    session.add(Chunk(point_id=f"{document.id}-0", version_id=version.id, document_id=document.id, ordinal=0, start=0,
                      end=len(said), text=said))
    for other in owed(session, handover):
        if other.id != deliverable.id:
            hand_in(session, handover, other)
    proceeding.submit(session, see(session, people["han"]), handover.id, PIN)
    approve_all(session, people, handover)
    proceeding.confirm(session, see(session, people["hr1"]), handover.id, PIN)
    _receive(session, people, handover, subject.module)


def _withdrawn(session: Session, people: People, handover: Handover, subject: Subject) -> None:
    risk = _state(session, people, handover, subject)
    withdraw_risk(session, see(session, people["han"]), risk, "不想写了")
    assert all(r.id != risk for r in risks_of(session, handover.id))
    _to_receiving(session, people, handover)
    _receive(session, people, handover, subject.module)


KINDS = (
    Kind("stated, read and received", Outcome.confirmed, _confirmed),
    Kind("stated, found without the module", Outcome.confirmed, _confirmed, pointed=False),
    Kind("stated, module never signed", Outcome.not_confirmed, _unsigned),
    Kind("stated, received with a reservation on it", Outcome.not_confirmed, _reserved),
    Kind("stated only after the receiver signed", Outcome.not_confirmed, _late),
    Kind("never stated", Outcome.not_stated, _silent),
    Kind("stated and withdrawn before signing", Outcome.not_stated, _withdrawn),
    Kind("nothing delivered, overdue", Outcome.not_stated, _overdue),
    Kind("missing, and the reviewer let it pass", Outcome.let_pass, _let_pass),
    Kind("nothing delivered yet", Outcome.unclear, _not_yet),
    Kind("the log was tampered with", Outcome.unclear, _tampered),
    Kind("nobody can tell which module", Outcome.unclear, _silent, pointed=False),
    Kind("stated in a signed file", Outcome.confirmed, _in_a_file),
)


def dispute(session: Session, kind: Kind, subject: Subject) -> tuple[Outcome, float]:
    """Play one story and rule on it as HR; the outcome, and the processor's seconds that the ruling took."""
    people = cast(session)
    handover = opened(session, people)
    kind.play(session, people, handover, subject)
    session.commit()
    claim = Claim(subject.claim, amount="500000", module=subject.module if kind.pointed else None)
    began = time.process_time()
    found = rule_on(session, see(session, people["hr1"]), handover.id, claim)
    assert found.citations, "a ruling cites something"
    return found.rule.outcome, time.process_time() - began


def all_disputes(each: int = len(SUBJECTS)) -> Iterator[tuple[Kind, Subject]]:
    """Every kind with its first subjects."""
    for place, kind in enumerate(KINDS):
        for step in range(each):
            yield kind, SUBJECTS[(place + step) % len(SUBJECTS)]


def main() -> None:
    """Play all of them, each in a home of its own."""
    from kb import db, schema
    from kb.settings import settings

    keys.MEMORY_KIB, keys.PASSES = 64, 1
    right, slowest, wrong = 0, 0.0, []
    for kind, subject in all_disputes():
        with tempfile.TemporaryDirectory() as home:
            os.environ["KB_HOME"] = home
            settings.cache_clear()
            db.engine_for.cache_clear()
            schema.upgrade()
            with Session(db.engine(), expire_on_commit=False) as session:
                outcome, seconds = dispute(session, kind, subject)
            db.engine().dispose()
        slowest = max(slowest, seconds)
        if outcome is kind.expected:
            right += 1
        else:
            wrong.append(f"{kind.name} / {subject.risk}: {outcome.value} instead of {kind.expected.value}")
    print(f"{right} of {right + len(wrong)} rulings as written down; the slowest took {slowest:.2f} s")
    print(*wrong, sep="\n")


if __name__ == "__main__":
    main()
