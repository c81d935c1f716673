"""How well the search finds, on judged questions in BEIR's layout; the pieces are those that serve people."""

from __future__ import annotations

import gzip
import json
import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol
from uuid import UUID, uuid5

from kb import embedding, lexical
from kb.access import OPERATOR
from kb.chunks import passage_text
from kb.errors import Invalid, KbError
from kb.settings import Settings
from kb.vectors import IndexedPassage, Narrowing, VectorIndex, open_index
from search.confidence import is_surer
from search.editions.titles import Titled, newer_editions, standing_above
from search.fuse import fuse, lexical_weight, share_script
from search.naming import is_title
from search.rank import as_near, by_document, called_first, second_first, settle_editions
from search.reading.reader import Readable, read
from search.retrieve import retrieve

_NAMESPACE = UUID("0d6a2f54-3f07-5d0b-8f2d-5a0c1e9d7b11")
_BATCH = 256
Judgements = dict[str, dict[str, int]]
"""Question id → document id → grade (0 and absent: not relevant)."""


class Piece(Protocol):
    """What cutting a text gives: a stretch and the headings above it."""

    @property
    def text(self) -> str:
        """The stretch itself."""

    @property
    def heading_path(self) -> tuple[str, ...]:
        """Its headings from the outermost in."""


@dataclass(frozen=True)
class Judged:
    """A corpus as (id, title, text), its questions by id, and the judgements."""

    documents: tuple[tuple[str, str, str], ...]
    questions: Mapping[str, str]
    judgements: Judgements


def evaluate(
    corpus: Path, queries: Path, qrels: Path, *, cut: Callable[[str], Sequence[Piece]],
    progress: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:
    """Index the corpus in a temporary folder, ask every judged question, and measure.

    ``cut`` is the ingestion's way from a plain text to passages. The answer holds ``ndcg@10``, ``recall@10`` and
    ``mrr@10`` (0–1), ``latency_ms`` (``p50``, ``p95``, embedding included), and counts.

    Raises:
        Invalid: a file is not in BEIR's layout, or no question has a judgement.
    """
    judged = read_judged(corpus, queries, qrels)
    with tempfile.TemporaryDirectory(prefix="kb-eval-") as folder:
        index = open_index(Settings(home=Path(folder), qdrant_url=""), embedding.model_name())
        try:
            started = time.perf_counter()
            passages = _fill(index, judged, cut, progress)
            indexed = time.perf_counter() - started
            answers, seconds = _ask(index, judged, passages)
        finally:
            index.close()
    return {
        "model": index.model, "documents": len(judged.documents), "passages": len(passages),
        "questions": len(answers), **measures(answers, judged.judgements),
        "latency_ms": {"p50": _percentile(seconds, 0.5), "p95": _percentile(seconds, 0.95)},
        "indexing_seconds": round(indexed, 1),
    }  # fmt: skip


def _fill(
    index: VectorIndex, judged: Judged, cut: Callable[[str], Sequence[Piece]], progress: Callable[[str], None]
) -> dict[str, tuple[str, str]]:
    """Write every passage; point id → document id and the passage with its title and headings."""
    passages = [
        (document, str(uuid5(_NAMESPACE, f"{document}/{ordinal}")), title, piece)
        for document, title, text in judged.documents
        for ordinal, piece in enumerate(cut(text) or cut(title))
    ]
    for start in range(0, len(passages), _BATCH):
        batch = passages[start : start + _BATCH]
        vectors = _embedded(index.model, [passage_text(t, p.heading_path, p.text) for _, _, t, p in batch])
        index.write([
            IndexedPassage(
                point_id=point, document_id=document, version_id=document, cell="eval",
                dense=vectors[n] if vectors is not None else None,
                terms=lexical.passage_terms(title, piece.heading_path, piece.text),
            )
            for n, (document, point, title, piece) in enumerate(batch)
        ])  # fmt: skip
        progress(f"{min(start + _BATCH, len(passages))}/{len(passages)}")
    for document, _, _ in judged.documents:
        index.publish(document, document)
    return {point: (document, "\n".join([title, *p.heading_path, p.text])) for document, point, title, p in passages}


def _embedded(model: str, texts: list[str]) -> embedding.Vectors | None:
    try:
        return embedding.embedder(model).embed_passages(texts)
    except KbError:
        return None


def _ask(
    index: VectorIndex, judged: Judged, passages: Mapping[str, tuple[str, str]]
) -> tuple[dict[str, list[str]], list[float]]:
    """Question id → the first ten documents, and the seconds each question took."""
    newer = newer_editions(Titled(document, "", title, None) for document, title, _ in judged.documents)
    titles = {document: title for document, title, _ in judged.documents}
    document_of = {point: document for point, (document, _) in passages.items()}
    answers: dict[str, list[str]] = {}
    seconds = []
    for question, text in judged.questions.items():
        started = time.perf_counter()
        found = retrieve(index, text, OPERATOR, Narrowing(), named=True)
        same_script = share_script(text, (passages[c.point_id][1] for c in found.dense[:10]))
        weight = lexical_weight(found.word_share, same_script=same_script)
        fused = fuse(found.dense, found.words, lexical_weight=weight)
        above = standing_above(newer, titles, text)
        called = {d for d in fused.documents if is_title(text, titles.get(d, ""))}
        ranked = called_first(settle_editions(by_document(fused, document_of), above, ()), called)
        if found.tuned is not None and as_near(ranked, newer):
            said = read(text, [Readable("", passages[r.points[0]][1]) for r in ranked[:2]])
            if said and is_surer(said[1], said[0]):
                ranked[:2] = second_first(*ranked[:2])
        seconds.append(time.perf_counter() - started)
        answers[question] = [r.document_id for r in ranked[:10]]
    return answers, seconds


def measures(answers: Mapping[str, Sequence[str]], judgements: Judgements) -> dict[str, float]:
    """``ndcg@10`` with gains 2^grade − 1, ``recall@10``, ``mrr@10``: means over the questions, 0–1."""
    rows = [_measured(found[:10], judgements[question]) for question, found in answers.items()]
    means = [round(sum(column) / len(rows), 4) for column in zip(*rows, strict=True)]
    return dict(zip(("ndcg@10", "recall@10", "mrr@10"), means, strict=True))


def _measured(found: Sequence[str], grades: Mapping[str, int]) -> tuple[float, float, float]:
    gains = [2 ** grades.get(document, 0) - 1 for document in found]
    ideal = sorted((2**grade - 1 for grade in grades.values()), reverse=True)[:10]
    relevant = [grades.get(document, 0) > 0 for document in found]
    first = relevant.index(True) + 1 if any(relevant) else 0
    wanted = sum(grade > 0 for grade in grades.values())
    return _gain(gains) / _gain(ideal), sum(relevant) / wanted, 1 / first if first else 0.0


def _gain(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(place + 2) for place, gain in enumerate(gains))


def _percentile(seconds: Sequence[float], share: float) -> float:
    """In milliseconds."""
    ordered = sorted(seconds)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000, 1)


