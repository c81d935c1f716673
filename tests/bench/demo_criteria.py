"""The advice on the demo company's criteria against labels made by hand: ``python -m tests.bench.demo_criteria``.

Builds the demo company, or with ``--home F`` reads a home that ``kb demo`` has filled, and holds the advice on every
deliverable that has files against ``tests/golden/criteria.jsonl``. The wordings are those of the role templates.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import Counter
from pathlib import Path

from sqlmodel import Session

from kb import db
from kb.evidence.judging import Advice
from kb.handover import review
from kb.handover.advice import advise
from kb.settings import settings
from tests.bench.coverage_labels import build
from web.demo import plan as planning
from web.demo.cast import handover_of

LABELS = Path(__file__).parents[1] / "golden" / "criteria.jsonl"
Place = tuple[str, str, str]


def labels() -> dict[Place, str]:
    """What the assessor said of every criterion, by handover, deliverable and wording."""
    rows = map(json.loads, LABELS.read_text("utf-8").splitlines())
    return {(row["handover"], row["deliverable"], row["criterion"]): row["label"] for row in rows}


def advised() -> dict[Place, Advice]:
    """The advice on every criterion of the deliverables that files were handed in for."""
    plan = planning.load()
    told: dict[Place, Advice] = {}
    with Session(db.engine()) as session:
        for key in [h.key for h in (*plan.handovers, *plan.past)]:
            for reviewed in review.reviewed(session, handover_of(session, plan, key)):
                if reviewed.excused or not reviewed.files:
                    continue
                asked, name = reviewed.criteria, reviewed.deliverable.key
                given = advise(session, asked, [file.version_id for file in reviewed.files])
                told |= {(key, name, text): a for text, a in zip(asked, given, strict=True)}
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-criteria-") as folder:
        os.environ["KB_HOME"] = str(given.home or folder)
        settings.cache_clear()
        if given.home is None:
            build(tagged=True)
        wanted, told = labels(), advised()
    seen = Counter((label, told[place].verdict.value) for place, label in wanted.items())
    for place, label in wanted.items():
        advice = told[place]
        if advice.verdict.value != label:
            why = advice.reason.message.format(**advice.reason.params) if advice.reason else ""
            print(f"{' / '.join(place)}: labelled {label}, advised {advice.verdict.value} {why}")
    agreed = sum(n for (label, got), n in seen.items() if label == got)
    print(json.dumps({"criteria": len(wanted), "agreed": agreed, "accuracy": round(agreed / len(wanted), 3),
                      "met but labelled missing": seen["missing", "met"],
                      "unlabelled": sum(place not in wanted for place in told)}))


if __name__ == "__main__":
    main()
