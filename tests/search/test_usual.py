"""What is taken out of a question's vector is the mean of the question banks, and only where that was measured."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kb.bundled_model import NAME
from search.usual import FILE, sought
from tests.bench.usual import mean_question


def test_only_the_bundled_models_questions_in_chinese_lose_what_they_share() -> None:
    vector = np.eye(384, dtype=np.float32)[0]
    assert sought(vector, None, "Why did we leave?", NAME) is vector
    assert sought(vector, None, "当初为什么退出", "another/model") is vector
    changed = sought(vector, None, "当初为什么退出", NAME)
    assert changed.dtype == np.float32
    assert float(np.linalg.norm(changed)) == pytest.approx(1.0, abs=1e-5)


def test_the_tuned_vector_is_the_smaller_part() -> None:
    one, other = np.eye(384, dtype=np.float32)[:2]
    mixed = sought(one, other, "Why did we leave?", NAME)
    assert float(np.linalg.norm(mixed)) == pytest.approx(1.0, abs=1e-5)
    assert 0 < mixed[1] < mixed[0]


@pytest.mark.integration
def test_the_file_was_made_from_the_banks_as_they_are(home: Path) -> None:
    kept = np.asarray(json.loads(FILE.read_text("utf-8"))["vector"])
    made = mean_question()
    assert float(kept @ made / np.linalg.norm(kept) / np.linalg.norm(made)) > 0.999
