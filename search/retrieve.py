"""A question and a filter → candidate passages of both sides. Knows the index, not SQL."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache

from kb import lexical
from kb.access import Scope
from kb.embedding import Vectors, embed_query_or_none
from kb.vectors import Candidate, Narrowing, VectorIndex

DEPTH = 100
"""Candidates asked of each side."""


@dataclass(frozen=True)
class Retrieved:
    """What the index found: the candidates of each side, the best first, and whether meaning was searched at all.

    ``attainable`` is the word score of a perfect passage, None where the engine does not tell.
    """

    dense: tuple[Candidate, ...] = ()
    words: tuple[Candidate, ...] = ()
    lexical_only: bool = False
    attainable: float | None = None
    model: str = ""

    def points(self) -> list[str]:
        """The point ids of both sides, each once, in order."""
        return sorted({c.point_id for c in (*self.dense, *self.words)})

    def among(self, points: Collection[str]) -> Retrieved:
        """Only these points."""
        return replace(
            self, dense=tuple(c for c in self.dense if c.point_id in points),
            words=tuple(c for c in self.words if c.point_id in points),
        )  # fmt: skip

    def cosine(self, point: str) -> float:
        """The cosine of a point to the question; −1 where it is not among the nearest."""
        return next((c.score for c in self.dense if c.point_id == point), -1.0)


@lru_cache(maxsize=1)
def _beside() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=4, thread_name_prefix="search-words")


def retrieve(
    index: VectorIndex, text: str, scope: Scope, narrowing: Narrowing, *, vector: Vectors | None = None
) -> Retrieved:
    """Candidates of both sides within scope and narrowing, both asked at once.

    ``vector`` None embeds the question with the collection's own model; where none loads it is searched by words only.
    """
    terms = lexical.query_terms(text)
    words = _beside().submit(index.matching, terms, scope, narrowing, DEPTH)
    meant = embed_query_or_none(text, index.model) if vector is None else vector
    dense = index.nearest(meant, scope, narrowing, DEPTH) if meant is not None else []
    return Retrieved(
        tuple(dense), tuple(words.result()), lexical_only=meant is None, attainable=index.attainable(terms, scope),
        model=index.model,
    )  # fmt: skip
