"""The coverage page on 100 handovers, 20,000 passages and 5,000 searches: ``python -m tests.bench.coverage``."""

from __future__ import annotations

import json
import os
import tempfile
import time

from sqlmodel import Session
from starlette.testclient import TestClient

from kb import db, schema
from kb.access import Classification, Module, cell_of
from kb.chunks import Chunk
from kb.credentials import open_session
from kb.documents import Document, Stage, Version
from kb.handover.opening import open_handover
from kb.people import Role, add_person, find_person
from kb.settings import settings
from kb.viewing import OPERATOR_VIEWER
from search.history import SearchRecord

_HANDOVERS, _DOCUMENTS, _PASSAGES, _SEARCHES = 100, 40, 5, 50


def build() -> None:
    with db.transaction() as session:
        add_person(session, "hr1", Role.hr, name="人事")
        for number in range(_HANDOVERS):
            leaver = add_person(session, f"leaver{number}", Role.leaver, name=f"离任者{number}")
            handover = open_handover(session, OPERATOR_VIEWER, "coo", leaver)
            for n in range(_DOCUMENTS):
                _document(session, handover.id, list(Module)[n % 5], n)
            session.add_all(
                SearchRecord(person_id=leaver.id, text="问", filters={"modules": ["team"]}, handover_id=handover.id,
                             found=bool(n % 2))
                for n in range(_SEARCHES)
            )


def _document(session: Session, handover_id: str, module: Module, number: int) -> None:
    document = Document(handover_id=handover_id, module=module, title=f"资料{number}", file_name=f"{number}.md",
                        cell=cell_of(handover_id, module, Classification.internal))
    session.add(document)
    session.flush()
    version = Version(document_id=document.id, number=1, sha256=document.id, file_name="x", size_bytes=1,
                      stage=Stage.ready)
    session.add(version)
    session.flush()
    document.current_version_id = version.id
    session.add_all(
        Chunk(point_id=f"{document.id}-{n}", version_id=version.id, document_id=document.id, ordinal=n, start=0, end=1,
              text="文", heading_path=[])
        for n in range(_PASSAGES)
    )
    session.flush()


def main() -> None:
    from web.app import create_app
    from web.security import session_cookie

    with tempfile.TemporaryDirectory(prefix="kb-coverage-") as folder:
        os.environ["KB_HOME"] = folder
        settings.cache_clear()
        schema.upgrade()
        build()
        with db.transaction() as session:
            token = open_session(session, find_person(session, "hr1"))
        client = TestClient(create_app(), cookies={session_cookie(): token})
        taken = []
        for _ in range(10):
            began = time.perf_counter()
            assert client.get("/coverage").status_code == 200
            taken.append(round((time.perf_counter() - began) * 1000))
    print(json.dumps({"handovers": _HANDOVERS, "passages": _HANDOVERS * _DOCUMENTS * _PASSAGES,
                      "median_ms": sorted(taken)[5], "slowest_ms": max(taken)}))


if __name__ == "__main__":
    main()
