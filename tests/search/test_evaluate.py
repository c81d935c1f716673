from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.errors import Invalid
from kb.settings import settings
from search.evaluate import evaluate, measures


@dataclass(frozen=True)
class Whole:
    text: str
    heading_path: tuple[str, ...] = ()


def write(folder: Path, qrels: str) -> tuple[Path, Path, Path]:
    (folder / "corpus.jsonl").write_text(
        '{"_id": "d1", "title": "报销", "text": "差旅报销需在三十日内提交。"}\n'
        '{"_id": "d2", "title": "机房", "text": "服务器机房每周巡检。"}\n', "utf-8",
    )  # fmt: skip
    (folder / "queries.jsonl").write_text('{"_id": "q1", "text": "差旅报销几天内提交"}\n', "utf-8")
    (folder / "qrels.tsv").write_text(qrels, "utf-8")
    return folder / "corpus.jsonl", folder / "queries.jsonl", folder / "qrels.tsv"


def test_measures() -> None:
    assert measures({"q": ["d1", "d2"]}, {"q": {"d1": 1}}) == {"ndcg@10": 1.0, "recall@10": 1.0, "mrr@10": 1.0}
    assert measures({"q": ["d2", "d1"]}, {"q": {"d1": 1}})["mrr@10"] == 0.5
    assert measures({"q": []}, {"q": {"d1": 2}})["ndcg@10"] == 0.0


def test_a_set_in_beir_layout(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "none")
    settings.cache_clear()
    files = write(tmp_path, "query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    found = evaluate(*files, cut=lambda text: [Whole(text)])
    assert found["ndcg@10"] == 1.0
    assert (found["documents"], found["passages"], found["questions"]) == (2, 2, 1)
    assert found["latency_ms"]["p95"] >= 0


def test_a_set_without_judgements_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        evaluate(*write(tmp_path, "query-id\tcorpus-id\tscore\n"), cut=lambda text: [Whole(text)])
    with pytest.raises(Invalid):
        evaluate(tmp_path / "none", tmp_path / "none", tmp_path / "none", cut=lambda text: [Whole(text)])
