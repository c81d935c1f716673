"""How rare a term is within what a viewer may see: document frequencies by cell, added up over the scope's cells.

The engines can count rarity over a filter themselves, but then add the weights up in an order that depends on which
terms came first in the whole collection: the last digits of a score would tell of hidden documents. Counted here, the
weights are multiples of 1/64, whose sums are exact in any order. A cell is counted when it is first asked for and again
after one of its documents has changed; this process is the only one that writes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from kb.lexical import GRAIN, MOST_OF_A_TERM, SparseTerms

_LAST = np.uint32(2**32 - 1)
_SCOPES = 64
"""For how many sets of cells the sums are kept, the least recently asked for going first."""
Read = Callable[[str], Iterable[list[int]]]
"""Cell → the term numbers of each of its current passages."""


@dataclass(frozen=True)
class _Counts:
    """Of one cell: its distinct terms in order, in how many passages each occurs, and how many passages there are.

    A last term that occurs nowhere stands behind the others, so that looking one up never runs off the end.
    """

    terms: NDArray[np.uint32]
    frequencies: NDArray[np.int64]
    passages: int


class Rarity:
    """The counts of every cell asked for so far. Safe to use from several threads."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._lock = Lock()
        self._counts: dict[str, _Counts] = {}
        self._changes: dict[str, int] = {}
        self._sums: dict[tuple[str, ...], _Counts] = {}

    def forget(self, cells: Iterable[str]) -> None:
        """Count these cells again when they are next asked for: one of their documents has changed."""
        with self._lock:
            for cell in cells:
                self._changes[cell] = self._changes.get(cell, 0) + 1
                self._counts.pop(cell, None)
                self._sums = {cells: counts for cells, counts in self._sums.items() if cell not in cells}

    def weigh(self, question: SparseTerms, cells: Iterable[str]) -> tuple[SparseTerms, float]:
        """The question's weights times each term's rarity over these cells, and what a perfect passage would score.

        Terms that occur nowhere fall out of the weights, but not of the perfect score.
        """
        asked = np.asarray(question.indices, dtype=np.uint32)
        counts = self._within(tuple(sorted(cells)))
        at = counts.terms.searchsorted(asked)
        found = [int(f) for f in counts.frequencies[at] * (counts.terms[at] == asked)]
        weights = [w * _rarity(f, counts.passages) for w, f in zip(question.values, found, strict=True)]
        grains = [round(w * GRAIN) / GRAIN for w in weights]
        kept = [(n, w) for n, w, f in zip(question.indices, grains, found, strict=True) if f and w > 0]
        return SparseTerms([n for n, _ in kept], [w for _, w in kept]), math.fsum(weights) * MOST_OF_A_TERM

    def _within(self, cells: tuple[str, ...]) -> _Counts:
        """The counts of several cells added up, kept while none of them has changed."""
        with self._lock:
            known = self._sums.pop(cells, None)
            if known is not None:
                self._sums[cells] = known  # the last used stands last
                return known
            changes = self._changed(cells)
        added = _add([self._of(cell) for cell in cells])
        with self._lock:
            if self._changed(cells) == changes:
                self._sums[cells] = added
                while len(self._sums) > _SCOPES:
                    self._sums.pop(next(iter(self._sums)))
        return added

    def _changed(self, cells: Iterable[str]) -> list[int]:
        return [self._changes.get(cell, 0) for cell in cells]

    def _of(self, cell: str) -> _Counts:
        with self._lock:
            known, change = self._counts.get(cell), self._changes.get(cell, 0)
        if known is not None:
            return known
        counted = _count(self._read(cell))
        with self._lock:
            if self._changes.get(cell, 0) == change:  # else it changed while being counted: good enough for this once
                self._counts[cell] = counted
        return counted


def _count(passages: Iterable[list[int]]) -> _Counts:
    rows = [np.asarray(terms, dtype=np.uint32) for terms in passages]
    if not any(row.size for row in rows):
        return _Counts(np.zeros(0, np.uint32), np.zeros(0, np.int64), 0)
    terms, frequencies = np.unique(np.concatenate(rows), return_counts=True)
    return _Counts(np.append(terms, _LAST), np.append(frequencies, 0).astype(np.int64), len(rows))


def _add(counts: Sequence[_Counts]) -> _Counts:
    """The counts of disjoint cells as one."""
    terms, places = np.unique(np.concatenate([np.array([_LAST]), *(c.terms for c in counts)]), return_inverse=True)
    frequencies = np.concatenate([np.zeros(1, np.int64), *(c.frequencies for c in counts)])
    summed = np.bincount(places, weights=frequencies, minlength=len(terms)).astype(np.int64)  # exact below 2^53
    return _Counts(terms, summed, sum(c.passages for c in counts))


def _rarity(found: int, passages: int) -> float:
    """BM25's inverse document frequency: the rarer, the higher, never negative."""
    return math.log(1 + (passages - found + 0.5) / (found + 0.5))
