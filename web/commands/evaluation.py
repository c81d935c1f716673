"""``kb eval``: retrieval quality on a BEIR-style set, in an index of its own that is thrown away."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ingest.chunk import Piece, chunk
from ingest.draft import Draft
from ingest.formats.text import append_lines
from web.console import Console

_ROW_CHARACTERS = 1000
"""Up to this length a corpus row is taken as one passage."""


def evaluate(console: Console, corpus: str, queries: str, qrels: str) -> int:
    """Index the corpus aside, ask the questions, compare with the judgements, print the measures."""
    from search.evaluate import evaluate as measure

    found = measure(Path(corpus), Path(queries), Path(qrels), cut=_passages)
    console.emit(found)
    for name, value in found.items():
        console.say("{name}: {value}", name=name, value=f"{value:.4f}" if isinstance(value, float) else value)
    return 0


def _passages(text: str) -> Sequence[Piece]:
    """A row of a BEIR corpus is a passage already and stays whole; a longer one is cut like an uploaded text file."""
    if text.strip() and len(text) <= _ROW_CHARACTERS:
        return [Piece(0, 0, len(text), text, (), None, None)]
    draft = Draft()
    append_lines(text, draft)
    return chunk(draft.text, draft.blocks)
