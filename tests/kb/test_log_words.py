"""Whatever is written to the operation log has words that people understand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from kb.log_words import DETAIL_NAMES, ENTRY_NAMES

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("kb", "ingest", "search", "web")


def _records() -> Iterator[ast.Call]:
    """Every call of ``ledger.record``."""
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and ast.unparse(node.func) == "ledger.record":
                    yield node


def test_every_action_has_its_words() -> None:
    actions = {node.args[2].value for node in _records() if isinstance(node.args[2], ast.Constant)}
    assert len(actions) > 50
    assert actions <= ENTRY_NAMES.keys()


def test_every_detail_has_its_words() -> None:
    details = {keyword.arg for node in _records() for keyword in node.keywords if keyword.arg}
    assert details <= DETAIL_NAMES.keys()
    assert DETAIL_NAMES.keys() <= details, "nothing is named that is never said"
