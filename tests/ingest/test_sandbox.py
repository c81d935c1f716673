"""The child process: kept between files, killed for time and memory, never a way out or a way to hang."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from ingest import sandbox
from ingest.chunk import chunk
from ingest.parse import parse
from kb.errors import Invalid, Unavailable
from kb.settings import settings
from tests.ingest.samples import LETTER, docx, mail, written

pytestmark = pytest.mark.integration


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No child from another test, and settings read anew."""
    sandbox.close()
    settings.cache_clear()
    yield
    sandbox.close()
    settings.cache_clear()


def limited(monkeypatch: pytest.MonkeyPatch, **values: int) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"KB_{name.upper()}", str(value))
    settings.cache_clear()


def children() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "ingest.child" in " ".join(p.cmdline())]


def test_one_child_reads_file_after_file(tmp_path: Path) -> None:
    path = docx(tmp_path / "stored", lambda document: document.add_paragraph(LETTER))
    first = parse(path, "信.docx", tmp_path / "work")
    (child,) = children()
    assert first.text == LETTER
    assert first.author == "何静远"
    assert [piece.text for piece in chunk(first.text, first.blocks)] == [LETTER]
    parse(path, "信.docx", tmp_path / "work")
    assert children() == [child]


def test_a_refusal_arrives_with_its_slug_and_leaves_the_child_in_use(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        parse(written(tmp_path / "a", b""), "空.docx", tmp_path / "work")
    assert refused.value.slug == "document.empty"
    assert parse(written(tmp_path / "b", LETTER.encode()), "信.txt", tmp_path / "work").text == LETTER


def test_a_file_that_takes_too_long_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, parse_seconds=5)
    monkeypatch.setattr(sandbox, "_GRACE_SECONDS", -4.5)
    path = written(tmp_path / "a", ("<p>长</p>" * 400_000).encode())
    began = time.monotonic()
    with pytest.raises(Invalid) as refused:
        parse(path, "长.html", tmp_path / "work")
    assert refused.value.slug == "document.too_slow"
    assert time.monotonic() - began < 5
    assert children() == []


def test_a_file_that_takes_too_much_memory_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, parse_memory_mb=256)
    path = written(tmp_path / "a", ("<div>一<b>二</b></div>" * 700_000).encode())
    with pytest.raises(Invalid) as refused:
        parse(path, "大.html", tmp_path / "work")
    assert refused.value.slug == "document.too_large"
    assert children() == []


def test_a_kept_child_that_died_is_replaced(tmp_path: Path) -> None:
    parse(written(tmp_path / "a", LETTER.encode()), "信.txt", tmp_path / "work")
    (idle,) = children()
    idle.kill()
    idle.wait()
    assert parse(written(tmp_path / "b", LETTER.encode()), "信.txt", tmp_path / "work").text == LETTER


def test_a_file_that_brings_the_child_down_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    died = "import os; print('{\"ready\": true}', flush=True); input(); os.abort()"
    started = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **rest: started([sys.executable, "-c", died], **rest))
    with pytest.raises(Invalid) as refused:
        parse(written(tmp_path / "a", LETTER.encode()), "信.txt", tmp_path / "work")
    assert refused.value.slug == "document.crashed"


def test_a_parser_that_does_not_start_is_no_file_s_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(Unavailable) as failed:
        parse(written(tmp_path / "a", LETTER.encode()), "信.txt", tmp_path / "work")
    assert failed.value.slug == "parser.start"


def test_children_end_with_a_killed_parent(tmp_path: Path) -> None:
    path = written(tmp_path / "a", LETTER.encode())
    code = (
        "import sys, time, psutil; from pathlib import Path; from ingest.parse import parse;"
        f"parse(Path({str(path)!r}), '信.txt', Path({str(tmp_path / 'work')!r}));"
        "print(psutil.Process().children()[0].pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=sandbox._ROOT) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    child.wait(timeout=5)


def test_threads_have_children_of_their_own(tmp_path: Path) -> None:
    path = written(tmp_path / "a", LETTER.encode())
    read: list[str] = []
    threads = [
        threading.Thread(target=lambda: read.append(parse(path, "信.txt", tmp_path / "work").text)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read == [LETTER] * 4
    assert len(children()) <= 2


def test_the_child_inherits_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_QDRANT_API_KEY", "geheim")
    parse(written(tmp_path / "a", LETTER.encode()), "信.txt", tmp_path / "work")
    (child,) = children()
    environment = child.environ()
    assert not any("geheim" in value for value in environment.values())
    assert environment["DO_NOT_TRACK"] == "1"


def test_attachments_survive_the_child(tmp_path: Path) -> None:
    message = mail("附件", "见附件。", attachments=[("台账.csv", b"1,2")])
    parsed = parse(written(tmp_path / "a", bytes(message)), "信.eml", tmp_path / "new" / "work")
    assert parsed.attachments[0].path.read_bytes() == b"1,2"
    assert parsed.attachments[0].path.parent == tmp_path / "new" / "work"


def test_a_file_over_the_size_limit_never_reaches_a_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited(monkeypatch, max_file_mb=1)
    with pytest.raises(Invalid) as refused:
        parse(written(tmp_path / "a", b"x" * 1_100_000), "大.txt", tmp_path / "work")
    assert refused.value.slug == "document.too_large"
    assert children() == []


@pytest.mark.parametrize("name", ["长" * 84 + ".md", "..%2f..%2fetc%2fpasswd.md", "a\nb.md", "\udcff.md", "<b>.md"])
def test_hostile_names_are_only_names(tmp_path: Path, name: str) -> None:
    parsed = parse(written(tmp_path / "stored", LETTER.encode()), name, tmp_path / "work")
    assert parsed.text == LETTER
    assert list((tmp_path / "work").iterdir()) == []


def test_the_child_has_no_network() -> None:
    code = "import socket; from ingest import child; child._close_network(); socket.create_connection(('127.0.0.1', 9))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=sandbox._ROOT, env=os.environ
    )
    assert "has no network" in done.stderr
