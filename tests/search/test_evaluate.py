from __future__ import annotations

import gzip
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.errors import Invalid
from kb.settings import settings
from search.evaluate import evaluate, measures, read_judged


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


@pytest.mark.parametrize(
    "qrels",
    ["query-id\tcorpus-id\tscore\nq1\td1\t1.0\n", "q1\td1\t1\n", "q1 0 d1 1\r\n", "\ufeffq1\td1\t1\nq9\td1\t1\n"],
    ids=["float", "no header", "trec", "byte order mark"],
)
def test_every_usual_form_of_a_judgement_is_read(tmp_path: Path, qrels: str) -> None:
    judged = read_judged(*write(tmp_path, qrels))
    assert (judged.questions, judged.judgements["q1"]) == ({"q1": "差旅报销几天内提交"}, {"d1": 1})


def test_a_packed_corpus_with_gaps_and_a_byte_order_mark_is_read(home: Path, tmp_path: Path) -> None:
    _, queries, qrels = write(tmp_path, "q1\td1\t1\n")
    corpus = tmp_path / "corpus.jsonl.gz"
    rows = '\ufeff{"_id": 1, "title": null, "text": ""}\n{"_id": 2, "text": null}\n'
    corpus.write_bytes(gzip.compress(rows.encode()))
    assert read_judged(corpus, queries, qrels).documents == (("1", "", ""), ("2", "", ""))


def test_a_row_without_text_is_found_by_its_title(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "none")
    settings.cache_clear()
    _, queries, qrels = write(tmp_path, "q1\td1\t1\n")
    corpus = tmp_path / "titles.jsonl"
    corpus.write_text('{"_id": "d1", "title": "差旅报销", "text": ""}\n', "utf-8")
    assert evaluate(corpus, queries, qrels, cut=lambda text: [Whole(text)] if text else [])["recall@10"] == 1.0


def test_a_line_that_is_no_judgement_is_refused(tmp_path: Path) -> None:
    for qrels in ("q1,d1,1\n", "q1\td1\t1\nq1\td2\tmaybe\n"):
        with pytest.raises(Invalid):
            read_judged(*write(tmp_path, qrels))


def test_a_set_without_judgements_is_refused(home: Path, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        evaluate(*write(tmp_path, "query-id\tcorpus-id\tscore\n"), cut=lambda text: [Whole(text)])
    with pytest.raises(Invalid):
        evaluate(tmp_path / "none", tmp_path / "none", tmp_path / "none", cut=lambda text: [Whole(text)])
