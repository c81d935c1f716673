"""How well the whole search answers a golden set: ``python -m tests.bench.quality DIR [--office] [--home H]``.

The demo company's: ``python -m tests.bench.quality tests/golden --files web/demo/files``.

DIR holds ``documents.jsonl``, ``queries.jsonl`` and ``qrels.jsonl`` (and ``office.jsonl`` for the Office copies). Every
file goes through the real parser, cutter, model and index, and every question through ``search.search``. Printed per
type of question: nDCG@10 over documents, and how often the answer called itself reliable.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session

from ingest.chunk import Piece, chunk
from ingest.parse import parse
from kb import db, embedding, lexical, schema, vectors
from kb.access import OPERATOR, Classification, Module, Scope, cell_of
from kb.chunks import Chunk, passage_text, point_id
from kb.documents import Document, Kind, Stage, Version
from kb.settings import settings
from kb.tags import DocumentTag
from kb.vectors import IndexedPassage
from search import Query, Results, search
from search.evaluate import measures
from tests.bench.world import viewer

COMPANIES = Path(__file__).resolve().parents[1] / "companies"
"""Judged companies by other authors, a folder each; see the README there."""
HELD_OUT = ("kuajing", "yaofang", "zhifu")
"""Nothing is trained on these."""


def trained_on() -> list[str]:
    """The companies that may be trained on, in order."""
    return sorted(folder.name for folder in COMPANIES.iterdir() if folder.is_dir() and folder.name not in HELD_OUT)


@dataclass(frozen=True)
class Golden:
    """A judged set: where its files lie, questions, grades, and which documents are superseded for which question."""

    folder: Path
    documents: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    grades: dict[str, dict[str, int]]
    stale: dict[str, set[str]]
    quotes: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Question id → documents and what in them answers it, verbatim."""


def read_golden(folder: Path, *, office: bool = False, files: Path | None = None) -> Golden:
    """A mail's attachments count as part of their mail."""
    grades: dict[str, dict[str, int]] = defaultdict(dict)
    stale: dict[str, set[str]] = defaultdict(set)
    quotes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    documents = list(lines(folder / "documents.jsonl"))
    whole = {document["doc_id"]: document.get("parent") or document["doc_id"] for document in documents}
    documents = [document for document in documents if not document.get("parent")]
    for row in lines(folder / "qrels.jsonl"):
        found = whole[row["doc_id"]]
        quotes[row["qid"]].append((found, row["passage"]))
        grades[row["qid"]][found] = max(row["grade"], grades[row["qid"]].get(found, 0))
        if row.get("stale"):
            stale[row["qid"]].add(found)
    if office:
        copies = {row["doc_id"]: row["file"] for row in lines(folder / "office.jsonl")}
        documents = [document | {"file": copies[document["doc_id"]]} for document in documents]
    return Golden(files or folder, documents, list(lines(folder / "queries.jsonl")), grades, stale, quotes)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    return (json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())


def build(golden: Golden) -> None:
    """Parse, cut, embed and publish every document of the set in the configured home."""
    schema.upgrade()
    for document in golden.documents:
        with Session(db.engine()) as session:
            if session.get(Document, document["doc_id"]):
                continue
            _store(session, document, *pieces_of(golden, document))
            session.commit()


def pieces_of(golden: Golden, document: dict[str, Any]) -> tuple[str, list[Piece]]:
    """A document's title and passages as the product makes them; a mail's attachments are judged with the mail."""
    path = golden.folder / document["file"]
    with tempfile.TemporaryDirectory() as work:
        parsed = parse(path, path.name, Path(work))
        pieces = [*chunk(parsed.text, parsed.blocks)]
        for number, attached in enumerate(parsed.attachments):
            inner = parse(attached.path, attached.file_name, Path(work) / f"attached-{number}")
            pieces += chunk(inner.text, inner.blocks)
    return parsed.title or document["title"], pieces


def _store(session: Session, given: dict[str, Any], title: str, pieces: list[Any]) -> None:
    document_id, version_id = given["doc_id"], f"ver-{given['doc_id']}"
    handover, module = f"hov-{given['handover']}", Module(given["module"])
    classification, kind = Classification(given["classification"]), Kind(given["kind"])
    cell, authored_on = cell_of(handover, module, classification), date.fromisoformat(given["date"])
    session.add(Document(
        id=document_id, handover_id=handover, module=module, classification=classification, cell=cell, title=title,
        kind=kind, author=given["author"], authored_on=authored_on, file_name=given["file"],
        current_version_id=version_id,
    ))
    session.flush()
    session.add(Version(id=version_id, document_id=document_id, number=1, sha256=document_id,
                        file_name=given["file"], size_bytes=1, stage=Stage.ready))
    session.flush()
    session.add_all(DocumentTag(document_id=document_id, tag=tag) for tag in given["tags"])
    dense = embedding.embedder().embed_passages([passage_text(title, p.heading_path, p.text) for p in pieces])
    points = []
    for n, piece in enumerate(pieces):
        point = point_id(document_id, version_id, n)
        session.add(Chunk(point_id=point, version_id=version_id, document_id=document_id, ordinal=n, text=piece.text,
                          start=piece.start, end=piece.end, heading_path=list(piece.heading_path)))
        points.append(IndexedPassage(
            point_id=point, document_id=document_id, version_id=version_id, cell=cell, dense=dense[n],
            terms=lexical.passage_terms(title, piece.heading_path, piece.text), handover_id=handover,
            module=module.value, classification=classification.value, kind=kind.value, author=given["author"],
            authored_on=authored_on, tags=tuple(given["tags"]),
        ))
    vectors.index().write(points)
    vectors.index().publish(document_id, version_id)


