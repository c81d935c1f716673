"""The most that ``evidence`` can come to for a pair, for all pairs of one measure at once.

Almost all pairs are ruled out here; what is left is weighed one by one. Measures that can only be found out pair by
pair are taken at their best: no opposition, and as many values agreed on as there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from kb.contradictions.attributes import NAMES, attributes
from kb.contradictions.mentions import Mention
from kb.contradictions.names import Names
from kb.contradictions.overlap import Numbers, Sets, Weights, numbers, sets, shared, slabs
from kb.contradictions.statement import Kind
from kb.contradictions.telling import Rarity
from kb.contradictions.weights import (
    DAYS_OF_MONTH,
    DAYS_OF_YEAR,
    DURATIONS,
    MOST_OF_NAMES,
    MOST_OF_SENTENCE,
    WEIGHTS,
    logit,
)

_COMMON = 80
"""Mentions of one kind and unit a pair of characters may stand in and still lead to a comparison."""
_TELLING, _LEAST, _LEAST_PERSON, _LEAST_OTHER_DEED = 2.0, 6.0, 18.0, 18.0
"""Nats of rarity: of a pair that leads to a comparison, of all those shared, and of these for people (whoever is named
is 负责 for something) and where yes and no are of two verbs."""
_ROUNDING = 1e-6


@dataclass(frozen=True)
class _Group:
    """Mentions of one kind and measure as columns of numbers; attributes are bits."""

    kind: Kind
    measures_time: bool
    document: Numbers
    unit: Numbers
    low: Weights
    high: Weights
    dated: Numbers
    rows: Numbers
    beside: Numbers
    attributes: Numbers
    all_attributes: Numbers


@dataclass(frozen=True)
class _Words:
    """The words of the same mentions: next to the values, of their sentences, the names they are told under, all there
    is, and the telling ones of that.
    """

    close: Sets
    said: Sets
    scope: Sets
    whole: Sets
    telling: Sets
    rarity: Weights


def likely(found: Sequence[Mention], rarity: Rarity, names: Names, least: float) -> Iterator[tuple[int, int]]:
    """The numbers of the pairs of different documents, all of one kind and measure, that may come to a likelihood."""
    group, words, needed = _group(found), _words(found, rarity, names), logit(least) - _ROUNDING
    for rows in slabs(len(found)):
        telling = shared(words.telling, words.telling, words.rarity, rows)
        i, j = (n.astype(np.int64) for n in np.nonzero(telling >= _LEAST))
        weight, i = telling[i, j], i + rows.start
        kept = (j > i) & (group.document[i] != group.document[j]) & (weight >= _least(group, i, j))
        i, j = i[kept], j[kept]
        most = WEIGHTS["bias"] + _of_values(group, i, j) + _of_places(group, i, j) + _of_words(words, rows, i, j)
        passed = most >= needed
        yield from zip(i[passed].tolist(), j[passed].tolist(), strict=True)


def _least(group: _Group, i: Numbers, j: Numbers) -> Weights:
    if group.kind is Kind.person:
        return np.full(len(i), _LEAST_PERSON)
    other_deed = (group.unit[i] != group.unit[j]) & (group.kind is Kind.stance)
    return np.where(other_deed, _LEAST_OTHER_DEED, _LEAST)


def _of_values(group: _Group, i: Numbers, j: Numbers) -> Weights:
    """What the values themselves add: how far apart they are, and what kind they are."""
    most = np.zeros(len(i))
    if group.kind is Kind.stance:
        most += WEIGHTS["stance"] + WEIGHTS["one_deed"] * (group.unit[i] == group.unit[j])
    elif group.kind is Kind.person:
        most += WEIGHTS["person"]
    elif group.kind is Kind.date:
        months = abs(group.low[i] % DAYS_OF_YEAR - group.low[j] % DAYS_OF_YEAR) / DAYS_OF_MONTH
        other_year = group.low[i] // DAYS_OF_YEAR != group.low[j] // DAYS_OF_YEAR
        most += WEIGHTS["days"] * (np.minimum(months, 6) / 6 + (group.dated[i] & group.dated[j] & other_year))
    else:
        high = np.log(np.maximum(group.high, 1e-9))
        most += WEIGHTS["ratio"] * np.minimum(abs(high[i] - high[j]), 3.0)
    return most + WEIGHTS["duration"] * group.measures_time


def _of_places(group: _Group, i: Numbers, j: Numbers) -> Weights:
    """What attributes and layout add, and other values beside them at their best."""
    one, other = group.attributes[i], group.attributes[j]
    whole_one, whole_other = group.all_attributes[i], group.all_attributes[j]
    beside = (group.beside[i], group.beside[j])
    most = WEIGHTS["attribute"] * (one & other != 0)
    most += WEIGHTS["attribute_near"] * (((one & whole_other) | (other & whole_one)) != 0)
    most += WEIGHTS["rows"] * (group.rows[i] + group.rows[j])
    agreed = np.where(np.minimum(*beside) > 0, np.minimum(beside[0], 2), 0)
    most += WEIGHTS["agreed_beside"] * agreed + WEIGHTS["values_beside"] * np.minimum(np.maximum(*beside), 6) / 6
    return np.asarray(most, dtype=np.float64)


def _of_words(words: _Words, rows: range, i: Numbers, j: Numbers) -> Weights:
    """What the words shared add, a word that both sides have counted twice at most."""
    at = (i - rows.start, j)

    def either(one: Sets, other: Sets) -> Weights:
        return shared(one, other, words.rarity, rows)[at] + shared(other, one, words.rarity, rows)[at]

    said = shared(words.said, words.said, words.rarity, rows)[at]
    most = WEIGHTS["sentence"] * np.minimum(said, MOST_OF_SENTENCE)
    most += WEIGHTS["crossed"] * np.minimum(either(words.said, words.whole) - 2 * said, MOST_OF_SENTENCE)
    most += WEIGHTS["window"] * np.minimum(either(words.close, words.said), MOST_OF_SENTENCE)
    most += WEIGHTS["named"] * np.minimum(either(words.scope, words.whole), MOST_OF_NAMES)
    return np.asarray(most, dtype=np.float64) / 10


def _group(found: Sequence[Mention]) -> _Group:
    value = found[0].value
    return _Group(
        value.kind, value.unit in DURATIONS, _numbered([m.statement.document_id for m in found]),
        _numbered([m.value.unit for m in found]), np.array([m.value.low for m in found]),
        np.array([m.value.high for m in found]), np.array([int(m.value.year) for m in found]),
        np.array([int(m.told.is_row) for m in found]), np.array([len(m.beside) for m in found]),
        np.array([_bits(m.told.clause) for m in found]), np.array([_bits(m.told.sentence) for m in found]),
    )  # fmt: skip


def _numbered(names: Sequence[str]) -> Numbers:
    number = {name: n for n, name in enumerate(dict.fromkeys(names))}
    return np.array([number[name] for name in names], dtype=np.int64)


def _bits(text: str) -> int:
    return sum(1 << NAMES.index(name) for name in attributes(text))


def _words(found: Sequence[Mention], rarity: Rarity, names: Names) -> _Words:
    number = numbers(chain((m.told.whole for m in found), (m.told.close for m in found)))
    weights = np.array([rarity.of(pair) for pair in number], dtype=np.float64)
    close, said = sets([m.told.close for m in found], number), sets([m.told.said for m in found], number)
    scope, whole = sets([names.scope(m.told) for m in found], number), sets([m.told.whole for m in found], number)
    telling = whole.without((weights <= _TELLING) | (whole.count > _COMMON))
    return _Words(close, said, scope, whole, telling, weights)
