"""Fused passages → ranked documents: best passage first, older editions below newer ones, an exact title on top."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from kb.documents import Kind
from kb.lexical import fold
from search.fuse import Fused

OUTDATED_FACTOR = 0.85
"""What is left of the score of a document that calls itself out of date."""
SUPERSEDED_FACTOR = 0.9
"""What is left of the score of an older edition whose newer one was not found for this question."""
RATIONALE_FACTOR = 1.03
"""What a decision card or 5W2H gains when the question asks why."""
_RATIONALE = frozenset({Kind.decision, Kind.five_w2h})
_ASKS_WHY = re.compile("为什么|为何|为啥|原因|理由|怎么想的|当初怎么|凭什么|why")
_JUST_BELOW = 1e-4
_LEVEL = 0.01
"""Documents that score nearer than this are as near as each other: reading tells more than the score."""


@dataclass(frozen=True)
class Ranked:
    """A document with its score 0–1 and its passages' point ids, the best first."""

    document_id: str
    score: float
    points: tuple[str, ...]


def by_document(fused: Fused, document_of: Mapping[str, str]) -> list[Ranked]:
    """Documents by their fused score, each with its passages, the best first. Ties go by document and point id."""
    grouped: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for point, score in fused.points.items():
        grouped[document_of[point]].append((-round(score, 9), point))
    return _sorted([
        Ranked(document, fused.documents[document], tuple(point for _, point in sorted(points)))
        for document, points in grouped.items()
    ])  # fmt: skip


def settle_editions(ranked: list[Ranked], newer: Mapping[str, str], outdated: Collection[str]) -> list[Ranked]:
    """Older editions just below their newest one where both were found; what calls itself out of date counts less."""
    scores = {r.document_id: r.score * (OUTDATED_FACTOR if r.document_id in outdated else 1.0) for r in ranked}
    settled = []
    for entry in ranked:
        score = scores[entry.document_id]
        newest = newer.get(entry.document_id)
        if newest in scores:
            # The question found the old wording: the current edition takes its place, the old one follows.
            scores[newest] = max(scores[newest], score)
        elif newest:
            scores[entry.document_id] = score * SUPERSEDED_FACTOR
    for entry in ranked:
        newest = newer.get(entry.document_id)
        score = scores[entry.document_id]
        if newest in scores:
            score = min(score, scores[newest] - _JUST_BELOW)
        settled.append(Ranked(entry.document_id, score, entry.points))
    return _sorted(settled)


def as_near(ranked: Sequence[Ranked], newer: Mapping[str, str]) -> bool:
    """Whether the first two documents score about the same and are not editions of one thing."""
    if len(ranked) < 2 or ranked[0].score - ranked[1].score >= _LEVEL:
        return False
    return newer.get(ranked[1].document_id) != ranked[0].document_id


def second_first(first: Ranked, second: Ranked) -> tuple[Ranked, Ranked]:
    """The two in the other order; the places keep their scores."""
    return replace(second, score=first.score), replace(first, score=second.score)


def asks_why(text: str) -> bool:
    """Whether a question asks for reasons."""
    return bool(_ASKS_WHY.search(fold(text).lower()))


def rationale_first(ranked: list[Ranked], kinds: Mapping[str, Kind], text: str) -> list[Ranked]:
    """For a question that asks why: documents that were written to say why count a little more."""
    if not asks_why(text):
        return ranked
    return _sorted([
        Ranked(r.document_id, r.score * (RATIONALE_FACTOR if kinds[r.document_id] in _RATIONALE else 1.0), r.points)
        for r in ranked
    ])  # fmt: skip


def called_first(ranked: list[Ranked], called: Collection[str]) -> list[Ranked]:
    """The documents, by id, that are what the question names, before all others."""
    first = [Ranked(r.document_id, 1.0, r.points) for r in ranked if r.document_id in called]
    return first + [r for r in ranked if r.document_id not in called]


def stating_first(ranked: list[Ranked], stating: AbstractSet[str]) -> list[Ranked]:
    """The documents with a passage that states what was looked up before all others, and that passage first in each.

    ``stating`` are the points of such passages.
    """
    turned = [replace(r, points=tuple(sorted(r.points, key=lambda point: point not in stating))) for r in ranked]
    return called_first(turned, {r.document_id for r in ranked if not stating.isdisjoint(r.points)})


def _sorted(ranked: list[Ranked]) -> list[Ranked]:
    return sorted(ranked, key=lambda r: (-round(r.score, 9), r.document_id))
