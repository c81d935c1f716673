"""The encoder as an ONNX graph: BERT's layers, with the model's own 4-bit weights or with tuned ones in 8 bits.

Words come in as vectors, so that the table of a quarter million words stays in the file it is in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
WORDS, READ = "words", "read"
"""Input and output, both (batch, length, hidden): the texts of a batch are equally long, nothing is padded."""
_FUSED = "com.microsoft"


class FourBits(NamedTuple):
    """A matrix (out, in) as the model's file keeps it: 32 values a block, as one scale and 16 bytes of two each.

    ``scale`` has the shape (out · blocks), ``values`` (out, blocks, 16), neighbours in one byte, 8 for zero.
    """

    scale: Array
    values: Array


Tensors = Callable[[str], Array | FourBits]
"""A tensor by the engine's name, as ``kb.bundled_model`` lists them."""


class _Graph:
    """Nodes and constants as they are added; every operation gives the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, values: Array) -> str:
        from onnx import numpy_helper

        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, kind: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        from onnx import helper

        result = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [result], domain=domain, **attributes))
        return result

    def linear(self, x: str, name: str, weights: Array | FourBits, bias: Array) -> str:
        """Weights (out, in); floats are kept in 8 bits with a scale an output, and what comes in is scaled too."""
        shift = self.constant(f"{name}.bias", bias.astype(np.float32))
        if isinstance(weights, FourBits):
            outputs, blocks, half = weights.values.shape
            scaled = self.add("MatMulNBits", x, self.constant(f"{name}.q", weights.values),
                              self.constant(f"{name}.scale", weights.scale), domain=_FUSED, N=outputs,
                              K=blocks * half * 2, bits=4, block_size=half * 2, accuracy_level=4)  # fmt: skip
            return self.add("Add", scaled, shift)
        columns = weights.T.astype(np.float32)
        scale = np.maximum(np.abs(columns).max(axis=0), 1e-8) / 127
        rounded = np.clip(np.round(columns / scale), -127, 127).astype(np.int8)
        return self.add(
            "DynamicQuantizeMatMul", x, self.constant(f"{name}.q", rounded),
            self.constant(f"{name}.scale", scale.astype(np.float32)),
            self.constant(f"{name}.zero", np.zeros(len(scale), np.int8)), shift, domain=_FUSED,
        )  # fmt: skip

    def norm(self, x: str, name: str, weights: Array, bias: Array, epsilon: float) -> str:
        return self.add("LayerNormalization", x, self.constant(f"{name}.w", weights),
                        self.constant(f"{name}.shift", bias), epsilon=epsilon)


def network(tensor: Tensors, *, hidden: int, heads: int, layers: int, epsilon: float) -> bytes:
    """The network's file."""
    graph = _Graph()

    def floats(name: str) -> Array:
        values = tensor(name)
        assert not isinstance(values, FourBits), name
        return values

    def linear(x: str, name: str) -> str:
        return graph.linear(x, name, tensor(f"{name}.w"), floats(f"{name}.b"))

    def norm(x: str, name: str) -> str:
        return graph.norm(x, name, floats(f"{name}.w"), floats(f"{name}.b"), epsilon)

    x = norm(WORDS, "emb.ln")
    for layer in (f"l{n}." for n in range(layers)):
        heard = graph.add("MultiHeadAttention", *(linear(x, layer + part) for part in "qkv"), domain=_FUSED,
                          num_heads=heads)
        x = norm(graph.add("Add", x, linear(heard, layer + "ao")), layer + "aln")
        inner = graph.add("Gelu", linear(x, layer + "fi"))
        x = norm(graph.add("Add", x, linear(inner, layer + "fo")), layer + "oln")
    return _file(graph, x, hidden)


def _file(graph: _Graph, last: str, hidden: int) -> bytes:
    from onnx import TensorProto, helper

    graph.nodes.append(helper.make_node("Identity", [last], [READ]))
    floats = TensorProto.FLOAT
    made = helper.make_graph(
        graph.nodes, "encoder",
        [helper.make_tensor_value_info(WORDS, floats, ["batch", "length", hidden])],
        [helper.make_tensor_value_info(READ, floats, ["batch", "length", hidden])], graph.constants,
    )  # fmt: skip
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(_FUSED, 1)])
    model.ir_version = 10
    return bytes(model.SerializeToString())
