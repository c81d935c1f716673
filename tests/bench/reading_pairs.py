"""Questions with passages that answer them, and with passages that nearly do: what the reader is trained on.

The judged companies are searched as the product searches. A passage with a judged quote answers. These do not: the
same passage without the sentences of the quote, the passage of the same document that shares most words, what is found
when all that answers is hidden, what is found of other documents, and for questions that nothing answers what is found
and the passage whose question they are a twin of.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from heapq import nlargest
from typing import Any, NamedTuple

from sqlmodel import Session, select

from kb import db
from kb.access import OPERATOR
from kb.chunks import Chunk
from kb.documents import Document
from search import Query, search, service
from search.confidence import SURE
from search.judge import Judged, Texts
from tests.bench.doubt import hidden
from tests.bench.quality import Golden
from tests.bench.world import viewer

_LAYOUT = "|*#>`"
_SHOWN = 5
_SENTENCE = re.compile(r"[。；;！？\n]")
_CUT = re.compile(r"[。；;！？\n]|，(?=.{12})")
_WINDOW, _WHOLE = 210, 0.12

Span = tuple[int, int]


class Pair(NamedTuple):
    """A question, a passage (its title is the first line), and where in it the answer stands; none: it does not."""

    question: str
    passage: str
    quotes: tuple[Span, ...]


class Found(NamedTuple):
    """What one search showed: documents and their best passages, the best first."""

    question: dict[str, Any]
    case: str
    documents: list[str]
    passages: list[str]


def span(text: str, quote: str) -> Span | None:
    """Where a quote stands, whatever the blanks and layout marks; its first 20 characters are enough."""
    places = [n for n, c in enumerate(text) if not c.isspace() and c not in _LAYOUT]
    bare = "".join(text[n] for n in places)
    wanted = "".join(c for c in quote if not c.isspace() and c not in _LAYOUT)
    for start in (bare.find(wanted), bare.find(wanted[:20])):
        if start >= 0:
            return places[start], places[min(start + len(wanted), len(bare)) - 1] + 1
    return None


def _without(text: str, start: int, end: int) -> str:
    """The text without the sentences that touch a span."""
    first = max([match.end() for match in _SENTENCE.finditer(text[:start])], default=0)
    last = _SENTENCE.search(text[end - 1 :])
    return text[:first] + text[end - 1 + last.end() if last else len(text) :]


@contextmanager
def _recorded() -> Iterator[dict[str, Any]]:
    """The first documents a search ranked and their best passages, as the reader would be given them; it is not run."""
    seen: dict[str, Any] = {}

    def recorded(_question: str, _retrieved: Any, _near: Any, ranked: Any, _newer: Any, texts: Texts,
                 **_: Any) -> Judged:  # fmt: skip
        first = [r for r in ranked[:_SHOWN] if r.points[0] in texts.said]
        seen["documents"] = [r.document_id for r in first]
        seen["passages"] = [texts.readable(r.points[0]).whole for r in first]
        return Judged(SURE, list(ranked[:2]))

    judge, service.judge = service.judge, recorded
    try:
        yield seen
    finally:
        service.judge = judge


def searched(golden: Golden) -> Iterator[Found]:
    """Every question as things are, and again with everything hidden that answers it; the home holds the company."""
    with Session(db.engine()) as session, _recorded() as seen:
        for question in golden.questions:
            grades = golden.grades.get(question["qid"], {})
            for case in ("with", "hidden") if grades else ("none",):
                with hidden(set(grades) if case == "hidden" else set()):
                    search(session, viewer(OPERATOR), Query(text=question["text"]), record=False)
                yield Found(question, case, list(seen["documents"]), list(seen["passages"]))


def pairs(golden: Golden, found: list[Found], chosen: random.Random) -> list[Pair]:
    """All pairs of one company; ``chosen`` leaves out two thirds of those that are plentiful."""
    made: list[Pair] = []
    for question, case, documents, passages in found:
        text, quotes = question["text"], _current_quotes(golden, question["qid"])
        if case == "none":
            made += [Pair(text, passage, ()) for passage in passages[:2]]
            continue
        others = [p for d, p in zip(documents, passages, strict=True) if d not in golden.grades[question["qid"]]]
        plentiful = passages[:2] if case == "hidden" else others[:1]
        made += [Pair(text, passage, ()) for passage in plentiful if chosen.random() < 1 / 3]
        if case == "with":
            made += _answers(text, list(zip(documents, passages, strict=True)), quotes)
    return list(dict.fromkeys([*made, *_from_chunks(golden)]))


def _current_quotes(golden: Golden, qid: str) -> list[tuple[str, str]]:
    return [(d, q) for d, q in golden.quotes.get(qid, ()) if d not in golden.stale.get(qid, ())]


def _answers(text: str, shown: list[tuple[str, str]], quotes: list[tuple[str, str]]) -> Iterator[Pair]:
    for document, passage in shown:
        mine = [quote for d, quote in quotes if d == document]
        if spans := tuple(s for s in (span(passage, quote) for quote in mine) if s):
            yield Pair(text, passage, spans)
            rest = passage
            for quote in mine:
                if place := span(rest, quote):
                    rest = _without(rest, *place)
            if len(rest) > 60 and not any(span(rest, quote) for quote in mine):
                yield Pair(text, rest, ())


def _from_chunks(golden: Golden) -> Iterator[Pair]:
    """Each judged quote in its own passage, found or not; the likeliest other passage; what a twin was built from."""
    with Session(db.engine()) as session:
        rows = session.exec(select(Chunk, Document.title).where(Chunk.document_id == Document.id)).all()
    passages: dict[str, list[str]] = defaultdict(list)
    for piece, title in rows:
        passages[piece.document_id].append("\n".join([title, *piece.heading_path, piece.text]))
    for question in golden.questions:
        text, quotes = question["text"], _current_quotes(golden, question["qid"])
        for document, quote in quotes:
            held = next(((p, place) for p in passages[document] if (place := span(p, quote))), None)
            if held:
                yield Pair(text, held[0], (held[1],))
        if quotes:
            document = quotes[0][0]
            mine = [quote for d, quote in golden.quotes[question["qid"]] if d == document]
            others = [p for p in passages[document] if not any(span(p, quote) for quote in mine)]
            yield from (Pair(text, p, ()) for p in nlargest(1, others, key=partial(_shared, text)))
        if near := question.get("near"):
            yield from (Pair(text, p, ()) for p in passages[near["doc_id"]] if span(p, near["passage"]))


def _shared(question: str, passage: str) -> int:
    """How many pairs of characters of the question stand in the passage."""
    return sum(question[n : n + 2] in passage for n in range(len(question) - 1))


def window(pair: Pair, chosen: random.Random) -> Pair:
    """A part of a long passage that begins and ends with a sentence or clause and holds a whole quote, if there is one.

    Training reads parts for speed; one pair in eight is read whole.
    """
    passage = pair.passage
    if len(passage) <= _WINDOW + 60 or chosen.random() < _WHOLE:
        return pair
    head, _, body = passage.partition("\n")
    before = len(head) + 1
    cuts = [match.end() for match in _CUT.finditer(body)]
    options = []
    for start in (0, *cuts):
        end = max([c for c in (*cuts, len(body)) if start < c <= start + _WINDOW],
                  default=min(len(body), start + _WINDOW))
        inside = tuple(
            (max(a - before - start, 0) + before, min(b - before, end) - start + before)
            for a, b in pair.quotes if a - before >= start - 3 and b - before <= end + 3
        )  # fmt: skip
        if end - start >= _WINDOW / 2 and (inside or not pair.quotes):
            options.append((start, end, inside))
    if not options:
        return pair
    start, end, inside = chosen.choice(options)
    return Pair(pair.question, f"{head}\n{body[start:end]}", inside)
