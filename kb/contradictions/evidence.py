"""Whether two values are of the same thing, where no single rule can say: measures, each with its weight."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kb.contradictions.attributes import attributes
from kb.contradictions.ceiling import likely
from kb.contradictions.mentions import Mention
from kb.contradictions.names import Names
from kb.contradictions.opposites import opposed
from kb.contradictions.stances import VAGUE
from kb.contradictions.statement import Kind, Statement
from kb.contradictions.telling import Rarity, Told
from kb.contradictions.value import Value, agree, comparable
from kb.contradictions.weights import (
    DAYS_OF_MONTH,
    DAYS_OF_YEAR,
    DURATIONS,
    MOST_OF_NAMES,
    MOST_OF_SENTENCE,
    WEIGHTS,
)


@dataclass(frozen=True)
class Pool:
    """What is known of all the passages that are compared: how telling their words are, and which are names."""

    rarity: Rarity
    names: Names


def pool_of(statements: Sequence[Statement]) -> Pool:
    """The pool of some passages."""
    return Pool(Rarity(s.text for s in statements), Names(statements))


def comparisons(found: Sequence[Mention], pool: Pool, least: float) -> Iterator[tuple[Mention, Mention]]:
    """Pairs of mentions in different documents whose values differ in one measure, with enough telling words shared,
    and that may come to a likelihood of ``least``.
    """
    groups: dict[tuple[Kind, str], list[Mention]] = defaultdict(list)
    for mention in found:
        value = mention.value
        groups[value.kind, "" if value.kind is Kind.stance else value.unit].append(mention)
    for group in groups.values():
        for i, j in likely(group, pool.rarity, pool.names, least):
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
    return not (said_beside(a, b) or said_beside(b, a))


def said_beside(a: Mention, b: Mention) -> bool:
    """Whether the sentence of one also gives the other's value: 从 46 天压到 28 天."""
    value = b.value
    return any(v.kind is value.kind and comparable(v, value) and agree(v, value) for v in a.beside)


def likelihood(a: Mention, b: Mention, pool: Pool) -> float:
    """How surely (0–1) two differing mentions are of the same thing."""
    if ruled_out(a, b, pool):
        return 0.0
    logit = WEIGHTS["bias"] + sum(WEIGHTS[name] * value for name, value in measures(a, b, pool).items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, logit))))


def ruled_out(a: Mention, b: Mention, pool: Pool) -> bool:
    """Whether the clauses name opposites or two periods, the headings opposites, or the titles two things."""
    apart = opposed(a.told.clause, b.told.clause) or a.period.differs(b.period)
    return apart or opposed(a.told.heading, b.told.heading) or pool.names.titled_apart(a.told, b.told)


def measures(a: Mention, b: Mention, pool: Pool) -> dict[str, float]:
    """What is measured of a pair; a measure left out is 0."""
    measured = _shared(a.told, b.told, pool) | _attributes(a.told, b.told) | _distance(a.value, b.value)
    return measured | _against(a, b) | _layout(a, b)


def _shared(a: Told, b: Told, pool: Pool) -> dict[str, float]:
    """Rarity in tens of nats of the words shared: by the sentences, a sentence and what is around the other one, only
    by headings and titles, by what stands next to one value and the other sentence, and of names; and whether what
    both are told under has names, and each other ones.
    """
    said = a.said & b.said
    crossed = ((a.said & b.whole) | (b.said & a.whole)) - said
    above = (a.above & b.above) - said - crossed
    window = (a.close & b.said) | (b.close & a.said)
    sums = {"sentence": said, "crossed": crossed, "above": above, "window": window}
    one, other = pool.names.scope(a), pool.names.scope(b)
    named = (one & b.whole) | (other & a.whole)
    tens = {name: min(pool.rarity.sum(words), MOST_OF_SENTENCE) / 10 for name, words in sums.items()}
    tens["named"] = min(pool.rarity.sum(named), MOST_OF_NAMES) / 10
    return tens | {"named_apart": float(bool(one and other and not named))}


def _attributes(a: Told, b: Told) -> dict[str, float]:
    """Whether the clauses name one attribute, and a clause that of the other sentence."""
    one, other = attributes(a.clause), attributes(b.clause)
    near = one & attributes(b.sentence) or other & attributes(a.sentence)
    return {"attribute": float(bool(one & other)), "attribute_near": float(bool(near))}


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
    """Opposite words and codes in the sentences; other values that they agree on, and how many there are."""
    agreed = sum(any(comparable(v, w) and agree(v, w) for w in b.beside) for v in a.beside)
    one, other = (m.subject.told + m.told.sentence for m in (a, b))
    return {
        "opposed_sentence": float(opposed(one, other)), "agreed_beside": float(min(2, agreed)),
        "values_beside": min(6, max(len(a.beside), len(b.beside))) / 6,
    }  # fmt: skip


def _layout(a: Mention, b: Mention) -> dict[str, float]:
    """Kinds that are surer or less sure than figures, and whether one or both stand in a table."""
    kind = a.value.kind
    return {
        "stance": float(kind is Kind.stance),
        "one_deed": float(kind is Kind.stance and a.value.unit == b.value.unit and a.value.unit not in VAGUE),
        "person": float(kind is Kind.person), "duration": float(a.value.unit in DURATIONS),
        "rows": float(a.told.is_row + b.told.is_row),
    }  # fmt: skip
