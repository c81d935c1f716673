"""How far to trust "answered": ``python -m tests.bench.doubt DIR --home H``.

Every judged question is asked twice: as things are, and with every document that answers it hidden. What is still
called reliable (or sure) the second time is called so falsely – the subject is near, the answer is gone. DIR and the
home are those of ``tests.bench.quality``. A few of the hidden questions are answered by a document nobody judged.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlmodel import Session

from kb import db, vectors
from kb.access import OPERATOR, Scope
from kb.settings import settings
from search import Query, Results, search, sources
from search.sources import Source
from tests.bench.quality import Golden, build, read_golden
from tests.bench.world import viewer


@contextmanager
def hidden(documents: set[str]) -> Iterator[None]:
    """As if these documents were not there when candidates are read in SQL."""
    read = sources.visible_sources

    def others(session: Session, scope: Scope, points: Sequence[str], *, include_old: bool) -> dict[str, Source]:
        found = read(session, scope, points, include_old=include_old)
        return {point: source for point, source in found.items() if source.document.id not in documents}

    sources.visible_sources = others
    try:
        yield
    finally:
        sources.visible_sources = read


def rates(golden: Golden) -> dict[str, dict[str, int]]:
    """How many questions there are, are called reliable and sure: rightly, with the answer hidden, and without one."""
    counted: dict[str, dict[str, int]] = {}
    with Session(db.engine()) as session:
        for question in golden.questions:
            grades = golden.grades.get(question["qid"], {})
            for case in ("with its answer", "answer hidden") if grades else ("no answer",):
                with hidden(set(grades) if case == "answer hidden" else set()):
                    found = search(session, viewer(OPERATOR), Query(text=question["text"]), record=False)
                _count(counted.setdefault(case, {"questions": 0, "reliable": 0, "sure": 0}), found, grades, case)
    return counted


def _count(into: dict[str, int], found: Results, grades: dict[str, int], case: str) -> None:
    right = case != "with its answer" or any(hit.document_id in grades for hit in found.hits[:3])
    into["questions"] += 1
    into["reliable"] += found.reliable and right
    into["sure"] += found.sure and found.reliable and right


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=Path, help="where the files lie, if not in DIR")
    parser.add_argument("--home", type=Path, required=True)
    given = parser.parse_args()
    os.environ["KB_HOME"] = str(given.home)
    settings.cache_clear()
    golden = read_golden(given.folder, files=given.files)
    build(golden)
    for case, counts in rates(golden).items():
        print(f"{case:16}", json.dumps(counts))
    vectors.close()


if __name__ == "__main__":
    main()
