"""What criteria ask for, by name, and how papers tell it: read from ``concepts.toml`` and ``wordings.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from kb.evidence import values

_FILES = ("concepts.toml", "wordings.toml")
_VALUES = {
    "@date": values.DATE, "@person": values.PERSON, "@department": values.DEPARTMENT, "@amount": values.AMOUNT,
    "@years": values.YEARS, "@table_target": values.TARGET_ROW,
    "@surname": values.SURNAME,
}  # fmt: skip


@dataclass(frozen=True)
class Concept:
    """One kind of thing: its ``names`` in criteria and column heads, and ``told``, how texts say it (folded text).

    ``light``: a value that anything may have.
    """

    names: re.Pattern[str]
    told: re.Pattern[str]
    light: bool


@dataclass(frozen=True)
class Named:
    """A concept found in a criterion's words, from ``start`` to ``end``."""

    concept: Concept
    start: int
    end: int


@lru_cache(maxsize=1)
def all_concepts() -> tuple[Concept, ...]:
    """Every concept, in the files' order."""
    texts = [files("kb.evidence").joinpath(name).read_text("utf-8") for name in _FILES]
    entries = [entry for text in texts for entry in tomllib.loads(text)["concept"]]
    return tuple(_concept(entry["asked"], entry["told"], bool(entry.get("light"))) for entry in entries)


def _concept(asked: str, told: str, light: bool) -> Concept:
    for name, pattern in _VALUES.items():
        told = told.replace(name, pattern)
    longest_first = "|".join(sorted(asked.split("|"), key=len, reverse=True))
    return Concept(re.compile(longest_first), re.compile(f"{longest_first}|{told}"), light)


@lru_cache(maxsize=4096)
def named_in(text: str) -> tuple[Named, ...]:
    """The concepts that a folded text names: the longest name first, and no character twice."""
    found = [Named(c, m.start(), m.end()) for c in all_concepts() for m in c.names.finditer(text)]
    chosen: list[Named] = []
    for one in sorted(found, key=lambda n: (n.start - n.end, n.start)):
        if all(one.end <= other.start or one.start >= other.end for other in chosen):
            chosen.append(one)
    return tuple(sorted(chosen, key=lambda n: n.start))
