"""The advice on the judged criteria of eight companies: a wrong 'met' on what is missing is never given."""

from __future__ import annotations

from collections import Counter

import pytest

from kb.evidence.judging import judge
from kb.evidence.verdict import Verdict
from tests.bench import calibrate


@pytest.mark.integration
def test_nothing_missing_is_called_met_and_most_judgements_are_shared() -> None:
    seen: Counter[tuple[Verdict, Verdict]] = Counter()
    plainly: Counter[bool] = Counter()
    for _, passages, criteria in calibrate.read():
        for criterion, said in zip(criteria, judge([c["text"] for c in criteria], passages), strict=True):
            seen[Verdict(criterion["label"]), said.verdict] += 1
            if not calibrate.is_free(criterion):
                plainly[said.verdict.value == criterion["label"]] += 1
            assert all(unit.text in unit.passage.text for unit in said.evidence)
            assert (said.reason is None) is (said.verdict is Verdict.met)
    assert seen[Verdict.missing, Verdict.met] == 0
    assert sum(n for (want, got), n in seen.items() if want is got) >= 0.6 * seen.total()
    assert plainly[True] >= 0.75 * plainly.total()
