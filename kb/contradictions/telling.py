"""Where a value stands in its document, and how telling the words are that two such places share."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files

from kb.contradictions.subject import pairs_of, runs
from kb.contradictions.writing import level

_PASSAGES = 847
"""Passages that ``common_pairs.txt`` was counted on."""


@lru_cache(maxsize=200_000)
def pairs_in(text: str) -> frozenset[str]:
    """The neighbouring characters of a levelled text; single characters are left out."""
    return frozenset(p for run in runs(text) for p in pairs_of(run) if len(p) > 1)


@dataclass(frozen=True)
class Told:
    """Where a value stands, levelled: its clause, its sentence or row, what is said before, heading and title.

    ``window`` are the few characters right before and behind the value.
    """

    clause: str
    sentence: str
    around: str
    heading: str
    title: str
    window: tuple[str, str] = ("", "")

    @property
    def is_row(self) -> bool:
        """Whether it is a row of a table."""
        return self.sentence.count("|") > 1

    @cached_property
    def near(self) -> frozenset[str]:
        """Pairs of characters of the clause."""
        return pairs_in(self.clause)

    @cached_property
    def said(self) -> frozenset[str]:
        """Pairs of characters of the sentence or row."""
        return pairs_in(self.sentence) | self.near

    @cached_property
    def close(self) -> frozenset[str]:
        """Pairs of characters of the window."""
        return pairs_in(self.window[0]) | pairs_in(self.window[1])

    @cached_property
    def above(self) -> frozenset[str]:
        """Pairs of characters of heading and title."""
        return pairs_in(self.heading) | pairs_in(self.title)

    @cached_property
    def whole(self) -> frozenset[str]:
        """All of them, with what is said before."""
        return self.near | _united(self.sentence, self.around, self.heading, self.title)


@lru_cache(maxsize=50_000)
def _united(*texts: str) -> frozenset[str]:
    return frozenset().union(*map(pairs_in, texts))


@lru_cache(maxsize=1)
def common() -> dict[str, int]:
    """In how many of the passages counted beforehand each pair of characters stands; rare ones are not in it."""
    lines = files("kb.contradictions").joinpath("common_pairs.txt").read_text("utf-8").splitlines()
    counted = (line.split(" ") for line in lines)
    return {pairs[i : i + 2]: int(count) for count, pairs in counted for i in range(0, len(pairs), 2)}


class Rarity:
    """How telling a pair of characters is, in nats: by the passages at hand and by handover documents in general."""

    def __init__(self, texts: Iterable[str]) -> None:
        seen: Counter[str] = Counter()
        number = 0
        for text in texts:
            number += 1
            seen.update(pairs_in(level(text)))
        self._seen, self._whole, self._common = seen, math.log(_PASSAGES + number), common()
        self._known: dict[str, float] = {}

    def of(self, pair: str) -> float:
        """0 for what stands everywhere, about 7 for what stands once."""
        known = self._known.get(pair)
        if known is None:
            known = self._whole - math.log(max(1, self._seen[pair] + self._common.get(pair, 0)))
            self._known[pair] = known
        return known

    def sum(self, pairs: Iterable[str]) -> float:
        """Of all the pairs."""
        return sum(map(self.of, pairs))
