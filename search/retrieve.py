"""A question and a filter → candidate passages with fused scores. Knows the index, not SQL."""

from __future__ import annotations

from dataclasses import dataclass, field

from kb import lexical
from kb.access import Scope
from kb.embedding import Vectors, embed_query_or_none
from kb.vectors import Candidate, Narrowing, VectorIndex
from search.fuse import FOREIGN_LEXICAL_WEIGHT, fuse

DEPTH = 100
"""Candidates asked of each side."""


@dataclass(frozen=True)
class Retrieved:
    """What the index found: fused scores 0–1 by point id, the candidates themselves, and whether meaning was searched.

    ``best_cosine`` is the highest cosine of the dense side, −1 where it was not searched; ``by_words`` are the point
    ids that the lexical side found.
    """

    scores: dict[str, float] = field(default_factory=dict)
    candidates: dict[str, Candidate] = field(default_factory=dict)
    cosines: dict[str, float] = field(default_factory=dict)
    words: dict[str, float] = field(default_factory=dict)
    lexical_only: bool = False


def lexical_weight(text: str) -> float:
    """How much the lexical side counts for this question: less when it has no Han character at all."""
    folded = lexical.fold(text)
    return 1.0 if lexical.has_han(folded) else FOREIGN_LEXICAL_WEIGHT


def retrieve(index: VectorIndex, text: str, scope: Scope, narrowing: Narrowing, *, vector: Vectors | None) -> Retrieved:
    """Candidates of both sides within scope and narrowing; ``vector`` None searches by words only."""
    dense = index.nearest(vector, scope, narrowing, DEPTH) if vector is not None else []
    words = index.matching(lexical.query_terms(text), scope, narrowing, DEPTH)
    return Retrieved(
        scores=fuse(dense, words, lexical_weight=lexical_weight(text)),
        candidates={c.point_id: c for c in (*dense, *words)},
        cosines={c.point_id: c.score for c in dense},
        words={c.point_id: c.score for c in words},
        lexical_only=vector is None,
    )


def question_vector(index: VectorIndex, text: str) -> Vectors | None:
    """The question's vector by the collection's own model; None where it does not load."""
    return embed_query_or_none(text, index.model)
