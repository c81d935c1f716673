"""Which mentions are held against each other, and which pairs are contradictions."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kb.contradictions.evidence import comparisons, likelihood, pool_of, said_beside
from kb.contradictions.mentions import Mention, mentions
from kb.contradictions.opposites import one_sided, opposed
from kb.contradictions.overlap import sharing
from kb.contradictions.statement import Claim, Contradiction, Kind, Statement
from kb.contradictions.subject import Likeness, Subject, Weigh, lacks, likeness, pairs_of, runs
from kb.contradictions.telling import Rarity
from kb.contradictions.value import agree, comparable
from kb.contradictions.weights import LIKELY, bound
from kb.contradictions.writing import level

THRESHOLD = 0.58
"""Score from which a pair is shown, as measured on ``tests/golden/contradictions.jsonl``."""
_OTHER_THING = 2.6
"""Weight in characters of other words in the same place from which two sentences speak of two things."""
_PARALLEL, _LONE_WORD, _OTHER_NAME = 4.0, 0.5, 1.5
"""The same weights where the phrases are parallel: shared at least, differing at most, in the same place at least."""
DOUBTFUL = 0.012
"""Likelihood under which what the noun phrases say is not believed."""
_CONTRAST, _DIFFER, _MORE = 3.0, 1.0, 0.35
"""What weighs against a pair: other words in the same place, words only here and only there, words one side adds."""
_MORE_OF_LITTLE = 0.6
_LEAST, _AMPLE = 2.2, 5.0
"""Weight in characters that two noun phrases must share, and below which words one side adds count for more."""
_GLANCE = 0.25
"""Share of the shorter noun phrase's pairs of characters below which a pair is not looked at."""
_UNSAID_SIDE = 0.93
"""Factor for each opposition (预算/实际, 目标/现状 …) in which only one of the two takes a side."""
_FAR = 20
_COMMON = 150
"""Mentions a pair of characters may stand in and still lead to a comparison."""
_BACKGROUND = 20
"""Passages added to a small collection, so that rarity means little where there is little to compare."""
_POST = re.compile(r"ceo|cfo|coo|cho|cto|cmo|cio|cpo")
_OF_A_POST = re.compile(r"权限|授权|职责|责任书")
_VERSION = re.compile(
    r"[((]?\s*v\d+(?:\.\d+)?.*$|\([^()]*?(?:版|截至|截止|更新|\d月|年度)[^()]*\)$|(?:旧版|现行|正式版|修订版)$"
)


def contradictions(
    statements: Sequence[Statement], *, threshold: float = THRESHOLD, likely: float = LIKELY
) -> list[Contradiction]:
    """The contradictions between different documents, surest first, one per pair of documents and subject."""
    found = [mention for statement in statements for mention in mentions(statement)]
    weigh, pool = weigh_in(statements), pool_of(statements)
    scored: list[tuple[float, str, Mention, Mention]] = []
    for a, b in _candidates(found):
        judged = _judged(a, b, weigh)
        if judged is not None and judged[0] >= threshold and likelihood(a, b, pool) >= DOUBTFUL:
            scored.append((judged[0], judged[1].text, a, b))
    least = bound(likely, len(statements))
    for a, b in comparisons(found, pool, least):
        surely = likelihood(a, b, pool)
        if surely >= least and not is_of_another(a, b, weigh):
            scored.append((surely, "", a, b))
    scored.sort(key=lambda s: (-s[0], s[2].statement.document_id, s[2].start, s[3].statement.document_id, s[3].start))
    return list(_distinct(scored, pool.rarity))


def is_of_another(a: Mention, b: Mention, weigh: Weigh) -> bool:
    """Whether two differing mentions are of editions of one text, or of two things in parallel phrases."""
    return _editions(a.statement, b.statement) or _is_other_thing(likeness(a.subject, b.subject, weigh))


def _is_other_thing(alike: Likeness) -> bool:
    """Whether other words stand in the same place: many, or a few in phrases that are one and the same otherwise."""
    in_parallel = alike.shared >= _PARALLEL and alike.differ < _LONE_WORD and alike.contrast >= _OTHER_NAME
    return in_parallel or alike.contrast >= _OTHER_THING


def weigh_in(statements: Sequence[Statement]) -> Weigh:
    """How telling a pair of characters is: 1 for one that stands in one passage, less the more it occurs."""
    seen: Counter[str] = Counter()
    for s in statements:
        seen.update({pair for run in runs(level(s.text)) for pair in pairs_of(run)})
    whole = math.log(len(statements) + _BACKGROUND)
    known = {pair: max(0.3, math.log((len(statements) + _BACKGROUND) / n) / whole) for pair, n in seen.items()}
    return lambda pair: known.get(pair, 1.0)


def _candidates(found: Sequence[Mention]) -> Iterator[tuple[Mention, Mention]]:
    """Pairs of different documents of one measure that share two pairs of characters which are not common."""
    for kind in (k for k in Kind if k is not Kind.stance):
        named = [m for m in found if m.value.kind is kind and m.subject.head]
        for i, j in sharing([m.subject.pairs for m in named], least=2, common=_COMMON):
            a, b = named[i], named[j]
            if a.statement.document_id != b.statement.document_id and comparable(a.value, b.value):
                yield a, b


