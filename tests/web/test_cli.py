"""``kb`` as people and scripts call it: real processes on a real home."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from kb import keys
from kb.ledger import LedgerEntry
from kb.notices import Notice
from kb.people import Role, add_person
from tests.working import write

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[2]
Kb = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def kb(tmp_path: Path) -> Kb:
    """kb("user", "list") → the finished process; keywords are environment variables."""

    def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        clean = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "LANG", "LC_"))}
        return subprocess.run(
            [sys.executable, "-m", "web.cli", *arguments], capture_output=True, text=True, cwd=tmp_path, timeout=120,
            env={**clean, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "KB_HOME": str(tmp_path / "home"),
                 "KB_EMBEDDING_MODEL": "none", **environment},
        )  # fmt: skip

    return call


def as_json(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_help_is_quick_and_loads_nothing_heavy(kb: Kb) -> None:
    started = time.monotonic()
    assert "ingest" in kb("--help").stdout
    took = time.monotonic() - started
    heavy = ("torch", "dbos", "qdrant_edge", "fastapi", "sqlmodel")
    probe = f"import sys, web.cli; print([m for m in {heavy} if m in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, cwd=ROOT, check=True)
    assert loaded.stdout.strip() == "[]"
    assert took < 10, "a second on an idle machine"


def test_what_is_written_is_its_owners_alone_also_in_a_folder_that_was_there(kb: Kb, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    home.chmod(0o755)
    as_json(kb("user", "add", "zhou", "--role", "leaver", "--json"))
    as_json(kb("reconcile", "--json"))
    written = [path for path in home.rglob("*") if path.name != "kb.sock"]
    assert {"kb.sqlite", "qdrant"} <= {path.name for path in written}
    assert [str(path) for path in written if path.stat().st_mode & 0o077] == []


def test_a_forgotten_signing_pin_is_answered_by_a_new_key(kb: Kb, home: Path, session: Session) -> None:
    person = add_person(session, "zhou", Role.leaver)
    keys.create_key(session, person, "忘记了的口令")
    session.commit()
    here = {"KB_HOME": str(home)}
    assert "key.no_reason" in kb("user", "revoke-key", "zhou", "--reason", " ", "--json", **here).stderr
    as_json(kb("user", "revoke-key", "zhou", "--reason", "忘记签名口令", "--json", **here))
    session.expire_all()
    keys.create_key(session, person, "新的签名口令")
    (told,) = session.exec(select(Notice).where(Notice.person_id == person.id))
    assert told.link == "/settings/key"
    (entry,) = session.exec(select(LedgerEntry).where(LedgerEntry.action == "key.revoked"))
    assert entry.actor_id == "operator"
    assert kb("user", "revoke-key", "zhou", **here).returncode != 0, "a reason is asked for"


def test_from_nothing_to_an_answer(kb: Kb, tmp_path: Path) -> None:
    secret = ("--password", "Correct-horse-9", "--json")
    assert as_json(kb("user", "add", "zhou", "--role", "leaver", *secret))["id"]
    assert as_json(kb("user", "add", "lin", "--role", "接任者", *secret))["role"] == "successor"
    handover = as_json(kb("handover", "new", "--role", "coo", "--leaver", "zhou", "--successor", "lin", "--json"))["id"]
    folder = tmp_path / "资料"
    write(folder, "复盘.md", "# 华北市场复盘\n\n当初退出华北市场，是因为渠道返利失控。")
    write(folder, "空.md", "")
    done = kb("ingest", "资料", "--handover", handover, "--module", "核心项目", "--tag", "复盘", "--json")
    assert done.returncode == 1, "one file was refused"
    refused, ready = sorted(json.loads(done.stdout), key=lambda r: r["status"] == "ready")
    assert (refused["status"], refused["reason_slug"], bool(refused["reason"])) == ("refused", "document.empty", True)
    assert ready["ok"]
    assert ready["chunks"] == ready["vectors"] > 0
    assert ready["characters"] > 0

    seen = as_json(kb("search", "为什么退出华北市场", "--json"))
    assert set(seen) >= {"query", "reliable", "notice", "total", "hits", "facets"}
    hit = seen["hits"][0]
    assert hit["document_id"] == ready["document_id"]
    assert {"file_name", "title", "module", "passage", "heading_path", "page"} <= set(hit)
    assert 0 <= hit["score"] <= 1
    assert "渠道返利" in hit["passage"]

    assert as_json(kb("search", "为什么退出华北市场", "--as", "lin", "--json"))["hits"] == []
    as_json(kb("grant", "lin", "--handover", handover, "--module", "projects", "--up-to", "internal", "--json"))
    assert as_json(kb("search", "为什么退出华北市场", "--as", "lin", "--tag", "复盘", "--json"))["total"] == 1
    as_json(kb("revoke", "lin", "--handover", handover, "--json"))
    assert as_json(kb("search", "为什么退出华北市场", "--as", "lin", "--json"))["total"] == 0
    assert as_json(kb("reconcile", "--json"))["clean"]
    assert as_json(kb("verify", "--json"))["ok"]
    backup = tmp_path / "b.tar"
    assert as_json(kb("backup", str(backup), "--json"))["documents"] == 2
    assert as_json(kb("restore", str(backup), "--json", KB_HOME=str(tmp_path / "other")))["clean"]


@pytest.mark.parametrize(
    ("arguments", "slug"),
    [
        (("handover", "new", "--role", "coo", "--leaver", "nobody"), "person.unknown"),
        (("grant", "nobody", "--handover", "x", "--module", "legal", "--up-to", "internal"), "person.unknown"),
        (("user", "add", "x", "--role", "king"), "role.unknown"),
        (("ingest", "missing", "--handover", "x", "--module", "legal"), "file.missing"),
        (("ingest", ".", "--handover", "x", "--module", "gardening"), "module.unknown"),
    ],
    ids=lambda v: v if isinstance(v, str) else v[0],
)  # fmt: skip
def test_a_refusal_is_a_sentence_or_an_object(kb: Kb, arguments: tuple[str, ...], slug: str) -> None:
    spoken = kb(*arguments)
    assert spoken.returncode == 1
    assert any("\u4e00" <= c <= "\u9fff" for c in spoken.stderr)
    assert "Traceback" not in spoken.stderr
    assert json.loads(kb(*arguments, "--json").stderr)["error"]["slug"] == slug


@pytest.mark.parametrize(
    ("broken", "slug"),
    [("database", "database.failed"), ("newer", "database.newer"), ("home", "home.failed"),
     ("port", "settings.invalid")],
)  # fmt: skip
def test_what_is_wrong_with_the_machine_is_said_like_any_refusal(
    kb: Kb, tmp_path: Path, broken: str, slug: str
) -> None:
    as_json(kb("user", "list", "--json"))
    environment = {"home": {"KB_HOME": "/proc/none"}, "port": {"KB_PORT": "many"}}.get(broken, {})
    database = tmp_path / "home" / "kb.sqlite"
    if broken == "newer":
        with sqlite3.connect(database) as connection:
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
    elif broken == "database":
        database.write_bytes(b"nothing that SQLite wrote" * 1000)
        database.with_name("kb.sqlite-wal").unlink(missing_ok=True)
    for arguments in (("user", "list", "--json"), ("search", "x", "--json"), ("verify", "--json")):
        refused = kb(*arguments, **environment)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert json.loads(refused.stderr)["error"]["slug"] == slug
    served = kb("serve", "--port", "0", **environment)
    assert (served.returncode, "Traceback" in served.stderr) == (1, False)


def test_a_setting_set_to_nothing_is_not_set(kb: Kb, tmp_path: Path) -> None:
    as_json(kb("user", "list", "--json", KB_HOME="", KB_PORT="", KB_LOCALE=""))
    assert (tmp_path / "kb-home" / "kb.sqlite").is_file()
    assert not (tmp_path / "kb.sqlite").exists()


def test_no_locale_and_no_odd_byte_ends_a_command(kb: Kb) -> None:
    ascii_only = {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "LC_ALL": "POSIX"}
    assert json.loads(kb("search", "退出华北", "--json", **ascii_only).stdout)["query"] == "退出华北"
    assert "没有找到" in kb("search", "退出华北", **ascii_only).stdout
    assert as_json(kb("search", os.fsdecode("退出".encode("gbk")), "--json"))["hits"] == []


def test_the_language_follows_the_environment(kb: Kb) -> None:
    wrong = ("handover", "new", "--role", "coo", "--leaver", "nobody")
    assert "nobody" in kb(*wrong, KB_LOCALE="en").stderr
    assert kb(*wrong, LANG="en_US.UTF-8").stderr == kb(*wrong, KB_LOCALE="en").stderr != kb(*wrong).stderr


def test_wrong_usage_exits_with_two(kb: Kb) -> None:
    assert kb("ingest").returncode == 2
