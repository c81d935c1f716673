"""The coverage by topic against labels made by hand: ``python -m tests.bench.coverage_labels [--untagged | --home F]``.

Builds the demo company and holds every cell of ``tests/golden/coverage_labels.jsonl`` against what HR is shown.
``--untagged`` leaves out what the leavers made of the suggested tags: what the machine does alone. ``--home`` reads a
home that ``kb demo`` has filled. ``unlabelled`` are cells of topics that are shown and that nobody labelled.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from ingest import pipeline
from kb import db, schema
from kb.access import Module
from kb.settings import settings
from kb.vocabulary import vocabulary
from search.coverage.topics import Supply, Topic, topics
from web.commands.demo import seed_files, seed_people
from web.demo import plan as planning
from web.demo import process, story, tell
from web.demo.cast import handover_of, hr_of

LABELS = Path(__file__).parents[1] / "golden" / "coverage_labels.jsonl"
AS_OF = date(2026, 11, 28)
"""The day that the labels were made on; what is old is old as seen from it."""
Place = tuple[str, Module, str]


def labels() -> list[dict[str, Any]]:
    """Every labelled cell."""
    return [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]


def build(*, tagged: bool) -> None:
    """The demo company in the home of the settings."""
    schema.upgrade()
    plan, told = planning.load(), story.load()
    seed_people(plan)
    pipeline.start()
    try:
        seed_files(plan)
        process.walk(plan)
        tell.tell(plan, told if tagged else replace(told, tagging=()))
    finally:
        pipeline.stop()


def shown() -> dict[Place, Topic]:
    """What HR sees of every handover of the demo, by handover, module and topic; empty cells are left out."""
    plan = planning.load()
    with db.transaction(writes=False) as session:
        keys = {handover_of(session, plan, h.key).id: h.key for h in (*plan.handovers, *plan.past)}
        chosen = [handover_of(session, plan, key) for key in keys.values()]
        rows = topics(session, hr_of(session, plan), chosen, on=AS_OF)
    return {
        (keys[handover], row.module, row.tag): topic
        for row in rows for handover, topic in row.by_handover.items()
        if row.module and row.tag in vocabulary().tags and vocabulary().tags[row.tag].area
        and (topic.documents or topic.searches)
    }  # fmt: skip


def agreement(found: Mapping[Place, Topic]) -> dict[str, Any]:
    """Shares of the labelled cells that agree, and the cells whose level does not."""
    wanted = labels()
    agree = {"level": 0, "documents": 0, "documents_within_1": 0, "asked": 0, "unanswered": 0, "one_person": 0}
    level_of_full, wrong = 0, []
    for label in wanted:
        topic = found.get((label["handover"], Module(label["module"]), label["topic"]), Topic())
        total = label["documents"] + label["cards"]
        for name, right in {
            "level": topic.supply == label["level"], "documents": topic.documents == total,
            "documents_within_1": abs(topic.documents - total) <= 1,
            "asked": bool(topic.searches) == bool(label["asked"]),
            "unanswered": bool(topic.unanswered) == bool(label["unanswered"]),
            "one_person": (len(topic.authors) == 1) == label["one_person"],
        }.items():  # fmt: skip
            agree[name] += right
        level_of_full += topic.supply == label["level"] != Supply.empty
        if topic.supply != label["level"]:
            wrong.append(f"{label['handover']} {label['module']} {label['topic']}: "
                         f"labelled {label['level']}, shown {topic.supply}")
    full = sum(label["level"] != Supply.empty for label in wanted)
    known = {(label["handover"], Module(label["module"]), label["topic"]) for label in wanted}
    return {"cells": len(wanted), **{name: round(n / len(wanted), 3) for name, n in agree.items()},
            "not_empty": full, "level_of_not_empty": round(level_of_full / full, 3),
            "unlabelled": sum(place not in known for place in found), "wrong": wrong}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--untagged", action="store_true")
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-coverage-") as folder:
        os.environ["KB_HOME"] = str(given.home or folder)
        settings.cache_clear()
        if given.home is None:
            build(tagged=not given.untagged)
        print(json.dumps(agreement(shown()), ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
