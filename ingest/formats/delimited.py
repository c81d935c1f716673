"""CSV and TSV: the encoding, the delimiter, and rows under their header."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from ingest.draft import Draft
from ingest.formats.text import decode

_LONGEST_CELL = 10_000_000
_DELIMITERS = ",\t;|"
_TOLD = re.compile(r"\Asep=(.)\r?\n", re.I)
_KEPT_AS_TEXT = re.compile(r'^="([^"]*)"$')
"""How systems keep Excel from making a number of a code: ``="00123"``."""


def read(path: Path, draft: Draft) -> None:
    """Append the rows of a delimited file as one table under its header row.

    Raises:
        Invalid: ``document.binary``.
    """
    text = decode(path.read_bytes())
    csv.field_size_limit(_LONGEST_CELL)
    told = _TOLD.match(text)
    delimiter, text = (told.group(1), text[told.end() :]) if told else (delimiter_of(text), text)
    stored = csv.reader(io.StringIO(text), delimiter=delimiter)
    rows = [[_KEPT_AS_TEXT.sub(r"\1", cell) for cell in row] for row in stored if any(cell.strip() for cell in row)]
    lead = _lead_rows(rows)
    for row in rows[:lead]:
        draft.paragraph(" ".join(cell for cell in row if cell.strip()))
    draft.table(rows[lead:])


def delimiter_of(text: str) -> str:
    """The delimiter that cuts the first lines into the same number of cells, comma when nothing does."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    counts = {mark: [line.count(mark) for line in lines] for mark in _DELIMITERS}
    scored = {mark: (sorted(found)[len(found) // 2], sum(found)) for mark, found in counts.items() if any(found)}
    return max(scored, key=lambda mark: scored[mark]) if scored else ","


def _lead_rows(rows: list[list[str]]) -> int:
    """Rows of a single cell above the header: a title, a unit (``单位：万元``)."""
    widest = max((sum(1 for cell in row if cell.strip()) for row in rows), default=0)
    lead = 0
    while widest > 2 and lead < min(3, len(rows) - 1) and sum(1 for cell in rows[lead] if cell.strip()) == 1:
        lead += 1
    return lead
