"""Commands in a second terminal while the home is in use: carried out by the process that uses it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from kb import schema
from kb.errors import Conflict
from kb.settings import settings
from tests.web.test_cli import Kb, as_json, kb  # noqa: F401 - a fixture
from tests.working import migrated, write
from web import relay
from web.app import create_app
from web.commands import service

ROOT = Path(__file__).resolve().parents[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def serving(tmp_path: Path, kb: Kb) -> Iterator[str]:  # noqa: F811
    """The address of ``kb serve`` on the same home as ``kb``."""
    with served(tmp_path) as address:
        yield address


@contextmanager
def served(tmp_path: Path) -> Iterator[str]:
    port = free_port()
    clean = {k: v for k, v in os.environ.items() if not k.startswith("KB_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "web.cli", "serve", "--port", str(port)], cwd=tmp_path,
        env={**clean, "PYTHONPATH": str(ROOT), "KB_HOME": str(tmp_path / "home"), "KB_EMBEDDING_MODEL": "none"},
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/healthz", timeout=2).raise_for_status()
            break
        except httpx.HTTPError:
            time.sleep(0.1)
    yield address
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=20)


@pytest.mark.integration
def test_the_command_line_works_while_the_home_is_served(serving: str, kb: Kb, tmp_path: Path) -> None:  # noqa: F811
    kb("user", "add", "zhou", "--role", "leaver")
    handover = as_json(kb("handover", "new", "--role", "coo", "--leaver", "zhou", "--json"))["id"]
    write(tmp_path, "复盘.md", "# 复盘\n\n渠道返利失控。")
    [receipt] = as_json(kb("ingest", "复盘.md", "--handover", handover, "--module", "projects", "--json"))
    assert receipt["ok"]
    assert as_json(kb("search", "渠道返利", "--json"))["hits"][0]["document_id"] == receipt["document_id"]
    assert "渠道返利" in kb("search", "渠道返利").stdout
    refused = kb("ingest", "复盘.md", "--handover", "nowhere", "--module", "projects")
    assert (refused.returncode, "Traceback" in refused.stderr) == (1, False)
    assert as_json(kb("reconcile", "--json"))["clean"]
    assert as_json(kb("backup", "b.tar", "--json"))["documents"] == 1
    in_use = kb("restore", "b.tar", "--force", "--json")
    assert (in_use.returncode, "home.occupied" in in_use.stderr) == (1, True)
    assert httpx.get(f"{serving}/healthz", timeout=5).status_code == 200


@pytest.mark.integration
def test_a_lost_index_is_told_of_and_the_next_server_makes_it_anew(kb: Kb, tmp_path: Path) -> None:  # noqa: F811
    kb("user", "add", "zhou", "--role", "leaver")
    handover = as_json(kb("handover", "new", "--role", "coo", "--leaver", "zhou", "--json"))["id"]
    write(tmp_path, "复盘.md", "# 复盘\n\n渠道返利失控。")
    as_json(kb("ingest", "复盘.md", "--handover", handover, "--module", "projects", "--json"))
    shutil.rmtree(tmp_path / "home" / "qdrant")
    nothing = kb("search", "渠道返利", "--json")
    assert (as_json(nothing)["hits"], "kb reconcile" in nothing.stderr) == ([], True)
    with served(tmp_path):
        deadline = time.monotonic() + 60
        while not (hits := as_json(kb("search", "渠道返利", "--json"))["hits"]) and time.monotonic() < deadline:
            time.sleep(0.5)
    assert hits


@pytest.mark.integration
def test_a_second_server_on_the_same_home_is_refused(serving: str, kb: Kb) -> None:  # noqa: F811
    second = kb("serve", "--port", str(free_port()))
    assert second.returncode == 1
    assert "Traceback" not in second.stderr


def test_one_process_holds_a_home_and_its_end_frees_it(tmp_path: Path) -> None:
    with relay.hold(tmp_path), pytest.raises(relay.Occupied), relay.hold(tmp_path):
        pass
    with relay.hold(tmp_path):
        pass


def test_only_the_owner_may_reach_the_relay_even_under_a_long_path(tmp_path: Path) -> None:
    home = tmp_path / ("很长的路径" * 15)
    with relay.hold(home), relay.listening(home):
        assert (home / "kb.sock").stat().st_mode & 0o077 == 0
    assert not (home / "kb.sock").exists()


def test_a_command_that_nobody_answers_says_what_to_do(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(relay, "_SECONDS_TO_WAIT", 0.0)
    with relay.hold(settings().home):
        assert relay.perform("reconcile", {}, locale="zh", as_json=False) == 1
    assert str(settings().home.absolute()) in capsys.readouterr().err


def test_a_command_passes_through_the_socket_with_its_words_and_its_code(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    migrated(home)
    with relay.hold(home), relay.listening(home):
        assert relay.perform("search", {"query": "什么", "as_user": "没有这个人"}, locale="zh", as_json=False) == 1
    assert "没有这个人" in capsys.readouterr().err


def test_occupied_is_a_conflict() -> None:
    assert isinstance(relay._occupied(), Conflict)


@pytest.mark.integration
def test_serving_brings_the_schema_up_to_date_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "kb.sqlite").unlink()
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "none")
    settings.cache_clear()
    upgraded: list[None] = []
    upgrade = schema.upgrade
    monkeypatch.setattr(schema, "upgrade", lambda: upgraded.append(upgrade()))
    with service._home_to_ourselves(), TestClient(create_app()) as client:
        assert client.get("/healthz").status_code == 200
    assert len(upgraded) == 1
