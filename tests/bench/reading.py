"""Trains ``search/reading/reading.npz``: ``python -m tests.bench.reading [--write] [--go-on] [--epochs N]``.

The upper half of the bundled encoder reads question and passage as one text and learns two things: whether the passage
answers, and which of its words say so. Trained on the companies of ``tests/companies``; three are held out, and printed
is how well an answered question is told from one whose answer is hidden or was never written (area under the curve).
What changed in each matrix is kept as a product of rank 32, after every epoch. About 35 minutes an epoch on two cores.
``--go-on`` begins with the weights at hand instead of the bundled ones.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score

from kb import bundled_model
from kb.bundled_model import Weights, weights_file
from kb.encoder.tuned import tensors_of
from kb.settings import settings
from search.reading.model import ANSWER, FILE, LEFT, QUOTE, RIGHT, tensors
from search.reading.reader import MOST_PIECES
from tests.bench.quality import COMPANIES, HELD_OUT, Golden, build, read_golden, trained_on
from tests.bench.reading_pairs import Found, Pair, pairs, searched, window

_RATE, _BATCH, _FROM_LAYER, RANK, _QUOTED_WEIGHT = 1e-4, 16, 6, 32, 3.0
_FIRST = 3
"""The passages of which the surest tells whether a question is answered."""


class Reading(torch.nn.Module):
    """The encoder with what is trained of it, and the two heads."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        from transformers import AutoModel, AutoTokenizer

        self.tokenizer = AutoTokenizer.from_pretrained(str(folder))
        self.encoder = AutoModel.from_pretrained(str(folder)).eval()  # no dropout: it costs more than it gives here
        for name, values in self.encoder.named_parameters():
            layer = int(name.split("layer.")[1].split(".")[0]) if "layer." in name else -1
            values.requires_grad_(layer >= _FROM_LAYER)
        hidden = self.encoder.config.hidden_size
        self.answer, self.quote = torch.nn.Linear(2 * hidden, 1), torch.nn.Linear(hidden, 1)

    def go_on(self) -> None:
        """Take the weights of ``reading.npz`` instead of the bundled ones."""
        at_hand, heads = tensors(Weights(weights_file())), tensors_of(FILE)
        values = dict(self.encoder.named_parameters())
        with torch.no_grad():
            for short, long in bundled_model.tensor_names(len(self.encoder.encoder.layer)):
                values[long].copy_(torch.from_numpy(at_hand(short)))
            for name, head in ((ANSWER, self.answer), (QUOTE, self.quote)):
                head.weight.copy_(torch.from_numpy(heads[f"{name}.w"])[None])
                head.bias.copy_(torch.from_numpy(heads[f"{name}.b"]))

    def forward(self, read: Sequence[Pair]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Logits (pairs) and (pairs, words), which words are the passage's, and which of these are quoted."""
        given = self.tokenizer([p.question for p in read], [p.passage for p in read], truncation="only_second",
                               max_length=MOST_PIECES, padding=True, return_tensors="pt", return_offsets_mapping=True)
        places = given.pop("offset_mapping")
        with torch.autocast("cpu", dtype=torch.bfloat16):
            words = self.encoder(input_ids=given["input_ids"], attention_mask=given["attention_mask"])
        words = words.last_hidden_state.float()
        inside = torch.tensor([[float(n == 1) for n in given.sequence_ids(k)] for k in range(len(read))])
        quoted = self.quote(words).squeeze(-1)
        share = torch.softmax(quoted.masked_fill(inside == 0, -1e4), -1)
        both = torch.cat([words[:, 0], (share.unsqueeze(-1) * words).sum(1)], -1)
        wanted = torch.zeros_like(quoted)
        for n, pair in enumerate(read):
            for start, end in pair.quotes:
                wanted[n] += (places[n, :, 0] < end) & (places[n, :, 1] > start) & (inside[n] > 0)
        return self.answer(both).squeeze(-1), quoted, inside, wanted.clamp(max=1.0)


def _loss(model: Reading, read: list[Pair]) -> torch.Tensor:
    said, quoted, inside, wanted = model(read)
    entropy = torch.nn.functional.binary_cross_entropy_with_logits
    right = torch.tensor([float(bool(pair.quotes)) for pair in read])
    each = entropy(quoted, wanted, reduction="none", pos_weight=torch.tensor(_QUOTED_WEIGHT))
    return entropy(said, right) + (each * inside).sum() / inside.sum()


def train(model: Reading, rows: list[Pair], epochs: int, keep: Callable[[], None]) -> None:
    upper = [values for values in model.encoder.parameters() if values.requires_grad]
    heads = [*model.answer.parameters(), *model.quote.parameters()]
    optimizer = torch.optim.AdamW([{"params": upper, "lr": _RATE}, {"params": heads, "lr": 2 * _RATE}])
    steps = epochs * -(-len(rows) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, [_RATE, 2 * _RATE], total_steps=steps, pct_start=0.1, anneal_strategy="linear"
    )
    for epoch in range(epochs):
        total = 0.0
        for batch in _batches(rows):
            loss = _loss(model, [window(pair, random) for pair in batch])
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*upper, *heads], 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch + 1}: loss {total / len(rows):.3f}", flush=True)
        keep()


