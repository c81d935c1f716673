"""Which stretches of a passage the question's words match, for marking them on the page."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from kb.lexical import fold, has_han, says_nothing, terms
from kb.vocabulary import counterparts
from search.figures import writings

_CODE = re.compile(r"[a-z0-9]+(?:[-_/.][a-z0-9]+)+|[a-z]+\d[a-z0-9]*")
"""``dt-17``, ``r3``: its parts are terms, and so that it is marked in one piece, it is looked for as a whole."""

_RUN = re.compile(b"\1+")


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
    marks = bytearray(len(folded))
    chinese, patterns = _sought(text)
    for term in chinese:
        at = folded.find(term)
        while at >= 0:
            _mark(marks, at, at + len(term))
            at = folded.find(term, at + 1)
    for pattern in patterns:
        for match in pattern.finditer(folded):
            _mark(marks, *match.span())
    return tuple(run.span() for run in _RUN.finditer(_in_passage(marks, offsets, len(passage))))


def _in_passage(marks: bytearray, offsets: Sequence[int], length: int) -> bytearray:
    """The marks of a folded passage on the passage itself."""
    if isinstance(offsets, range):
        return marks
    own = bytearray(length)
    for offset, mark in zip(offsets, marks, strict=True):
        own[offset] |= mark
    return own


def _mark(marks: bytearray, start: int, end: int) -> None:
    marks[start:end] = b"\1" * (end - start)


@lru_cache(maxsize=256)
def _sought(text: str) -> tuple[tuple[str, ...], tuple[re.Pattern[str], ...]]:
    """Chinese terms, found anywhere, and patterns of the others."""
    folded = fold(text)
    chinese, english = counterparts(folded)
    asked = dict.fromkeys((*content_terms(text), *_CODE.findall(folded), *writings(text), *chinese))
    others = [_pattern(term) for term in asked if not has_han(term)] + [_expression(e) for e in english]
    return tuple(term for term in asked if has_han(term)), tuple(others)


@lru_cache(maxsize=256)
def _expression(english: str) -> re.Pattern[str]:
    """Whole words, in the singular or plural, with blanks or hyphens between them."""
    words = (rf"{re.escape(word)}(?:e?s)?" for word in english.split())
    return re.compile(rf"(?<![a-z0-9]){'[ -]+'.join(words)}(?![a-z0-9])")


@lru_cache(maxsize=4096)
def _pattern(term: str) -> re.Pattern[str]:
    """A figure is not part of another one, and a word not of a longer one: it may only go on as its plural does."""
    before = r"(?<![a-z0-9])(?<!\d[.,])" if term[0].isdigit() else "(?<![a-z0-9])"
    after = r"(?!\d|[.,]\d)" if term[-1].isdigit() else "(?:e?s)?(?![a-z0-9])"
    return re.compile(rf"{before}{re.escape(term)}{after}")


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
