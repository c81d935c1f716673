"""From a question to passages: query, filter, retrieve, fuse, rank, present. This is the room's public face."""

from search.query import FacetCount, Hit, Passage, Query, Results
from search.service import search
from search.suggest import Suggestion, suggest
from search.within import newer_edition, passages_in

__all__ = [
    "FacetCount", "Hit", "Passage", "Query", "Results", "Suggestion", "newer_edition", "passages_in", "search",
    "suggest",
]  # fmt: skip
