"""/documents/{id}/suggestions: modules and tags that a document's text suggests; a person decides."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from kb import library
from kb.tags import Suggestion
from web.api.listing import refusals
from web.deps import Db, Me

router = APIRouter(prefix="/documents/{document_id}/suggestions", tags=["suggestions"], responses=refusals(404))


class SuggestionOut(BaseModel):
    """One suggestion; it changes nothing until it is accepted."""

    field: Literal["module", "tag"]
    value: str
    score: float = Field(description="0 to 1")
    decided: str = Field(description="Empty while open, else `accepted` or `rejected`")

    @classmethod
    def of(cls, row: Suggestion) -> SuggestionOut:
        """The suggestion as the API shows it."""
        return cls.model_validate(row, from_attributes=True)


class Verdict(BaseModel):
    """What a person decides about a suggestion."""

    field: Literal["module", "tag"]
    value: str = Field(max_length=64)
    accept: bool


@router.get("", summary="List open suggestions")
def list_suggestions(document_id: str, db: Db, me: Me) -> list[SuggestionOut]:
    """The open ones, best first; none for whoever may not change the document."""
    return [SuggestionOut.of(s) for s in library.read_document(db, me, document_id).suggestions]


@router.post("", summary="Decide a suggestion", responses=refusals(403, 409, 422))
def decide(document_id: str, wanted: Verdict, db: Db, me: Me) -> SuggestionOut:
    """Accept it, which carries it out, or reject it."""
    row = library.decide_suggestion(db, me, document_id, wanted.field, wanted.value, accept=wanted.accept)
    return SuggestionOut.of(row)
