"""What the passages at hand have names for: projects, clients, places, products; found by how their characters occur.

A pair of characters is part of a name where handover documents in general do not have it, several passages do, and one
of its characters hardly stands without the other. No list of names is needed, so those of a new company are found too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kb.contradictions.statement import Statement
from kb.contradictions.subject import pairs_of, runs
from kb.contradictions.telling import Told, common, pairs_in
from kb.contradictions.writing import level

_PATTERN = 3
"""Pairs of characters that make two titles one pattern."""
_TOGETHER = 0.7
"""Share of the places of one character in which the other stands beside it."""


class Names:
    """The names in some passages and their titles, as pairs of characters."""

    def __init__(self, statements: Iterable[Statement]) -> None:
        texts = {text for s in statements for text in (level(s.text), level(s.title))}
        within: Counter[str] = Counter()
        characters: Counter[str] = Counter()
        pairs: Counter[str] = Counter()
        for text in texts:
            found = [pair for run in runs(text) for pair in pairs_of(run) if len(pair) > 1]
            characters.update(text)
            pairs.update(found)
            within.update(set(found))
        self._pairs = frozenset(
            pair
            for pair, number in within.items()
            if number > 1 and pair not in common() and (pair.isascii() or _together(pair, pairs[pair], characters))
        )
        self._elsewhere = frozenset(pair for pair in self._pairs if within[pair] > 2)
        self._scopes: dict[Told, frozenset[str]] = {}

    def titled_apart(self, a: Told, b: Told) -> bool:
        """Whether two titles are one pattern with another name in it, and the sentences do not name one thing: of two
        projects' lists of risks each speaks of its own.
        """
        one, other = pairs_in(a.title), pairs_in(b.title)
        names = ((one - other) & self._pairs, (other - one) & self._pairs)
        if len(one & other) < _PATTERN or not all(names):
            return False
        return not (a.said & b.said & self._elsewhere or a.said & names[1] or b.said & names[0])

    def scope(self, told: Told) -> frozenset[str]:
        """The names a value is told under: those of its clause, or else sentence, what is before, heading, title."""
        known = self._scopes.get(told)
        if known is None:
            places = (told.near, told.said, pairs_in(told.around), pairs_in(told.heading), pairs_in(told.title))
            known = next((named for place in places if (named := place & self._pairs)), frozenset())
            self._scopes[told] = known
        return known


def _together(pair: str, number: int, characters: Counter[str]) -> bool:
    return number >= _TOGETHER * min(characters[pair[0]], characters[pair[1]])
