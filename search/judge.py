"""What reading the first passages tells: how far to rely on them, which goes first, which sentence answers.

The first document's best passages are read, and the second document's best where both documents are as near.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from kb.encoder.running import Span
from search.confidence import SURE, UNSURE, Confidence, confidence, is_surer, quotable, read
from search.highlight import content_terms
from search.naming import is_called
from search.rank import Ranked, as_near, asks_why, second_first
from search.reading.listing import with_its_list
from search.reading.reader import Readable
from search.retrieve import Nearness, Retrieved
from search.sources import Source, Wording

FIRST = 3
"""The documents whose best passages tell how far to trust what was found."""
_READ, _READ_FOR_WHY, _LONG = 2, 3, 5
"""How many passages of the first document are read, and if it is asked why and more than so many of it were found."""


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
        return Readable.under(self.seen[point].document.title, wording.heading_path, wording.text)


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
    if not content_terms(question):
        return Judged(UNSURE, first)  # a mark or a question word alone: everything is as near
    best = [r.points[0] for r in ranked[:FIRST] if r.points[0] in texts.said]
    points = texts.of_one_version(first[0].points[: _most(question, first[0])]) if first else []
    rival = [first[1].points[0]] if as_near(first, newer) and first[1].points[0] in texts.said else []
    said = read(question, [texts.readable(p) for p in (*points, *rival)], near)
    own, of_rival = said[: len(points)], said[len(points) :]
    surest = max(range(len(own)), key=lambda n: own[n].logit, default=0)
    if surest and is_surer(own[surest], own[0], of_one_document=True):
        shown = points[surest]
        first[0] = replace(first[0], points=(shown, *(p for p in first[0].points if p != shown)))
    if of_rival and is_surer(of_rival[0], own[surest]):
        first = [*second_first(*first)]
    trust = confidence(question, retrieved, [texts.readable(p) for p in best], said, near=near, same_script=same_script)
    answers = quotable([*points, *rival], said) if trust.reliable else {}
    if asks_why(question):
        answers = {point: with_its_list(texts.said[point].text, span) for point, span in answers.items()}
    return Judged(trust, first, answers)


def _most(question: str, document: Ranked) -> int:
    """In a long document the reason often stands apart from what was decided."""
    return _READ_FOR_WHY if asks_why(question) and len(document.points) > _LONG else _READ


def _is_named(question: str, texts: Texts, first: Ranked) -> bool:
    """Whether the question is the first document's title or file name."""
    source = texts.seen[first.points[0]]
    return is_called(question, source.document.title, source.file_name)
