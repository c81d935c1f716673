"""The preview is what the successor gets, and shows nobody what is closed to them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.preview import compare


@pytest.mark.integration
def test_preview_equals_what_the_successor_gets(home: Path, tmp_path: Path) -> None:
    assert compare(tmp_path, seed=11, cases=120, documents=60) == (120, 0, 0)
