"""Questions that are nothing but a figure, a date or a code, and the other writings in which passages state it.

``3260万`` stands as 3,260 万元 in one document and as 3260 in a column of 万元 in another, ``HT202409`` with hyphens.
Who looks up a figure wants the passages that state it: to a model all figures are alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import lru_cache

from kb.contradictions.writing import numeral
from kb.lexical import fold
from search.facts import SCALES, THOUSANDS, claimed, held

_LONG = re.compile(r"(?<![a-z0-9_.,-])\d{1,3}(?:,?\d{3})+(?:\.\d+)?(?![\d,])")
_YEAR = re.compile(r"(?:19|20)\d\d")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_UNSCALED = re.compile(r"\d+(?:\.\d+)?(?![\d.]|\s*[千万亿])")
_UNIT = (
    r"\s*(?:元整?|块钱?|人|名|位|天|日|年|个?月|小时|分钟?|秒|台车?|辆|艘|家|户|个|条|项|次|趟|吨|公斤|克|公里|米|平方?米?|亩|度|票"
    r"|箱|件|份|页|岁)?"
)
_AMOUNT = re.compile(rf"(?:rmb|[¥$€])?\s*(\d+(?:\.\d+)?)\s*(万亿|千万|百万|亿|万|千)?{_UNIT}")
_NUMERAL = re.compile(rf"([一二两三四五六七八九十][零〇一二两三四五六七八九十百千万亿]*){_UNIT}")
_SHARE = re.compile(r"百分之[零〇一二三四五六七八九十百点\d.]+|\d+(?:\.\d+)?\s*%")
_DATE = re.compile(
    r"((?:19|20)\d\d)\s*[年/.-]\s*(\d{1,2})(?:\s*[月/.-]\s*(\d{1,2})?\s*[日号]?)?|(\d{1,2})月(\d{1,2})[日号]?"
)
_CODE = re.compile(r"[a-z]{1,8}[-_/.]?\d[a-z0-9]*(?:[-_/.][a-z0-9]+)*")
_WRITTEN_IN = (1, 10**4, 10**8)
_DECIMALS = 3
_LARGE = 10**6
"""From here on a bare number may stand elsewhere in 万 or 亿."""
_APART = "[-_/. ]?"
_TELLING = 3
"""Digits of a bare number; shorter ones stand everywhere."""


def stated_by(question: str) -> Callable[[str], bool] | None:
    """Whether a text states what the question looks up, in any writing; None where it asks more than a figure."""
    asked = _plain(question)
    if _DATE.fullmatch(asked) or _SHARE.fullmatch(asked):
        facts = claimed(asked)
        return (lambda text: facts <= held(text)) if facts else None
    if _amount(asked) is not None:
        facts, bare = claimed(asked), _bare(asked)
        alone = _NUMBER if _NUMBER.fullmatch(asked) else _UNSCALED
        return lambda text: facts <= held(text) or bare in alone.findall(_plain(text))
    if _CODE.fullmatch(asked):
        code = _code(asked)
        return lambda text: bool(code.search(fold(text)))
    return None


@lru_cache(maxsize=256)
def writings(question: str) -> tuple[str, ...]:
    """Other writings of the question's figures, as words of a passage; empty where there is none."""
    asked = fold(question)
    found = [w for number in _LONG.findall(asked) for w in _commas(number)]
    plain = _plain(question)
    amount = _amount(plain)
    if amount is not None and (amount >= _LARGE or not _NUMBER.fullmatch(plain)):
        found += [w for scale in _WRITTEN_IN for w in _scaled(amount, scale)]
    if _SHARE.fullmatch(plain):
        found = [fact.rstrip("%") for fact in claimed(plain)]
    elif date := _DATE.fullmatch(plain):
        found = [w for part in date.groups()[1:] if part for w in (part.lstrip("0"), part.zfill(2))]
    said = set(re.findall(r"\d+(?:[.,]\d+)*", asked))
    return tuple(dict.fromkeys(w for w in found if w and w not in said))


def _plain(text: str) -> str:
    """Folded, without commas between thousands; a Chinese comma parts two numbers, so it is asked before folding."""
    return fold(THOUSANDS.sub("", text)).strip(" \n\t?。")


def _amount(asked: str) -> Decimal | None:
    """What a question that is one number, with its unit at most, amounts to; None for others and for short numbers."""
    if found := _NUMERAL.fullmatch(asked):
        amount = Decimal(str(numeral(found[1])))
        return amount if amount >= 10 ** (_TELLING - 1) else None
    found = _AMOUNT.fullmatch(asked)
    if found is None or _YEAR.fullmatch(found[1]) or not (found[2] or sum(map(str.isdigit, found[1])) >= _TELLING):
        return None
    return Decimal(found[1]) * SCALES[found[2] or ""]


def _bare(asked: str) -> str:
    """The number alone: in a table its scale stands in the header."""
    found = _NUMBER.search(asked)
    return found[0] if found and sum(map(str.isdigit, found[0])) >= _TELLING else ""


def _commas(number: str) -> Iterator[str]:
    if "," in number:
        yield number.replace(",", "")
    elif not _YEAR.fullmatch(number):
        yield _grouped(Decimal(number))


def _scaled(amount: Decimal, scale: int) -> Iterator[str]:
    """The number that stands before a scale's word; none where it would have a long tail of decimals or of noughts."""
    number = (amount / scale).normalize()
    if number >= Decimal("0.1") and -int(number.as_tuple().exponent) <= _DECIMALS:
        yield f"{number:f}"
        yield _grouped(number)


def _grouped(number: Decimal) -> str:
    return f"{number:,f}"


def _code(asked: str) -> re.Pattern[str]:
    signs = [re.escape(sign) for sign in asked if sign.isalnum()]
    return re.compile(rf"(?<![a-z0-9]){_APART.join(signs)}(?![a-z0-9])")
