"""Twenty races of every kind; a thousand: ``python -m tests.bench.races``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.races import race


@pytest.mark.integration
def test_every_race_has_one_winner_and_one_entry(home: Path) -> None:
    assert [tally.wrong for tally in race(20)] == [0, 0, 0]
