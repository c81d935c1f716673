"""``kb demo``: the demo company, its people first, its documents while the pages already answer."""

from __future__ import annotations

import logging
import threading

from sqlmodel import Session, select

from ingest import batch
from ingest.intake import Target
from kb import directory
from kb.access import Module
from kb.db import transaction
from kb.grants import write_grant
from kb.handover.case import Deliverable, Handover
from kb.handover.opening import open_handover
from kb.people import ROLE_NAMES, Person, find_person
from kb.viewing import OPERATOR_VIEWER, viewer_for
from web.commands import service
from web.console import Console
from web.demo import plan as planning
from web.demo import process, tell
from web.demo.plan import DemoFile, Plan

_log = logging.getLogger(__name__)


def demo(locale: str, host: str = "", port: int = -1) -> int:
    """Serve the demo company; the first start makes it, every later one finds it and goes on where it stopped."""
    return service.serve(locale, host, port, ready=_ready)


def _ready(console: Console, address: str) -> None:
    plan = planning.load()
    seed_people(plan)
    console.say("{company} 已就绪：{address}", company=plan.company if console.locale == "zh" else plan.company_en,
                address=address)
    console.table(("登录名", "密码", "姓名", "角色", "岗位"), [
        (p.login, plan.password, p.name, console.text(ROLE_NAMES[p.role]), p.post) for p in plan.people
    ])  # fmt: skip
    console.say("资料正在后台收录，可以先登录。按 Ctrl+C 停止。")
    threading.Thread(target=_seed_files, args=(plan, console), name="kb-demo", daemon=True).start()


def seed_people(plan: Plan) -> None:
    """Accounts, handovers and grants in one transaction; nothing happens when they are there already."""
    with transaction() as session:
        if session.exec(select(Person).where(Person.login == plan.people[0].login)).first() is not None:
            return
        for wanted in plan.people:
            person, _ = directory.create_person(
                session, OPERATOR_VIEWER, wanted.login, wanted.role, name=wanted.name, password=plan.password
            )
            person.password_temporary = False
            session.add(person)
        handovers = {h.key: _open(session, h) for h in (*plan.past, *plan.handovers)}
        for given in plan.grants:
            person = find_person(session, given.person)
            write_grant(session, OPERATOR_VIEWER, person.id, handovers[given.handover].id, given.module, given.up_to)


def _open(session: Session, wanted: planning.DemoHandover) -> Handover:
    named = {n: find_person(session, n) for n in (wanted.leaver, wanted.successor, wanted.head) if n}
    return open_handover(
        session, OPERATOR_VIEWER, wanted.template, named[wanted.leaver], named.get(wanted.successor),
        head=named.get(wanted.head), title=wanted.title, last_day=wanted.last_day,
    )


def _seed_files(plan: Plan, console: Console) -> None:
    try:
        seed_files(plan)
        process.walk(plan)
        console.say("资料已可检索，正在补上卡片、检索、考核和访谈……")
        tell.tell(plan)
        console.say("资料收录完毕，首席财务官的交接已走到接收方签收。")
        console.say("所有人的签名口令都是 {pin} 。", pin=plan.pin)
    except Exception:  # a thread's edge: the pages go on without the rest of the documents
        _log.exception("demo documents")


def seed_files(plan: Plan) -> None:
    """Hand in every file of the plan in the name of its leaver; what is there already is not taken in twice."""
    receipts = []
    for wanted in plan.files:
        with transaction(writes=False) as session:
            target, leaver = _target(session, plan, wanted)
            viewer = viewer_for(session, leaver)
        receipts += batch.accept_files(viewer, [(wanted.path, wanted.file_name)], target)
    batch.finish(OPERATOR_VIEWER, receipts)


def _target(session: Session, plan: Plan, wanted: DemoFile) -> tuple[Target, Person]:
    told = next(h for h in plan.handovers if h.key == wanted.handover)
    leaver = find_person(session, told.leaver)
    handover = session.exec(select(Handover).where(Handover.leaver_id == leaver.id)).one()
    owed = session.exec(select(Deliverable.id).where(
        Deliverable.handover_id == handover.id, Deliverable.key == wanted.deliverable
    )).first()  # fmt: skip
    place = Target(handover.id, Module(wanted.module), wanted.classification, wanted.tags, owed or "")
    return place, leaver
