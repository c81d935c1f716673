"""The demo company, served by a real ``kb demo`` in its own process on a home of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from web.demo import plan

_STARTED, _INGESTED = 60, 900


@dataclass(frozen=True)
class Company:
    """Where it is served, on which home, and everybody's password."""

    address: str
    home: Path
    password: str


@contextmanager
def opened(home: Path) -> Iterator[Company]:
    """The demo at the address in ``KB_TEST_DEMO``, if somebody serves one already; else one of its own on ``home``."""
    if address := os.environ.get("KB_TEST_DEMO"):
        yield Company(address, home, plan.load().password)
        return
    with served(home) as company:
        yield company


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(home: Path) -> Iterator[Company]:
    """Serve the demo until the block ends; all its documents have been taken in when the block begins."""
    port = _free_port()
    environment = os.environ | {"KB_HOME": str(home), "KB_PORT": str(port), "KB_LOCALE": "zh", "PYTHONUNBUFFERED": "1"}
    kb = Path(sys.executable).with_name("kb")
    log = (home.parent / "demo.log").open("w+")
    process = subprocess.Popen([str(kb), "demo"], env=environment, stdout=log, stderr=log)
    company = Company(f"http://127.0.0.1:{port}", home, plan.load().password)
    try:
        _wait(lambda: _answers(company.address), _STARTED, process, log.name)
        _wait(lambda: "收录完毕" in Path(log.name).read_text("utf-8"), _INGESTED, process, log.name)
        yield company
    finally:
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except OSError:
        return False


def _wait(ready: object, seconds: int, process: subprocess.Popen[bytes], log: str) -> None:
    assert callable(ready)
    until = time.monotonic() + seconds
    while not ready():
        assert process.poll() is None, f"the demo ended: {Path(log).read_text('utf-8')[-2000:]}"
        assert time.monotonic() < until, f"not in {seconds} s: {Path(log).read_text('utf-8')[-2000:]}"
        time.sleep(0.5)
