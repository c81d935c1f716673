"""Make ``kb/evidence/weights.json`` again: ``python -m tests.bench.calibrate [--check]``.

Reads the judged criteria of the companies in ``tests/companies`` that are not held out and fits a multinomial logistic
regression (few features, squared penalty, plain descent: the same file each time). ``--check`` writes nothing and
prints the agreement on each company by weights fitted on the other seven, and on its free wordings (``m…``) alone.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from kb.evidence import weighing
from kb.evidence.judging import findings
from kb.evidence.units import Passage, units_of
from kb.evidence.verdict import Verdict
from tests.bench.criteria import LABELS
from tests.bench.quality import COMPANIES, Golden, lines, pieces_of, read_golden, trained_on

_TARGET = Path(weighing.__file__).with_name("weights.json")
_PENALTY, _STEPS, _RATE = 0.01, 1500, 0.3
_FREE = re.compile(r"m\d")
_FREE_COUNTS = 0.2
"""What a free wording counts in the fit: in full, the two authors of 320 outweigh everybody else's 192."""
_VERDICTS = list(Verdict)
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Criteria of all companies: features; of each its verdict's number, company, and whether it is free."""

    values: Matrix
    verdicts: NDArray[np.int64]
    companies: NDArray[np.str_]
    free: NDArray[np.bool_]


def read() -> Iterator[tuple[str, list[Passage], list[dict[str, str]]]]:
    """Company, passages and judged criteria, document by document."""
    for name in trained_on():
        golden = read_golden(COMPANIES / name)
        asked = list(lines(golden.folder / "criteria.jsonl"))
        for document in golden.documents:
            criteria = [_criterion(row) for row in asked if row["doc_id"] == document["doc_id"]]
            if criteria:
                yield name, _passages(golden, document), criteria


def _criterion(row: dict[str, str]) -> dict[str, str]:
    return {"text": row["criterion"], "label": LABELS[row["label"]], "cid": row["cid"]}


def is_free(criterion: dict[str, str]) -> bool:
    """Whether it is one of those worded freely, written later and by others."""
    return bool(_FREE.match(criterion["cid"]))


def _passages(golden: Golden, document: dict[str, Any]) -> list[Passage]:
    key = document["doc_id"]
    title, pieces = pieces_of(golden, document)
    return [Passage(key, f"ver-{key}", title, tuple(p.heading_path), p.text, p.start) for p in pieces]


def judged() -> Judged:
    """Every judged criterion with its features."""
    values, verdicts, companies, free = [], [], [], []
    for company, passages, criteria in read():
        units = units_of(passages)
        for criterion in criteria:
            found = findings(criterion["text"], units)
            values.append(weighing.features(found.parts, found.approval))
            verdicts.append(_VERDICTS.index(Verdict(criterion["label"])))
            companies.append(company)
            free.append(is_free(criterion))
    return Judged(np.array(values), np.array(verdicts), np.array(companies), np.array(free))


def fit(values: Matrix, verdicts: NDArray[np.int64], counts: Matrix) -> weighing.Weights:
    """The weights that explain the verdicts best; ``counts`` says how much each of them counts."""
    share = (counts / counts.sum())[:, None]
    means = (values * share).sum(0)
    spreads = np.maximum(np.sqrt(((values - means) ** 2 * share).sum(0)), 0.05)
    scaled = np.c_[(values - means) / spreads, np.ones(len(values))]
    wanted = np.eye(len(_VERDICTS))[verdicts]
    weights = np.zeros((scaled.shape[1], len(_VERDICTS)))
    for _ in range(_STEPS):
        powers = np.exp(scaled @ weights)
        slope = scaled.T @ ((powers / powers.sum(1, keepdims=True) - wanted) * share)
        slope[:-1] += _PENALTY * weights[:-1]
        weights -= _RATE * slope
    return weighing.Weights(_rounded(means), _rounded(spreads), tuple(_rounded(column) for column in weights.T))


def _rounded(numbers: Matrix) -> tuple[float, ...]:
    return tuple(round(float(n), 4) for n in numbers)


def fit_on(known: Judged, companies: set[str]) -> weighing.Weights:
    """Weights fitted on these companies' criteria."""
    chosen = np.isin(known.companies, sorted(companies))
    counts = np.where(known.free, _FREE_COUNTS, 1.0)
    return fit(known.values[chosen], known.verdicts[chosen], counts[chosen])


def check(known: Judged) -> None:
    """Print, company by company, how weights of the others agree with its judgements."""
    companies = set(known.companies.tolist())
    seen: Counter[tuple[str, str]] = Counter()
    free: list[bool] = []
    others: list[bool] = []
    for company in sorted(companies):
        mine = known.companies == company
        with patch.object(weighing, "_weights", return_value=fit_on(known, companies - {company})):
            told = [weighing.verdict(tuple(v)) for v in known.values[mine]]
        labels = [_VERDICTS[n] for n in known.verdicts[mine]]
        agreed = [want is got for want, got in zip(labels, told, strict=True)]
        seen.update((want.value, got.value) for want, got in zip(labels, told, strict=True))
        for agrees, worded_freely in zip(agreed, known.free[mine], strict=True):
            (free if worded_freely else others).append(agrees)
        print(f"{company:10} {np.mean(agreed):.3f}")
    for want in _VERDICTS:
        print(f"{want.value:8}", [seen[want.value, got.value] for got in _VERDICTS])
    print(f"free words {np.mean(free):.3f}, the others {np.mean(others):.3f}")
    print(f"all        {sum(n for (a, b), n in seen.items() if a == b) / sum(seen.values()):.3f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    given = parser.parse_args()
    known = judged()
    if given.check:
        check(known)
        return
    weights = fit_on(known, set(known.companies.tolist()))
    made = {"features": weighing.FEATURES, **{n: getattr(weights, n) for n in ("means", "spreads", "per_verdict")}}
    _TARGET.write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
