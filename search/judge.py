"""What reading the first passages tells: how far to rely on them, which goes first, which sentence answers.

The first document's two best passages are read, and the second document's best where both documents are as near.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from kb.encoder.running import Span
from kb.lexical import fold
from search.confidence import SURE, Confidence, confidence, quotable, read, second_is_surer
from search.rank import Ranked, as_near, second_first
from search.reading.reader import Readable
from search.retrieve import Nearness, Retrieved
from search.sources import Source, Wording

FIRST = 3
"""The documents whose best passages tell how far to trust what was found."""
_READ = 2
"""How many passages of the first document are read."""


class Texts(NamedTuple):
    """The sources that were found and the words of those that matter, by point."""

    seen: Mapping[str, Source]
    said: Mapping[str, Wording]

    def of_one_version(self, points: Sequence[str]) -> list[str]:
        """Those whose words are at hand and that stand in the first one's version."""
        version = self.seen[points[0]].version_id
        return [p for p in points if p in self.said and self.seen[p].version_id == version]

    def readable(self, point: str) -> Readable:
        """A passage with its title and headings above it."""
        wording = self.said[point]
        return Readable("\n".join([self.seen[point].document.title, *wording.heading_path]), wording.text)


class Judged(NamedTuple):
    """How far to rely on what was found, the first two documents as they should stand, and the sentences that answer.

    ``sentences`` are ranges by the point of their passage.
    """

    trust: Confidence
    first: list[Ranked]
    sentences: Mapping[str, Span] = MappingProxyType({})


def judge(
    question: str, retrieved: Retrieved, near: Nearness, ranked: Sequence[Ranked], newer: Mapping[str, str],
    texts: Texts, *, same_script: bool,
) -> Judged:
    """``ranked`` are documents with all their passages, ``newer`` older → newest edition; nothing found is unsure."""
    first = list(ranked[:2])
    if first and _is_named(question, texts, first[0]):
        return Judged(SURE, first)
    best = [r.points[0] for r in ranked[:FIRST] if r.points[0] in texts.said]
    points = texts.of_one_version(first[0].points[:_READ]) if first else []
    rival = [first[1].points[0]] if as_near(first, newer) and first[1].points[0] in texts.said else []
    said = read(question, [texts.readable(p) for p in (*points, *rival)], near)
    own, of_rival = said[: len(points)], said[len(points) :]
    if second_is_surer(own, of_one_document=True):
        first[0] = replace(first[0], points=(points[1], *(p for p in first[0].points if p != points[1])))
    if own and second_is_surer([max(own, key=lambda one: one.logit), *of_rival]):
        first = [*second_first(*first)]
    trust = confidence(question, retrieved, [texts.readable(p) for p in best], said, near=near, same_script=same_script)
    return Judged(trust, first, quotable([*points, *rival], said) if trust.reliable else {})


def _is_named(question: str, texts: Texts, first: Ranked) -> bool:
    """Whether the question is the first document's title."""
    return fold(texts.seen[first.points[0]].document.title).strip() == fold(question).strip()
