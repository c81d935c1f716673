"""The house rules that a tool can check: file sizes, file names, documented settings, compose against Settings."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from kb.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(p for room in ("kb", "ingest", "search", "web") for p in (ROOT / room).rglob("*.py"))
VAGUE = {"utils", "util", "helpers", "helper", "common", "manager", "misc", "base"}


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: str(p.relative_to(ROOT)))
def test_file_is_small_and_says_what_it_is_for(path: Path) -> None:
    source = path.read_text("utf-8")
    if "migrations/versions" not in path.as_posix():
        assert len(source.splitlines()) <= 300, "split it: over 300 lines"
    assert path.stem not in VAGUE, "a name that says nothing"
    assert source.startswith('"""'), "the first line says the file's one reason to be here"


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_setting_is_documented(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    missing = [f"KB_{name.upper()}" for name in Settings.model_fields if f"KB_{name.upper()}" not in text]
    assert not missing, f"{readme} does not name {missing}"


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_no_setting_is_documented_that_does_not_exist(readme: str) -> None:
    named = set(re.findall(r"`(KB_[A-Z_]+)`", (ROOT / readme).read_text("utf-8")))
    assert named <= {f"KB_{name.upper()}" for name in Settings.model_fields}


class TestCompose:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))

    def test_every_variable_and_secret_is_a_setting(self) -> None:
        known = {f"KB_{name.upper()}" for name in Settings.model_fields}
        for service in ("app", "worker"):
            assert set(self.services["services"][service]["environment"]) <= known
        secrets = {name.upper() for name in self.services["secrets"] if name.startswith("kb_")}
        assert secrets <= known

    def test_its_environment_is_accepted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name, value in self.services["services"]["worker"]["environment"].items():
            monkeypatch.setenv(name, value)
        accepted = Settings()
        assert accepted.workers == 2
        assert not accepted.embedded

    def test_every_service_is_watched_and_keeps_its_data(self) -> None:
        for name, service in self.services["services"].items():
            assert "healthcheck" in service, name
            assert service["restart"] == "unless-stopped", name
        mounted = {v.split(":")[0] for s in self.services["services"].values() for v in s.get("volumes", [])}
        assert mounted == set(self.services["volumes"])

    def test_secrets_are_files_and_never_values(self) -> None:
        text = (ROOT / "docker-compose.yml").read_text("utf-8")
        assert not re.search(r"(PASSWORD|API_KEY): *\S", text.replace("POSTGRES_PASSWORD_FILE: /run", ""))
        assert all("file" in secret for secret in self.services["secrets"].values())


def test_a_secret_file_is_a_setting(tmp_path: Path) -> None:
    (tmp_path / "kb_database_url").write_text("postgresql+psycopg://kb:geheim@postgres/kb", "utf-8")
    read = Settings(_secrets_dir=str(tmp_path))  # type: ignore[call-arg]
    assert read.sql_url.startswith("postgresql+psycopg://kb:")
