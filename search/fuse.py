"""Two rankings → one score a document and a passage: distribution-based score fusion (DBSF).

Each side's scores are mapped so that mean − 3σ becomes 0 and mean + 3σ becomes 1, then added with their weights. A
score far above the others stays above 1: clipped there, the best answers of a clear question would all be equal.
Documents are fused by their best passage on each side, which need not be the same one: the passage that says it and the
passage that names it may stand apart. Where question and passages share no script, or the question is put in words of
one's own, the lexical side has little but noise to say and counts less. Source: Qdrant's DBSF; measured in
``tests/bench/quality.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kb.lexical import fold, has_han
from kb.vectors import Candidate

FOREIGN_LEXICAL_WEIGHT = 0.3
"""What the lexical side counts when question and passages share no script."""
_LEAST_WEIGHT = 0.3
_TOO_FEW = 6
"""Fewer scores than this have no distribution of their own: what the words were not found in is counted in, as 0."""
_FEW, _ENOUGH = 0.06, 0.12
"""Shares of a perfect word score: below the first words count least, from the second they count in full."""


@dataclass(frozen=True)
class Fused:
    """Scores 0–1 by document id and by point id."""

    documents: Mapping[str, float] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)


def normalise(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores from 0, mostly below 1, by their own distribution; equal scores all become 0.5."""
    if not scores:
        return {}
    mean = math.fsum(scores.values()) / len(scores)
    spread = math.sqrt(math.fsum((score - mean) ** 2 for score in scores.values()) / len(scores))
    if spread < 1e-9:
        return dict.fromkeys(scores, 0.5)
    low, width = mean - 3 * spread, 6 * spread
    return {key: max(0.0, (score - low) / width) for key, score in scores.items()}


def fuse(dense: Sequence[Candidate], lexical: Sequence[Candidate], *, lexical_weight: float = 1.0) -> Fused:
    """Both lists fused; what is missing on one side gets nothing from it.

    Where one side found nothing at all, the other decides alone.
    """
    return Fused(
        _added(_best_by_document(dense), _best_by_document(lexical), lexical_weight),
        _added({c.point_id: c.score for c in dense}, {c.point_id: c.score for c in lexical}, lexical_weight),
    )


def share_script(question: str, passages: Iterable[str]) -> bool:
    """Whether most of the passages nearest in meaning are in the question's script; True for none."""
    han = has_han(fold(question))
    shared = [has_han(passage) == han for passage in passages]
    return not shared or sum(shared) * 2 > len(shared)


def lexical_weight(word_share: float, *, same_script: bool) -> float:
    """How much the lexical side counts, 0–1, by the share of a perfect word score that the best passage reaches.

    Somebody who puts it in words of their own shares next to none with the passage that answers, and words then lead
    to passages that merely share the small ones.
    """
    if not same_script:
        return FOREIGN_LEXICAL_WEIGHT
    said = min(1.0, max(0.0, (word_share - _FEW) / (_ENOUGH - _FEW)))
    return _LEAST_WEIGHT + (1.0 - _LEAST_WEIGHT) * said


def _best_by_document(candidates: Sequence[Candidate]) -> dict[str, float]:
    best: dict[str, float] = {}
    for candidate in candidates:
        best[candidate.document_id] = max(candidate.score, best.get(candidate.document_id, candidate.score))
    return best


def _added(dense: Mapping[str, float], lexical: Mapping[str, float], lexical_weight: float) -> dict[str, float]:
    if not dense or not lexical:
        return normalise(dense or lexical)
    unsaid = dict.fromkeys(dense.keys() - lexical.keys(), 0.0) if len(lexical) < _TOO_FEW else {}
    by_meaning, total = normalise(dense), 1.0 + lexical_weight
    by_words = {key: score for key, score in normalise(unsaid | dict(lexical)).items() if key in lexical}
    return {
        key: (by_meaning.get(key, 0.0) + lexical_weight * by_words.get(key, 0.0)) / total
        for key in sorted(by_meaning.keys() | by_words.keys())
    }
