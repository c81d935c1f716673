"""The reader's weights: the bundled model's, with its upper layers tuned by ``reading.npz``.

Each tuned matrix is kept as the product of two thin ones (LoRA's form, Hu et al., 2021: ``NAME.left`` (out, rank),
``NAME.right`` (rank, in)) to add to the bundled model's; biases and norms are kept as they are. Trained by
``python -m tests.bench.reading``.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.bundled_model import Weights, shape_of
from kb.encoder.network import Tensors

FILE = Path(__file__).with_name("reading.npz")
ANSWER, QUOTE = "answer", "quote"
"""The heads: ``NAME.w`` and ``NAME.b``; of the whole pair, shape (2 · hidden), and of each word, shape (hidden)."""
LEFT, RIGHT = ".left", ".right"
Array = NDArray[np.float32]


@lru_cache(maxsize=1)
def trained() -> dict[str, Array]:
    """What was trained, by name."""
    with np.load(FILE) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files}


def mark() -> str:
    """What tells two trainings apart."""
    return f"reader-{sha256(FILE.read_bytes()).hexdigest()[:12]}"


def tensors(weights: Weights) -> Tensors:
    """The encoder's tensors, float32, by the engine's name."""
    tuned = trained()

    def tensor(name: str) -> Array:
        if name in tuned:
            return tuned[name]
        values = weights.array(name, *shape_of(weights, name))
        left = tuned.get(name + LEFT)
        return values if left is None else np.asarray(values + left @ tuned[name + RIGHT], np.float32)

    return tensor
