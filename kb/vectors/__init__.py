"""The only door to Qdrant: passages in, filtered candidates out; embedded engine or server by one setting."""

from kb.vectors.filters import Narrowing
from kb.vectors.passages import Candidate, IndexedPassage
from kb.vectors.store import VectorIndex, close, index, open_index

__all__ = ["Candidate", "IndexedPassage", "Narrowing", "VectorIndex", "close", "index", "open_index"]
