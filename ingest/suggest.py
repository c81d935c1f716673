"""Which module and tags a text speaks for, by the vocabulary's words; a suggestion, which only a person accepts."""

from __future__ import annotations

import math
from collections import defaultdict

from kb.vocabulary import Tag, folded, vocabulary

MOST_TAGS = 6
LEAST_SCORE = 0.4
_TEXT_CHARACTERS = 20_000
_TITLE_WEIGHT = 3.0
_SATURATION = 4.0

Suggested = tuple[str, str, float]
"""(``module`` or ``tag``, module key or tag key, score 0–1)."""


def suggest(title: str, text: str) -> list[Suggested]:
    """The best module and at most ``MOST_TAGS`` topics with their scores, best first; empty without evidence.

    Only the words of the text count; nothing written in a document can make it do more than be suggested.
    """
    folded_title, folded_text = folded(title), folded(text[:_TEXT_CHARACTERS])
    evidence = {tag.key: _evidence(tag, folded_title, folded_text) for tag in vocabulary().tags.values()}
    topics = [(key, _score(weight)) for key, weight in evidence.items() if vocabulary().tags[key].area]
    tags = sorted(((k, s) for k, s in topics if s >= LEAST_SCORE), key=lambda pair: -pair[1])[:MOST_TAGS]
    return [*_module(evidence), *(("tag", key, round(score, 2)) for key, score in tags)]


def _evidence(tag: Tag, title: str, text: str) -> float:
    """How strongly the texts speak for a tag: different words count more than one word again and again."""
    weight = 0.0
    for word in dict.fromkeys(folded(w) for w in (tag.zh, *tag.synonyms, *tag.words)):
        if len(word) < 2:
            continue
        count = text.count(word)
        said = (1 + math.log(count)) * min(1.0, len(word) / 4 + 0.4) if count else 0.0
        weight += _TITLE_WEIGHT * (word in title) + said
    return weight


def _score(weight: float) -> float:
    return 1 - math.exp(-weight / _SATURATION)


def _module(evidence: dict[str, float]) -> list[Suggested]:
    """The module whose area and topics gather most evidence; its score is its share of all of it."""
    totals: defaultdict[str, float] = defaultdict(float)
    for key, weight in evidence.items():
        module = vocabulary().tags[key].module
        if module is not None:
            totals[module.value] += weight
    best = max(totals, key=lambda module: totals[module], default="")
    if not best or totals[best] < 1.5:
        return []
    share = totals[best] / sum(totals.values())
    return [("module", best, round(share * _score(totals[best]), 2))]
