"""Trains ``kb/question_tuning.npz``: ``python -m tests.bench.question_tuning [--write] [--epochs N]``.

Questions of the companies in ``tests/companies`` are pulled to the passages that answer them and away from all others,
and questions that nothing answers – by nature, or because their answers are hidden – below one common bound. The
passages' vectors are the bundled model's and do not move. Three companies are held out; their nDCG@10 by meaning alone
is printed before and after.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kb import bundled_model, embedding
from kb.chunks import passage_text
from kb.question_tuning import FILE, MAP, SHIFT
from kb.settings import settings
from search.evaluate import measures
from tests.bench.quality import COMPANIES, HELD_OUT, Golden, pieces_of, read_golden, trained_on

_TEMPERATURE, _NOTHING, _HIDDEN_WEIGHT, _BATCH, _RATE = 0.02, 0.80, 0.5, 32, 1e-3


@dataclass(frozen=True)
class Company:
    """A judged company: passages' vectors (passages, 384) and documents, and each question with what answers it."""

    golden: Golden
    vectors: torch.Tensor
    documents: list[str]
    questions: list[tuple[dict[str, Any], set[int]]]


def read_company(folder: Path) -> Company:
    golden = read_golden(folder)
    texts, documents, plain = [], [], []
    for document in golden.documents:
        title, pieces = pieces_of(golden, document)
        for piece in pieces:
            texts.append(passage_text(title, piece.heading_path, piece.text))
            documents.append(document["doc_id"])
            plain.append(_bare(piece.text))
    asked = [q for q in golden.questions if not q["qid"].startswith("twin-")]  # came later, for the reader
    answers = [(q, _answering(golden, q["qid"], documents, plain)) for q in asked]
    return Company(golden, torch.from_numpy(embedding.embedder().embed_passages(texts)), documents, answers)


def _bare(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and c not in "|*#>`")


def _answering(golden: Golden, qid: str, documents: list[str], plain: list[str]) -> set[int]:
    """The passages that hold a judged quote; those of a superseded document do not count."""
    quotes = [(d, _bare(q)) for d, q in golden.quotes.get(qid, ()) if d not in golden.stale.get(qid, ())]
    return {n for n, (d, text) in enumerate(zip(documents, plain, strict=True))
            if any(d == document and quote[:20] in text for document, quote in quotes)}


