"""A question's vector as it is compared: without what all questions share, and a part of it tuned to how people ask.

Vectors of questions lie in one narrow cone: most of each says only "this is a question of a successor", and passages
near that direction (minutes, letters that ask) are near to every question. The common part is the mean vector of the
question banks (``usual_question.json``, made by ``python -m tests.bench.usual``); half of it is subtracted. Measured
for the bundled model and questions in Chinese characters only; others are left as they are.

Questions in either language are then mixed with their tuned vector (``kb.question_tuning``). The part was chosen with
golden/yunfan in view: from a fifth to two thirds, more of it helped held-out companies further (nDCG@10 0.779, 0.796,
0.799, 0.804 for a quarter, two fifths, a half, two thirds on one) and cost yunfan (0.934, 0.921, 0.916, 0.904).

Source: the "all but the top" observation of Mu and Viswanath, ICLR 2018, applied to one side only.
"""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import numpy as np

from kb.bundled_model import NAME
from kb.embedding import Vectors
from kb.lexical import fold, has_han

FILE = Path(__file__).with_name("usual_question.json")
_SHARE = 0.5
_TUNED = 0.22


def sought(vector: Vectors, tuned: Vectors | None, text: str, model: str) -> Vectors:
    """The vector to compare passages with, of length 1; shape (dimension,), float32. ``tuned`` None leaves it out."""
    own = _distinct(vector) if model == NAME and has_han(fold(text)) else vector
    return own if tuned is None else _unit((1 - _TUNED) * own + _TUNED * tuned)


def _distinct(vector: Vectors) -> Vectors:
    return _unit(vector - _SHARE * _usual())


def _unit(vector: Vectors) -> Vectors:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float32)


@lru_cache(maxsize=1)
def _usual() -> Vectors:
    return np.asarray(json.loads(FILE.read_text("utf-8"))["vector"], dtype=np.float32)
