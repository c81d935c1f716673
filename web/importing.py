"""What an import says of each of its lines, for the page, the command line and the report as a CSV."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ingest.migration import Planned
from kb import spreadsheet
from kb.access import CLASSIFICATION_NAMES, MODULE_NAMES
from kb.receipts import Receipt

OUTCOME_NAMES = {"new": "新资料", "version": "新版本", "same": "已有同一份", "refused": "不导入"}
HEAD = ("行", "文件", "结果", "资料编号", "模块", "密级", "标签", "原因")
Say = Callable[[str, dict[str, Any]], str]
"""A sentence and what fills it → the reader's language."""


def row(planned: Planned, receipts: Sequence[Receipt], say: Say) -> dict[str, Any]:
    """One line as plain values; ``reason`` is empty unless the plan or the ingestion refused it."""
    target = planned.target
    refused = next((r.reason for r in receipts if r.reason), planned.reason)
    return {
        "line": planned.line, "file": planned.file,
        "outcome": "refused" if refused and not any(r.ok for r in receipts) else planned.outcome,
        "documents": [r.document_id for r in receipts if r.document_id],
        "module": target.module.value if target else "",
        "classification": target.classification.value if target else "",
        "tags": list(target.tags) if target else [],
        "reason": say(refused["message"], refused.get("params") or {}) if refused else "",
    }


def as_csv(rows: Sequence[dict[str, Any]]) -> str:
    """The report for a spreadsheet."""
    names = {**{m.value: n for m, n in MODULE_NAMES.items()}, **{c.value: n for c, n in CLASSIFICATION_NAMES.items()}}
    return spreadsheet.as_csv(HEAD, [
        (str(r["line"] or ""), r["file"], OUTCOME_NAMES[r["outcome"]], " ".join(r["documents"]),
         names.get(r["module"], ""), names.get(r["classification"], ""), "；".join(r["tags"]), r["reason"])
        for r in rows
    ])  # fmt: skip
