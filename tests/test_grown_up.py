"""The same product over a real PostgreSQL server, by settings alone: from the first account to a deleted document."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.integration
KB = Path(sys.executable).with_name("kb")


class Shell:
    """``kb`` in processes of its own, over one home and one database."""

    def __init__(self, home: Path, database: str) -> None:
        self._environment = os.environ | {
            "KB_HOME": str(home), "KB_DATABASE_URL": database, "KB_EMBEDDING_MODEL": "none", "KB_LOCALE": "zh",
        }

    def __call__(self, *words: str) -> Any:
        done = subprocess.run([str(KB), *words, "--json"], env=self._environment, capture_output=True, timeout=120)
        assert done.returncode == 0, (done.stdout + done.stderr).decode()[-2000:]
        return json.loads(done.stdout)


def test_from_an_account_to_a_found_passage(tmp_path: Path, postgres: str) -> None:
    file = tmp_path / "决策记录.md"
    file.write_text("# 退出华北\n\n2024 年退出华北，是因为回款周期 187 天，垫资垫不起。\n", "utf-8")
    kb = Shell(tmp_path / "home", postgres)
    kb("user", "add", "zhou", "--role", "leaver")
    kb("user", "add", "lin", "--role", "successor")
    handover = kb("handover", "new", "--role", "coo", "--leaver", "zhou", "--successor", "lin")["id"]
    receipts = kb("ingest", str(file), "--handover", handover, "--module", "战略规划")
    assert [r["status"] for r in receipts] == ["ready"]
    assert kb("search", "为什么退出华北", "--as", "lin")["total"] == 0
    kb("grant", "lin", "--handover", handover, "--module", "strategy", "--up-to", "internal")
    found = kb("search", "为什么退出华北", "--as", "lin")
    assert found["hits"][0]["document_id"] == receipts[0]["document_id"]
    assert "187 天" in found["hits"][0]["passage"]
    kb("reconcile")
    kb("verify")
