"""/tags: the vocabulary that documents are tagged with."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import BaseModel, Field

from kb.access import Module
from kb.vocabulary import Tag, vocabulary
from web.api.listing import Listing, Wanted, refusals
from web.deps import Me

router = APIRouter(prefix="/tags", tags=["tags"], responses=refusals())


class TagOut(BaseModel):
    """One entry of the vocabulary."""

    key: str = Field(description="What documents are tagged with and what filters take")
    zh: str
    en: str
    area: str = Field(description="Key of the area it belongs to; empty for an area itself")
    module: Module | None
    synonyms: list[str] = Field(description="Other words that mean it when typed")

    @classmethod
    def of(cls, tag: Tag) -> TagOut:
        """The entry as the API shows it."""
        return cls.model_validate(tag, from_attributes=True)


@router.get("", summary="List the tag vocabulary")
def list_tags(me: Me, paging: Wanted) -> Listing[TagOut]:
    """Areas and their topics, in order. Documents may also carry free tags, which are not listed here."""
    return paging.cut(list(vocabulary().tags.values()), TagOut.of)
