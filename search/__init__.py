"""From a question to passages: query, filter, retrieve, fuse, rank, present. This is the room's public face."""

from search.query import FacetCount, Hit, Passage, Query, Results
from search.service import search
from search.suggest import Suggestion, suggest

__all__ = ["FacetCount", "Hit", "Passage", "Query", "Results", "Suggestion", "search", "suggest"]
