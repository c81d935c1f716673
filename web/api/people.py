"""/people: accounts. Administrators manage them; HR and auditors look them up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from kb import directory
from kb.access import Permission
from kb.people import Person, Role
from web.api.listing import Listing, Wanted, refusals
from web.deps import Db, Me

router = APIRouter(prefix="/people", tags=["people"], responses=refusals(403))


class PersonIn(BaseModel):
    """An account to be made."""

    login: str = Field(max_length=64)
    role: Role
    name: str = Field(default="", max_length=64)


class PersonChange(BaseModel):
    """What to change about an account; what is absent stays."""

    role: Role | None = None
    active: bool | None = Field(default=None, description="False ends all sessions and tokens at once")


class PersonOut(BaseModel):
    """A person with an account."""

    id: str
    login: str
    name: str
    role: Role
    active: bool
    created_at: datetime

    @classmethod
    def of(cls, row: Person) -> PersonOut:
        """The person as the API shows them."""
        return cls.model_validate(row, from_attributes=True)


class IssuedOut(BaseModel):
    """A person with a password that is shown this once."""

    person: PersonOut
    one_time_password: str = Field(description="Must be replaced at the first log-in; nobody can read it again")


@router.get("", summary="List people")
def list_people(
    db: Db, me: Me, paging: Wanted,
    q: Annotated[str, Query(max_length=64, description="Part of a name or log-in name")] = "",
) -> Listing[PersonOut]:
    """Everybody, the active first."""
    return paging.cut(directory.list_people(db, me, text=q), PersonOut.of)


@router.post("", status_code=201, summary="Add a person", responses=refusals(409, 422))
def add(wanted: PersonIn, db: Db, me: Me) -> IssuedOut:
    """Make an account with a one-time password."""
    person, issued = directory.create_person(db, me, wanted.login, wanted.role, name=wanted.name)
    return IssuedOut(person=PersonOut.of(person), one_time_password=issued)


@router.get("/{person_id}", summary="Read a person", responses=refusals(404))
def read(person_id: str, db: Db, me: Me) -> PersonOut:
    """One person, by id or log-in name."""
    return PersonOut.of(directory.read_person(db, me, person_id))


@router.patch("/{person_id}", summary="Change a person", responses=refusals(404))
def change(person_id: str, wanted: PersonChange, db: Db, me: Me) -> PersonOut:
    """Change role, close or reopen the account."""
    me.require(Permission.manage_people)
    if wanted.role is not None:
        directory.change_role(db, me, person_id, wanted.role)
    if wanted.active is not None:
        (directory.reactivate if wanted.active else directory.deactivate)(db, me, person_id)
    return PersonOut.of(directory.read_person(db, me, person_id))


@router.post("/{person_id}/password", summary="Reset a password", responses=refusals(404, 409))
def reset_password(person_id: str, db: Db, me: Me) -> IssuedOut:
    """Issue a one-time password; sessions and tokens of the person end."""
    person, issued = directory.reset_password(db, me, person_id)
    return IssuedOut(person=PersonOut.of(person), one_time_password=issued)