def _judged(a: Mention, b: Mention, weigh: Weigh) -> tuple[float, Likeness] | None:
    """The score of two mentions and what they share; None where they do not contradict each other."""
    if not _worth_a_look(a.subject, b.subject) or agree(a.value, b.value) or a.period.differs(b.period):
        return None
    if opposed(a.subject.told, b.subject.told) or lacks(a.subject, b.subject) or lacks(b.subject, a.subject):
        return None
    if _placed_apart(a.statement, b.statement) or said_beside(a, b) or said_beside(b, a) or _far(a, b):
        return None
    alike = likeness(a.subject, b.subject, weigh)
    if alike.shared < _LEAST or not alike.head:
        return None
    more = _MORE if alike.shared >= _AMPLE else _MORE_OF_LITTLE
    against = _CONTRAST * alike.contrast + _DIFFER * alike.differ + more * alike.more
    score = alike.shared / (alike.shared + against)
    return score * _UNSAID_SIDE ** one_sided(a.subject.told, b.subject.told), alike


def _far(a: Mention, b: Mention) -> bool:
    """Whether two figures are so far apart that they hardly measure one thing."""
    low, high = sorted((a.value.high, b.value.high))
    return a.value.kind in (Kind.amount, Kind.count) and high > _FAR * max(low, 1e-9)


def _worth_a_look(a: Subject, b: Subject) -> bool:
    """Whether enough pairs of characters are shared for the score to come near the threshold: cheap, asked first."""
    return len(a.pairs & b.pairs) >= _GLANCE * min(len(a.pairs), len(b.pairs))


def _placed_apart(a: Statement, b: Statement) -> bool:
    """Whether headings or titles name different phases, lines, codes or posts, or the two are editions of one text."""
    one, other = _told_by_title(a.title), _told_by_title(b.title)
    if opposed(level(a.heading), level(b.heading)) or opposed(one.title, other.title):
        return True
    return bool(one.posts and other.posts and not one.posts & other.posts) or _editions(a, b)


def _editions(a: Statement, b: Statement) -> bool:
    """Whether two titles are those of editions of one text."""
    one, other = _told_by_title(a.title), _told_by_title(b.title)
    return one.title != other.title and bool(one.stem) and one.stem == other.stem


@dataclass(frozen=True)
class _Title:
    """A levelled title, the title without its edition, and the posts whose powers or duties it lists."""

    title: str
    stem: str
    posts: frozenset[str]


@lru_cache(maxsize=20_000)
def _told_by_title(title: str) -> _Title:
    written = level(title)
    posts = frozenset(_POST.findall(written)) if _OF_A_POST.search(written) else frozenset()
    return _Title(written, _VERSION.sub("", written).strip(), posts)


def _distinct(scored: Iterable[tuple[float, str, Mention, Mention]], rarity: Rarity) -> Iterator[Contradiction]:
    """The best of each pair of documents and subject, which is worked out where it is not given; a value is used once
    in a pair of documents.
    """
    used: set[tuple[str, ...]] = set()
    for score, given, a, b in scored:
        documents = tuple(sorted((a.statement.document_id, b.statement.document_id)))
        keys = {(*documents, m.statement.document_id, f"{m.start} {m.value.start}") for m in (a, b)}
        if used & keys:
            continue
        topic = _whole_words(given) or _topic(a, b, rarity)
        keys.add((*documents, a.value.kind, topic))
        if used & keys:
            continue
        used |= keys
        yield Contradiction(topic, a.value.kind, _claim(a), _claim(b), round(score, 4))


def _whole_words(topic: str) -> str:
    """Without the single characters that are left where a name was cut: 成 of 成都."""
    return " ".join(word for word in topic.split() if len(word) > 1)


def _topic(a: Mention, b: Mention, rarity: Rarity) -> str:
    """What both sides speak of: the most telling stretches of words that they share, in the order of one."""
    shared = (a.told.said & b.told.whole) | (a.told.whole & b.told.said)
    stretches: list[str] = []
    for run in runs(a.told.sentence) + runs(b.told.heading):
        stretches += [s for s in _stretches(run, shared) if len(s) > 1 and s not in stretches]
    telling = sorted(stretches, key=lambda s: -rarity.sum(pairs_of(s)))[:3]
    return " ".join(s for s in stretches if s in telling) or _place(a.statement)


def _place(statement: Statement) -> str:
    """The last heading above a passage, or else the title: what it is about where the sentences share no words."""
    return statement.heading.split("›")[-1].strip() or statement.title


def _stretches(run: str, shared: frozenset[str]) -> list[str]:
    if run.isascii():
        return [run] if run in shared else []
    marked = "".join(c if run[i : i + 2] in shared or run[i - 1 : i + 1] in shared else " " for i, c in enumerate(run))
    return marked.split()


def _claim(mention: Mention) -> Claim:
    text, value = mention.statement.text, mention.value
    quote = text[mention.start : mention.end].strip()
    return Claim(mention.statement, quote, value.shown, text[value.start : value.end].strip())
