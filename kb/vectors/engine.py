"""What an engine is, and the embedded one: a Qdrant Edge shard. The server's is in ``kb.vectors.server``.

Both hold one collection with a dense and a sparse vector a point. Dense comparison is exact and rarity is counted over
the given corpus filter only, so that a point outside the filter changes nothing in the answer.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from kb.errors import Conflict, Unavailable
from kb.lexical import SparseTerms

DENSE, TERMS = "dense", "terms"
INDEXED = (
    "place", "state", "cell", "document_id", "version_id", "handover_id", "module", "classification", "kind", "tags",
    "author",
)  # fmt: skip
PAGE = 1000
IDS = ["document_id", "version_id"]
_READ_ONE_BY_ONE = 500
"""Up to so many open passages the embedded engine reads each one's terms; above, the lists of the question's terms."""

Found = tuple[str, dict[str, Any], float]
"""One point that a query found: id, payload (document and version, empty where not asked for), score."""


class Engine(Protocol):
    """What ``VectorIndex`` needs of an engine; ``api`` is its module of filter classes.

    ``sole_writer`` says that no other process can change the collection while this one has it open.
    """

    @property
    def api(self) -> Any:
        """The engine's module."""

    @property
    def sole_writer(self) -> bool:
        """True for the embedded engine."""

    def upsert(self, points: Sequence[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
        """Write points (id, vectors, payload); an existing id is overwritten. Returns after they are durable."""

    def delete(self, condition: Any) -> None:
        """Remove every point that matches."""

    def set_payload(self, condition: Any, payload: dict[str, Any]) -> None:
        """Set payload fields of every point that matches."""

    def count(self, condition: Any) -> int:
        """How many points match, exactly; None matches all."""

    def nearest(self, vector: list[float], condition: Any, limit: int, *, named: bool) -> list[Found]:
        """The points of highest cosine, compared exactly; ``named`` False leaves the payloads empty."""

    def vectors(self, point_ids: Sequence[str]) -> list[list[float]]:
        """The dense vectors of points, in no order; points without one are left out."""

    def matching(self, terms: SparseTerms, condition: Any, corpus: Any, limit: int, *, named: bool) -> list[Found]:
        """The points of highest sparse score; rarity is counted over ``corpus``, ``named`` is as above."""

    def terms(self, condition: Any) -> Iterator[list[int]]:
        """The term numbers of every point that matches."""

    def values(self, field: str) -> list[str]:
        """The distinct values of a payload field."""

    def points(self, condition: Any = None) -> Iterator[tuple[str, dict[str, Any]]]:
        """Id and payload of every point, or of those that match."""

    def close(self) -> None:
        """Let go of files and connections."""


class EdgeEngine:
    """Qdrant Edge in this process, under a folder of its own; its write-ahead log survives kill -9."""

    def __init__(self, folder: Path, dimension: int) -> None:
        import qdrant_edge as api

        self.api = api
        self.sole_writer = True
        self._write = Lock()
        try:
            if not ((folder / "edge_config.json").exists() or any(folder.glob("segments/*"))):
                self._create(folder, dimension)
            self._shard = api.EdgeShard.load(str(folder))
        except Exception as error:  # the engine raises plain exceptions with a text
            if "WouldBlock" in str(error) or "lock" in str(error).lower():
                raise Conflict("index.locked", "索引正被另一个进程使用。请先停止它，或改用 Qdrant 服务器。") from error
            raise Unavailable(
                "index.broken", "索引无法打开：{detail}。请运行 kb reconcile --rebuild。", detail=str(error)[:200]
            ) from error

    def _create(self, folder: Path, dimension: int) -> None:
        """Make the shard with its field indexes, whole or not at all; what a cut-off making left holds no points."""
        api, fresh = self.api, folder.with_name(f"{folder.name}.new")
        for left in (folder, fresh):
            shutil.rmtree(left, ignore_errors=True)
        fresh.mkdir(parents=True)
        shard = api.EdgeShard.create(str(fresh), self._config(dimension))
        for field in INDEXED:
            shard.update(api.UpdateOperation.create_field_index(field, api.PayloadSchemaType.Keyword))
        shard.update(api.UpdateOperation.create_field_index("authored_on", api.PayloadSchemaType.Integer))
        shard.flush()
        shard.close()
        fresh.rename(folder)

    def _config(self, dimension: int) -> Any:
        api = self.api
        return api.EdgeConfig(
            vectors={DENSE: api.EdgeVectorParams(size=dimension, distance=api.Distance.Cosine)},
            # rarity is in the question's weights
            sparse_vectors={TERMS: api.EdgeSparseVectorParams(full_scan_threshold=_READ_ONE_BY_ONE)},
            hnsw_config=api.HnswIndexConfig(m=0, ef_construct=4, full_scan_threshold=10),  # every comparison is exact
            wal_enabled=True,
        )

    def _apply(self, operation: Any) -> None:
        with self._write:
            self._shard.update(operation)

    def upsert(self, points: Sequence[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
        """Write points; acknowledged ones are in the write-ahead log."""
        api = self.api
        ready = [
            api.Point(
                id, {k: api.SparseVector(v.indices, v.values) if k == TERMS else v for k, v in vectors.items()}, payload
            )
            for id, vectors, payload in points
        ]
        if ready:
            self._apply(api.UpdateOperation.upsert_points(ready))

    def delete(self, condition: Any) -> None:
        """Remove every point that matches."""
        self._apply(self.api.UpdateOperation.delete_points_by_filter(condition))

    def set_payload(self, condition: Any, payload: dict[str, Any]) -> None:
        """Set payload fields of every point that matches."""
        self._apply(self.api.UpdateOperation.set_payload_by_filter(condition, payload))

    def count(self, condition: Any) -> int:
        """How many points match, exactly."""
        return int(self._shard.count(self.api.CountRequest(exact=True, filter=condition)))

    def _query(self, vector: Any, using: str, condition: Any, limit: int, *, named: bool) -> list[Found]:
        api = self.api
        request = api.QueryRequest(
            limit=limit, query=api.Query.Nearest(vector, using=using), filter=condition,
            params=api.SearchParams(exact=True), with_payload=api.PayloadSelector.Include(IDS) if named else False,
        )  # fmt: skip
        return [(str(p.id), (p.payload or {}) if named else {}, float(p.score)) for p in self._shard.query(request)]

    def nearest(self, vector: list[float], condition: Any, limit: int, *, named: bool) -> list[Found]:
        """The points of highest cosine, compared exactly."""
        return self._query(vector, DENSE, condition, limit, named=named)

    def vectors(self, point_ids: Sequence[str]) -> list[list[float]]:
        """The dense vectors of points."""
        found: Iterator[Any] = (r.vector for r in self._shard.retrieve(list(point_ids), False, [DENSE]))
        return [vector[DENSE] for vector in found if vector and DENSE in vector]

    def matching(self, terms: SparseTerms, condition: Any, corpus: Any, limit: int, *, named: bool) -> list[Found]:
        """The points of highest sparse score; rarity is in the weights already, so ``corpus`` is not asked."""
        sparse = self.api.SparseVector(terms.indices, terms.values)
        return self._query(sparse, TERMS, condition, limit, named=named)

    def terms(self, condition: Any) -> Iterator[list[int]]:
        """The term numbers of every point that matches."""
        offset = None
        while True:
            request = self.api.ScrollRequest(
                offset=offset, limit=PAGE, filter=condition, with_payload=False, with_vector=[TERMS]
            )
            page, offset = self._shard.scroll(request)
            vectors: Iterator[Any] = (p.vector for p in page)
            yield from (vector[TERMS].indices if TERMS in vector else [] for vector in vectors)
            if offset is None:
                return

    def values(self, field: str) -> list[str]:
        """The distinct values of a payload field."""
        found = self._shard.facet(self.api.FacetRequest(field, 1_000_000, True))
        return sorted(str(hit.value) for hit in found.hits)

    def points(self, condition: Any = None) -> Iterator[tuple[str, dict[str, Any]]]:
        """Id and payload of every point, or of those that match."""
        offset = None
        while True:
            request = self.api.ScrollRequest(offset=offset, limit=PAGE, filter=condition, with_payload=True)
            page, offset = self._shard.scroll(request)
            yield from ((str(p.id), p.payload or {}) for p in page)
            if offset is None:
                return

    def close(self) -> None:
        """Flush and let go of the folder."""
        with self._write:
            self._shard.flush()
            self._shard.close()
