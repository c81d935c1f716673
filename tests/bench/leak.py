"""Do hidden documents change an answer? ``python -m tests.bench.leak --queries 10000``.

For each of several random viewers, every question is asked twice: in the whole company, and in a company that holds
only what this viewer may see. The answers – hits, order, scores, facets, counts, notices, the quotes of an answer and
the exact request that an answering endpoint would be sent – must be equal byte for byte.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from sqlmodel import Session

from kb import db, embedding, schema, vectors
from kb.access import Classification, Module, Scope
from kb.documents import Kind
from kb.settings import settings
from kb.viewing import Viewer
from search import Query, Results, search, suggest
from search.answer import quoted, sendable, wanted
from search.answer.prompt import payload
from tests.bench.world import Dice, HashedMeaning, Paper, build, viewer

_MODEL = HashedMeaning()
NOWHERE = "http://127.0.0.1:9/v1"
"""An answering endpoint that nobody serves: what would be sent is compared, and nothing is sent."""


@dataclass(frozen=True)
class Difference:
    """A question whose answers differ, and both answers."""

    query: Query
    whole: str
    without_hidden: str


@dataclass(frozen=True)
class Compared:
    """How many questions were asked, for how many of them passages would leave the house, and what differs."""

    asked: int
    sent: int
    differences: list[Difference]


@contextmanager
def company(home: Path) -> Iterator[Path]:
    """The process's settings name this home while inside."""
    wanted_here = {"KB_HOME": str(home), "KB_ANSWER_URL": NOWHERE, "KB_ANSWER_UP_TO": "restricted"}
    before, model = {name: os.environ.get(name) for name in wanted_here}, embedding.embedder
    os.environ |= wanted_here
    embedding.embedder = lambda model=None: _MODEL  # type: ignore[assignment, misc]
    settings.cache_clear()
    try:
        yield home
    finally:
        embedding.embedder = model
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        settings.cache_clear()


def questions(dice: Dice, papers: list[Paper], count: int) -> list[Query]:
    """Random questions and filters, some of them quoting documents, hidden ones included."""
    chance = dice.random
    made = []
    for _ in range(count):
        paper = chance.choice(papers)
        quoted = chance.choice(paper.versions[-1])[:40]
        text = chance.choice((dice.phrase(1, 6), paper.title, quoted, "Jiang Chuan", ""))
        query = Query(text=text, include_old=chance.random() < 0.2, limit=chance.choice((3, 10, 20)))
        if chance.random() < 0.3:
            query = replace(query, modules=tuple(chance.sample(list(Module), 2)))
        if chance.random() < 0.2:
            query = replace(query, kinds=(chance.choice(list(Kind)),), tags=paper.tags[:1])
        if chance.random() < 0.2:
            classes = (chance.choice(list(Classification)),)
            query = replace(query, handover_id=paper.handover_id, classifications=classes)
        made.append(query)
    return made


def answers(home: Path, scope: Scope, asked: list[Query]) -> list[str]:
    """Every answer as JSON, without the time it took; completions for the question's beginning included."""
    told = []
    with company(home), Session(db.engine()) as session:
        for query in asked:
            results = replace(search(session, viewer(scope), query, record=False), took_ms=0.0)
            completions = suggest(session, viewer(scope), query.text[:2])
            said = [asdict(results), list(map(asdict, completions)), *asked_of(session, viewer(scope), query)]
            told.append(json.dumps(said, default=str, ensure_ascii=False))
    return told


def asked_of(session: Session, asker: Viewer, query: Query) -> list[Any]:
    """The quotes that answer, and the request an endpoint would be sent (None: nothing); empty without a question."""
    if not query.text.strip():
        return []
    found: Results = search(session, asker, wanted(query), record=False)
    answer = quoted(session, wanted(query), found)
    sent = sendable(answer)
    return [asdict(answer), payload("m", answer.question, sent) if sent else None]


def compare(folder: Path, *, seed: int, viewers: int, documents: int, queries: int) -> Compared:
    """The same questions in both companies."""
    dice = Dice(seed)
    papers = [stating(dice, paper) for paper in dice.papers(documents, handovers=4)]
    whole = folder / "whole"
    settle(whole, papers)
    differences, asked_in_all, sent = [], 0, 0
    for number in range(viewers):
        scope = dice.scope(papers)
        visible = sorted((p for p in papers if scope.sees(p.cell)), key=lambda p: p.id)  # another order of arrival
        small = folder / f"viewer-{number}"
        settle(small, visible)
        asked = questions(dice, papers, queries // viewers)
        both = list(zip(asked, answers(whole, scope, asked), answers(small, scope, asked), strict=True))
        differences += [Difference(q, a, b) for q, a, b in both if a != b]
        sent += sum('"temperature": 0' in a for _, a, _ in both)
        asked_in_all += len(asked)
    vectors.close()
    return Compared(asked_in_all, sent, differences)


def stating(dice: Dice, paper: Paper) -> Paper:
    """The paper; at times its beginning says that it is out of date, or names an earlier edition."""
    said = dice.random.choice(("", "", "", "状态：旧版。", "替代v1。", "替代2025年3月版。", "已被v2取代。"))
    (first, *others), *before = reversed(paper.versions)
    return replace(paper, versions=(*reversed(before), (said + first, *others)))


def settle(home: Path, papers: list[Paper]) -> None:
    """A new home with these papers."""
    home.mkdir(parents=True)
    with company(home):
        schema.upgrade()
        build(papers, _MODEL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=10_000)
    parser.add_argument("--viewers", type=int, default=20)
    parser.add_argument("--documents", type=int, default=150)
    parser.add_argument("--seed", type=int, default=20261123)
    given = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="kb-leak-") as folder:
        compared = compare(
            Path(folder), seed=given.seed, viewers=given.viewers, documents=given.documents, queries=given.queries
        )
    differences = compared.differences
    print(f"{compared.asked} questions ({compared.sent} with a request to an endpoint), {len(differences)} answers "
          f"differ, {time.perf_counter() - started:.0f} s")
    for found in differences[:3]:
        print(found.query, found.whole[:1500], found.without_hidden[:1500], sep="\n  ")
    raise SystemExit(bool(differences))


if __name__ == "__main__":
    main()
