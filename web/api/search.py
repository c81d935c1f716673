"""/search: find passages within what is open to the person, with facets, and as they type."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

import search
from kb.access import Classification, Module
from kb.documents import Kind
from kb.vocabulary import vocabulary
from web import searching
from web.api.listing import refusals
from web.deps import Db, Locale, Me
from web.i18n import translate

router = APIRouter(prefix="/search", tags=["search"], responses=refusals(422))


class PassageOut(BaseModel):
    """A passage, exactly as it stands in the source."""

    text: str
    start: int = Field(description="Offset in the parsed text, in characters")
    end: int
    heading_path: list[str] = Field(description="From the outermost heading inwards")
    page: int | None = Field(description="From 1; null where the format has no pages")
    highlights: list[tuple[int, int]] = Field(description="Ranges within `text`")
    answer: tuple[int, int] | None = Field(description="Range within `text` of the sentence that answers, if one does")


class HitOut(BaseModel):
    """A document that was found, with its best passage."""

    document_id: str
    version_id: str
    version_number: int
    title: str
    file_name: str
    handover_id: str
    module: Module
    classification: Classification
    kind: Kind
    author: str
    authored_on: date | None
    tags: list[str]
    score: float = Field(description="0 to 1")
    why: str = Field(description="Why it was found, in one sentence")
    passage: PassageOut
    more: list[PassageOut] = Field(description="Further passages of the same document")
    current: bool = Field(description="False for an old version; only with `include_old`")
    superseded_by: str | None


class FacetOut(BaseModel):
    """How many of the found documents have a value."""

    value: str
    label: str
    count: int


class ResultsOut(BaseModel):
    """What was found."""

    items: list[HitOut]
    total: int
    limit: int
    offset: int
    facets: dict[str, list[FacetOut]] = Field(description="Counted after the person's scope and the filters")
    reliable: bool = Field(description="False: nothing answers well, the nearest are shown")
    notice: str = Field(description="A sentence for the reader; empty when there is nothing to say")
    lexical_only: bool = Field(description="True when no embedding model is at hand")
    took_ms: float


class SuggestionOut(BaseModel):
    """A completion."""

    text: str
    kind: str = Field(description="`title`, `tag` or `recent`")


class Filters(BaseModel):
    """Every filter of a search; several values of one filter mean any of them, different filters mean all of them."""

    q: str = Field(default="", max_length=500, description="The question; empty lists by filters")
    handover_id: str | None = Field(default=None, max_length=64)
    deliverable_id: str | None = Field(default=None, max_length=64, description="Only documents handed in for it")
    module: list[Module] = Field(default=[], max_length=5)
    tag: list[str] = Field(default=[], max_length=20)
    kind: list[Kind] = Field(default=[], max_length=10)
    author: list[str] = Field(default=[], max_length=20)
    classification: list[Classification] = Field(default=[], max_length=3)
    date_from: date | None = Field(default=None, description="Written on or after")
    date_to: date | None = Field(default=None, description="Written on or before")
    include_old: bool = Field(default=False, description="Also versions that were replaced")
    limit: int = Field(default=10, ge=1, le=50)
    offset: int = Field(default=0, ge=0, le=1000)


@router.get("", summary="Search")
def find(wanted: Annotated[Filters, Query()], db: Db, me: Me, locale: Locale) -> ResultsOut:
    """Passages that answer the question, the best first, within what is open to the person."""
    results = searching.find(db, me, _query(wanted))
    return ResultsOut(
        items=[_hit(hit, locale) for hit in results.hits], total=results.total, limit=wanted.limit,
        offset=wanted.offset, reliable=results.reliable, notice=translate(locale, results.notice),
        facets={name: [_facet(f, locale) for f in counts] for name, counts in results.facets.items()},
        lexical_only=results.lexical_only, took_ms=results.took_ms,
    )


@router.get("/completions", summary="Complete a question")
def complete(
    db: Db, me: Me, q: Annotated[str, Query(max_length=100, description="What was typed so far")] = ""
) -> list[SuggestionOut]:
    """Titles and tags within what is open to the person, and their own recent searches."""
    return [SuggestionOut(text=s.text, kind=s.kind) for s in search.suggest(db, me, q)]


def _query(wanted: Filters) -> search.Query:
    return search.Query(
        text=wanted.q, handover_id=wanted.handover_id, modules=tuple(wanted.module), tags=tuple(wanted.tag),
        kinds=tuple(wanted.kind), authors=tuple(wanted.author), classifications=tuple(wanted.classification),
        date_from=wanted.date_from, date_to=wanted.date_to, deliverable_id=wanted.deliverable_id,
        include_old=wanted.include_old, limit=wanted.limit, offset=wanted.offset,
    )


def _passage(found: search.Passage) -> PassageOut:
    return PassageOut(
        text=found.text, start=found.start, end=found.end, heading_path=list(found.heading_path), page=found.page,
        highlights=list(found.highlights), answer=found.answer,
    )


def _facet(found: search.FacetCount, locale: str) -> FacetOut:
    tag = vocabulary().tags.get(found.value)
    return FacetOut(value=found.value, label=tag.label(locale) if tag else translate(locale, found.label),
                    count=found.count)


def _hit(hit: search.Hit, locale: str) -> HitOut:
    return HitOut(
        document_id=hit.document_id, version_id=hit.version_id, version_number=hit.version_number, title=hit.title,
        file_name=hit.file_name, handover_id=hit.handover_id, module=hit.module, classification=hit.classification,
        kind=hit.kind, author=hit.author, authored_on=hit.authored_on, tags=list(hit.tags), score=hit.score,
        why=translate(locale, hit.why), passage=_passage(hit.best), more=[_passage(p) for p in hit.more],
        current=hit.current, superseded_by=hit.superseded_by or None,
    )
