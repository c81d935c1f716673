"""/ask: the passages that answer a question as numbered quotes, and prose that cites them where it is set up."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

import search
from kb.access import Classification, Module
from search.answer import Citation, Outcome
from web import answering
from web.api.listing import refusals
from web.deps import Locale, Me
from web.i18n import translate

router = APIRouter(prefix="/ask", tags=["search"], responses=refusals(422))


class QuoteOut(BaseModel):
    """A passage, exactly as it stands in its source."""

    number: int = Field(description="From 1; what the sentences cite")
    document_id: str
    version_id: str
    version_number: int
    sha256: str = Field(description="Of the original file")
    title: str
    file_name: str
    handover_id: str
    module: Module
    classification: Classification
    current: bool
    text: str
    start: int = Field(description="Offset in the parsed text, in characters")
    end: int
    heading_path: list[str] = Field(description="From the outermost heading inwards")
    page: int | None = Field(description="From 1; null where the format has no pages")
    link: str = Field(description="Where the reader opens at the passage")


class SentenceOut(BaseModel):
    """A sentence of the answer and the quotes it rests on."""

    text: str
    cites: list[int]


class AnswerOut(BaseModel):
    """The quotes, and the sentences that hold against them."""

    question: str
    reliable: bool = Field(description="False: a refusal; the quotes are only what lies nearest")
    notice: str = Field(description="A sentence for the reader; empty when there is nothing to say")
    quotes: list[QuoteOut]
    outcome: Outcome = Field(description="What came of the prose; `off` where no endpoint is set up")
    prose: list[SentenceOut]
    withheld: int = Field(description="Sentences left out because no cited quote supports them")
    kept_back: int = Field(description="Quotes that were not sent to the endpoint because of their classification")
    prose_notice: str


class Asked(BaseModel):
    """A question and its filters."""

    q: str = Field(min_length=1, max_length=500)
    handover_id: str | None = Field(default=None, max_length=64)
    module: list[Module] = Field(default=[], max_length=5)
    prose: bool = Field(default=True, description="False: quotes alone, nothing is sent to an endpoint")


@router.get("", summary="Ask")
def ask(wanted: Annotated[Asked, Query()], me: Me, locale: Locale) -> AnswerOut:
    """The quotes that answer the question, the best first, within what is open to the person."""
    query = search.Query(text=wanted.q, handover_id=wanted.handover_id, modules=tuple(wanted.module))
    answered = answering.ask(me, query)
    prose = answering.write(me, answered) if wanted.prose else None
    return AnswerOut(
        question=answered.question, reliable=answered.reliable, notice=translate(locale, answered.notice),
        quotes=[_quote(c, answered.question) for c in answered.citations],
        outcome=prose.outcome if prose else Outcome.off,
        prose=[SentenceOut(text=s.text, cites=list(s.cites)) for s in prose.sentences] if prose else [],
        withheld=prose.withheld if prose else 0, kept_back=prose.kept_back if prose else 0,
        prose_notice=translate(locale, prose.notice) if prose else "",
    )


def _quote(cited: Citation, question: str) -> QuoteOut:
    found = cited.passage
    return QuoteOut(
        number=cited.number, document_id=cited.document_id, version_id=cited.version_id,
        version_number=cited.version_number, sha256=cited.sha256, title=cited.title, file_name=cited.file_name,
        handover_id=cited.handover_id, module=cited.module, classification=cited.classification,
        current=cited.current, text=found.text, start=found.start, end=found.end,
        heading_path=list(found.heading_path), page=found.page, link=answering.reader_link(cited, question),
    )
