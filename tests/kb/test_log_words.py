"""Whatever is written to the operation log has words that people understand."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from kb.log_words import DETAIL_NAMES, ENTRY_NAMES

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("kb", "ingest", "search", "web")
_ACTION = re.compile(r"[a-z]+\.[a-z_]+")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Every source that writes to the log."""
    all_texts = (path.read_text("utf-8") for room in ROOMS for path in (ROOT / room).rglob("*.py"))
    return [text for text in all_texts if "ledger.record(" in text]


@pytest.fixture(scope="module")
def records(texts: list[str]) -> list[ast.Call]:
    """Every call of ``ledger.record``."""
    trees = (ast.parse(text) for text in texts)
    calls = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [call for call in calls if ast.unparse(call.func) == "ledger.record"]


def test_every_action_has_its_words(records: list[ast.Call]) -> None:
    actions = {node.args[2].value for node in records if isinstance(node.args[2], ast.Constant)}
    assert len(actions) > 50
    assert actions <= ENTRY_NAMES.keys()


def test_an_action_chosen_between_two_has_its_words(texts: list[str]) -> None:
    choices = [node for text in texts for node in ast.walk(ast.parse(text)) if isinstance(node, ast.IfExp)]
    values = {str(c.value) for e in choices for c in (e.body, e.orelse) if isinstance(c, ast.Constant)}
    chosen = {value for value in values if _ACTION.fullmatch(value)}
    assert {"document.added", "document.version_added", "deputy.ended"} <= chosen
    assert chosen <= ENTRY_NAMES.keys()


def test_every_detail_has_its_words(records: list[ast.Call]) -> None:
    details = {keyword.arg for node in records for keyword in node.keywords if keyword.arg}
    assert details <= DETAIL_NAMES.keys()
    assert DETAIL_NAMES.keys() <= details, "nothing is named that is never said"
