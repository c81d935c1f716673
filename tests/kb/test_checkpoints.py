"""Checkpoints outside the database: a cut tail, a rebuilt chain and a forged line are found and named."""

from __future__ import annotations

import hashlib
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from kb import checkpoints, ledger
from kb.db import transaction
from kb.ledger import GENESIS, LedgerEntry


@pytest.fixture
def log(session: Session) -> Session:
    for n in range(250):
        ledger.record(session, "per-1", "document.deleted", f"doc-{n}", title="风险清单")
    session.commit()
    return session


def _lines() -> list[str]:
    return checkpoints.path().read_text().splitlines()


def test_every_hundredth_entry_is_pinned_after_the_commit(log: Session) -> None:
    # one transaction: its end is pinned, not its middle
    assert [c.number for c in checkpoints.read()] == [250]
    assert checkpoints.faults(log) == []


def test_nothing_is_pinned_when_the_transaction_is_rolled_back(session: Session) -> None:
    for n in range(100):
        ledger.record(session, "per-1", "document.deleted", f"doc-{n}")
    session.rollback()
    assert checkpoints.read() == []


def test_a_cut_tail_is_found(log: Session) -> None:
    log.execute(text("DELETE FROM ledger_entry WHERE number > 200"))
    assert any("截短" in said and "200" in said for said in checkpoints.faults(log))


def test_a_chain_rebuilt_from_the_first_entry_is_found(log: Session) -> None:
    previous = GENESIS
    for entry in log.exec(select(LedgerEntry).order_by(col(LedgerEntry.number))).all():
        entry.body = entry.body.replace("风险清单", "无关文件")
        entry.previous = previous
        entry.hash = hashlib.sha256(previous.encode() + entry.body.encode()).hexdigest()
        previous = entry.hash
        log.add(entry)
    log.flush()
    assert ledger.verify(log) == []  # the chain alone sees nothing
    assert any("250" in said and "改写" in said for said in checkpoints.faults(log))


def test_a_forged_or_unreadable_line_is_found(log: Session) -> None:
    ledger.record(log, "per-1", "document.read", "doc-1")
    log.commit()
    checkpoints.write()
    good = _lines()
    checkpoints.path().write_text(good[0].replace('"number": 250', '"number": 249') + "\n" + good[1] + "\n")
    assert any("第 1 行" in said for said in checkpoints.faults(log))
    checkpoints.path().write_text(good[0] + "\n{\n")
    assert checkpoints.faults(log) == ["检查点第 2 行无法读取"]
    checkpoints.path().write_text(good[1] + "\n")
    assert any("第 1 行与上一行不相连" in said for said in checkpoints.faults(log))


def test_every_signature_has_its_own_line_and_losing_it_is_found(log: Session) -> None:
    ledger.record(log, "per-1", "signature.made", "sig-1")
    ledger.record(log, "per-1", "module.received", "hnd-1")
    log.commit()
    assert [c.number for c in checkpoints.read()] == [250, 251, 252]
    assert checkpoints.faults(log) == []
    checkpoints.path().write_text(_lines()[0] + "\n")
    assert any("251" in said and "签名" in said for said in checkpoints.faults(log))


def test_what_a_crash_left_unpinned_is_made_up(log: Session) -> None:
    kept = checkpoints.path().read_bytes()
    ledger.record(log, "per-1", "signature.made", "sig-1")
    ledger.record(log, "per-1", "signature.made", "sig-2")
    log.commit()
    checkpoints.path().write_bytes(kept)  # as if the process had died before it wrote
    assert len(checkpoints.faults(log)) == 2
    checkpoints.write()
    assert checkpoints.faults(log) == []


def test_a_torn_line_is_replaced(log: Session) -> None:
    whole = checkpoints.path().read_bytes()
    checkpoints.path().write_bytes(whole + b'{"at": "2026-1')
    ledger.record(log, "per-1", "signature.made", "sig-1")
    log.commit()
    assert checkpoints.path().read_bytes().startswith(whole)
    assert checkpoints.faults(log) == []


@pytest.mark.integration
def test_many_who_sign_at_once_are_all_pinned_and_nobody_waits_for_a_connection(session: Session) -> None:
    def sign(n: int) -> None:
        with transaction() as own:
            ledger.record(own, f"per-{n}", "signature.made", f"sig-{n}")

    start = time.monotonic()
    with ThreadPoolExecutor(40) as pool:
        list(pool.map(sign, range(200)))
    assert time.monotonic() - start < 25  # the pool would have given up after 30 seconds
    assert len(checkpoints.read()) == 200
    assert (checkpoints.faults(session), ledger.verify(session)) == ([], [])


def test_a_lost_hundredth_is_found(log: Session) -> None:
    checkpoints.path().write_text("")
    assert any("200" in said for said in checkpoints.faults(log))
