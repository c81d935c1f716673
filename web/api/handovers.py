"""/handovers: what one leaver owes, and what of it is handed in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from kb.access import Module, Permission
from kb.errors import Invalid, NotFound
from kb.handover import editions, template
from kb.handover.case import Handover, HandoverState
from kb.handover.opening import open_handover
from kb.handover.participation import visible_handover, visible_handovers
from kb.handover.workflow import Node
from kb.people import Person, find_person
from web.api.listing import Listing, Wanted, refusals
from web.deps import Db, Me

router = APIRouter(prefix="/handovers", tags=["handovers"], responses=refusals())


class HandoverIn(BaseModel):
    """A handover to be opened."""

    template: str = Field(description="Key of a role template, such as `coo`", max_length=64)
    leaver: str = Field(description="Id or log-in name", max_length=64)
    successor: str = Field(default="", description="Id or log-in name; empty when not known yet", max_length=64)
    head: str = Field(default="", description="Id or log-in name of the department head", max_length=64)
    title: str = Field(default="", max_length=120)
    last_day: date | None = None


class HandoverOut(BaseModel):
    """One executive leaving one post."""

    id: str
    template: str
    title: str
    leaver_id: str
    successor_id: str | None
    head_id: str | None
    state: HandoverState
    node: Node
    node_due: date | None
    round: int
    urgent: bool
    paused: bool
    last_day: date | None
    opened_at: datetime

    @classmethod
    def of(cls, row: Handover) -> HandoverOut:
        """The handover as the API shows it."""
        return cls.model_validate(row, from_attributes=True)


class TemplateOut(BaseModel):
    """A role template."""

    key: str
    title: str
    title_en: str
    deliverables: int
    modules: list[Module]


@router.get("", summary="List handovers")
def list_handovers(
    db: Db, me: Me, paging: Wanted, state: Annotated[HandoverState | None, Query()] = None
) -> Listing[HandoverOut]:
    """Those this person may know of, the newest first."""
    rows = [h for h in visible_handovers(db, me) if state in (None, h.state)]
    return paging.cut(rows, HandoverOut.of)


@router.post("", status_code=201, summary="Open a handover", responses=refusals(403, 409, 422))
def open_one(wanted: HandoverIn, db: Db, me: Me) -> HandoverOut:
    """Copy the template's deliverables and open all five modules to the leaver; the successor is granted nothing."""
    me.require(Permission.open_handover)
    try:
        named = [find_person(db, who) if who else None for who in (wanted.leaver, wanted.successor, wanted.head)]
        made = open_handover(db, me, wanted.template, _present(named[0]), named[1], head=named[2],
                             title=wanted.title, last_day=wanted.last_day)
    except NotFound as unknown:
        raise Invalid(unknown.slug, unknown.message, **unknown.params) from None
    return HandoverOut.of(made)


@router.get("/templates", summary="List role templates")
def list_templates(db: Db, me: Me, paging: Wanted) -> Listing[TemplateOut]:
    """What a handover can be opened after."""
    return paging.cut([editions.current(db, key) for key in editions.roles(db)], _template)


@router.get("/{handover_id}", summary="Read a handover", responses=refusals(404))
def read(handover_id: str, db: Db, me: Me) -> HandoverOut:
    """One handover."""
    return HandoverOut.of(visible_handover(db, me, handover_id))


def _present(person: Person | None) -> Person:
    if person is None:
        raise Invalid("handover.no_leaver", "请选择离任者。")
    return person


def _template(found: template.Template) -> TemplateOut:
    return TemplateOut(
        key=found.key, title=found.title, title_en=found.title_en, deliverables=len(found.deliverables),
        modules=[m for m in Module if any(d.module is m for d in found.deliverables)],
    )
