"""Which stretches of a passage the question's words match, for marking them on the page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from kb.lexical import fold, has_han, says_nothing, terms


@lru_cache(maxsize=256)
def content_terms(text: str) -> tuple[str, ...]:
    """The question's terms that say something: pairs of characters and words, single characters only without those."""
    found = [t for t in dict.fromkeys(terms(text)) if not t.startswith("~") and not says_nothing(t)]
    return tuple([t for t in found if len(t) > 1 or not has_han(t)] or found)


def highlights(passage: str, text: str) -> tuple[tuple[int, int], ...]:
    """Ranges ``(start, end)`` of the passage, in characters, disjoint and in order; empty where no word matches."""
    folded, offsets = _folded_with_offsets(passage)
    marks: set[int] = set()
    for term in content_terms(text):
        if term in folded:
            for match in _pattern(term).finditer(folded):
                marks.update(offsets[match.start() : match.end()])
    return _ranges(sorted(marks))


@lru_cache(maxsize=4096)
def _pattern(term: str) -> re.Pattern[str]:
    return re.compile(re.escape(term) if has_han(term) else rf"(?<![a-z0-9]){re.escape(term)}")


def _folded_with_offsets(passage: str) -> tuple[str, Sequence[int]]:
    """The folded passage and, for each of its characters, the offset it came from."""
    out: list[str] = []
    offsets: list[int] = []
    simplified = fold(passage)
    if len(simplified) == len(passage):
        return simplified, range(len(passage))
    for n, character in enumerate(passage):
        folded = unicodedata.normalize("NFKC", character).lower()
        out.append(folded)
        offsets.extend([n] * len(folded))
    return "".join(out), offsets


def _ranges(marks: list[int]) -> tuple[tuple[int, int], ...]:
    found: list[tuple[int, int]] = []
    for mark in marks:
        if found and found[-1][1] == mark:
            found[-1] = (found[-1][0], mark + 1)
        else:
            found.append((mark, mark + 1))
    return tuple(found)
