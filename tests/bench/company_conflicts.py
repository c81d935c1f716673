"""Contradictions in whole companies: made companies whose judged rows lie in ``conflicts.jsonl`` beside ``docs/``.

Two ways to look: each row's two passages alone, with title, heading and date of their documents; and all passages of
all current documents together, cut as the product cuts them.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ingest import reading
from ingest.chunk import chunk
from kb.contradictions import Claim, Contradiction, Statement, contradictions
from kb.contradictions.mentions import Mention
from search.editions.statement import LEAD, says_it_is_old
from search.editions.titles import Titled, newer_editions

_BLANK = re.compile(r"[\s|*>#-]+")
_SHARED = 8
"""Characters a quote and a planted passage must have in common, end to end, for the finding to count as that one."""


@dataclass(frozen=True)
class Row:
    """One judged row: two passages, and whether they contradict each other."""

    conflict: bool
    what: str
    sides: tuple[Statement, Statement]


@dataclass(frozen=True)
class Company:
    """A made company: its judged rows, and the passages of its current documents."""

    name: str
    rows: tuple[Row, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True)
class Counted:
    """``found`` of ``planted`` conflicts, and ``false`` alarms."""

    name: str
    planted: int
    found: int
    false: int

    @property
    def precision(self) -> float:
        """0–1; 1 where nothing was found."""
        return self.found / (self.found + self.false) if self.found + self.false else 1.0

    @property
    def recall(self) -> float:
        """0–1."""
        return self.found / self.planted if self.planted else 1.0


def read_company(folder: Path) -> Company:
    """The company in a folder; older editions take part in the rows' titles but are no current documents."""
    documents = [json.loads(line) for line in (folder / "documents.jsonl").read_text("utf-8").splitlines()]
    passages = {d["doc_id"]: _passages(folder, d) for d in documents}
    titled = [Titled(d["doc_id"], d["handover"], d["title"], date.fromisoformat(d["date"])) for d in documents]
    old = set(newer_editions(titled))
    old |= {d for d, found in passages.items() if found and says_it_is_old(found[0].text[:LEAD])}
    rows = [json.loads(line) for line in (folder / "conflicts.jsonl").read_text("utf-8").splitlines()]
    current = tuple(s for d, found in passages.items() if d not in old for s in found)
    return Company(folder.name, tuple(_row(r, passages) for r in rows), current)


def _passages(folder: Path, document: dict[str, Any]) -> list[Statement]:
    path, day = folder / document["file"], date.fromisoformat(document["date"])
    with tempfile.TemporaryDirectory() as work:
        parsed = reading.read(reading.Job(path, path.name, Path(work)))
    title = parsed.title or document["title"]
    return [
        Statement(document["doc_id"], title, " › ".join(piece.heading_path), piece.text, day)
        for piece in chunk(parsed.text, parsed.blocks)
    ]


def _row(row: dict[str, Any], passages: dict[str, list[Statement]]) -> Row:
    return Row(row["kind"] == "conflict", row["what"], (_side(row["a"], passages), _side(row["b"], passages)))


def _side(side: dict[str, str], passages: dict[str, list[Statement]]) -> Statement:
    """The passage with title, heading and date of where it stands."""
    found, wanted = passages[side["doc_id"]], _BLANK.sub("", side["passage"])
    home = next((s for s in found if wanted in _BLANK.sub("", s.text)), None)
    where = home or found[0]
    heading = home.heading if home else ""
    return Statement(side["doc_id"], where.title, heading, side["passage"], where.date)


def alone(name: str, rows: Sequence[Row]) -> Counted:
    """Each row's two passages by themselves; rows of one document with itself are no question to the radar."""
    hits = [row for row in rows if contradictions(row.sides)]
    found = sum(row.conflict for row in hits)
    return Counted(name, sum(row.conflict for row in rows), found, len(hits) - found)


def together(company: Company) -> tuple[Counted, list[Contradiction]]:
    """All passages of all current documents; the findings that touch no planted conflict, each a false alarm."""
    planted = [row for row in company.rows if row.conflict]
    findings = contradictions(company.statements)
    found = sum(any(touches(f, row) for f in findings) for row in planted)
    false = [f for f in findings if not any(touches(f, row) for row in planted)]
    return Counted(company.name, len(planted), found, len(false)), false


def missed(company: Company) -> list[Row]:
    """The planted conflicts that no finding touches when all passages are together."""
    findings = contradictions(company.statements)
    return [row for row in company.rows if row.conflict and not any(touches(f, row) for f in findings)]


def touches(found: Contradiction, row: Row) -> bool:
    """Whether a finding's two sides are the row's two passages, in any order."""
    left, right = row.sides
    straight = _is_of(found.left, left) and _is_of(found.right, right)
    return straight or (_is_of(found.left, right) and _is_of(found.right, left))


def gives(mention: Mention, side: Statement) -> bool:
    """Whether a mention is the value that a judged passage gives."""
    if mention.statement.document_id != side.document_id:
        return False
    text, passage = mention.statement.text, _BLANK.sub("", side.text)
    value, quote = (_BLANK.sub("", text[p.start : p.end]) for p in (mention.value, mention))
    return value in passage and _overlap(quote, passage)


def _is_of(claim: Claim, side: Statement) -> bool:
    if claim.statement.document_id != side.document_id:
        return False
    return _overlap(_BLANK.sub("", claim.quote), _BLANK.sub("", side.text))


def _overlap(quote: str, passage: str) -> bool:
    return any(passage[i : i + _SHARED] in quote for i in range(max(1, len(passage) - _SHARED + 1)))


def show(folders: Sequence[Path], *, wrong: bool = False) -> None:
    """Print both ways for every company and their sums."""
    companies = [read_company(folder) for folder in folders]
    lines = {"alone": [alone(c.name, c.rows) for c in companies], "company": []}
    for company in companies:
        counted, false = together(company)
        lines["company"].append(counted)
        if wrong:
            _show_wrong(company, false)
    print(f"{'company':10} {'mode':8} {'planted':>7} {'found':>5} {'false':>5} {'precision':>9} {'recall':>6}")
    for mode, counts in lines.items():
        for c in (*counts, _sum(counts)):
            print(f"{c.name:10} {mode:8} {c.planted:7} {c.found:5} {c.false:5} {c.precision:9.2f} {c.recall:6.2f}")


def _sum(counts: Sequence[Counted]) -> Counted:
    return Counted("all", sum(c.planted for c in counts), sum(c.found for c in counts), sum(c.false for c in counts))


def _show_wrong(company: Company, false: Sequence[Contradiction]) -> None:
    for row in company.rows:
        if bool(contradictions(row.sides)) != row.conflict:
            print(company.name, "alone", "missed" if row.conflict else "false", row.what)
    for row in missed(company):
        print(company.name, "company missed", row.what)
    for f in false:
        print(company.name, "company false", f.score, f.kind, f.subject)
        print("   ", f.left.statement.document_id, f.left.written, "|", f.left.quote)
        print("   ", f.right.statement.document_id, f.right.written, "|", f.right.quote)
