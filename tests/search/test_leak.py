"""Hidden documents change nothing: the same question in the whole company and in one that holds only the visible."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.leak import compare
from tests.bench.leak_doors import compare_doors


@pytest.mark.integration
def test_answers_are_equal_to_a_world_without_the_hidden(home: Path, tmp_path: Path) -> None:
    compared = compare(tmp_path, seed=7, viewers=3, documents=60, queries=300)
    assert compared.asked == 300
    assert compared.sent > 10, "else nothing is said about what is sent"
    assert compared.differences == []


@pytest.mark.integration
def test_so_are_the_answers_of_every_door(home: Path, tmp_path: Path) -> None:
    compared = compare_doors(tmp_path, seed=11, viewers=1, documents=40, queries=24)
    assert compared.sent
    assert compared.differences == []
