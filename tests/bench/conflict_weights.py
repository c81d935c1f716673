"""Make ``kb/contradictions/weights.json`` again: ``python -m tests.bench.conflict_weights --write``.

Reads the judged conflicts of the companies in ``tests/companies`` that are not held out, and the ``tune`` half of the
short pairs, and fits a logistic regression (squared penalty, signs held, coordinate by coordinate: the same file each
time). Without ``--write`` it prints what whole companies come to at several bounds: by weights fitted on all of them
(``fitted``), by those of the other seven (``other``), and by the same with the words of ``attributes`` taken away that
no other company's documents have (``unknown``): those lists were written with the eight in view, so only the last says
what to expect of a company that nobody has looked at.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from kb.contradictions import Contradiction, Statement, attributes, contradictions, weights
from kb.contradictions.evidence import comparisons, measures, pool_of, ruled_out
from kb.contradictions.mentions import Mention, mentions
from kb.contradictions.pairing import is_of_another, weigh_in
from kb.contradictions.writing import level
from tests.bench import contradictions as short
from tests.bench.company_conflicts import Company, gives, read_company, touches
from tests.bench.quality import COMPANIES, trained_on

_TARGET = Path(weights.__file__).with_name("weights.json")
_PENALTY, _SWEEPS, _STRIDE, _LEAST, _SPREAD = 0.01, 80, 0.3, 1e-12, 0.3
_SHORT = "short pairs"
BOUNDS = (0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8)
Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Judged:
    """Candidates of all companies: measures (candidates × measures), 1 where they are of a conflict, how much each
    counts, and the company of each.
    """

    values: Matrix
    conflict: Matrix
    counts: Matrix
    companies: NDArray[np.str_]

    def of(self, companies: set[str]) -> Judged:
        """Those of some companies."""
        kept = np.isin(self.companies, sorted(companies))
        return Judged(self.values[kept], self.conflict[kept], self.counts[kept], self.companies[kept])


def judged(companies: Sequence[Company]) -> Judged:
    """Every candidate; those of one conflict count as one together."""
    values, row_of, names = [], [], []
    for company in companies:
        for a, b, measured in _candidates(company.statements):
            values.append(measured)
            row_of.append((company.name, _row(company, a, b)))
            names.append(company.name)
    pairs = {p.id: p for p in short.pairs() if p.split == "tune"}
    for a, b, measured in _candidates([side for p in pairs.values() for side in p.sides]):
        one, other = (m.statement.document_id[:-2] for m in (a, b))
        values.append(measured)
        row_of.append((_SHORT, int(one[1:]) if one == other and pairs[one].conflict else -1))
        names.append(_SHORT)
    often = Counter(row_of)
    conflict = np.array([float(row >= 0) for _, row in row_of])
    counts = np.array([1 / often[row] if row[1] >= 0 else 1.0 for row in row_of])
    return Judged(np.array(values), conflict, counts, np.array(names))


def _candidates(statements: Sequence[Statement]) -> Iterator[tuple[Mention, Mention, list[float]]]:
    pool, weigh = pool_of(statements), weigh_in(statements)
    found = [mention for statement in statements for mention in mentions(statement)]
    for a, b in comparisons(found, pool, _LEAST):
        if not (ruled_out(a, b, pool) or is_of_another(a, b, weigh)):
            measured = measures(a, b, pool)
            yield a, b, [measured.get(name, 0.0) for name in weights.MEASURES]


def _row(company: Company, a: Mention, b: Mention) -> int:
    """The number of the planted conflict that two mentions are the values of; −1 where there is none."""
    for number, row in enumerate(company.rows):
        one, other = row.sides
        if row.conflict and ((gives(a, one) and gives(b, other)) or (gives(a, other) and gives(b, one))):
            return number
    return -1


def fit(known: Judged) -> dict[str, float]:
    """The weights that explain best which candidates are conflicts."""
    spreads = np.maximum(known.values.std(0), _SPREAD)
    scaled = np.c_[known.values / spreads, np.ones(len(known.values))]
    low = np.array([0.0 if m in weights.LIKENESS else -np.inf for m in weights.MEASURES] + [-np.inf])
    high = np.array([0.0 if m in weights.DIFFERENCE else np.inf for m in weights.MEASURES] + [np.inf])
    penalty = np.array([_PENALTY] * len(weights.MEASURES) + [0.0])
    planted, found = float((known.counts * known.conflict).sum()), np.zeros(len(low))
    found[-1] = np.log(planted / known.counts.sum())
    sums = scaled @ found
    for _ in range(_SWEEPS):
        for k in range(len(found)):
            chance = 1 / (1 + np.exp(-sums))
            slope = known.counts * (chance - known.conflict) @ scaled[:, k] / planted + 2 * penalty[k] * found[k]
            bend = known.counts * chance * (1 - chance) @ scaled[:, k] ** 2 / planted + 2 * penalty[k]
            moved = found[k] - np.clip(slope / max(bend, 1e-6), -_STRIDE, _STRIDE)
            step = np.clip(moved, low[k], high[k]) - found[k]
            found[k] += step
            sums += step * scaled[:, k]
    named = zip((*weights.MEASURES, "bias"), (*(found[:-1] / spreads), found[-1]), strict=True)
    return {name: round(float(weight), 2) + 0.0 for name, weight in named}


@contextmanager
def weighed_by(made: dict[str, float]) -> Iterator[None]:
    """Look for contradictions by other weights."""
    with patch.dict(weights.WEIGHTS, made):
        yield


@contextmanager
def without_own_words(company: Company, others: Sequence[Company]) -> Iterator[None]:
    """Look as if the words for attributes that stand in this company's documents alone were not known."""
    own, elsewhere = _text(company), [_text(c) for c in others if c is not company]

    def known(words: str) -> re.Pattern[str]:
        alternatives = re.split(r"\|(?![^(\[]*[)\]])", words)
        kept = [w for w in alternatives if not re.search(w, own) or any(re.search(w, t) for t in elsewhere)]
        return re.compile("|".join(kept) or "(?!)")

    with patch.dict(attributes._FOUND, {name: known(found.pattern) for name, found in attributes._FOUND.items()}):
        attributes.attributes.cache_clear()
        yield
    attributes.attributes.cache_clear()


