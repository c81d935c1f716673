"""Where the processor's time goes when documents are taken in: ``python -m tests.bench.ingestion``.

Takes in the demo company's own files, then a set of long texts put together from what they say, through the same door
and queue as people do, one document at a time. Processor seconds, not wall clock: embedding is the whole process's
while it embeds (it has threads of its own), every other stage its own thread's, parsing that of the child processes;
what is left of the process's total is the queue, rows made of objects, and waiting threads. One small document goes
first, so that loading models and dictionaries is in no figure. The model gets one thread unless KB_EMBEDDING_THREADS
says otherwise: on a busy machine threads that wait for each other spin, which would count as embedding.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import psutil
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlmodel import Session, select

from ingest import batch, pipeline, sandbox, steps
from ingest.intake import Target
from kb import db, embedding, lexical, schema, vectors
from kb.access import Module
from kb.db import transaction
from kb.documents import ParsedText
from kb.handover.opening import open_handover
from kb.people import Role, add_person
from kb.receipts import Receipt
from kb.settings import settings
from kb.viewing import OPERATOR_VIEWER
from web.demo import plan

_PARAGRAPHS = 60
_INDEX = ("write", "publish", "count", "remove", "update")


class Clock(threading.local):
    """Processor seconds by stage, added up over all threads; a stage inside another one counts for itself alone."""

    spent: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        self._open: list[tuple[float, float]] = []  # (when it began, what stages inside it took)

    def around(self, owner: Any, name: str, stage: str, read: Callable[[], float] = time.thread_time) -> None:
        """Measure every call of ``owner.name`` as ``stage``."""
        function = getattr(owner, name)

        def measured(*args: Any, **more: Any) -> Any:
            self.begin(read)
            try:
                return function(*args, **more)
            finally:
                self.end(stage, read)

        setattr(owner, name, measured)

    def begin(self, read: Callable[[], float] = time.thread_time) -> None:
        """A stage begins in this thread."""
        self._open.append((read(), 0.0))

    def end(self, stage: str, read: Callable[[], float] = time.thread_time) -> None:
        """The stage that began last in this thread ends."""
        began, inside = self._open.pop()
        taken = read() - began
        self.spent[stage] += taken - inside
        if self._open:
            outer, inner = self._open.pop()
            self._open.append((outer, inner + taken))


def children() -> float:
    """Processor seconds of all child processes so far, ended or not."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    alive = [child.cpu_times() for child in psutil.Process().children()]
    return ended.ru_utime + ended.ru_stime + sum(times.user + times.system for times in alive)


def install(clock: Clock) -> None:
    """Put the clock around the stages."""
    model = embedding.embedder(vectors.index().model)
    clock.around(model, "embed_passages", "embed", time.process_time)
    clock.around(lexical, "passage_terms", "terms of the passages")
    clock.around(steps.cutting, "chunk", "chunk")
    clock.around(steps.suggesting, "suggest", "suggest module and tags")
    clock.around(sandbox, "run", "hand over to the parser")
    for name in _INDEX:
        clock.around(vectors.index(), name, "index")
    event.listen(Engine, "before_cursor_execute", lambda *_: clock.begin())
    event.listen(Engine, "after_cursor_execute", lambda *_: clock.end("SQL"))
    event.listen(Engine, "handle_error", lambda _: clock.end("SQL"))


def measured(clock: Clock, files: list[batch.File], target: Target) -> list[Receipt]:
    """Take the files in and print where the time went."""
    clock.spent.clear()
    began, process, parsing = time.monotonic(), time.process_time(), children()
    receipts = batch.finish(OPERATOR_VIEWER, batch.accept_files(OPERATOR_VIEWER, files, target))
    spent = clock.spent | Counter({"parse (child)": children() - parsing})
    total = time.process_time() - process + spent["parse (child)"]
    spent["queue and the rest"] = total - sum(spent.values())
    passages, characters = sum(r.chunks for r in receipts), sum(r.characters for r in receipts)
    print(f"{len(receipts)} documents, {characters} characters, {passages} passages, "
          f"{sum(not r.ok for r in receipts)} not in; {time.monotonic() - began:.1f} s, {total:.1f} processor seconds")
    for stage, seconds in spent.most_common():
        print(f"  {stage:<26}{seconds:8.2f} s {seconds / total:7.1%}")
    return receipts


def long_texts(folder: Path, documents: int) -> list[batch.File]:
    """Texts of sixty paragraphs each under headings, drawn from all that was taken in."""
    with Session(db.engine()) as session:
        said = session.exec(select(ParsedText.text)).all()
    paragraphs = [p for text in said for p in text.split("\n") if 40 <= len(p) <= 400 and " | " not in p]
    dice = random.Random(7)
    files = []
    for n in range(documents):
        drawn = dice.choices(paragraphs, k=_PARAGRAPHS)
        parts = [f"## 第 {m // 6 + 1} 节\n\n{p}" if m % 6 == 0 else p for m, p in enumerate(drawn)]
        path = folder / f"汇编{n:03d}.md"
        path.write_text(f"# 汇编 {n}\n\n" + "\n\n".join(parts), "utf-8")
        files.append((path, path.name))
    return files


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=40, help="long texts of sixty paragraphs each")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-ingestion-") as name:
        folder = Path(name)
        os.environ["KB_HOME"] = str(folder / "home")
        os.environ.setdefault("KB_EMBEDDING_THREADS", "1")
        settings.cache_clear()
        schema.upgrade()
        with transaction() as session:
            leaver = add_person(session, "zhou", Role.leaver)
            target = Target(open_handover(session, OPERATOR_VIEWER, "coo", leaver).id, Module.projects)
        clock = Clock()
        install(clock)
        pipeline.start()
        (folder / "先行.md").write_text("# 先行\n\n退出华北市场的决定由董事会作出。", "utf-8")
        batch.finish(OPERATOR_VIEWER, batch.accept_files(OPERATOR_VIEWER, [(folder / "先行.md", "先行.md")], target))
        print("The demo's own files:")
        measured(clock, [(file.path, file.path.name) for file in plan.load().files], target)
        print("Long texts:")
        measured(clock, long_texts(folder, given.documents), target)
        pipeline.stop()
        vectors.close()


if __name__ == "__main__":
    main()
