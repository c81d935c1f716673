"""Hidden documents change nothing: the same question in the whole company and in one that holds only the visible."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.leak import compare


@pytest.mark.integration
def test_answers_are_equal_to_a_world_without_the_hidden(home: Path, tmp_path: Path) -> None:
    asked, differences = compare(tmp_path, seed=7, viewers=3, documents=60, queries=300)
    assert asked == 300
    assert differences == []
