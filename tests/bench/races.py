"""Races for one step: ``python -m tests.bench.races --races 1000``, on SQLite or on ``KB_DATABASE_URL``.

Two threads, each in a transaction of its own, sign the same step, approve the same deliverable, or sign while a file
changes. One wins, the other is refused; the log holds one entry; a signature never covers what was not there.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from sqlmodel import Session, col, func, select

from kb import db, keys, ledger, schema
from kb.db import transaction
from kb.documents import Document
from kb.errors import Conflict
from kb.evidence.verdict import Verdict
from kb.handover import review, signing
from kb.handover.case import Decision, Handover
from kb.handover.contents import digest_of, files_of
from kb.handover.signing import Declaration, Purpose, Signature
from kb.handover.workflow import Node
from kb.ledger import LedgerEntry
from kb.people import Person
from kb.settings import settings
from tests.kb.handover.walking import PIN, add_version, cast, hand_in, opened, owed, see


@dataclass(frozen=True)
class Tally:
    """How many races of a kind were run, and how many had other than one winner and one entry."""

    kind: str
    races: int
    wrong: int


@dataclass(frozen=True)
class _Stage:
    handover: str
    deliverable: str
    document: str
    people: dict[str, Person]


def _set() -> _Stage:
    with transaction() as session:
        people = cast(session)
        handover = opened(session, people)
        first = owed(session, handover)[0]
        document = hand_in(session, handover, first)
        return _Stage(handover.id, first.id, document.id, people)


def _both(one: Callable[[], None], other: Callable[[], None]) -> int:
    """Run two at the same moment; how many were not refused."""
    barrier = threading.Barrier(2)

    def go(action: Callable[[], None]) -> bool:
        barrier.wait()
        try:
            action()
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        return sum(pool.map(go, (one, other)))


def _entries(action: str) -> int:
    with transaction(writes=False) as session:
        wanted = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.action == action)
        return int(session.exec(wanted).one())


def double_sign(stage: _Stage, races: int) -> Tally:
    """Receiver and deputy sign the same module at once."""

    def sign(login: str) -> Callable[[], None]:
        def act() -> None:
            with transaction() as session:
                handover = session.get_one(Handover, stage.handover)
                what = Declaration(Purpose.receive, "确认接收", "strategy", files_of(session, stage.handover))
                signing.sign(session, see(session, stage.people[login]), handover, what, PIN)

        return act

    wrong = 0
    for _ in range(races):
        with transaction() as session:
            session.get_one(Handover, stage.handover).round += 1
        before = _entries("signature.made")
        wrong += (_both(sign("ren"), sign("hr1")), _entries("signature.made") - before) != (1, 1)
    return Tally("double sign", races, wrong)


def double_approve(stage: _Stage, races: int) -> Tally:
    """The reviewer approves the same deliverable in two windows."""

    def approve() -> None:
        with transaction() as session:
            review.decide(session, see(session, stage.people["qiu"]), stage.deliverable, Decision.approved)

    with transaction() as session:
        session.get_one(Handover, stage.handover).node = Node.head_review
    wrong = 0
    for number in range(races):
        with transaction() as session:
            add_version(session, session.get_one(Document, stage.document), f"第 {number} 稿", number + 2)
            row = next(r for r in review.reviewed(session, session.get_one(Handover, stage.handover)) if r.files)
            verdicts = dict.fromkeys(range(len(row.criteria)), (Verdict.met, ""))
            review.judge(session, see(session, stage.people["qiu"]), stage.deliverable, verdicts)
        before = _entries("deliverable.approved")
        wrong += (_both(approve, approve), _entries("deliverable.approved") - before) != (1, 1)
    return Tally("double approve", races, wrong)


def upload_during_sign(stage: _Stage, races: int) -> Tally:
    """A file changes while a module is signed: the signature covers what is there now, or it no longer holds."""

    def sign() -> None:
        with transaction() as session:
            handover = session.get_one(Handover, stage.handover)
            what = Declaration(Purpose.receive, "确认接收", "strategy", files_of(session, stage.handover))
            signing.sign(session, see(session, stage.people["ren"]), handover, what, PIN)

    wrong = 0
    for number in range(races):
        def upload(number: int = number) -> None:
            with transaction() as session:
                add_version(session, session.get_one(Document, stage.document), f"改 {number}", 100_000 + number)

        with transaction() as session:
            session.get_one(Handover, stage.handover).round += 1
        winners = _both(sign, upload)
        with transaction(writes=False) as session:
            wrong += winners != 2 or not _consistent(session, stage.handover)
    return Tally("upload during sign", races, wrong)


def _consistent(session: Session, handover_id: str) -> bool:
    handover = session.get_one(Handover, handover_id)
    files = files_of(session, handover_id)
    newest = session.exec(
        select(Signature).where(Signature.handover_id == handover_id).order_by(col(Signature.ordinal).desc()).limit(1)
    ).one()
    held = signing.holding([newest], handover, Purpose.receive, "strategy", digest_of(files))
    pinned = all(f.sha256 in newest.manifest for f in files)
    return (held is not None) == pinned


KINDS: tuple[Callable[[_Stage, int], Tally], ...] = (double_sign, double_approve, upload_during_sign)


def race(races: int) -> list[Tally]:
    """Every kind that many times, on a stage of its own; the log is whole afterwards."""
    stage = _set()
    found = [kind(stage, races) for kind in KINDS]
    with transaction(writes=False) as session:
        assert ledger.verify(session) == []
    return found


def main() -> None:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--races", type=int, default=1000, help="races in all")
    races = -(-options.parse_args().races // len(KINDS))
    keys.MEMORY_KIB, keys.PASSES = 64, 1
    with tempfile.TemporaryDirectory() as home:
        os.environ["KB_HOME"] = home
        settings.cache_clear()
        schema.upgrade()
        for tally in race(races):
            print(f"{tally.kind}: {tally.races} races, {tally.wrong} without exactly one winner and one entry")
        db.engine().dispose()


if __name__ == "__main__":
    main()
