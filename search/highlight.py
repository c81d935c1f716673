"""Which stretches of a passage the question's words match, for marking them on the page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from kb.lexical import fold, has_han, says_nothing, terms
from kb.vocabulary import counterparts

_CODE = re.compile(r"[a-z0-9]+(?:[-_/.][a-z0-9]+)+")
"""``dt-17``: its parts are terms, and so that it is marked in one piece, it is looked for as a whole."""


@lru_cache(maxsize=256)
def content_terms(text: str) -> tuple[str, ...]:
    """The question's terms that say something: pairs of characters and words, single characters only without those."""
    found = [t for t in dict.fromkeys(terms(text)) if not t.startswith("~") and not says_nothing(t)]
    return tuple([t for t in found if len(t) > 1 or not has_han(t)] or found)


def highlights(passage: str, text: str) -> tuple[tuple[int, int], ...]:
    """Ranges ``(start, end)`` of the passage, in characters, disjoint and in order; empty where no word matches.

    A word of the vocabulary also marks what it is called in the other language.
    """
    folded, offsets = _folded_with_offsets(passage)
    marks: set[int] = set()
    for pattern in _patterns(text):
        for match in pattern.finditer(folded):
            marks.update(offsets[match.start() : match.end()])
    return _ranges(sorted(marks))


@lru_cache(maxsize=256)
def _patterns(text: str) -> tuple[re.Pattern[str], ...]:
    folded = fold(text)
    chinese, english = counterparts(folded)
    asked = (*content_terms(text), *_CODE.findall(folded), *chinese)
    return tuple([_pattern(term) for term in asked] + [_expression(e) for e in english])


@lru_cache(maxsize=256)
def _expression(english: str) -> re.Pattern[str]:
    """Whole words, in the singular or plural, with blanks or hyphens between them."""
    words = (rf"{re.escape(word)}(?:e?s)?" for word in english.split())
    return re.compile(rf"(?<![a-z0-9]){'[ -]+'.join(words)}(?![a-z0-9])")


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