def read_judged(corpus: Path, queries: Path, qrels: Path) -> Judged:
    """The three files of a BEIR set; only questions with a relevant document are kept.

    Raises:
        Invalid: a file is missing or not in the layout, or nothing is judged.
    """
    try:
        documents = tuple((str(d["_id"]), _text(d, "title"), _text(d, "text")) for d in _lines(corpus))
        texts = {str(q["_id"]): str(q["text"]) for q in _lines(queries)}
        judgements: Judgements = defaultdict(dict)
        for question, document, grade in _rows(qrels):
            if grade > 0:
                judgements[question][document] = grade
    except (OSError, EOFError, KeyError, ValueError, TypeError) as error:
        detail = repr(error)[:200]
        raise Invalid("eval.layout", "评测文件无法读取：{detail}。需要 BEIR 格式。", detail=detail) from error
    questions = {id: text for id, text in texts.items() if id in judgements}
    if not questions:
        raise Invalid("eval.no_judgements", "评测文件里没有任何一个问题带有判定。请检查 qrels。")
    return Judged(documents, questions, dict(judgements))


def _opened(path: Path) -> IO[str]:
    """A file as text, with or without a byte order mark, packed by gzip where its name says so."""
    return gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open(encoding="utf-8-sig")


def _text(row: Mapping[str, Any], name: str) -> str:
    return "" if row.get(name) is None else str(row[name])


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with _opened(path) as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _rows(path: Path) -> Iterator[tuple[str, str, int]]:
    """BEIR's three columns with or without a header, or TREC's four; a grade may be written ``1.0``."""
    if path.name.removesuffix(".gz").endswith(".jsonl"):
        for row in _lines(path):
            yield str(row["query-id"]), str(row["corpus-id"]), int(float(row["score"]))
        return
    with _opened(path) as lines:
        rows = [cells for line in lines if (cells := line.split())]
    for number, cells in enumerate(rows):
        if len(cells) < 3:
            raise ValueError(" ".join(cells))
        if number or _is_number(cells[-1]):  # a first line without a grade is a header
            yield cells[0], cells[-2], int(float(cells[-1]))


def _is_number(cell: str) -> bool:
    try:
        return math.isfinite(float(cell))
    except ValueError:
        return False
