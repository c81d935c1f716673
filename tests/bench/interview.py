"""The gap interview, scripted: ``python -m tests.bench.interview [--wrong]``.

Twenty gaps of the demo company's COO (``tests/golden/interview.toml``) are planted, each is asked of him through the
pages, answered in a line, taken in by the real pipeline with the real model, and tested again. What the examination
calls answered but not surely he checks first. With ``--wrong`` he answers each question with another one's answer:
nothing should close.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, select
from starlette.testclient import TestClient

from ingest.intake import Target
from kb import db, schema
from kb.access import Classification, Module
from kb.credentials import open_session
from kb.grants import write_grant
from kb.handover import bank, examination, gaps
from kb.handover.case import Deliverable, Gap, GapSource, GapState, Handover
from kb.handover.opening import open_handover
from kb.people import Person, Role, add_person
from kb.settings import settings
from kb.viewing import OPERATOR_VIEWER, viewer_for
from tests import working
from web.demo import plan as planning
from web.demo.plan import FILES

GAPS = Path(__file__).parents[1] / "golden" / "interview.toml"
_READ_QUICKLY = (".md", ".txt", ".csv", ".eml", ".docx", ".xlsx", ".pptx", ".html")


@dataclass(frozen=True)
class Sitting:
    """How many were planted, how many of them were seen as gaps, and how many of those were closed by testing again."""

    planted: int
    seen: int
    closed: int
    not_seen: tuple[str, ...]
    not_closed: tuple[str, ...]


def build(planted: list[dict[str, str]]) -> str:
    """The COO's handover with what he left (scans and PDFs apart) and the gaps' documents; its id."""
    with db.transaction() as session:
        people = {r: add_person(session, r, Role(r), name=r) for r in ("leaver", "successor", "hr")}
        handover = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"], people["successor"])
        for module in Module:
            write_grant(session, OPERATOR_VIEWER, people["successor"].id, handover.id, module, Classification.internal)
        owed = {d.key: d for d in session.exec(select(Deliverable).where(Deliverable.handover_id == handover.id))}
        for wanted in planted:
            if wanted["via"] == "bank":
                bank.write_question(session, viewer_for(session, people["hr"]), "coo", Module(wanted["module"]),
                                    wanted["question"])
    for file in planning.load().files:
        if file.handover == "coo" and Path(file.file_name).suffix in _READ_QUICKLY:
            working.take_in(Target(handover.id, file.module, Classification.internal), FILES / file.file_name)
    with tempfile.TemporaryDirectory() as folder:
        for wanted in (w for w in planted if w["via"] == "criterion"):
            row = owed[wanted["deliverable"]]
            target = Target(handover.id, row.module, Classification.internal, deliverable_id=row.id)
            working.take_in(target, working.write(Path(folder), f"{row.key}.md", wanted["before"]))
    return handover.id


def client(login: str) -> TestClient:
    """Somebody at the pages."""
    from web.app import create_app
    from web.security import csrf_token_for, session_cookie

    with db.transaction() as session:
        secret = open_session(session, session.exec(select(Person).where(Person.login == login)).one())
    made = TestClient(create_app(), follow_redirects=True, cookies={session_cookie(): secret})
    made.headers["X-CSRF-Token"] = csrf_token_for(secret)
    return made


def plant(handover_id: str, planted: list[dict[str, str]]) -> list[tuple[Gap, str]]:
    """Search, examine and collect as people would; the gaps that came of it with what he will say."""
    successor, leaver = client("successor"), client("leaver")
    for wanted in planted:
        if wanted["via"] == "search":
            successor.get(f"/handovers/{handover_id}", params={"q": wanted["question"]})
    page = leaver.get(f"/handovers/{handover_id}/exam").text
    person = re.search(r'name="person" value="([^"]+)"', page)
    assert person is not None
    leaver.post(f"/handovers/{handover_id}/exam", data={"person": person[1]})
    _doubt(leaver, handover_id, {w["question"] for w in planted if w["via"] == "bank"})
    leaver.post(f"/handovers/{handover_id}/gaps/collect")
    with db.transaction(writes=False) as session:
        found = gaps.gaps_of(session, handover_id)
        keys = {d.id: d.key for d in session.exec(select(Deliverable).where(Deliverable.handover_id == handover_id))}
        named = {_name(gap, keys): gap for gap in found if gap.state is GapState.open}
    return [(named[_wanted(w)], w["answer"]) for w in planted if _wanted(w) in named]


def _doubt(leaver: TestClient, handover_id: str, questions: set[str]) -> None:
    """He holds what is called answered, but not surely, against its passage; of the planted questions none is."""
    with db.transaction(writes=False) as session:
        held = examination.examinations(session, handover_id)[0].id
        doubtful = [a.question_key for a in examination.answers_of(session, held) if a.zh in questions and not a.sure]
    for key in doubtful:
        leaver.post(f"/handovers/{handover_id}/exam/check", data={"held": held, "key": key, "answers": "no"})


def _name(gap: Gap, keys: dict[str, str]) -> str:
    if gap.source is GapSource.criterion:
        return f"{keys[gap.deliverable_id]}:{gap.reference.rpartition(':')[2]}"
    return gap.zh


def _wanted(planted: dict[str, str]) -> str:
    return f"{planted['deliverable']}:{planted['criterion']}" if planted["via"] == "criterion" else planted["question"]


def sit(home: Path, *, wrong: bool = False) -> Sitting:
    """The whole sitting in a fresh home."""
    os.environ["KB_HOME"] = str(home)
    settings.cache_clear()
    schema.upgrade()
    planted = tomllib.loads(GAPS.read_text("utf-8"))["gap"]
    handover_id = build(planted)
    asked = plant(handover_id, planted)
    answers = [a for _, a in asked]
    said = answers[1:] + answers[:1] if wrong else answers
    leaver = client("leaver")
    for (gap, _), text in zip(asked, said, strict=True):
        assert leaver.post(f"/gaps/{gap.id}/answer", data={"text": text}).status_code == 200
        working.work()
        assert leaver.post(f"/gaps/{gap.id}/retest").status_code == 200
    with Session(db.engine()) as session:
        assert session.get(Handover, handover_id) is not None
        left = [g.zh for gap, _ in asked if (g := session.get_one(Gap, gap.id)).state is not GapState.closed]
    known = {a for _, a in asked}
    unseen = tuple(_wanted(w) for w in planted if w["answer"] not in known)
    return Sitting(len(planted), len(asked), len(asked) - len(left), unseen, tuple(left))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-interview-") as folder:
        done = sit(Path(folder), wrong=given.wrong)
    print(json.dumps({"planted": done.planted, "seen as gaps": done.seen, "closed": done.closed}))
    for said, questions in (("held to be answered before:", done.not_seen), ("still open:", done.not_closed)):
        for question in questions:
            print(" ", said, question)


if __name__ == "__main__":
    main()
