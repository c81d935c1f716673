"""Whether a text speaks of one part of a criterion: what to look for, how surely it is there, and where."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb.evidence import shortfall
from kb.evidence.concepts import Named, named_in
from kb.evidence.requirement import Part
from kb.evidence.units import Unit
from kb.evidence.words import bigrams, holds, kind_of, same_as, words
from kb.lexical import fold

_LIGHT = 0.35
"""What a value that anything may have weighs beside what is asked about it."""
_OWN, _HEAD, _NEAR, _HALF = 1.0, 0.9, 0.45, 0.6
"""A cue in the unit itself, over it (column, heading), elsewhere in its passage; and a word of which letters agree."""
_HEADLESS = 0.5
"""What is left where the head noun, which in Chinese stands last, is not told."""
_LACKING, _OUTSTANDING, _HEADING_ONLY, _OTHER_YEAR, _NO_VALUE = 0.75, 0.6, 0.75, 0.3, 0.4
_YEAR = re.compile(r"20\d\d")
_HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]+|\d+)[、.．]\s*\S{1,14}$")
_WANTS_OPEN = re.compile(r"[未待]|遗留|缺口")


@dataclass(frozen=True)
class Cue:
    """Something to look for: how texts say it, its bare names, its weight; and, of a plain word, its pairs."""

    told: re.Pattern[str]
    names: re.Pattern[str]
    weight: float
    pairs: tuple[str, ...] = ()

    @property
    def is_light(self) -> bool:
        """Whether it is a value that anything may have."""
        return self.weight < 1.0


@dataclass(frozen=True)
class Found:
    """How surely a part is there (0–1) and the unit that says so, None where nothing does.

    ``filled``: the share of the table's rows that hold it; ``listed``: of the items it must hold for, where they are
    no table; both 1 where that is not asked. ``lacks_column``: the table has no such column. ``open_unit``: a row that
    says it is still to come.
    """

    part: Part
    score: float
    unit: Unit | None
    filled: float = 1.0
    listed: float = 1.0
    lacks_column: bool = False
    open_unit: Unit | None = None


@lru_cache(maxsize=4096)
def cues_of(text: str) -> tuple[Cue, ...]:
    """What to look for, in the part's order: the concepts that it names, and its other words as they are."""
    folded = fold(text)
    named = named_in(folded)
    placed = [(n.start, Cue(n.concept.told, n.concept.names, _LIGHT if n.concept.light else 1.0)) for n in named]
    placed += [(folded.lower().find(word), _word(word)) for word in words(_without(folded, named))]
    cues = [cue for _, cue in sorted(placed, key=lambda one: one[0])]
    return tuple(cues or [_word(word) for word in bigrams(folded) or [folded]])


def _word(word: str) -> Cue:
    pattern = re.compile("|".join(map(re.escape, same_as(word))))
    return Cue(pattern, pattern, 1.0, tuple(bigrams(word)) if len(word) > 2 else ())


def _without(text: str, named: Sequence[Named]) -> str:
    for one in sorted(named, key=lambda n: -n.start):
        text = f"{text[: one.start]} {text[one.end :]}"
    return text


def telling(cues: Sequence[Cue]) -> Sequence[Cue]:
    """The cues that are no mere values; all of them where there are only values."""
    return [cue for cue in cues if not cue.is_light] or cues


def is_light(part: Part) -> bool:
    """Whether a part asks for a mere value: a date, a person, a department, an amount."""
    return all(cue.is_light for cue in cues_of(part.text))


def look(part: Part, units: Sequence[Unit]) -> Found:
    """The unit that speaks best of a part; what only the letterhead says is not said of anything."""
    best, best_score = None, 0.0
    for unit in units:
        score = 0.0 if unit.is_letterhead else _score(part, unit)
        if score > best_score:
            best, best_score = unit, score
    return Found(part, best_score, best)


def _score(part: Part, unit: Unit) -> float:
    cues = cues_of(part.text)
    hits = [_hit(cue, unit) for cue in cues]
    score = sum(c.weight * hit for c, hit in zip(cues, hits, strict=True)) / sum(c.weight for c in cues)
    if any(hit == 0 and not c.is_light for c, hit in zip(cues, hits, strict=True)):
        score *= _LACKING
    if not _hit(telling(cues)[-1], unit):
        score *= _HEADLESS
    if any(year not in unit.searched for year in _YEAR.findall(part.text)):
        score *= _OTHER_YEAR
    if not holds(kind_of(part.text), unit.own):
        score *= _NO_VALUE
    if unit.is_row or not score:
        return score
    if _HEADING.match(unit.text):
        score *= _HEADING_ONLY
    if shortfall.open_words(unit.text) and not _WANTS_OPEN.search(part.text):
        score *= _OUTSTANDING
    return score


def _hit(cue: Cue, unit: Unit) -> float:
    if cue.told.search(unit.own):
        return _OWN
    if cue.told.search(unit.head):
        return _HEAD
    near = _NEAR if cue.told.search(unit.near) else 0.0
    if not cue.pairs:
        return near
    there = sum(pair in unit.own or pair in unit.head for pair in cue.pairs)
    return max(near, _HALF * there / len(cue.pairs))
