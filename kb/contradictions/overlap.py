"""How much two sets of words share, for all pairs of many at once: the sums of the weights of what both have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Weights = NDArray[np.float64]
_SLAB = 256


@dataclass(frozen=True)
class Sets:
    """Sets of numbered words: ``words`` set after set, set ``i`` at ``begin[i]``–``begin[i + 1]``; and turned around,
    ``holders`` word after word, those of word ``w`` from ``first[w]``, ``count[w]`` many.
    """

    words: Numbers
    begin: Numbers
    holders: Numbers
    first: Numbers
    count: Numbers

    @property
    def size(self) -> int:
        """How many sets."""
        return len(self.begin) - 1

    def without(self, left_out: NDArray[np.bool_]) -> Sets:
        """The same sets without the words that are marked."""
        kept = ~left_out[self.words]
        of = np.repeat(np.arange(self.size), np.diff(self.begin))[kept]
        return _sets(self.words[kept], np.bincount(of, minlength=self.size), len(self.first))


def numbers(given: Iterable[Iterable[str]]) -> dict[str, int]:
    """All words of some sets, each with a number of its own."""
    return {word: n for n, word in enumerate(dict.fromkeys(chain.from_iterable(given)))}


def sets(given: Sequence[Collection[str]], number: Mapping[str, int]) -> Sets:
    """Sets of words whose numbers are known."""
    sizes = np.fromiter(map(len, given), np.int64, len(given))
    words = np.fromiter(map(number.__getitem__, chain.from_iterable(given)), np.int64, sizes.sum())
    return _sets(words, sizes, len(number))


def _sets(words: Numbers, sizes: Numbers, known: int) -> Sets:
    holders = np.repeat(np.arange(len(sizes)), sizes)[np.argsort(words, kind="stable")]
    count = np.bincount(words, minlength=known)
    return Sets(words, np.concatenate(([0], np.cumsum(sizes))), holders, np.cumsum(count) - count, count)


def slabs(size: int) -> Iterator[range]:
    """Rows of so many sets, few enough at a time that memory stays bounded."""
    return (range(first, min(first + _SLAB, size)) for first in range(0, size, _SLAB))


def shared(one: Sets, other: Sets, weights: Weights, rows: range) -> Weights:
    """For sets ``rows`` of ``one``, and each of ``other``, the weight of the words both have."""
    words = one.words[one.begin[rows.start] : one.begin[rows.stop]]
    counts = other.count[words]
    at = np.repeat(np.arange(len(rows)), np.diff(one.begin[rows.start : rows.stop + 1]))
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    columns = other.holders[np.repeat(other.first[words], counts) + within]
    cells = np.repeat(at * other.size, counts) + columns
    summed = np.bincount(cells, np.repeat(weights[words], counts), len(rows) * other.size)
    return np.asarray(summed, dtype=np.float64).reshape(len(rows), other.size)


def sharing(given: Sequence[Collection[str]], *, least: int, common: int) -> Iterator[tuple[int, int]]:
    """Which two share at least so many words, words that stand in more than ``common`` left out."""
    every = sets(given, numbers(given))
    rare = every.without(every.count > common)
    for rows in slabs(len(given)):
        counted = shared(rare, rare, np.ones(len(rare.count)), rows)
        i, j = np.nonzero(counted > least - 0.5)
        yield from ((a, b) for a, b in zip((i + rows.start).tolist(), j.tolist(), strict=True) if a < b)