def ask(golden: Golden) -> dict[str, Results]:
    """Question id → what the search answers somebody who may see everything."""
    with Session(db.engine()) as session:
        return {
            question["qid"]: search(session, viewer(OPERATOR), Query(text=question["text"]), record=False)
            for question in golden.questions
        }


def leaks(golden: Golden) -> int:
    """How many hits, counts or snippets come from a module that the asker of a restricted question lacks."""
    cells = {cell_of(f"hov-{d['handover']}", Module(d["module"]), Classification(d["classification"]))
             for d in golden.documents}
    found = 0
    with Session(db.engine()) as session:
        for question in golden.questions:
            if needed := question.get("needs_module"):
                scope = Scope(cells=frozenset(c for c in cells if f":{needed}:" not in c))
                results = search(session, viewer(scope), Query(text=question["text"]), record=False)
                found += sum(hit.module.value == needed for hit in results.hits)
                found += sum(count.value == needed for count in results.facets["module"])
    return found


def report(golden: Golden, answers: dict[str, Results]) -> dict[str, Any]:
    """By type: how many questions, nDCG@10, share called reliable; and superseded documents above a current one."""
    by_type: dict[str, list[str]] = defaultdict(list)
    for question in golden.questions:
        by_type[question["type"]].append(question["qid"])
    order = {qid: [hit.document_id for hit in results.hits] for qid, results in answers.items()}
    table = {}
    for type_, qids in by_type.items():
        judged = {qid: order[qid] for qid in qids if golden.grades.get(qid)}
        table[type_] = {
            "questions": len(qids),
            "ndcg@10": measures(judged, golden.grades)["ndcg@10"] if judged else None,
            "reliable": round(sum(answers[qid].reliable for qid in qids) / len(qids), 3),
        }
    judged = {qid: found for qid, found in order.items() if golden.grades.get(qid)}
    wrong = [qid for qid, old in golden.stale.items() if old_on_top(order[qid], golden.grades[qid], old)]
    return {"all": measures(judged, golden.grades), "types": table, "superseded above current": wrong,
            "examination": _examined(golden, answers)}


def _examined(golden: Golden, answers: dict[str, Results]) -> dict[str, int]:
    """As the exit examination counts: called reliable with a relevant document among the first three, or falsely."""
    judged = [qid for qid in answers if golden.grades.get(qid)]
    answered = [
        qid for qid in judged
        if answers[qid].reliable and any(h.document_id in golden.grades[qid] for h in answers[qid].hits[:3])
    ]
    false = [qid for qid in answers if not golden.grades.get(qid) and answers[qid].reliable]
    return {"answerable": len(judged), "answered": len(answered), "unanswerable": len(answers) - len(judged),
            "falsely answered": len(false)}


def old_on_top(found: list[str], grades: dict[str, int], old: set[str]) -> bool:
    """Whether a superseded document stands above every current one; never where the question has no current one."""
    places = {document: place for place, document in enumerate(found)}
    current = [places.get(document, 99) for document in grades if document not in old]
    return bool(current) and any(places.get(document, 100) < min(current) for document in old)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--office", action="store_true")
    parser.add_argument("--files", type=Path, help="where the files lie, if not in DIR")
    parser.add_argument("--home", type=Path, help="keep the index here and use it again")
    given = parser.parse_args()
    golden = read_golden(given.folder, office=given.office, files=given.files)
    with tempfile.TemporaryDirectory(prefix="kb-quality-") as folder:
        os.environ["KB_HOME"] = str(given.home or folder)
        settings.cache_clear()
        build(golden)
        answers = ask(golden)
        found = report(golden, answers)
        leaked = leaks(golden)
        vectors.close()
    for type_, row in sorted(found.pop("types").items()):
        gain = "-" if row["ndcg@10"] is None else f"{row['ndcg@10']:.3f}"
        print(f"{type_:14}{row['questions']:4}  nDCG@10 {gain}  reliable {row['reliable']:.2f}")
    print(json.dumps(found | {"leaked": leaked}, ensure_ascii=False))


if __name__ == "__main__":
    main()
