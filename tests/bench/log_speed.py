"""How fast is the operation log? ``python -m tests.bench.log_speed --appends 2000 --entries 1000000``.

Appends are transactions of one entry each through ``kb.db`` (SQLite, WAL, ``synchronous=FULL``), by one process and by
several at once; the chain must be whole afterwards. Verifying walks a chain of that many entries from the disk.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import sqlite3
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path

import rfc8785
from sqlmodel import Session

from kb import checkpoints, db, ledger
from kb.settings import settings
from tests.bench.evidence import cheap_home

_DISK = Path(os.environ.get("KB_BENCH_DIR", tempfile.gettempdir()))
"""Where the databases lie: on a real disk, or an append costs nothing."""


@dataclass(frozen=True)
class Speed:
    """Appends a second by one process and by ``processes`` at once; seconds to verify ``entries``."""

    alone: float
    together: float
    processes: int
    entries: int
    verify_seconds: float


def append(count: int) -> None:
    """One transaction an entry, as a request does it."""
    for n in range(count):
        with db.transaction() as session:
            ledger.record(session, "per-7k2m9x4qwz3p", "document.read", f"doc-{n}", title="三年战略规划", version=n)


def _apart(home: str, count: int, ready: Barrier) -> None:
    os.environ["KB_HOME"] = home
    settings.cache_clear()
    db.engine_for.cache_clear()
    ready.wait()
    append(count)


def fill(path: Path, count: int) -> None:
    """A chain of so many entries written straight into the table, with the bytes that ``record`` would write."""
    def rows():  # type: ignore[no-untyped-def]
        previous = ledger.GENESIS
        for number in range(1, count + 1):
            at = f"2026-11-{number % 28 + 1:02} 09:30:{number % 60:02}.{number % 1_000_000:06}"
            actor, about = f"per-{number % 40}", f"doc-{number % 5000}"
            said = {"number": number, "at": f"{at.replace(' ', 'T')}+00:00", "actor": actor, "action": "document.read",
                    "object": about, "detail": {"title": "三年战略规划", "version": number % 9}}
            if number % 1000 == 0:  # every form of the line must be walked: an address, and whole seconds
                said["from"] = "10.0.0.7"
            body = rfc8785.dumps(said).decode()
            digest = hashlib.sha256((previous + body).encode()).hexdigest()
            yield number, at, actor, "document.read", about, body, previous, digest
            previous = digest

    with closing(sqlite3.connect(path)) as write:
        write.execute("PRAGMA synchronous=OFF")
        write.execute("DELETE FROM ledger_entry")
        write.executemany("INSERT INTO ledger_entry (number, at, actor_id, action, object_id, body, previous, hash) "
                          "VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows())
        write.commit()


def measure(appends: int, entries: int, processes: int = 4) -> Speed:
    """Append, check the chain and its checkpoints, fill, verify."""
    with tempfile.TemporaryDirectory(dir=_DISK) as name, cheap_home(Path(name)):
        start = time.perf_counter()
        append(appends)
        alone = appends / (time.perf_counter() - start)
        context = multiprocessing.get_context("spawn")
        ready = context.Barrier(processes + 1)
        running = [context.Process(target=_apart, args=(name, appends // processes, ready)) for _ in range(processes)]
        for process in running:
            process.start()
        ready.wait()
        start = time.perf_counter()
        for process in running:
            process.join()
        together = appends // processes * processes / (time.perf_counter() - start)
        with Session(db.engine()) as session:
            newest = ledger.head(session)
            assert newest is not None
            assert newest.number == appends + appends // processes * processes
            assert (ledger.verify(session), checkpoints.faults(session)) == ([], [])
        fill(Path(name) / "kb.sqlite", entries)
        start = time.perf_counter()
        with Session(db.engine()) as session:
            assert ledger.verify(session) == []
        return Speed(alone, together, processes, entries, time.perf_counter() - start)


def main() -> int:
    """The command line; exit code 1 where a goal is missed (200 appends/s, a million entries verified in 10 s)."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--appends", type=int, default=2000)
    options.add_argument("--entries", type=int, default=1_000_000)
    given = options.parse_args()
    speed = measure(given.appends, given.entries)
    print(f"append, one process: {speed.alone:.0f}/s; {speed.processes} processes: {speed.together:.0f}/s")
    print(f"verify {speed.entries} entries: {speed.verify_seconds:.1f} s")
    return 0 if speed.alone >= 200 and speed.verify_seconds * 1e6 <= 10 * max(speed.entries, 1) else 1


if __name__ == "__main__":
    raise SystemExit(main())
