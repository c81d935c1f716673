"""The engine of a Qdrant server, or of the client's ``:memory:`` in tests. See ``kb.vectors.engine``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kb.errors import Unavailable
from kb.lexical import SparseTerms
from kb.vectors.engine import DENSE, IDS, INDEXED, PAGE, TERMS, Found


class _Answering:
    """The client, but a server that does not answer is a part to wait for, not the program's or a file's fault."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        """A method of the client; raises Unavailable where the server is away, restarts or is out of order."""
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        def call(*args: Any, **kwargs: Any) -> Any:
            try:
                return getattr(self._client, name)(*args, **kwargs)
            except ResponseHandlingException as error:
                raise _unreachable(error) from error
            except UnexpectedResponse as error:
                if (error.status_code or 500) < 500 and error.status_code != 429:
                    raise
                raise _unreachable(error) from error

        return call


def _unreachable(error: Exception) -> Unavailable:
    return Unavailable(
        "index.unreachable", "Qdrant 服务器没有应答（{detail}）。请检查 KB_QDRANT_URL。", detail=type(error).__name__
    )


class ServerEngine:
    """A Qdrant server's collection; ``location`` may be ``:memory:`` in tests."""

    def __init__(self, location: str, api_key: str, collection: str, dimension: int) -> None:
        from qdrant_client import QdrantClient, models

        self.api = models
        self.sole_writer = False
        self._name = collection
        try:
            self._client = _Answering(QdrantClient(location=location, api_key=api_key or None, timeout=30))
            if not self._client.collection_exists(collection):
                self._create(dimension)
        except Exception as error:  # the client raises many kinds; all mean the same here
            raise _unreachable(error) from error

    def _create(self, dimension: int) -> None:
        m = self.api
        self._client.create_collection(
            self._name,
            vectors_config={DENSE: m.VectorParams(size=dimension, distance=m.Distance.COSINE)},
            hnsw_config=m.HnswConfigDiff(m=0),  # every comparison is exact
            sparse_vectors_config={TERMS: m.SparseVectorParams(modifier=m.Modifier.IDF)},
        )
        for field in INDEXED:
            self._client.create_payload_index(self._name, field, m.PayloadSchemaType.KEYWORD)
        self._client.create_payload_index(self._name, "authored_on", m.PayloadSchemaType.INTEGER)

    def upsert(self, points: Sequence[tuple[str, dict[str, Any], dict[str, Any]]]) -> None:
        """Write points; returns when the server has applied them."""
        m = self.api
        ready = [
            m.PointStruct(
                id=id, payload=payload,
                vector={
                    k: m.SparseVector(indices=v.indices, values=v.values) if k == TERMS else v
                    for k, v in vectors.items()
                },
            )
            for id, vectors, payload in points
        ]  # fmt: skip
        if ready:
            self._client.upsert(self._name, ready, wait=True)

    def delete(self, condition: Any) -> None:
        """Remove every point that matches."""
        self._client.delete(self._name, self.api.FilterSelector(filter=condition), wait=True)

    def set_payload(self, condition: Any, payload: dict[str, Any]) -> None:
        """Set payload fields of every point that matches."""
        self._client.set_payload(self._name, payload, condition, wait=True)

    def count(self, condition: Any) -> int:
        """How many points match, exactly."""
        return int(self._client.count(self._name, condition, exact=True).count)

    def _query(self, vector: Any, using: str, condition: Any, limit: int, params: Any, *, named: bool) -> list[Found]:
        found = self._client.query_points(
            self._name, query=vector, using=using, query_filter=condition, limit=limit, search_params=params,
            with_payload=IDS if named else False,
        )  # fmt: skip
        return [(str(p.id), p.payload or {}, float(p.score)) for p in found.points]

    def nearest(self, vector: list[float], condition: Any, limit: int, *, named: bool) -> list[Found]:
        """The points of highest cosine, compared exactly."""
        return self._query(vector, DENSE, condition, limit, self.api.SearchParams(exact=True), named=named)

    def vectors(self, point_ids: Sequence[str]) -> list[list[float]]:
        """The dense vectors of points."""
        found = self._client.retrieve(self._name, list(point_ids), with_payload=False, with_vectors=[DENSE])
        return [p.vector[DENSE] for p in found if isinstance(p.vector, dict) and DENSE in p.vector]

    def matching(self, terms: SparseTerms, condition: Any, corpus: Any, limit: int, *, named: bool) -> list[Found]:
        """The points of highest sparse score; rarity is counted over ``corpus``."""
        m = self.api
        params = m.SearchParams(exact=True, idf=m.IdfCorpusParams(corpus=corpus))
        vector = m.SparseVector(indices=terms.indices, values=terms.values)
        return self._query(vector, TERMS, condition, limit, params, named=named)

    def terms(self, condition: Any) -> Iterator[list[int]]:
        """The term numbers of every point that matches; never asked for, as the server counts rarity itself."""
        return iter(())

    def values(self, field: str) -> list[str]:
        """The distinct values of a payload field."""
        return sorted(str(hit.value) for hit in self._client.facet(self._name, field, limit=100_000, exact=True).hits)

    def points(self, condition: Any = None) -> Iterator[tuple[str, dict[str, Any]]]:
        """Id and payload of every point, or of those that match."""
        offset = None
        while True:
            page, offset = self._client.scroll(
                self._name, scroll_filter=condition, limit=PAGE, offset=offset, with_payload=True
            )
            yield from ((str(p.id), p.payload or {}) for p in page)
            if offset is None:
                return

    def close(self) -> None:
        """Close the connection."""
        self._client.close()
