"""Do hidden documents change an answer? ``python -m tests.bench.leak --queries 10000``.

For each of several random viewers, every question is asked twice: in the whole company, and in a company that holds
only what this viewer may see. The answers – hits, order, scores, facets, counts, notices – must be equal byte for byte.
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

from sqlmodel import Session

from kb import db, embedding, schema, vectors
from kb.access import Classification, Module, Scope
from kb.documents import Kind
from kb.settings import settings
from search import Query, search, suggest
from tests.bench.world import Dice, HashedMeaning, Paper, build, viewer

_MODEL = HashedMeaning()


@dataclass(frozen=True)
class Difference:
    """A question whose answers differ, and both answers."""

    query: Query
    whole: str
    without_hidden: str


@contextmanager
def company(home: Path) -> Iterator[Path]:
    """The process's settings name this home while inside."""
    before, model = os.environ.get("KB_HOME"), embedding.embedder
    os.environ["KB_HOME"] = str(home)
    embedding.embedder = lambda model=None: _MODEL  # type: ignore[assignment, misc]
    settings.cache_clear()
    try:
        yield home
    finally:
        embedding.embedder = model
        os.environ.pop("KB_HOME") if before is None else os.environ.update(KB_HOME=before)
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
            told.append(json.dumps([asdict(results), list(map(asdict, completions))], default=str, ensure_ascii=False))
    return told


def compare(folder: Path, *, seed: int, viewers: int, documents: int, queries: int) -> tuple[int, list[Difference]]:
    """How many questions were asked, and those with a difference."""
    dice = Dice(seed)
    papers = dice.papers(documents, handovers=4)
    whole = folder / "whole"
    _build(whole, papers)
    differences, asked_in_all = [], 0
    for number in range(viewers):
        scope = dice.scope(papers)
        visible = sorted((p for p in papers if scope.sees(p.cell)), key=lambda p: p.id)  # another order of arrival
        small = folder / f"viewer-{number}"
        _build(small, visible)
        asked = questions(dice, papers, queries // viewers)
        both = zip(asked, answers(whole, scope, asked), answers(small, scope, asked), strict=True)
        differences += [Difference(q, a, b) for q, a, b in both if a != b]
        asked_in_all += len(asked)
    vectors.close()
    return asked_in_all, differences


def _build(home: Path, papers: list[Paper]) -> None:
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
        asked, differences = compare(
            Path(folder), seed=given.seed, viewers=given.viewers, documents=given.documents, queries=given.queries
        )
    print(f"{asked} questions, {len(differences)} answers differ, {time.perf_counter() - started:.0f} s")
    for found in differences[:3]:
        print(found.query, found.whole[:1500], found.without_hidden[:1500], sep="\n  ")
    raise SystemExit(bool(differences))


if __name__ == "__main__":
    main()