def _batches(rows: list[Pair]) -> Iterator[list[Pair]]:
    """In random order, those of a batch about as long as each other."""
    order = random.sample(rows, len(rows))
    for start in range(0, len(order), 40 * _BATCH):
        near = sorted(order[start : start + 40 * _BATCH], key=lambda p: len(p.question) + min(len(p.passage), 290))
        starts = list(range(0, len(near), _BATCH))
        yield from (near[n : n + _BATCH] for n in random.sample(starts, len(starts)))


def told_apart(model: Reading, found: list[Found], grades: dict[str, dict[str, int]]) -> dict[str, float]:
    """The area under the curve against hidden answers and against questions without one."""
    sure: dict[str, list[float]] = {"with": [], "hidden": [], "none": []}
    with torch.no_grad():
        for question, case, documents, passages in found:
            judged = grades.get(question["qid"], {})
            if passages and (case != "with" or any(d in judged for d in documents[:_FIRST])):
                said = model([Pair(question["text"], passage, ()) for passage in passages[:_FIRST]])[0]
                sure[case].append(said.max().item())
    return {
        case: roc_auc_score([1] * len(sure["with"]) + [0] * len(sure[case]), sure["with"] + sure[case])
        for case in ("hidden", "none")
    }


def thin(model: Reading, folder: Path) -> dict[str, np.ndarray]:
    """What was trained, under the engine's names; what changed in a matrix as two thin ones of rank ``RANK``."""
    from transformers import AutoModel

    before = dict(AutoModel.from_pretrained(str(folder)).named_parameters())
    kept: dict[str, np.ndarray] = {}
    for short, long in bundled_model.tensor_names(len(model.encoder.encoder.layer)):
        values = dict(model.encoder.named_parameters())[long]
        if not values.requires_grad:
            continue
        if values.ndim == 1:
            kept[short] = values.detach().numpy()
            continue
        left, size, right = torch.linalg.svd(values.detach() - before[long].detach(), full_matrices=False)
        kept[short + LEFT] = (left[:, :RANK] * size[:RANK].sqrt()).numpy()
        kept[short + RIGHT] = (size[:RANK].sqrt().unsqueeze(1) * right[:RANK]).numpy()
    for name, head in ((ANSWER, model.answer), (QUOTE, model.quote)):
        kept |= {f"{name}.w": head.weight.detach()[0].numpy(), f"{name}.b": head.bias.detach().numpy()}
    return kept


def keep(model: Reading, folder: Path) -> None:
    """Write ``reading.npz``."""
    np.savez_compressed(FILE, **{n: values.astype(np.float16) for n, values in thin(model, folder).items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--go-on", action="store_true", help="begin with the weights at hand")
    parser.add_argument("--only", nargs="*", default=[], help="companies to train on, to leave others out")
    given = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory(prefix="kb-reading-") as work:
        rows: list[Pair] = []
        for name in given.only or trained_on():
            golden = _in_home(Path(work), name)
            rows += pairs(golden, list(searched(golden)), random.Random(0))
        folder = bundled_model.ensure(Path(work) / "models")
        model = Reading(folder)
        print(len(rows), "pairs", flush=True)
        if given.go_on:
            model.go_on()
        train(model, rows, given.epochs, lambda: keep(model, folder) if given.write else None)
        for name in HELD_OUT:
            golden = _in_home(Path(work), name)
            print(name, told_apart(model, list(searched(golden)), golden.grades), flush=True)


def _in_home(work: Path, name: str) -> Golden:
    """A company, taken in by the product in a home of its own."""
    os.environ["KB_HOME"] = str(work / name)
    settings.cache_clear()
    golden = read_golden(COMPANIES / name)
    build(golden)
    return golden


if __name__ == "__main__":
    main()
