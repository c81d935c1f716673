"""The coverage by topic agrees with the labels made by hand as far as it has been measured to."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from kb.access import Module
from kb.vocabulary import vocabulary
from search.coverage.topics import Supply
from tests.bench.coverage_labels import labels
from web.demo import plan


def test_the_labels_are_of_cells_that_there_are_and_each_is_labelled_once() -> None:
    handovers = {h.key for h in (*plan.load().handovers, *plan.load().past)}
    found = labels()
    assert len({(r["handover"], r["module"], r["topic"]) for r in found}) == len(found) >= 60
    for row in found:
        assert row["handover"] in handovers
        assert vocabulary().tags[row["topic"]].area
        assert row["module"] in set(Module)
        assert (row["level"] == Supply.empty) == (row["documents"] + row["cards"] == 0)
        assert row["unanswered"] <= row["asked"]


@pytest.mark.integration
def test_what_hr_is_shown_agrees_with_the_labels() -> None:
    """Without the model: it decides what a search finds, not what there is on a topic."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.coverage_labels"], env=os.environ | {"KB_EMBEDDING_MODEL": "none"},
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    got = json.loads(done.stdout[done.stdout.index("{\n") :])
    assert got["level"] >= 0.91, got
    assert got["documents_within_1"] >= 0.98, got
    assert got["one_person"] >= 0.92, got
    assert got["asked"] >= 0.85, got
    assert got["unanswered"] >= 0.95, got
