"""How well the advice on criteria agrees with judgements: ``python -m tests.bench.criteria DIR --home H [--json]``.

DIR is a golden set with ``criteria.jsonl``; its documents are read as in ``tests.bench.quality``, whose home is used.
"""

from __future__ import annotations

import argparse
import json
import os
from collections import Counter
from pathlib import Path

from sqlmodel import Session

from kb import db
from kb.handover.advice import advise
from kb.settings import settings
from tests.bench.quality import build, lines, read_golden

LABELS = {"satisfied": "met", "partly": "partly", "missing": "missing"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    os.environ["KB_HOME"] = str(given.home)
    settings.cache_clear()
    build(read_golden(given.folder))
    seen: Counter[tuple[str, str]] = Counter()
    verbatim = True
    with Session(db.engine()) as session:
        for row in lines(given.folder / "criteria.jsonl"):
            said = advise(session, [row["criterion"]], [f"ver-{row['doc_id']}"])[0]
            seen[LABELS[row["label"]], said.verdict.value] += 1
            verbatim &= all(u.text in u.passage.text for u in said.evidence)
            if LABELS[row["label"]] != said.verdict.value and not given.json:
                print(f"{row['cid']}  {LABELS[row['label']]} → {said.verdict.value}  {row['criterion']}")
    total, right = sum(seen.values()), sum(n for (want, got), n in seen.items() if want == got)
    print(json.dumps({"criteria": total, "accuracy": round(right / total, 3), "verbatim": verbatim,
                      "met but labelled missing": seen["missing", "met"]}))


if __name__ == "__main__":
    main()
