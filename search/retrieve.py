"""A question and a filter → candidate passages of both sides. Asks the index, not SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import NamedTuple

from kb import lexical
from kb.access import Scope
from kb.embedding import Vectors, embed_query_or_none, embed_tuned_query_or_none
from kb.vectors import Candidate, Narrowing, VectorIndex
from kb.vocabulary import counterparts
from search.figures import writings
from search.sources import Source
from search.usual import sought

DEPTH = 100
"""Candidates asked of each side."""
_NEAREST = 10


class Nearness(NamedTuple):
    """The highest cosine −1–1 of a passage to the question as it is, and to its tuned vector; None without one."""

    plain: float
    tuned: float | None


@dataclass(frozen=True)
class Retrieved:
    """What the index found: the candidates of each side, the best first, and whether meaning was searched at all.

    Unless asked for, the candidates name their documents and versions only after ``among``: SQL reads them anyway, and
    reading every payload takes the index longer than comparing. ``attainable`` is the word score of a perfect passage,
    None where the engine does not tell. ``vector`` is the question's as it is, None without a model, ``tuned``
    its tuned one; the scores of ``dense`` are cosines to what ``search.usual`` makes of both.
    """

    dense: tuple[Candidate, ...] = ()
    words: tuple[Candidate, ...] = ()
    lexical_only: bool = False
    attainable: float | None = None
    model: str = ""
    vector: Vectors | None = None
    tuned: Vectors | None = None

    @property
    def word_share(self) -> float:
        """The best passage's word score as a share 0–1 of a perfect one's; a half where the engine does not tell."""
        if not self.words or self.attainable == 0:
            return 0.0
        return 0.5 if self.attainable is None else min(1.0, self.words[0].score / self.attainable)

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
    """Candidates of both sides within scope and narrowing, both asked at once, as are the question's two vectors.

    ``vector`` None embeds the question with the collection's own model; where none loads it is searched by words only.
    ``named`` True has the index name documents and versions, for a collection without rows in SQL.
    """
    terms = lexical.query_terms(" ".join((_in_both_languages(text), *writings(text))))
    asked = _beside().submit(index.match, terms, scope, narrowing, DEPTH, named=named)
    turned = _beside().submit(embed_tuned_query_or_none, text, index.model)
    meant = embed_query_or_none(text, index.model) if vector is None else vector
    tuned = turned.result() if meant is not None else None
    dense = [] if meant is None else index.nearest(
        sought(meant, tuned, text, index.model), scope, narrowing, DEPTH, named=named
    )  # fmt: skip
    words, attainable = asked.result()
    return Retrieved(
        tuple(dense), tuple(words), lexical_only=meant is None, attainable=attainable, model=index.model, vector=meant,
        tuned=tuned,
    )  # fmt: skip


def _in_both_languages(text: str) -> str:
    """A question without Chinese characters, with the Chinese words behind it that the vocabulary has for its own."""
    folded = lexical.fold(text)
    return text if lexical.has_han(folded) else " ".join((text, *counterparts(folded)[0]))


def nearness(index: VectorIndex, retrieved: Retrieved) -> Nearness:
    """How near the nearest of the first ten passages by meaning is to the question."""
    if retrieved.vector is None:
        return Nearness(-1.0, None)
    asked = [v for v in (retrieved.vector, retrieved.tuned) if v is not None]
    plain, *tuned = index.cosines([c.point_id for c in retrieved.dense[:_NEAREST]], asked)
    return Nearness(plain, tuned[0] if tuned else None)
