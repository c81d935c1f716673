"""The judged questions hold together: every quote is in its source, every type is there, all agree with the plan."""

from __future__ import annotations

import json
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from kb.access import Module
from web.demo import plan

HERE = Path(__file__).parent


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (HERE / name).read_text("utf-8").splitlines()]


@lru_cache
def documents() -> dict[str, dict[str, Any]]:
    return {row["doc_id"]: row for row in rows("documents.jsonl")}


def source(doc_id: str) -> str:
    return (plan.SOURCES / documents()[doc_id]["source"]).read_text("utf-8")


@pytest.mark.parametrize("row", rows("qrels.jsonl"), ids=lambda row: f"{row['qid']}-{row['doc_id']}")
def test_every_passage_is_in_its_source(row: dict[str, Any]) -> None:
    assert row["passage"] in source(row["doc_id"])
    assert row["grade"] in (1, 2)


def test_there_are_enough_questions_of_every_type() -> None:
    questions = rows("queries.jsonl")
    assert len({q["qid"] for q in questions}) == len({q["text"] for q in questions}) == len(questions) >= 60
    found = Counter(q["type"] for q in questions)
    assert set(found) == {"tacit", "lookup", "keyword", "paraphrase", "english", "typo", "table", "superseding",
                          "noanswer", "restricted"}
    assert min(found.values()) >= 5


def test_judgements_and_questions_belong_together() -> None:
    questions = {q["qid"]: q for q in rows("queries.jsonl")}
    judged = {row["qid"] for row in rows("qrels.jsonl")}
    assert judged == {qid for qid, q in questions.items() if q["type"] != "noanswer"}
    best = {row["qid"] for row in rows("qrels.jsonl") if row["grade"] == 2}
    assert best == judged


def test_what_needs_a_module_is_answered_from_it_alone() -> None:
    needs = {q["qid"]: q["needs_module"] for q in rows("queries.jsonl") if q["needs_module"]}
    assert set(needs.values()) == {"finance", "legal"}
    for row in rows("qrels.jsonl"):
        if row["qid"] in needs and row["grade"] == 2:
            assert documents()[row["doc_id"]]["module"] == needs[row["qid"]]


def test_stale_means_superseded() -> None:
    old = {file.key for file in plan.load().files if file.superseded_by}
    for row in rows("qrels.jsonl"):
        assert bool(row.get("stale")) == (row["doc_id"] in old), row


def test_the_documents_are_those_of_the_plan() -> None:
    told = {d["doc_id"]: d for d in documents().values() if "parent" not in d}
    assert set(told) == {file.key for file in plan.load().files}
    for file in plan.load().files:
        row = told[file.key]
        assert (row["file"], row["source"], row["title"]) == (file.file_name, file.source, file.title)
        assert (row["handover"], row["module"], row["classification"]) == (
            file.handover, file.module.value, file.classification.value)
        assert Module(row["module"])
