"""What goes into the index and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.embedding import Vectors
from kb.lexical import SparseTerms
from kb.vectors.filters import HIDDEN, place_of


@dataclass(frozen=True)
class IndexedPassage:
    """One point: ids, the cell it lies in, its vectors and what it can be filtered by.

    ``dense`` is a unit vector of the collection's dimension, None where there is no model. ``authored_on`` None means
    undated: such a passage is in no date range.
    """

    point_id: str
    document_id: str
    version_id: str
    cell: str
    dense: Vectors | None
    terms: SparseTerms
    handover_id: str = ""
    module: str = ""
    classification: str = ""
    kind: str = ""
    author: str = ""
    authored_on: date | None = None
    tags: tuple[str, ...] = ()

    def payload(self) -> dict[str, Any]:
        """The point's payload, not yet live; dates are proleptic ordinals."""
        return {
            "document_id": self.document_id, "version_id": self.version_id, "cell": self.cell,
            "handover_id": self.handover_id, "module": self.module, "classification": self.classification,
            "kind": self.kind, "author": self.author, "tags": list(self.tags),
            "authored_on": self.authored_on.toordinal() if self.authored_on else None, "state": HIDDEN,
            "place": place_of(self.cell, HIDDEN),
        }  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """One point that a query found, with the score of that query alone (cosine, or the sum of BM25 weights)."""

    point_id: str
    document_id: str
    version_id: str
    score: float
