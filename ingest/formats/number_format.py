"""A number written the way Excel's format code shows it: 12.5%, 1,850.00, ¥3.5万, 12.3456万元, 5.6亿."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

_TOKEN = re.compile(r'"[^"]*"|[\\!].|\[[^\]]*\]|_.|\*.|General|G/通用格式|[Ee][+-]|[0#?.,%‰/]|.', re.I | re.S)
_CONDITION = re.compile(r"^\[(<=|>=|<>|<|>|=)\s*(-?[\d.]+)\]$")
_CURRENCY = re.compile(r"^\[\$([^\]-]*)")
_GENERAL = frozenset({"general", "g/通用格式"})
_SIGNS = frozenset("-−–▼▽▲△↓负减降跌亏")
_LONGEST_CODE = 400
_LARGEST = 1e18
"""Numbers beyond are no figures that somebody formatted."""


@dataclass(frozen=True)
class _Section:
    """One of the up to four parts of a format code; ``condition`` is (operator, bound), None by position."""

    pieces: tuple[str, ...]
    condition: tuple[str, float] | None


def shown(value: float, code: str) -> str:
    """``value`` as a cell with this format code shows it, but for what only colour or brackets say: the minus sign.

    A code that hides the number does not hide it here, and one that says nothing about numbers leaves it plain.
    """
    if not math.isfinite(value) or abs(value) > _LARGEST:
        return plain(value)
    section, number = _chosen(_sections(code[:_LONGEST_CODE]), value)
    if section is None:
        return plain(value)
    if not any(_is_digit(piece) or piece.lower() in _GENERAL for piece in section.pieces):
        # words alone stand for the number; bare letters are no words but codes that are not known here
        return _literals(tuple(piece for piece in section.pieces if not piece.isalpha())) or plain(value)
    return _written(section.pieces, number)


def plain(value: float) -> str:
    """The number without any format, whole numbers without a point."""
    if isinstance(value, int) or float(value).is_integer():
        return str(int(value)) if abs(value) < 1e15 else f"{value:.15g}"
    return f"{value:.10g}"


@cache
def _sections(code: str) -> tuple[_Section, ...]:
    parts: list[list[str]] = [[]]
    for piece in _TOKEN.findall(code):
        if piece == ";":
            parts.append([])
        else:
            parts[-1].append(piece)
    return tuple(_Section(tuple(part), _condition(part)) for part in parts)


def _condition(pieces: list[str]) -> tuple[str, float] | None:
    found = next((match for piece in pieces if (match := _CONDITION.match(piece))), None)
    try:
        return (found.group(1), float(found.group(2))) if found else None
    except ValueError:
        return None


def _chosen(sections: tuple[_Section, ...], value: float) -> tuple[_Section | None, float]:
    """The section for the value, and the number to write: without its sign where the section brings one."""
    numeric = [section for section in sections[:3] if "@" not in section.pieces]
    if not numeric:
        return None, value
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or _holds(value, *section.condition):
                return section, value
        return None, value
    if value < 0 and len(numeric) > 1:
        return _negative(numeric[1], value)
    return (numeric[2] if value == 0 and len(numeric) > 2 else numeric[0]), value


def _negative(section: _Section, value: float) -> tuple[_Section, float]:
    if _SIGNS & set("".join(map(_literal, section.pieces))):
        return section, abs(value)
    bare = tuple(piece for piece in section.pieces if _literal(piece) not in ("(", ")", "（", "）"))
    return _Section(bare, None), value


def _holds(value: float, operator: str, bound: float) -> bool:
    return {
        "<": value < bound, ">": value > bound, "=": value == bound, "<>": value != bound, "<=": value <= bound,
        ">=": value >= bound,
    }[operator]  # fmt: skip


def _written(pieces: tuple[str, ...], value: float) -> str:
    if any(piece.lower() in _GENERAL for piece in pieces):
        return "".join(plain(value) if piece.lower() in _GENERAL else _literal(piece) for piece in pieces).strip()
    if "/" in pieces or any(piece[:1] in "Ee" and piece[1:] in ("+", "-") for piece in pieces):
        return plain(value)  # fractions and powers of ten read better in full
    places = [n for n, piece in enumerate(pieces) if _is_digit(piece)]
    first, last = places[0], places[-1]
    digits = _Digits(pieces[first : last + 1], pieces[last + 1 :])
    number = digits.rounded(value, pieces)
    sign = "-" if number < 0 else ""
    before, after = (_literals(part) for part in (pieces[:first], digits.after))
    return f"{sign}{before}{digits.filled(abs(number))}{after}".strip()


class _Digits:
    """The places of a section's digits: before and after the point, with literals between them."""

    def __init__(self, places: tuple[str, ...], rest: tuple[str, ...]) -> None:
        commas = next((n for n, piece in enumerate(rest) if piece != ","), len(rest))
        self.after = rest[commas:]
        self._thousands = commas
        point = places.index(".") if "." in places else len(places)
        self._whole, self._part = places[:point], places[point + 1 :]
        self._grouped = "," in self._whole
        self._ends_in_point = point == len(places) - 1

    def rounded(self, value: float, pieces: tuple[str, ...]) -> Decimal:
        """The value in the unit shown (percent, thousands), rounded to the places there are, half away from zero."""
        scale = Decimal(100) ** pieces.count("%") * Decimal(1000) ** (pieces.count("‰") - self._thousands)
        step = Decimal(1).scaleb(-sum(map(_is_digit, self._part)))
        number = (Decimal(repr(value)) * scale).quantize(step, ROUND_HALF_UP)
        return number if number else abs(number)  # no minus zero

    def filled(self, number: Decimal) -> str:
        whole, _, part = f"{number:f}".partition(".")
        return self._before(whole) + self._behind(part)

    def _before(self, whole: str) -> str:
        """The digits before the point put into their places from the right, the rest of them in the first place."""
        written: list[str] = []
        places = [piece for piece in self._whole if piece != ","]
        left = sum(map(_is_digit, places))
        whole = whole.zfill(places.count("0")) if whole != "0" or "0" in places else ""
        rest, count = whole, 0
        for piece in reversed(places):
            if not _is_digit(piece):
                written.insert(0, _literal(piece))
                continue
            left -= 1
            taken, rest = (rest, "") if not left else (rest[-1:], rest[:-1])
            for digit in reversed(taken):
                written.insert(0, digit + ("," if self._grouped and count and count % 3 == 0 else ""))
                count += 1
        return "".join(written)

    def _behind(self, part: str) -> str:
        digits = iter(part)
        written = [(piece, next(digits) if _is_digit(piece) else _literal(piece)) for piece in self._part]
        while written and written[-1][0] in "#?" and written[-1][1] == "0":
            written.pop()
        return "." + "".join(text for _, text in written) if written else ""


def _is_digit(piece: str) -> bool:
    return piece in ("0", "#", "?")


def _literals(pieces: tuple[str, ...]) -> str:
    return "".join(map(_literal, pieces))


def _literal(piece: str) -> str:
    """What a piece puts beside the digits; blanks that only align are left out."""
    if piece.startswith('"'):
        return piece[1:-1].strip()
    if piece[0] in "\\!":
        return piece[1:].strip()
    if piece.startswith("["):
        currency = _CURRENCY.match(piece)
        return currency.group(1) if currency else ""
    if piece[0] in "_*" or piece in (",", ".", "@"):
        return ""
    return piece.strip()
