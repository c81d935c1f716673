"""What all questions have in common is taken out of a question's vector before it is compared.

Vectors of questions lie in one narrow cone: most of each says only "this is a question of a successor", and passages
near that direction (minutes, letters that ask) are near to every question. The common part is the mean vector of the
question banks (``usual_question.json``, made by ``python -m tests.bench.usual``); half of it is subtracted. Measured
for the bundled model and questions in Chinese characters only; others are left as they are.

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


def distinct(vector: Vectors, text: str, model: str) -> Vectors:
    """The question's vector without its usual part, of length 1; shape (dimension,), float32."""
    if model != NAME or not has_han(fold(text)):
        return vector
    left = vector - _SHARE * _usual()
    return np.asarray(left / np.linalg.norm(left), dtype=np.float32)


@lru_cache(maxsize=1)
def _usual() -> Vectors:
    return np.asarray(json.loads(FILE.read_text("utf-8"))["vector"], dtype=np.float32)
