"""``VectorIndex``: passages in, candidates out, over whichever engine the settings name.

A point is *hidden* until its version is published, then *current* or *old*. The filter of every query is compiled here
from the viewer's scope; a scope that sees nothing never reaches the engine.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from kb import embedding
from kb.access import Scope
from kb.embedding import Vectors
from kb.errors import Unavailable
from kb.lexical import SparseTerms
from kb.settings import Settings, settings
from kb.vectors.engine import DENSE, TERMS, EdgeEngine, Engine, Found
from kb.vectors.filters import (
    CURRENT,
    OLD,
    Narrowing,
    by_field,
    compile_corpus,
    compile_filter,
    open_cells,
    others_of,
    place_of,
)
from kb.vectors.passages import Candidate, IndexedPassage
from kb.vectors.rarity import Rarity
from kb.vectors.server import ServerEngine

_DIMENSION_WITHOUT_MODEL = 384
_SPARE, _MOST = 28, 20_000
"""How many more candidates than wanted are asked for, and where growing stops: that many equals are one text."""


class VectorIndex:
    """One collection of passages. Safe to use from several threads."""

    def __init__(self, engine: Engine, model: str) -> None:
        self._engine = engine
        self.model = model
        self._rarity = Rarity(self._terms)

    def write(self, passages: Sequence[IndexedPassage]) -> None:
        """Write points, hidden until published; writing one again overwrites it."""
        self._engine.upsert([(p.point_id, _vectors(p), p.payload()) for p in passages])
        self._rarity.forget({p.cell for p in passages})  # a passage that was live is hidden again

    def count(self, version_id: str) -> int:
        """How many points the index holds of a version."""
        return self._engine.count(by_field(self._engine.api, version_id=version_id))

    def size(self) -> int:
        """How many points the index holds."""
        return self._engine.count(None)

    def publish(self, document_id: str, version_id: str) -> None:
        """Make a version the document's current one; its other versions become old."""
        api = self._engine.api
        for condition, state in (
            (by_field(api, version_id=version_id), CURRENT), (others_of(api, document_id, version_id), OLD),
        ):  # fmt: skip
            for cell in self._cells(condition):
                within = api.Filter(must=[condition, by_field(api, cell=cell)])
                self._engine.set_payload(within, {"state": state, "place": place_of(cell, state)})
                self._rarity.forget([cell])

    def _cells(self, condition: Any) -> set[str]:
        """The cells of the points that match: one, unless a move was interrupted."""
        return {str(payload["cell"]) for _, payload in self._engine.points(condition)}

    def update(self, document_id: str, **payload: Any) -> None:
        """Set payload fields (``cell``, ``tags``, ``module`` …) of every point of a document."""
        api = self._engine.api
        touched = self._cells(by_field(api, document_id=document_id))
        self._engine.set_payload(by_field(api, document_id=document_id), payload)
        if "cell" in payload:
            touched.add(str(payload["cell"]))
            for state in (CURRENT, OLD):
                place = {"place": place_of(str(payload["cell"]), state)}
                self._engine.set_payload(by_field(api, document_id=document_id, state=state), place)
            self._rarity.forget(touched)

    def remove(self, *, document_id: str = "", version_id: str = "") -> None:
        """Remove the points of a document or of one version."""
        wanted = {"document_id": document_id} if document_id else {"version_id": version_id}
        condition = by_field(self._engine.api, **wanted)
        touched = self._cells(condition)
        self._engine.delete(condition)
        self._rarity.forget(touched)

    def nearest(
        self, vector: Vectors, scope: Scope, narrowing: Narrowing, limit: int, *, named: bool = True
    ) -> list[Candidate]:
        """The visible passages nearest in meaning, best first; ``score`` is the cosine.

        ``named`` False leaves document and version empty: reading every payload takes longer than comparing.
        """
        if not _sees(scope, narrowing):
            return []
        condition = compile_filter(self._engine.api, scope, narrowing)
        asked = vector.tolist()
        return _best(lambda most: self._engine.nearest(asked, condition, most, named=named), limit)

    def cosines(self, point_ids: Sequence[str], vectors: Sequence[Vectors]) -> list[float]:
        """For each vector its highest cosine to one of these points; −1 where none of them has a vector."""
        found = [np.asarray(v, dtype=np.float32) for v in self._engine.vectors(point_ids)] if point_ids else []
        # one by one: in a matrix product the last digits of a row depend on the rows beside it
        return [max((float(np.dot(row, vector)) for row in found), default=-1.0) for vector in vectors]

    def matching(self, terms: SparseTerms, scope: Scope, narrowing: Narrowing, limit: int) -> list[Candidate]:
        """The visible passages that share most rare terms, best first; rarity is counted within the scope."""
        return self.match(terms, scope, narrowing, limit)[0]

    def match(
        self, terms: SparseTerms, scope: Scope, narrowing: Narrowing, limit: int, *, named: bool = True
    ) -> tuple[list[Candidate], float | None]:
        """``matching``, and what it would score a passage that holds every term over and over.

        That is None where it is not known. ``named`` is as in ``nearest``. Within wanted handovers rarity is counted
        in those only, so that what is found in a handover depends on nothing outside it.
        """
        api, weighed, corpus, attainable = self._engine.api, terms, None, None
        within = Narrowing(handover_ids=narrowing.handover_ids)
        if self._engine.sole_writer:
            weighed, attainable = self._rarity.weigh(terms, self._cells_of(scope, within))
        else:
            corpus = compile_corpus(api, scope, within)
        if not terms.indices or not _sees(scope, narrowing):
            return [], attainable
        condition = compile_filter(api, scope, narrowing)
        found = _best(lambda most: self._engine.matching(weighed, condition, corpus, most, named=named), limit)
        return found, attainable

    def _cells_of(self, scope: Scope, within: Narrowing) -> Iterable[str]:
        cells = Scope(frozenset(self._engine.values("cell"))) if scope.everything else scope
        return open_cells(cells, within)

    def _terms(self, cell: str) -> Iterable[list[int]]:
        return self._engine.terms(by_field(self._engine.api, place=place_of(cell, CURRENT)))

    def points(self) -> Iterator[tuple[str, str, str]]:
        """Every point: its id, document and version."""
        for point_id, payload in self._engine.points():
            yield point_id, str(payload.get("document_id", "")), str(payload.get("version_id", ""))

    def payloads(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every point's id and payload, for comparing with SQL."""
        return self._engine.points()

    def close(self) -> None:
        """Let go of files and connections."""
        self._engine.close()


def _vectors(passage: IndexedPassage) -> dict[str, Any]:
    vectors: dict[str, Any] = {}
    if passage.dense is not None:
        vectors[DENSE] = passage.dense.tolist()
    if passage.terms.indices:
        vectors[TERMS] = passage.terms
    return vectors


def _sees(scope: Scope, narrowing: Narrowing) -> bool:
    """Whether there is anything to ask the engine for."""
    return scope.everything or bool(open_cells(scope, narrowing))


def _best(ask: Callable[[int], list[Found]], limit: int) -> list[Candidate]:
    """The best ``limit`` candidates, independent of the order in which an engine keeps equal ones.

    Which of several equals stand at the end of an engine's list depends on where it stored them, and so on points the
    viewer may not see. The list is therefore asked for with room to spare and cut between two scores or by point id.
    """
    most = limit + _SPARE
    while True:
        rows = [Candidate(i, p.get("document_id", ""), p.get("version_id", ""), score) for i, p, score in ask(most)]
        last = min((c.score for c in rows), default=0.0)
        whole = rows if len(rows) < most else [c for c in rows if c.score > last]
        if len(whole) >= limit or len(rows) < most or most > _MOST:
            return sorted(whole or rows, key=lambda c: (-c.score, c.point_id))[:limit]
        most *= 4


def collection_name(model: str) -> str:
    """The collection of a model: two models never share one."""
    return "kb-" + sha256(model.encode()).hexdigest()[:12]


def open_index(configured: Settings, model: str) -> VectorIndex:
    """Open (or create) the collection of a model.

    Raises:
        Conflict: another process holds the embedded engine's folder.
        Unavailable: the server does not answer, or the folder is broken.
    """
    try:
        dimension = embedding.embedder(model).dimension
    except (Unavailable, OSError, RuntimeError, ValueError, ImportError):
        dimension = _DIMENSION_WITHOUT_MODEL
    name = collection_name(model)
    if configured.qdrant_url:
        return VectorIndex(ServerEngine(configured.qdrant_url, configured.qdrant_api_key, name, dimension), model)
    return VectorIndex(EdgeEngine(configured.home.absolute() / "qdrant" / name, dimension), model)


_lock = Lock()
_open: dict[str, VectorIndex] = {}


def active_model(home: Path) -> str:
    """The model whose collection serves: the one written down, or the configured one in a new home.

    Raises:
        Unavailable: what was written down cannot be read.
    """
    record = home / "qdrant" / "active.json"
    if not record.is_file():
        return embedding.model_name()
    try:
        return str(json.loads(record.read_bytes())["model"])
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable(
            "index.broken", "索引无法打开：{detail}。请运行 kb reconcile --rebuild。", detail=str(record)
        ) from error


def activate(home: Path, model: str) -> None:
    """Write down which model's collection serves from now on (atomically) and let the open one go."""
    record = home / "qdrant" / "active.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    fresh = record.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as written:
        written.write(json.dumps({"model": model}))
        written.flush()
        os.fsync(written.fileno())
    fresh.replace(record)


def index() -> VectorIndex:
    """The serving collection of this process, opened on first use."""
    home = settings().home.absolute()
    with _lock:
        if str(home) not in _open:
            model = active_model(home)
            _open[str(home)] = open_index(settings(), model)
            if not (home / "qdrant" / "active.json").exists():
                activate(home, model)
        return _open[str(home)]


def close() -> None:
    """Close every collection this process has open; the next ``index()`` opens it again."""
    with _lock:
        for opened in _open.values():
            opened.close()
        _open.clear()
