"""Whether two values are of the same thing, where no single rule can say: measures, each with its weight."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence

from kb.contradictions.attributes import attributes
from kb.contradictions.ceiling import likely
from kb.contradictions.mentions import Mention
from kb.contradictions.opposites import opposed
from kb.contradictions.statement import Kind
from kb.contradictions.telling import Rarity, Told
from kb.contradictions.value import Value, agree, comparable
from kb.contradictions.weights import (
    BIAS,
    DAYS_OF_MONTH,
    DAYS_OF_YEAR,
    DURATIONS,
    MOST_OF_CLAUSE,
    MOST_OF_SENTENCE,
    WEIGHTS,
    crowd,
)


def comparisons(found: Sequence[Mention], rarity: Rarity, passages: int) -> Iterator[tuple[Mention, Mention]]:
    """Pairs of mentions in different documents whose values differ in one measure, with enough telling words shared,
    and that may come to a likelihood worth showing.
    """
    groups: dict[tuple[Kind, str], list[Mention]] = defaultdict(list)
    for mention in found:
        value = mention.value
        groups[value.kind, "" if value.kind is Kind.stance else value.unit].append(mention)
    for group in groups.values():
        for i, j in likely(group, rarity, passages):
            if differ(group[i], group[j]):
                yield group[i], group[j]


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
    measured |= _against(a, b) | _layout(a, b) | {"apart": float(apart), "many_passages": crowd(passages)}
    logit = BIAS + sum(WEIGHTS[name] * value for name, value in measured.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


def _shared(a: Told, b: Told, rarity: Rarity) -> dict[str, float]:
    """Rarity in tens of nats of the words shared: by the clauses, the sentences, a sentence and what is around the
    other one, and only by headings and titles.
    """
    said = a.said & b.said
    crossed = ((a.said & b.whole) | (b.said & a.whole)) - said
    above = (a.above & b.above) - said - crossed
    sums = {name: rarity.sum(words) for name, words in (("sentence", said), ("crossed", crossed), ("above", above))}
    clause = min(rarity.sum(a.near & b.near), MOST_OF_CLAUSE) / 10
    return {"clause": clause} | {name: min(nats, MOST_OF_SENTENCE) / 10 for name, nats in sums.items()}


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
    months = abs(a.low % DAYS_OF_YEAR - b.low % DAYS_OF_YEAR) / DAYS_OF_MONTH
    other_year = a.year and b.year and a.low // DAYS_OF_YEAR != b.low // DAYS_OF_YEAR
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
        "person": float(kind is Kind.person), "duration": float(a.value.unit in DURATIONS),
        "one_row": float(rows == 1), "two_rows": float(rows == 2),
    }  # fmt: skip
