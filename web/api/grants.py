"""/grants: which module of which handover is open to whom, up to which classification."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from kb import grants
from kb.access import Classification, Grant, Module, Permission
from kb.errors import Invalid, NotFound
from kb.people import Person, find_person
from web.api.listing import Listing, Wanted, refusals
from web.deps import Db, Me

router = APIRouter(prefix="/grants", tags=["grants"], responses=refusals(403))


class GrantIn(BaseModel):
    """A grant to be given."""

    person: str = Field(description="Id or log-in name", max_length=64)
    handover_id: str = Field(max_length=64)
    module: Module
    up_to: Classification = Field(description="This classification and every more open one")


class GrantOut(BaseModel):
    """One module of one handover opened to one person."""

    id: str
    person_id: str
    handover_id: str
    module: Module
    up_to: Classification
    granted_by: str
    granted_at: datetime
    revoked_by: str = Field(description="Empty while live")
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: Grant) -> GrantOut:
        """The grant as the API shows it."""
        return cls.model_validate(row, from_attributes=True)


@router.get("", summary="List grants")
def list_grants(
    db: Db, me: Me, paging: Wanted,
    handover_id: Annotated[str, Query(max_length=64)] = "", person_id: Annotated[str, Query(max_length=64)] = "",
    revoked: Annotated[bool, Query(description="Also those that ended")] = False,
) -> Listing[GrantOut]:
    """Grants, oldest first. Who neither manages grants nor audits sees their own."""
    rows = grants.list_grants(db, me, handover_id=handover_id, person_id=person_id, revoked=revoked)
    return paging.cut(rows, GrantOut.of)


@router.post("", status_code=201, summary="Grant", responses=refusals(404, 409, 422))
def give(wanted: GrantIn, db: Db, me: Me) -> GrantOut:
    """Open a module; works on the person's next request. The same grant again answers the one that is there."""
    me.require(Permission.manage_grants)
    return GrantOut.of(grants.grant(db, me, _named(db, wanted.person), wanted.handover_id, wanted.module, wanted.up_to))


@router.delete("/{grant_id}", status_code=204, summary="Revoke", responses=refusals(404))
def revoke(grant_id: str, db: Db, me: Me) -> None:
    """End a grant; works on the person's next request."""
    grants.revoke(db, me, grant_id)


def _named(db: Db, login_or_id: str) -> Person:
    """The person named in a body: an unknown one makes the body wrong, not the address."""
    try:
        return find_person(db, login_or_id)
    except NotFound as unknown:
        raise Invalid(unknown.slug, unknown.message, **unknown.params) from None
