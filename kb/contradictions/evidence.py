"""Whether two values are of the same thing, where no single rule can say: measures, each with its weight.

The weights are a logistic regression on the judged rows of eight made companies (each row alone, and all candidates of
the whole company) and the ``tune`` half of ``tests/golden/contradictions.jsonl``; measures of likeness were held at or
above zero, measures of difference at or below.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from kb.contradictions.attributes import attributes
from kb.contradictions.mentions import Mention
from kb.contradictions.opposites import opposed
from kb.contradictions.statement import Kind
from kb.contradictions.telling import Rarity, Told
from kb.contradictions.value import Value, agree, comparable

_WEIGHTS = {
    "clause": 0.34, "sentence": 0.56, "crossed": 0.56, "above": -1.18,
    "attribute": 1.0, "attribute_near": 1.0, "other_attribute": -0.5,
    "ratio": -2.4, "days": -1.72, "agreed_beside": 1.53, "values_beside": -1.8,
    "opposed": -1.76, "opposed_sentence": -1.32, "apart": -0.49,
    "stance": -2.05, "one_deed": 2.68, "person": 0.78, "duration": 0.7,
    "one_row": -1.15, "two_rows": -1.67, "many_passages": -1.75,
}  # fmt: skip
_BIAS = -1.07
_COMPANY = 70
"""Passages of a made company: ``many_passages`` is 1 there and 0 for two passages alone."""
_COMMON = 80
"""Mentions of one kind and unit a pair of characters may stand in and still lead to a comparison."""
_TELLING, _LEAST, _LEAST_PERSON, _LEAST_OTHER_DEED = 2.0, 6.0, 18.0, 18.0
"""Nats of rarity: of a pair that leads to a comparison, of all those shared, and of these for people (whoever is named
is 负责 for something) and where yes and no are of two verbs."""
_DAYS_OF_YEAR = 1000


def comparisons(found: Sequence[Mention], rarity: Rarity) -> Iterator[tuple[Mention, Mention]]:
    """Pairs of mentions in different documents whose values differ in one measure, with enough telling words shared."""
    blocks: dict[tuple[Kind, str, str], list[int]] = defaultdict(list)
    for number, mention in enumerate(found):
        kind, unit = mention.value.kind, _measure(mention.value)
        for pair in mention.told.whole:
            if rarity.of(pair) > _TELLING:
                blocks[kind, unit, pair].append(number)
    shared: Counter[tuple[int, int]] = Counter()
    for (_, _, pair), numbers in blocks.items():
        if len(numbers) <= _COMMON:
            telling = rarity.of(pair)
            for both in combinations(numbers, 2):
                shared[both] += telling  # type: ignore[assignment]
    for (i, j), weight in shared.items():
        if weight >= _least(found[i].value, found[j].value) and differ(found[i], found[j]):
            yield found[i], found[j]


def _measure(value: Value) -> str:
    return "" if value.kind is Kind.stance else value.unit


def _least(a: Value, b: Value) -> float:
    if a.kind is Kind.person:
        return _LEAST_PERSON
    return _LEAST_OTHER_DEED if a.kind is Kind.stance and a.unit != b.unit else _LEAST


def differ(a: Mention, b: Mention) -> bool:
    """Whether two mentions of different documents cannot both hold if they are of the same thing."""
    one, other = a.value, b.value
    if a.statement.document_id == b.statement.document_id or one.kind is not other.kind:
        return False
    if one.kind is Kind.stance:
        return one.low * other.low < 0
    if one.unit != other.unit or agree(one, other):
        return False
    return not (_said_beside(a, b) or _said_beside(b, a))


def _said_beside(a: Mention, b: Mention) -> bool:
    """Whether the sentence of one also gives the other's value: 从 46 天压到 28 天."""
    return any(comparable(v, b.value) and agree(v, b.value) for v in a.beside)


