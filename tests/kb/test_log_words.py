"""Whatever is written to the operation log has words that people understand."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kb.log_words import DETAIL_NAMES, ENTRY_NAMES

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("kb", "ingest", "search", "web")


@pytest.fixture(scope="module")
def records() -> list[ast.Call]:
    """Every call of ``ledger.record``."""
    texts = (path.read_text("utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    trees = (ast.parse(text) for text in texts if "ledger.record(" in text)
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in calls if ast.unparse(call.func) == "ledger.record"]


def test_every_action_has_its_words(records: list[ast.Call]) -> None:
    actions = {node.args[2].value for node in records if isinstance(node.args[2], ast.Constant)}
    assert len(actions) > 50
    assert actions <= ENTRY_NAMES.keys()


def test_every_detail_has_its_words(records: list[ast.Call]) -> None:
    details = {keyword.arg for node in records for keyword in node.keywords if keyword.arg}
    assert details <= DETAIL_NAMES.keys()
    assert DETAIL_NAMES.keys() <= details, "nothing is named that is never said"
