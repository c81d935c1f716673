"""How well contradictions are found: planted pairs of passages, each pair alone and all of them in one pool.

    python -m tests.bench.contradictions [--json] [--wrong] [--companies DIR…]

``tune`` is the half the rules were written on, ``check`` the half that was held out. In the pool every finding between
passages of different pairs, and every finding in a pair that is no conflict, counts as a false alarm. ``--companies``
measures on whole companies instead (see ``company_conflicts``).
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kb.contradictions import Contradiction, Statement, contradictions
from tests.bench import company_conflicts

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "contradictions.jsonl"
SPLITS = ("tune", "check")
_SIZE = 5000


@dataclass(frozen=True)
class Pair:
    """One judged line: two passages of two documents, and whether they contradict each other."""

    id: str
    conflict: bool
    split: str
    note: str
    sides: tuple[Statement, Statement]


@dataclass(frozen=True)
class Figures:
    """One line of the table; precision and recall 0–1."""

    split: str
    mode: str
    found: int
    missed: int
    false: int
    precision: float
    recall: float


def pairs() -> list[Pair]:
    """The judged pairs; a document's id is the pair's with its side."""
    return [_pair(json.loads(line)) for line in GOLDEN.read_text("utf-8").splitlines()]


def _pair(line: dict[str, Any]) -> Pair:
    sides = (_side(line, "a"), _side(line, "b"))
    return Pair(line["id"], line["conflict"], line["split"], line["note"], sides)


def _side(line: dict[str, Any], name: str) -> Statement:
    side = line[name]
    day = date.fromisoformat(side["date"]) if side["date"] else None
    return Statement(f"{line['id']}-{name}", side["title"], side["heading"], side["text"], day)


def between(found: Contradiction) -> frozenset[str]:
    """The ids of the judged pairs a finding touches: one, or two for a false alarm across pairs."""
    return frozenset(c.statement.document_id[:-2] for c in (found.left, found.right))


def alone(judged: Iterable[Pair]) -> list[Contradiction]:
    """What is found when each pair is looked at by itself."""
    return [found for pair in judged for found in contradictions(pair.sides)]


def together(judged: Iterable[Pair]) -> list[Contradiction]:
    """What is found when all passages are in one pool."""
    return contradictions([side for pair in judged for side in pair.sides])


def figures(split: str, mode: str, judged: Sequence[Pair], found: Sequence[Contradiction]) -> Figures:
    """Recall over the planted conflicts; precision over findings, a pair counted once."""
    planted = {frozenset([p.id]) for p in judged if p.conflict}
    touched = {between(f) for f in found}
    right, false = len(touched & planted), len(touched - planted)
    precision = right / (right + false) if touched else 1.0
    return Figures(split, mode, right, len(planted) - right, false, round(precision, 3), round(right / len(planted), 3))


def measured() -> list[Figures]:
    """Every half in both ways, and all lines in one pool."""
    lines, every = [], pairs()
    for split in SPLITS:
        judged = [p for p in every if p.split == split]
        lines += [figures(split, "alone", judged, alone(judged)), figures(split, "pool", judged, together(judged))]
    return [*lines, figures("both", "pool", every, together(every))]


def seconds_for_many() -> float:
    """Seconds for 5,000 passages, the judged ones repeated as other documents with other names in them."""
    sides = [side for pair in pairs() for side in pair.sides]
    many = [
        Statement(f"{s.document_id}-{n}", s.title, s.heading, s.text.replace("的", chr(0x4E00 + n * 37 % 9000)), s.date)
        for n in range(_SIZE // len(sides) + 1) for s in sides
    ][:_SIZE]  # fmt: skip
    begun = time.perf_counter()
    contradictions(many)
    return round(time.perf_counter() - begun, 1)


def _show_wrong() -> None:
    every = pairs()
    for name, found in (("alone", alone(every)), ("pool", together(every))):
        planted = {frozenset([p.id]) for p in every if p.conflict}
        for f in found:
            if between(f) not in planted:
                written = f"{f.left.written} / {f.right.written}"
                print(name, "false", "+".join(sorted(between(f))), f.score, f.kind, f.subject, written)
        missed = planted - {between(f) for f in found}
        print(name, "missed", sorted("".join(m) for m in missed))


def main() -> None:
    """Print the table, or JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--wrong", action="store_true", help="also list what was missed and the false alarms")
    parser.add_argument("--companies", nargs="+", type=Path, metavar="DIR", help="folders of made companies")
    asked = parser.parse_args()
    if asked.companies:
        company_conflicts.show(asked.companies, wrong=asked.wrong)
        return
    lines, took = measured(), seconds_for_many()
    if asked.json:
        print(json.dumps({"figures": [asdict(line) for line in lines], "seconds_for_5000": took}))
        return
    print(f"{'half':6} {'mode':6} {'found':>5} {'missed':>6} {'false':>5} {'precision':>9} {'recall':>6}")
    for f in lines:
        print(f"{f.split:6} {f.mode:6} {f.found:5} {f.missed:6} {f.false:5} {f.precision:9.2f} {f.recall:6.2f}")
    print(f"{_SIZE:,} passages in {took} s")
    if asked.wrong:
        _show_wrong()


if __name__ == "__main__":
    main()
