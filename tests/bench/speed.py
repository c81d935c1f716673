"""How long a filtered hybrid search takes over many passages: ``python -m tests.bench.speed --passages 100000``.

Builds rows and points directly: the vectors are drawn, the texts are the judged companies' passages. Then
their questions are asked as viewers of one handover without its finances, half of them with a filter by kind. What the
models take is also measured apart: the question's two embeddings, and reading it together with two passages.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import numpy as np
from sqlmodel import Session

from ingest.chunk import Piece
from kb import db, embedding, lexical, schema, vectors
from kb.access import Classification, Module, Scope, cell_of
from kb.chunks import Chunk, point_id
from kb.documents import Document, Kind, Stage, Version
from kb.lexical import SparseTerms
from kb.settings import settings
from kb.vectors import IndexedPassage
from search import Query, search
from search.reading import reader
from search.reading.reader import Readable, Said
from tests.bench.quality import COMPANIES, pieces_of, read_golden
from tests.bench.world import viewer

_PER_DOCUMENT, _HANDOVERS = 10, 40


def written() -> list[tuple[str, Piece]]:
    """The judged companies' passages, as the product cuts them, each with its document's title."""
    companies = [read_golden(folder) for folder in sorted(COMPANIES.iterdir()) if folder.is_dir()]
    cut = [pieces_of(company, document) for company in companies for document in company.documents]
    return [(title, piece) for title, pieces in cut for piece in pieces]


def asked(dice: random.Random, count: int) -> list[Query]:
    """Judged questions, half of them narrowed to one kind of document."""
    files = sorted(COMPANIES.glob("*/queries.jsonl"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    return [
        Query(text=json.loads(line)["text"], kinds=(dice.choice(tuple(Kind)),) if dice.random() < 0.5 else ())
        for line in dice.sample(lines, count)
    ]  # fmt: skip


def fill(passages: int, samples: list[tuple[str, Piece]], draw: np.random.Generator) -> None:
    """Write the company: ``passages`` points in documents of ten."""
    terms = [lexical.passage_terms(title, piece.heading_path, piece.text) for title, piece in samples]
    cells = [(f"hov-{h}", m, c) for h in range(_HANDOVERS) for m in Module for c in Classification]
    index = vectors.index()
    for first in range(0, passages // _PER_DOCUMENT, 100):
        documents = range(first, min(first + 100, passages // _PER_DOCUMENT))
        with Session(db.engine()) as session:
            points = [p for n in documents for p in _document(session, n, cells[n % len(cells)], samples, terms, draw)]
            session.commit()
        index.write(points)
        for n in documents:
            index.publish(f"doc-{n}", f"ver-{n}")


def _document(
    session: Session, n: int, place: tuple[str, Module, Classification], samples: list[tuple[str, Piece]],
    terms: list[SparseTerms],
    draw: np.random.Generator,
) -> Iterator[IndexedPassage]:
    handover, module, classification = place
    cell, kind = cell_of(handover, module, classification), tuple(Kind)[n % len(Kind)]
    session.add(Document(id=f"doc-{n}", handover_id=handover, module=module, classification=classification, cell=cell,
                         title=f"资料 {n}", kind=kind, file_name=f"{n}.md", current_version_id=f"ver-{n}"))
    session.flush()
    session.add(Version(id=f"ver-{n}", document_id=f"doc-{n}", number=1, sha256=str(n), file_name=f"{n}.md",
                        size_bytes=1, stage=Stage.ready))
    session.flush()
    made = draw.normal(size=(_PER_DOCUMENT, 384)).astype(np.float32)
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    for ordinal in range(_PER_DOCUMENT):
        sample = (n * _PER_DOCUMENT + ordinal) % len(samples)
        _, piece = samples[sample]
        point = point_id(f"doc-{n}", f"ver-{n}", ordinal)
        session.add(Chunk(point_id=point, version_id=f"ver-{n}", document_id=f"doc-{n}", ordinal=ordinal, start=0,
                          end=len(piece.text), text=piece.text, heading_path=list(piece.heading_path)))
        yield IndexedPassage(
            point_id=point, document_id=f"doc-{n}", version_id=f"ver-{n}", cell=cell, dense=made[ordinal],
            terms=terms[sample], handover_id=handover, module=module.value, classification=classification.value,
            kind=kind.value, authored_on=date(2026, 1, 1),
        )


def measure(questions: list[Query], scopes: list[Scope]) -> list[float]:
    """Milliseconds of each whole search, the question's vector being at hand."""
    taken = []
    with Session(db.engine()) as session:
        for query, scope in zip(questions, scopes, strict=True):
            started = time.perf_counter()
            search(session, viewer(scope), query, record=False)
            taken.append((time.perf_counter() - started) * 1000)
            session.rollback()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--home", type=Path, help="keep the company here and use it again")
    given = parser.parse_args()
    dice, draw = random.Random(1), np.random.default_rng(1)
    with tempfile.TemporaryDirectory(prefix="kb-speed-") as folder:
        home = given.home or Path(folder)
        os.environ["KB_HOME"] = str(home)
        settings.cache_clear()
        samples = written()
        dice.shuffle(samples)
        if not (home / "qdrant").is_dir():
            schema.upgrade()
            print("written in", _timed(lambda: fill(given.passages, samples, draw)), "s")
        scopes = [_scope(dice.randrange(_HANDOVERS)) for _ in range(given.questions)]
        questions = asked(dice, given.questions)
        vector = draw.normal(size=384).astype(np.float32)
        embedded = [_timed(lambda q=q: _embed(q)) * 1000 for q in questions[:50]]
        print("embedding a question twice, ms:", _spread(embedded))
        read = [_timed(lambda q=q, n=n: _read(q, samples[n : n + 2])) * 1000 for n, q in enumerate(questions[:50])]
        print("reading two passages, ms:", _spread(read))
        print("search with both, every scope asked for the first time, ms:", _spread(measure(questions, scopes)))
        print("search with both, ms:", _spread(measure(questions, scopes)))
        _leave_out_models(vector / np.linalg.norm(vector))
        measure(questions, scopes)
        print("search without embedding and reading, ms:", _spread(measure(questions, scopes)))
        vectors.close()


def _embed(query: Query) -> None:
    """As it is and tuned, as every search does."""
    embedding.embed_query_or_none(query.text)
    embedding.embed_tuned_query_or_none(query.text)


def _read(query: Query, passages: list[tuple[str, Piece]]) -> None:
    reader.read(query.text, [Readable.under(title, p.heading_path, p.text) for title, p in passages])


def _leave_out_models(vector: np.ndarray) -> None:
    import search.confidence as trusting
    import search.retrieve as retrieving

    trusting.read_passages = lambda question, passages: [Said(0.0, None) for _ in passages]
    for door in ("embed_query_or_none", "embed_tuned_query_or_none"):
        setattr(retrieving, door, lambda text, model=None: vector)


def _scope(handover: int) -> Scope:
    modules = [m for m in Module if m is not Module.finance]
    return Scope(cells=frozenset(cell_of(f"hov-{handover}", m, c) for m in modules for c in Classification))


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return round(time.perf_counter() - started, 5)


def _spread(taken: list[float]) -> str:
    ordered = sorted(taken)
    return f"median {ordered[len(ordered) // 2]:.1f}, p95 {ordered[int(len(ordered) * 0.95)]:.1f}"


if __name__ == "__main__":
    main()
