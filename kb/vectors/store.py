"""``VectorIndex``: passages in, candidates out, over whichever engine the settings name.

A point is *hidden* until its version is published, then *current* or *old*. The filter of every query is compiled here
from the viewer's scope; a scope that sees nothing never reaches the engine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

from kb import embedding
from kb.access import Scope
from kb.embedding import Vectors
from kb.errors import Unavailable
from kb.lexical import SparseTerms
from kb.settings import Settings, settings
from kb.vectors.engine import DENSE, TERMS, EdgeEngine, Engine, Found, ServerEngine
from kb.vectors.filters import Narrowing, by_field, compile_corpus, compile_filter, others_of
from kb.vectors.passages import Candidate, IndexedPassage

_DIMENSION_WITHOUT_MODEL = 384


class VectorIndex:
    """One collection of passages. Safe to use from several threads."""

    def __init__(self, engine: Engine, model: str) -> None:
        self._engine = engine
        self.model = model

    def write(self, passages: Sequence[IndexedPassage]) -> None:
        """Write points, hidden until published; writing one again overwrites it."""
        self._engine.upsert([(p.point_id, _vectors(p), p.payload()) for p in passages])

    def count(self, version_id: str) -> int:
        """How many points the index holds of a version."""
        return self._engine.count(by_field(self._engine.api, version_id=version_id))

    def publish(self, document_id: str, version_id: str) -> None:
        """Make a version the document's current one; its other versions become old."""
        api = self._engine.api
        self._engine.set_payload(by_field(api, version_id=version_id), {"state": "current"})
        self._engine.set_payload(others_of(api, document_id, version_id), {"state": "old"})

    def update(self, document_id: str, **payload: Any) -> None:
        """Set payload fields (``cell``, ``tags``, ``module`` …) of every point of a document."""
        self._engine.set_payload(by_field(self._engine.api, document_id=document_id), payload)

    def remove(self, *, document_id: str = "", version_id: str = "") -> None:
        """Remove the points of a document or of one version."""
        wanted = {"document_id": document_id} if document_id else {"version_id": version_id}
        self._engine.delete(by_field(self._engine.api, **wanted))

    def nearest(self, vector: Vectors, scope: Scope, narrowing: Narrowing, limit: int) -> list[Candidate]:
        """The visible passages nearest in meaning, best first; ``score`` is the cosine."""
        if not scope.everything and not scope.cells:
            return []
        condition = compile_filter(self._engine.api, scope, narrowing)
        return _candidates(self._engine.nearest(vector.tolist(), condition, limit))

    def matching(self, terms: SparseTerms, scope: Scope, narrowing: Narrowing, limit: int) -> list[Candidate]:
        """The visible passages that share most rare terms, best first; rarity is counted within the scope."""
        if not terms.indices or (not scope.everything and not scope.cells):
            return []
        api = self._engine.api
        condition = compile_filter(api, scope, narrowing)
        return _candidates(self._engine.matching(terms, condition, compile_corpus(api, scope), limit))

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


def _candidates(found: list[Found]) -> list[Candidate]:
    rows = [Candidate(i, str(p["document_id"]), str(p["version_id"]), score) for i, p, score in found]
    return sorted(rows, key=lambda c: (-c.score, c.point_id))


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
    """The model whose collection serves: the one written down, or the configured one in a new home."""
    record = home / "qdrant" / "active.json"
    if record.is_file():
        return str(json.loads(record.read_text("utf-8"))["model"])
    return embedding.model_name()


def activate(home: Path, model: str) -> None:
    """Write down which model's collection serves from now on (atomically) and let the open one go."""
    record = home / "qdrant" / "active.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    fresh = record.with_suffix(".new")
    fresh.write_text(json.dumps({"model": model}), "utf-8")
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
