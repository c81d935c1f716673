"""What several patterns find in one text, each place once: what an earlier pattern took is not read again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from kb.contradictions.value import Value

Read = Callable[[str, re.Match[str]], Value | None]


def values(text: str, readers: Mapping[re.Pattern[str], Read]) -> Iterator[Value]:
    """What the readers make of the matches of their patterns, in the patterns' order.

    A match counts as a place taken only if its reader makes a value of it.
    """
    taken: list[tuple[int, int]] = []
    for pattern, read in readers.items():
        for found in pattern.finditer(text):
            value = None if overlaps(taken, found.span()) else read(text, found)
            if value is not None:
                taken.append((value.start, value.end))
                yield value


def overlaps(taken: list[tuple[int, int]], span: tuple[int, int]) -> bool:
    """Whether a place lies in one that is taken."""
    return any(start < span[1] and span[0] < end for start, end in taken)
