"""What every list of the API looks like, and the refusals every call may answer with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, Field

Item = TypeVar("Item")
Row = TypeVar("Row")


class Problem(BaseModel):
    """A refusal (`application/problem+json`, RFC 9457)."""

    type: str = Field(description="`urn:handover-kb:` and the slug")
    title: str = Field(description="The HTTP status in words")
    status: int
    slug: str = Field(description="Stable name of the reason, such as `grant.self`")
    detail: str = Field(description="One sentence that says what to do, in the person's language")


class Listing(BaseModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    total: int = Field(description="How many there are in all, as far as this person may know")
    limit: int
    offset: int


class Paging(BaseModel):
    """Which part of a list is wanted."""

    limit: int
    offset: int

    def cut(self, rows: Sequence[Row], show: Callable[[Row], Item]) -> Listing[Item]:
        """The wanted part of all rows, each as ``show`` presents it."""
        wanted = rows[self.offset : self.offset + self.limit]
        return Listing(items=[show(row) for row in wanted], total=len(rows), limit=self.limit, offset=self.offset)


def _paging(
    limit: Annotated[int, Query(ge=1, le=200, description="How many items at most")] = 50,
    offset: Annotated[int, Query(ge=0, le=100_000, description="How many items to skip")] = 0,
) -> Paging:
    return Paging(limit=limit, offset=offset)


Wanted = Annotated[Paging, Depends(_paging)]


def refusals(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The OpenAPI entry for the statuses a call may refuse with; 401 is always among them."""
    return {
        status: {"model": Problem, "content": {"application/problem+json": {}}, "description": _WORDS[status]}
        for status in (401, *statuses)
    }


_WORDS = {
    401: "No valid token", 403: "This person may not do that",
    404: "Not there, or this person may not know that it is", 409: "The state of the thing does not permit it",
    413: "Too large", 422: "What was sent cannot be accepted", 503: "A part that is needed does not answer",
}
