"""What reading changes: the passage shown of the first document, which of two near ones goes first, what is marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from kb.access import Classification, Module
from kb.documents import Kind
from search import judge as judging
from search.confidence import LIKELY, UNSURE
from search.judge import Texts, judge
from search.rank import Ranked
from search.reading.reader import Readable, Said
from search.retrieve import Nearness, Retrieved
from search.sources import Described, Source, Wording


def _source(point: str, document: str, version: str) -> Source:
    described = Described(
        document, "hov-1", f"标题 {document}", Module.team, Kind.other, Classification.internal, "", None, version
    )
    return Source(point, version, 0, 1, "a.md", described)


SEEN = {point: _source(point, point[0], f"ver-{point[:2]}") for point in ("a1x", "a1y", "a1z", "a2z", "b1x")}
TEXTS = Texts(SEEN, {point: Wording(f"文字 {point}", 0, 6, [], None) for point in SEEN})
FAR = Ranked("b", 0.5, ("b1x",))


@pytest.fixture
def logits(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """What the reader says of each point; filled by a test."""
    said: dict[str, float] = {}

    def read(_question: str, passages: Sequence[Readable], _near: Nearness) -> list[Said]:
        return [Said(said[p.text.split()[1]], (0, 2)) for p in passages]

    monkeypatch.setattr(judging, "read", read)
    monkeypatch.setattr(judging, "confidence", lambda *_, **__: LIKELY)
    return said


def _judged(*ranked: Ranked, question: str = "谁签字") -> judging.Judged:
    return judge(question, Retrieved(), Nearness(0.9, 0.9), ranked, {}, TEXTS, same_script=True)


def test_of_one_document_the_clearly_surer_passage_is_shown(logits: dict[str, float]) -> None:
    logits |= {"a1x": -2.0, "a1y": 0.0}
    judged = _judged(Ranked("a", 0.8, ("a1x", "a1y", "a2z")), FAR)
    assert judged.first[0].points == ("a1y", "a1x", "a2z")
    assert judged.sentences == {"a1y": (0, 2)}
    logits |= {"a1y": -1.0}
    assert _judged(Ranked("a", 0.8, ("a1x", "a1y")), FAR).first[0].points == ("a1x", "a1y")


def test_asked_why_a_third_passage_of_a_long_document_is_read(logits: dict[str, float]) -> None:
    logits |= {"a1x": -2.0, "a1y": -1.0, "a1z": 0.0}
    long = Ranked("a", 0.8, ("a1x", "a1y", "a1z", "a2z", "a2z", "a2z"))
    assert _judged(long, FAR, question="为什么他签字").first[0].points[:3] == ("a1z", "a1x", "a1y")
    assert _judged(long, FAR).first == [long, FAR], "not asked why"
    short = replace(long, points=long.points[:5])
    assert _judged(short, FAR, question="为什么他签字").first == [short, FAR]


def test_another_version_is_not_shown_instead(logits: dict[str, float]) -> None:
    logits |= {"a1x": -2.0, "a2z": 5.0}
    assert _judged(Ranked("a", 0.8, ("a1x", "a2z")), FAR).first[0].points == ("a1x", "a2z")


def test_a_document_as_near_goes_first_only_if_it_is_surer_than_either_passage(logits: dict[str, float]) -> None:
    logits |= {"a1x": -2.0, "a1y": 0.0, "b1x": 0.2}
    near = Ranked("a", 0.505, ("a1x", "a1y"))
    assert [r.document_id for r in _judged(near, FAR).first] == ["a", "b"]
    logits |= {"b1x": 1.0}
    assert [r.document_id for r in _judged(near, FAR).first] == ["b", "a"]


def test_nothing_found_and_nothing_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "read", lambda *_: [])
    monkeypatch.setattr(judging, "confidence", lambda *_, **__: LIKELY)
    assert _judged().first == []
    assert _judged(Ranked("a", 0.505, ("a1x", "a1y")), FAR).sentences == {}


@pytest.mark.parametrize("question", ["？", "😀", "的", "为什么", "what is it"])
def test_a_question_without_a_word_that_says_anything_is_not_answered(logits: dict[str, float], question: str) -> None:
    logits.update(dict.fromkeys(SEEN, 9.0))
    judged = _judged(Ranked("a", 0.9, ("a1x",)), FAR, question=question)
    assert (judged.trust, [r.document_id for r in judged.first], judged.sentences) == (UNSURE, ["a", "b"], {})
