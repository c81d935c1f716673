"""kill -9 at every boundary of every stage; afterwards every document is there exactly once, the deleted is gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from sqlmodel import Session, select

from kb import originals, reconciliation, vectors, verification
from kb.access import OPERATOR
from kb.chunks import Chunk
from kb.db import transaction
from kb.documents import Document, ParsedText, Stage, Version
from kb.handover.opening import open_handover
from kb.lexical import query_terms
from kb.people import Person
from kb.settings import settings
from kb.vectors import Narrowing
from kb.viewing import OPERATOR_VIEWER
from tests.working import migrated

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[2]
MAIL = """From: zhou@example.com
To: lin@example.com
Subject: =?utf-8?b?{subject}?=
Date: Mon, 02 Mar 2026 10:00:00 +0800
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=="

--==
Content-Type: text/plain; charset=utf-8

附件是{word}的交接说明，请查收，并在三个工作日内确认。
--==
Content-Type: text/markdown; charset=utf-8
Content-Disposition: attachment; filename*=utf-8''{name}-note.md

# {word}附件

{word}附件里写明了客户的决策习惯和账期安排。
--==--
"""


Command = Callable[..., dict[str, Any]]


@pytest.fixture
def migrated_home(home: Path) -> Path:
    migrated(home)
    return home


@pytest.fixture
def nursery(
    migrated_home: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Command]:
    """Without a model unless a test asks for one (``""`` is the bundled one): what is tested is not its speed."""
    monkeypatch.setenv("KB_EMBEDDING_MODEL", getattr(request, "param", "none"))
    settings.cache_clear()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.ingest.dying"], cwd=ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
    )
    assert process.stdin is not None
    assert process.stdout is not None

    def send(**command: Any) -> dict[str, Any]:
        process.stdin.write(json.dumps(command) + "\n")  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
        answer: dict[str, Any] = json.loads(process.stdout.readline())  # type: ignore[union-attr]
        return answer

    yield send
    process.stdin.close()
    process.wait(timeout=30)


@pytest.fixture
def handover(nursery: Command, session: Session, people: dict[str, Person]) -> str:
    opened = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"])
    session.commit()
    return opened.id


def note(folder: Path, word: str, *, name: str = "") -> Path:
    path = folder / f"{name or word}.md"
    body = "\n\n".join(f"## 第{n}节 {word}\n\n{word}的第{n}条经验：先稳住回款，再谈扩张。" * 3 for n in range(3))
    path.write_text(f"# {word}复盘\n\n{body}\n", "utf-8")
    return path


def mail(folder: Path, word: str) -> Path:
    import base64

    path = folder / f"{word}.eml"
    subject = base64.b64encode(f"{word}往来".encode()).decode()
    path.write_text(MAIL.format(subject=subject, word=word, name=quote(word)), "utf-8")
    return path


def check_exactly_once(expected: list[Path]) -> None:
    """SQL, the index and the store agree, and every file is one live document with one version of its bytes."""
    try:
        report = reconciliation.compare()
        assert not report.differences, report
        assert report.unfinished == 0
        assert report.points == report.passages > 0
        with transaction(writes=False) as session:
            assert verification.verify(session).ok
            rows = session.exec(
                select(Document, Version).join(Version, Version.document_id == Document.id)  # type: ignore[arg-type]
                .where(Document.deleted_at == None)  # noqa: E711
            ).all()
            assert {v.stage for _, v in rows} == {Stage.ready}
            names = Counter(v.file_name for _, v in rows)
            assert {n: c for n, c in names.items() if c > 1} == {}
            assert {p.name for p in expected} <= set(names)
            current = session.exec(select(Version.id).join(Document, Document.current_version_id == Version.id))  # type: ignore[arg-type]
            assert set(current) <= {v.id for _, v in rows}
    finally:
        vectors.close()


def found_in(word: str) -> set[str]:
    """Ids of the documents that a search for the word finds in the index."""
    try:
        hits = vectors.index().matching(query_terms(word), OPERATOR, Narrowing(), 50)
        with transaction(writes=False) as session:
            texts = {c.point_id: c.text for c in session.exec(select(Chunk))}
        return {h.document_id for h in hits if word in texts.get(h.point_id, word)}
    finally:
        vectors.close()


def test_ingestion_survives_a_kill_at_every_boundary(
    nursery: Command, handover: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    started = time.monotonic()
    rehearsal = note(tmp_path, "演练")
    lived = nursery(do="accept", files=[str(rehearsal)], handover=handover)
    assert lived["code"] == 0
    boundaries = lived["seen"]
    assert {"before parse", "after chunk", "before embed", "after write", "after publish"} <= set(boundaries)
    files, kills = [rehearsal], 0
    for n in range(1, len(boundaries) + 1):
        files.append(note(tmp_path, f"项目{n:03d}号"))
        died = nursery(do="accept", files=[str(files[-1])], handover=handover, die_at=n)
        kills += died["killed"]
        assert died["killed"] or died["code"] == 0, (n, died)
    assert kills >= 30
    assert nursery(do="recover")["code"] == 0
    # whoever got no answer hands the file in again: it is linked, or taken in now
    assert nursery(do="accept", files=[str(f) for f in files], handover=handover)["code"] == 0
    check_exactly_once(files)
    record_property("kills", kills)
    print(f"{kills} kills at {len(boundaries)} boundaries in {time.monotonic() - started:.0f} s")


@pytest.mark.parametrize("nursery", [""], indirect=True, ids=["bundled model"])
def test_the_real_model_and_the_parsing_child_survive(nursery: Command, handover: str, tmp_path: Path) -> None:
    rehearsal = note(tmp_path, "演练")
    lived = nursery(do="accept", files=[str(rehearsal)], handover=handover, sandbox=True)
    assert lived["code"] == 0
    files = [rehearsal]
    for boundary in ("before parse", "before write", "after write", "after publish"):
        files.append(note(tmp_path, boundary.replace(" ", "")))
        place = lived["seen"].index(boundary) + 1
        died = nursery(do="accept", files=[str(files[-1])], handover=handover, die_at=place, sandbox=True)
        assert died["killed"]
    assert nursery(do="recover", sandbox=True)["code"] == 0
    check_exactly_once(files)


def test_a_mail_and_its_attachment_survive(nursery: Command, handover: str, tmp_path: Path) -> None:
    lived = nursery(do="accept", files=[str(mail(tmp_path, "演练邮件"))], handover=handover)
    assert lived["code"] == 0
    files = []
    for n in range(3, len(lived["seen"]) + 1, 9):
        files.append(mail(tmp_path, f"客户{n:03d}号"))
        died = nursery(do="accept", files=[str(files[-1])], handover=handover, die_at=n)
        assert died["killed"] or died["code"] == 0
    assert nursery(do="recover")["code"] == 0
    assert nursery(do="accept", files=[str(f) for f in files], handover=handover)["code"] == 0
    check_exactly_once([*files, *(tmp_path / f"{p.stem}-note.md" for p in files)])


def test_deleting_survives_a_kill_at_every_boundary(nursery: Command, handover: str, tmp_path: Path) -> None:
    rehearsal = note(tmp_path, "演练删除")
    assert nursery(do="accept", files=[str(rehearsal)], handover=handover)["code"] == 0
    boundaries = nursery(do="delete", document=_id_of(rehearsal))["seen"]
    assert "after remove" in boundaries
    doomed: dict[str, str] = {}
    kept = note(tmp_path, "留下的材料")
    assert nursery(do="accept", files=[str(kept)], handover=handover)["code"] == 0
    for n in range(1, len(boundaries) + 1):
        word = f"作废{n:03d}号"
        path = note(tmp_path, word)
        assert nursery(do="accept", files=[str(path)], handover=handover)["code"] == 0
        doomed[_id_of(path)] = word
        died = nursery(do="delete", document=_id_of(path), die_at=n)
        assert died["killed"], (n, died)
    assert nursery(do="recover")["code"] == 0
    with transaction(writes=False) as session:
        alive = {i for i in doomed if session.get_one(Document, i).deleted_at is None}
    assert len(alive) <= 1, "only the kill before the commit leaves the document, and its owner no answer"
    for document_id, word in doomed.items():
        if document_id not in alive:
            assert document_id not in found_in(word)
            assert not _traces(document_id)
    check_exactly_once([kept])


def _id_of(path: Path) -> str:
    with transaction(writes=False) as session:
        rows = session.exec(select(Document.id).where(Document.file_name == path.name)).all()
    assert len(rows) == 1
    return rows[0]


def _traces(document_id: str) -> list[str]:
    with transaction(writes=False) as session:
        versions = session.exec(select(Version).where(Version.document_id == document_id)).all()
        traces = [v.id for v in versions if session.get(ParsedText, v.id) or originals.path_of(v.sha256).exists()]
        return traces + list(session.exec(select(Chunk.point_id).where(Chunk.document_id == document_id)))
