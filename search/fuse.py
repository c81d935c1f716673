"""Two rankings → one score a passage: distribution-based score fusion (DBSF).

Each side's scores are mapped so that mean − 3σ becomes 0 and mean + 3σ becomes 1 (clipped), then added with their
weights. Where question and passages share no script, the lexical side has only noise to say and counts less.
Source: Qdrant's DBSF (https://qdrant.tech/documentation/concepts/hybrid-queries/); measured in ``tests/bench``.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, pstdev

from kb.vectors import Candidate

FOREIGN_LEXICAL_WEIGHT = 0.35
"""What the lexical side counts when question and passages share no script."""


def normalise(candidates: Sequence[Candidate]) -> dict[str, float]:
    """Point id → score 0–1 by the distribution of this list; equal scores all become 0.5."""
    if not candidates:
        return {}
    scores = [c.score for c in candidates]
    mean, spread = fmean(scores), pstdev(scores)
    if spread < 1e-9:
        return {c.point_id: 0.5 for c in candidates}
    low, width = mean - 3 * spread, 6 * spread
    return {c.point_id: min(1.0, max(0.0, (c.score - low) / width)) for c in candidates}


def fuse(dense: Sequence[Candidate], lexical: Sequence[Candidate], *, lexical_weight: float = 1.0) -> dict[str, float]:
    """Point id → fused score 0–1 over both lists; a point missing on one side gets nothing from it.

    Where one side found nothing at all, the other decides alone.
    """
    if not dense or not lexical:
        return normalise(dense or lexical)
    by_meaning, by_words = normalise(dense), normalise(lexical)
    total = 1.0 + lexical_weight
    return {
        point: (by_meaning.get(point, 0.0) + lexical_weight * by_words.get(point, 0.0)) / total
        for point in sorted(by_meaning.keys() | by_words.keys())
    }