def likelihood(a: Mention, b: Mention, rarity: Rarity, *, apart: bool, passages: int) -> float:
    """How surely (0–1) two differing mentions are of the same thing.

    ``apart``: their headings or titles name different phases or editions. ``passages``: how many are compared at all;
    the more there are, the more often unrelated ones resemble each other by chance.
    """
    if opposed(a.told.clause, b.told.clause) or a.period.differs(b.period):
        return 0.0
    measured = _shared(a.told, b.told, rarity) | _attributes(a.told, b.told) | _distance(a.value, b.value)
    measured |= _against(a, b) | _layout(a, b) | {"apart": float(apart), "many_passages": _crowd(passages)}
    logit = _BIAS + sum(_WEIGHTS[name] * value for name, value in measured.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


def _crowd(passages: int) -> float:
    return math.log(max(passages, 2) / 2) / math.log(_COMPANY / 2)


def _shared(a: Told, b: Told, rarity: Rarity) -> dict[str, float]:
    """Rarity in tens of nats of the words shared: by the clauses, the sentences, a sentence and what is around the
    other one, and only by headings and titles.
    """
    said = a.said & b.said
    crossed = ((a.said & b.whole) | (b.said & a.whole)) - said
    above = (a.above & b.above) - said - crossed
    return {
        "clause": min(rarity.sum(a.near & b.near), 30) / 10, "sentence": min(rarity.sum(said), 40) / 10,
        "crossed": min(rarity.sum(crossed), 40) / 10, "above": min(rarity.sum(above), 40) / 10,
    }  # fmt: skip


def _attributes(a: Told, b: Told) -> dict[str, float]:
    """Whether the clauses name one attribute, a clause that of the other sentence, or none at all."""
    one, other = attributes(a.clause), attributes(b.clause)
    whole_one, whole_other = attributes(a.sentence), attributes(b.sentence)
    return {
        "attribute": float(bool(one & other)), "attribute_near": float(bool(one & whole_other or other & whole_one)),
        "other_attribute": float(bool(whole_one and whole_other and not whole_one & whole_other)),
    }  # fmt: skip


def _distance(a: Value, b: Value) -> dict[str, float]:
    """Figures by the logarithm of their ratio; days by half years, and another year for one more."""
    if a.kind in (Kind.amount, Kind.percent, Kind.count):
        return {"ratio": min(abs(math.log(max(a.high, 1e-9) / max(b.high, 1e-9))), 3.0)}
    if a.kind is not Kind.date:
        return {}
    months = abs(a.low % _DAYS_OF_YEAR - b.low % _DAYS_OF_YEAR) / 40
    other_year = a.year and b.year and a.low // _DAYS_OF_YEAR != b.low // _DAYS_OF_YEAR
    return {"days": min(months, 6) / 6 + float(other_year)}


def _against(a: Mention, b: Mention) -> dict[str, float]:
    """Opposite words and codes in clauses and sentences, another period; for the pair: other values they agree on."""
    agreed = sum(any(comparable(v, w) and agree(v, w) for w in b.beside) for v in a.beside)
    one, other = (m.subject.told + m.told.sentence for m in (a, b))
    return {
        "opposed": float(opposed(a.told.clause, b.told.clause)), "opposed_sentence": float(opposed(one, other)),
        "agreed_beside": float(min(2, agreed)),
        "values_beside": min(6, max(len(a.beside), len(b.beside))) / 6,
    }  # fmt: skip


def _layout(a: Mention, b: Mention) -> dict[str, float]:
    """Kinds that are surer or less sure than figures, and whether one or both stand in a table."""
    kind, rows = a.value.kind, a.told.is_row + b.told.is_row
    return {
        "stance": float(kind is Kind.stance), "one_deed": float(kind is Kind.stance and a.value.unit == b.value.unit),
        "person": float(kind is Kind.person), "duration": float(a.value.unit in ("时", "工作日")),
        "one_row": float(rows == 1), "two_rows": float(rows == 2),
    }  # fmt: skip
