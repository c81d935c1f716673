"""Who plays in the demo: its handovers and people, looked up by the names that the plan gives them."""

from __future__ import annotations

from sqlmodel import Session, col, select

from kb.handover.case import Handover
from kb.people import Person, Role, find_person
from kb.viewing import Viewer, viewer_for
from web.demo.plan import Plan


def handover_of(session: Session, plan: Plan, key: str) -> Handover:
    """The handover with that key of the plan; the oldest one where its leaver has several."""
    leaver = find_person(session, next(h.leaver for h in (*plan.handovers, *plan.past) if h.key == key))
    oldest = select(Handover).where(Handover.leaver_id == leaver.id).order_by(col(Handover.opened_at)).limit(1)
    return session.exec(oldest).one()


def viewer_of(session: Session, person_id: str) -> Viewer:
    """Somebody with the rights that they have now."""
    return viewer_for(session, session.get_one(Person, person_id))


def viewer_named(session: Session, login: str) -> Viewer:
    """The same by log-in name."""
    return viewer_for(session, find_person(session, login))


def hr_of(session: Session, plan: Plan) -> Viewer:
    """The first of HR."""
    return viewer_named(session, next(p.login for p in plan.people if p.role is Role.hr))
