"""What an examination shows of an answer: the passage of its version, with the sentence that answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from kb import embedding, vectors
from kb.access import Classification, Module
from kb.handover.examination import ExamAnswer, Outcome
from search.examine import quoted
from tests.bench.world import HashedMeaning, Paper, build

LINES = "江川重工的年框六月到期。王总只在月底签字。"
NOTE = Paper("doc-1", "江川重工客户手记", "hov-1", Module.projects, Classification.internal, ((LINES,),))


@pytest.fixture
def company(home: Path, session: Session, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    model = HashedMeaning()
    monkeypatch.setattr(embedding, "embedder", lambda _model=None: model)
    build([NOTE], model)
    yield session
    vectors.close()


def _answer(key: str, start: int, end: int, version: str = "ver-doc-1-0") -> ExamAnswer:
    return ExamAnswer(
        examination_id="exam", question_key=key, ordinal=0, module=Module.projects, zh="谁签字", en="",
        outcome=Outcome.answered, document_id="doc-1", version_id=version, start=start, end=end,
    )  # fmt: skip


@pytest.mark.integration
def test_the_sentence_is_marked_and_a_whole_passage_is_not(company: Session) -> None:
    found = quoted(company, [
        _answer("sentence", 12, 21), _answer("whole", 0, len(LINES)), _answer("nowhere", 12, 900),
        _answer("other", 12, 21, "ver-doc-2-0"),
    ])  # fmt: skip
    assert set(found) == {"sentence", "whole"}
    assert found["sentence"].answer == (12, 21)
    assert found["sentence"].text == found["whole"].text
    assert found["whole"].answer is None
    assert quoted(company, []) == {}
