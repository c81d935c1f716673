"""/me: who the token belongs to and what is open to them."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from kb import directory, grants
from kb.access import Permission
from kb.people import Role
from web.api.grants import GrantOut
from web.api.listing import refusals
from web.deps import Db, Me

router = APIRouter(prefix="/me", tags=["me"], responses=refusals())


class MeOut(BaseModel):
    """The person behind the token."""

    id: str
    login: str
    name: str
    role: Role | None
    locale: str = Field(description="`zh`, `en`, or empty when not chosen")
    permissions: list[Permission]
    grants: list[GrantOut]


class LocaleIn(BaseModel):
    """A language."""

    locale: str = Field(description="`zh` or `en`")


@router.get("", summary="Who am I, and what is open to me?")
def read_me(db: Db, me: Me) -> MeOut:
    """The person, their permissions and live grants."""
    mine = grants.list_grants(db, me, person_id=me.person_id)
    return MeOut(
        id=me.person_id, login=me.login, name=me.name, role=me.role, locale=me.locale,
        permissions=[p for p in Permission if me.may(p)], grants=[GrantOut.of(g) for g in mine],
    )


@router.put("/locale", status_code=204, summary="Choose my language", responses=refusals(422))
def choose_locale(wanted: LocaleIn, db: Db, me: Me) -> None:
    """Remember the language of pages, messages and errors."""
    directory.choose_locale(db, me, wanted.locale)
