"""One writing for comparison, character by character so that offsets stay; Chinese numerals as numbers."""

from __future__ import annotations

from functools import lru_cache

from kb.lexical import fold

_DIGIT = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10_000, "亿": 100_000_000}


@lru_cache(maxsize=20_000)
def _level(character: str) -> str:
    folded = fold(character)
    return folded if len(folded) == 1 else character


@lru_cache(maxsize=20_000)
def level(text: str) -> str:
    """Half-width, lower case, simplified; as long as the text, so that a place in one is a place in the other."""
    return "".join(map(_level, text))


def numeral(written: str) -> float:
    """The number a Chinese numeral stands for: 三百二十万 is 3200000, 三点五 is 3.5."""
    whole, _, fraction = written.partition("点")
    tail = "".join(str(_DIGIT[c]) for c in fraction if c in _DIGIT)
    return _whole(whole) + (float(f"0.{tail}") if tail else 0.0)


def _whole(written: str) -> float:
    if all(c in _DIGIT for c in written):
        return float("".join(str(_DIGIT[c]) for c in written) or 0)
    total = part = digit = 0
    for c in written:
        if c in _DIGIT:
            digit = _DIGIT[c]
        elif c in _TENS:
            part += (digit or 1) * _TENS[c]
            digit = 0
        elif c in _MYRIADS:
            total = (total + part + digit or 1) * _MYRIADS[c]
            part = digit = 0
    return float(total + part + digit)