def _text(company: Company) -> str:
    return level("\n".join(s.text for s in company.statements))


@dataclass
class Seen:
    """What was found in whole companies: each finding's score, and the conflict it is of (None: a false alarm)."""

    findings: list[tuple[float, str | None]]

    def add(self, company: Company, found: Sequence[Contradiction]) -> None:
        """The findings of one company."""
        for f in found:
            row = next((r for r in company.rows if r.conflict and touches(f, r)), None)
            self.findings.append((f.score, f"{company.name} {row.what}" if row else None))

    def at(self, bound: float) -> tuple[int, int]:
        """Conflicts found and false alarms from a score on."""
        shown = [conflict for score, conflict in self.findings if score >= bound]
        return len({c for c in shown if c}), shown.count(None)


def show(companies: Sequence[Company], known: Judged) -> None:
    """Print precision and recall at several bounds."""
    names = {c.name for c in companies}
    seen = {name: Seen([]) for name in ("fitted", "other", "unknown")}
    with weighed_by(fit(known)):
        for company in companies:
            seen["fitted"].add(company, contradictions(company.statements, likely=BOUNDS[0]))
    for company in companies:
        with weighed_by(fit(known.of(names - {company.name} | {_SHORT}))):
            seen["other"].add(company, contradictions(company.statements, likely=BOUNDS[0]))
            with without_own_words(company, companies):
                seen["unknown"].add(company, contradictions(company.statements, likely=BOUNDS[0]))
    planted = sum(row.conflict for c in companies for row in c.rows)
    print("bound  " + "".join(f"{name:>24}" for name in seen), " precision recall (found, false)")
    for bound in BOUNDS:
        counts = [s.at(bound) for s in seen.values()]
        told = [f"{r / max(1, r + w):.2f} {r / planted:.2f} ({r:2}, {w:2})" for r, w in counts]
        print(f"{bound:<7.2f}" + "".join(f"{t:>24}" for t in told))


def main() -> None:
    """Print what the weights come to, or write them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    companies = [read_company(COMPANIES / name) for name in trained_on()]
    known = judged(companies)
    if not given.write:
        show(companies, known)
        return
    made = {"likely": weights.LIKELY, "weights": fit(known)}
    _TARGET.write_text(json.dumps(made, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
