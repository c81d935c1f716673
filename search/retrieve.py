"""A question and a filter → candidate passages of both sides. Asks the index, not SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache

from kb import lexical
from kb.access import Scope
from kb.embedding import Vectors, embed_query_or_none
from kb.vectors import Candidate, Narrowing, VectorIndex
from search.sources import Source

DEPTH = 100
"""Candidates asked of each side."""


@dataclass(frozen=True)
class Retrieved:
    """What the index found: the candidates of each side, the best first, and whether meaning was searched at all.

    Unless asked for, the candidates name their documents and versions only after ``among``: SQL reads them anyway, and
    reading every payload takes the index longer than comparing. ``attainable`` is the word score of a perfect passage,
    None where the engine does not tell.
    """

    dense: tuple[Candidate, ...] = ()
    words: tuple[Candidate, ...] = ()
    lexical_only: bool = False
    attainable: float | None = None
    model: str = ""

    def points(self) -> list[str]:
        """The point ids of both sides, each once, in order."""
        return sorted({c.point_id for c in (*self.dense, *self.words)})

    def among(self, seen: Mapping[str, Source]) -> Retrieved:
        """Only these points, with the documents and versions that SQL says they belong to."""
        return replace(self, dense=_named(self.dense, seen), words=_named(self.words, seen))

    def cosine(self, point: str) -> float:
        """The cosine of a point to the question; −1 where it is not among the nearest."""
        return next((c.score for c in self.dense if c.point_id == point), -1.0)


def _named(candidates: Iterable[Candidate], seen: Mapping[str, Source]) -> tuple[Candidate, ...]:
    standing = ((seen[c.point_id], c.score) for c in candidates if c.point_id in seen)
    return tuple(Candidate(s.point_id, s.document.id, s.version_id, score) for s, score in standing)


@lru_cache(maxsize=1)
def _beside() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="search-words")


def retrieve(
    index: VectorIndex, text: str, scope: Scope, narrowing: Narrowing, *, vector: Vectors | None = None,
    named: bool = False,
) -> Retrieved:
    """Candidates of both sides within scope and narrowing, both asked at once.

    ``vector`` None embeds the question with the collection's own model; where none loads it is searched by words only.
    ``named`` True has the index name documents and versions, for a collection without rows in SQL.
    """
    terms = lexical.query_terms(text)
    asked = _beside().submit(index.match, terms, scope, narrowing, DEPTH, named=named)
    meant = embed_query_or_none(text, index.model) if vector is None else vector
    dense = index.nearest(meant, scope, narrowing, DEPTH, named=named) if meant is not None else []
    words, attainable = asked.result()
    return Retrieved(
        tuple(dense), tuple(words), lexical_only=meant is None, attainable=attainable, model=index.model
    )  # fmt: skip
