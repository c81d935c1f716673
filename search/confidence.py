"""Whether the best passage can be relied on, or is only the nearest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.lexical import fold, has_han
from search.highlight import content_terms
from search.rank import Ranked
from search.retrieve import Retrieved
from search.sources import Source


def coverage(question: str, passage: str) -> float:
    """The share 0–1 of the question's content terms that stand in the passage; 1 for a question without any."""
    asked = content_terms(question)
    folded = fold(passage)
    return sum(term in folded for term in asked) / len(asked) if asked else 1.0


def confident(question: str, cosine: float, covered: float) -> bool:
    """Whether a best cosine and a best coverage mean an answer; the bounds come from ``tests/bench/calibration.py``."""
    if not has_han(fold(question)):
        return cosine >= 0.80 or covered >= 0.6
    return cosine >= 0.87 or covered >= 0.45 or (cosine >= 0.84 and covered >= 0.25)


def is_reliable(text: str, retrieved: Retrieved, ranked: Sequence[Ranked], seen: Mapping[str, Source]) -> bool:
    """Whether any of the three best documents' best passages answers; False for nothing found."""
    return any(
        confident(
            text, retrieved.cosine(point),
            coverage(text, f"{seen[point].document.title} {seen[point].chunk.text}"),
        )
        for entry in ranked[:3]
        for point in entry.points[:2]
    )  # fmt: skip
