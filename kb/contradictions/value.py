"""A value as it is compared, and whether two values can both be true."""

from __future__ import annotations

from dataclasses import dataclass

from kb.contradictions.statement import Kind

_ROUNDED = 0.03
"""Relative difference up to which a rougher figure counts as the finer one rounded."""
_ABOUT = 0.1
"""Relative tolerance of 约, 近, 左右."""
_MIXED_UNITS = 0.03
"""Relative tolerance between a year of twelve months and one of 365 days."""


@dataclass(frozen=True)
class Value:
    """What stands at ``start``–``end`` of a text: an interval in base units, or names.

    ``step`` is the unit of the last digit written; ``about`` says the text calls it approximate; ``unit`` is the
    dimension (元, %, 时 in seconds, 台 …; empty for a bare number); a date is an interval of day numbers, without
    ``year`` it lies in a year the text leaves open; ``number`` is the figure as written, before unit and scale.
    """

    kind: Kind
    start: int
    end: int
    shown: str
    low: float = 0.0
    high: float = 0.0
    step: float = 0.0
    unit: str = ""
    about: bool = False
    year: bool = True
    names: frozenset[str] = frozenset()
    number: float = 0.0

    def moved(self, by: int) -> Value:
        """The same value, standing so many characters on."""
        return Value(
            self.kind, self.start + by, self.end + by, self.shown, self.low, self.high, self.step, self.unit,
            self.about, self.year, self.names, self.number,
        )  # fmt: skip


def comparable(a: Value, b: Value) -> bool:
    """Whether both measure in the same unit; a bare number of a table fits any count."""
    return a.kind is b.kind and (a.unit == b.unit or (a.kind is Kind.count and not (a.unit and b.unit)))


def agree(a: Value, b: Value) -> bool:
    """Whether both may be true: equal, one the other rounded, within an approximation, inside a range."""
    if a.kind is Kind.person:
        return any(one in other or other in one for one in a.names for other in b.names)
    if a.kind is Kind.date:
        return _days_agree(a, b)
    if a.unit != b.unit:
        return abs(a.number - b.number) < 1e-9
    gap = max(a.low, b.low) - min(a.high, b.high)
    if gap <= 1e-9:
        return True
    size = max(abs(a.low), abs(b.low), 1e-9)
    if (a.about or b.about) and gap <= _ABOUT * size:
        return True
    if a.unit == "时" and a.step != b.step and gap <= _MIXED_UNITS * size:
        return True
    return gap < max(a.step, b.step) / 2 * (1 - 1e-9) and gap <= _ROUNDED * size


def _days_agree(a: Value, b: Value) -> bool:
    if a.year and b.year:
        return max(a.low, b.low) <= min(a.high, b.high)
    return max(a.low % 1000, b.low % 1000) <= min(a.high % 1000, b.high % 1000)