class Asking(torch.nn.Module):
    """The encoder of questions with what is trained of it: biases, norms, and a linear map behind it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        from sentence_transformers import SentenceTransformer

        model = SentenceTransformer(str(folder), device="cpu")
        self.tokenizer, self.encoder = model.tokenizer, model[0].model
        for name, values in self.encoder.named_parameters():
            values.requires_grad_(name.endswith("bias") or "LayerNorm" in name)
        self.map = torch.nn.Parameter(torch.eye(384))
        self.shift = torch.nn.Parameter(torch.zeros(384))
        self.nothing = torch.nn.Parameter(torch.tensor(_NOTHING))

    def trained(self) -> Iterator[tuple[str, torch.nn.Parameter]]:
        return ((name, values) for name, values in self.named_parameters() if values.requires_grad)

    def forward(self, texts: list[str]) -> torch.Tensor:
        asked = self.tokenizer([f"query: {t}" for t in texts], padding=True, truncation=True, max_length=256,
                               return_tensors="pt")
        mask = asked["attention_mask"]
        with torch.autocast("cpu", dtype=torch.bfloat16):
            words = self.encoder(input_ids=asked["input_ids"], attention_mask=mask).last_hidden_state.float()
        mean = (words * mask.unsqueeze(-1)).sum(1) / mask.sum(1, keepdim=True)
        unit = torch.nn.functional.normalize(mean, dim=-1)
        return torch.nn.functional.normalize(unit @ self.map.T + self.shift, dim=-1)


def loss_of(
    model: Asking, asked: torch.Tensor, passages: torch.Tensor, right: torch.Tensor, left_out: torch.Tensor
) -> torch.Tensor:
    """Contrast over all passages and one bound for "nothing"; ``right`` and ``left_out`` are (questions, passages)."""
    never = torch.finfo(torch.float32).min
    nothing = (model.nothing / _TEMPERATURE).expand(len(asked), 1)
    scores = torch.cat([(asked @ passages.T / _TEMPERATURE).masked_fill(left_out, never), nothing], 1)
    answered = right.any(1)
    wanted = torch.cat([right, ~answered.unsqueeze(1)], 1)
    found = torch.logsumexp(scores.masked_fill(~wanted, never), 1)
    hidden = scores[:, :-1].masked_fill(right, never)
    without = torch.logsumexp(torch.cat([hidden, nothing], 1), 1) - nothing.squeeze(1)
    return (torch.logsumexp(scores, 1) - found).mean() + _HIDDEN_WEIGHT * without[answered].mean()


def train(model: Asking, companies: list[Company], epochs: int) -> None:
    passages = torch.cat([company.vectors for company in companies])
    rows = [(company, question, right) for company in companies for question, right in company.questions
            if right or not company.golden.grades.get(question["qid"])]
    first = dict(zip(map(id, companies), np.cumsum([0, *(len(c.documents) for c in companies)]), strict=False))
    optimizer = torch.optim.AdamW([values for _, values in model.trained()], lr=_RATE, weight_decay=0.0)
    steps = epochs * -(-len(rows) // _BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, _RATE, total_steps=steps, pct_start=0.1, anneal_strategy="linear"
    )
    for epoch in range(epochs):
        random.shuffle(rows)
        total = 0.0
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            right, left_out = _marks(batch, first, len(passages))
            loss = loss_of(model, model([q["text"] for _, q, _ in batch]), passages, right, left_out)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_([values for _, values in model.trained()], 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * len(batch)
        print(f"epoch {epoch + 1}: loss {total / len(rows):.3f}", flush=True)


def _marks(
    batch: list[tuple[Company, dict[str, Any], set[int]]], first: dict[int, int], passages: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Which passages answer, and which say nothing either way: the others of a document that was judged relevant."""
    right, left_out = torch.zeros(2, len(batch), passages, dtype=torch.bool)
    for n, (company, question, answers) in enumerate(batch):
        judged = company.golden.grades.get(question["qid"], {})
        for place, document in enumerate(company.documents):
            right[n, first[id(company)] + place] = place in answers
            left_out[n, first[id(company)] + place] = document in judged and place not in answers
    return right, left_out


def score(model: Asking, company: Company) -> float:
    """nDCG@10 over documents by meaning alone."""
    asked = [q for q, _ in company.questions if company.golden.grades.get(q["qid"])]
    found = {}
    with torch.no_grad():
        for start in range(0, len(asked), _BATCH):
            batch = asked[start : start + _BATCH]
            for question, row in zip(batch, model([q["text"] for q in batch]) @ company.vectors.T, strict=True):
                order = [company.documents[n] for n in row.argsort(descending=True).tolist()]
                found[question["qid"]] = list(dict.fromkeys(order))
    return measures(found, company.golden.grades)["ndcg@10"]


def write(model: Asking) -> None:
    """The trained tensors under the engine's names, in half precision."""
    names = {f"encoder.{long}": short for short, long in bundled_model.tensor_names(len(model.encoder.encoder.layer))}
    kept = {MAP: model.map, SHIFT: model.shift}
    kept |= {names[name]: values for name, values in model.trained() if name in names}
    np.savez_compressed(FILE, **{name: values.detach().numpy().astype(np.float16) for name, values in kept.items()})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    random.seed(0)
    torch.manual_seed(0)
    with tempfile.TemporaryDirectory(prefix="kb-tuning-") as home:
        os.environ["KB_HOME"] = home
        settings.cache_clear()
        companies = {name: read_company(COMPANIES / name) for name in (*trained_on(), *HELD_OUT)}
        model = Asking(bundled_model.ensure(Path(home) / "models"))
    before = {name: score(model, companies[name]) for name in HELD_OUT}
    train(model, [companies[name] for name in trained_on()], given.epochs)
    for name in HELD_OUT:
        print(f"{name:10} nDCG@10 {before[name]:.3f} → {score(model.eval(), companies[name]):.3f}")
    if given.write:
        write(model)


if __name__ == "__main__":
    main()
