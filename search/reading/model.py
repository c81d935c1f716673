"""The reader's weights: the bundled model's, with its upper layers tuned by ``reading.npz``.

Each tuned matrix is kept as the product of two thin ones (LoRA's form, Hu et al., 2021: ``NAME.left`` (out, rank),
``NAME.right`` (rank, in)) to add to the bundled model's; biases and norms are kept as they are. Trained by
``python -m tests.bench.reading``.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.bundled_model import Weights, shape_of
from kb.encoder.network import Tensors
from kb.encoder.tuned import mark_of, tensors_of

FILE = Path(__file__).with_name("reading.npz")
ANSWER, QUOTE = "answer", "quote"
"""The heads: ``NAME.w`` and ``NAME.b``; of the whole pair, shape (2 · hidden), and of each word, shape (hidden)."""
LEFT, RIGHT = ".left", ".right"
Array = NDArray[np.float32]


def mark() -> str:
    """What tells two trainings apart."""
    return f"reader-{mark_of(FILE)}"


def tensors(weights: Weights) -> Tensors:
    """The encoder's tensors, float32, by the engine's name."""
    tuned = tensors_of(FILE)

    def tensor(name: str) -> Array:
        if name in tuned:
            return tuned[name]
        values = weights.array(name, *shape_of(weights, name))
        left = tuned.get(name + LEFT)
        return values if left is None else np.asarray(values + left @ tuned[name + RIGHT], np.float32)

    return tensor
