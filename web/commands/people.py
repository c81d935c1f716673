"""``kb user``, ``kb handover``, ``kb grant`` and ``kb revoke``."""

from __future__ import annotations

from sqlmodel import select

from kb import directory, grants, keys, notices
from kb.access import CLASSIFICATION_NAMES, MODULE_NAMES, Module, classification_from, module_from
from kb.db import transaction
from kb.errors import Invalid, NotFound
from kb.handover.case import Deliverable
from kb.handover.opening import open_handover as open_one
from kb.handover.participation import visible_handovers
from kb.handover.workdays import day_from
from kb.people import ROLE_NAMES, Role, find_person, names_of
from kb.viewing import OPERATOR_VIEWER
from web.console import Console


def role_from(text: str) -> Role:
    """The role meant by its key or Chinese name.

    Raises:
        Invalid: there is none of that name.
    """
    for role, name in ROLE_NAMES.items():
        if text.strip().lower() in (role.value, name):
            return role
    raise Invalid("role.unknown", "没有角色「{given}」。可用：{known}。", given=text,
                  known="、".join(f"{r.value}（{n}）" for r, n in ROLE_NAMES.items()))


def add_user(console: Console, name: str, role: str, password: str = "", display_name: str = "") -> int:
    """Create an account; without a password a one-time one is printed."""
    with transaction() as session:
        person, issued = directory.create_person(
            session, OPERATOR_VIEWER, name, role_from(role), name=display_name, password=password
        )
    console.emit({"id": person.id, "login": person.login, "name": person.name, "role": person.role.value,
                  "password": issued})
    console.say("已建立账号 {login}（{role}），编号 {id}。", login=person.login, id=person.id,
                role=console.text(ROLE_NAMES[person.role]))
    if issued:
        console.say("一次性密码：{password}（首次登录后须修改）", password=issued)
    return 0


def list_users(console: Console) -> int:
    """Everybody with an account."""
    with transaction(writes=False) as session:
        people = directory.list_people(session, OPERATOR_VIEWER)
    console.emit([{"id": p.id, "login": p.login, "name": p.name, "role": p.role.value, "active": p.active}
                  for p in people])
    console.table(("登录名", "姓名", "角色", "状态"), [
        (p.login, p.name, console.text(ROLE_NAMES[p.role]), console.text("启用" if p.active else "停用"))
        for p in people
    ])  # fmt: skip
    return 0


def revoke_key(console: Console, name: str, reason: str) -> int:
    """Take somebody's signing key away: a forgotten PIN cannot be recovered, so they make a new key.

    Not on a page: whoever also hands out passwords could sign for others.
    """
    if not reason.strip():
        raise Invalid("key.no_reason", "请写明吊销的原因，它会留在操作日志里。")
    with transaction() as session:
        person = find_person(session, name)
        keys.revoke_key(session, OPERATOR_VIEWER.person_id, person.id, reason)
        notices.notify(session, [person.id], notices.NoticeKind.turn, "您的签名密钥已被吊销，请设置新的签名口令。",
                       link="/settings/key")
    console.emit({"id": person.id, "login": person.login})
    console.say("已吊销 {name} 的签名密钥；以前的签字仍然有效，本人在“设置”里设置新口令后即可再签。", name=person.login)
    return 0


def open_handover(
    console: Console, role: str, leaver: str, successor: str = "", title: str = "", head: str = "",
    last_day: str = "", urgent: bool = False, agreements: bool = False,
) -> int:
    """Open a handover after a role template."""
    with transaction() as session:
        made = open_one(session, OPERATOR_VIEWER, role, find_person(session, leaver),
                        find_person(session, successor) if successor else None, title=title,
                        head=find_person(session, head) if head else None, urgent=urgent, agreements=agreements,
                        last_day=day_from(last_day))
        owed = len(session.exec(select(Deliverable).where(Deliverable.handover_id == made.id)).all())
    console.emit({"id": made.id, "title": made.title, "template": made.template, "leaver_id": made.leaver_id,
                  "successor_id": made.successor_id, "state": made.state.value, "node": made.node.value,
                  "due": made.node_due.isoformat() if made.node_due else None, "deliverables": owed})
    console.say("已发起交接 {id}：{title}，共 {owed} 项交付物。", id=made.id, title=made.title, owed=owed)
    return 0


def list_handovers(console: Console) -> int:
    """Every handover, the newest first."""
    with transaction(writes=False) as session:
        rows = visible_handovers(session, OPERATOR_VIEWER)
        names = names_of(session, [i for h in rows for i in (h.leaver_id, h.successor_id or "")])
    console.emit([{"id": h.id, "title": h.title, "template": h.template, "state": h.state.value,
                   "leaver": names.get(h.leaver_id, ""), "successor": names.get(h.successor_id or "", "")}
                  for h in rows])
    console.table(("编号", "名称", "离任者", "接任者"), [
        (h.id, h.title, names.get(h.leaver_id, ""), names.get(h.successor_id or "", "-")) for h in rows
    ])  # fmt: skip
    return 0


def grant(console: Console, name: str, handover: str, module: str, up_to: str) -> int:
    """Open a module of a handover to somebody, up to a classification."""
    with transaction() as session:
        made = grants.grant(session, OPERATOR_VIEWER, find_person(session, name), handover, module_from(module),
                            classification_from(up_to))
    console.emit({"id": made.id, "person_id": made.person_id, "handover_id": made.handover_id,
                  "module": made.module.value, "up_to": made.up_to.value})
    console.say("已授权 {name} 查看「{module}」，最高{up_to}（{id}）。", name=name, id=made.id,
                module=console.text(MODULE_NAMES[made.module]), up_to=console.text(CLASSIFICATION_NAMES[made.up_to]))
    return 0


def revoke(console: Console, name: str, handover: str, module: str = "") -> int:
    """Close a module of a handover, or all of them, to somebody; works on their next request."""
    wanted = module_from(module) if module else None
    with transaction() as session:
        person = find_person(session, name)
        live = grants.list_grants(session, OPERATOR_VIEWER, handover_id=handover, person_id=person.id)
        ended = [g for g in live if wanted in (None, Module(g.module))]
        if not ended:
            raise NotFound("grant.unknown", "没有这项授权，可能已被撤销。")
        for found in ended:
            grants.revoke(session, OPERATOR_VIEWER, found.id)
    console.emit({"revoked": [g.id for g in ended]})
    console.say("已撤销 {name} 的 {count} 项授权，下一次请求起生效。", name=name, count=len(ended))
    return 0
