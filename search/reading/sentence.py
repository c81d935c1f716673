"""Which sentences of a text stand out, given how strongly each of its pieces does."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kb.encoder.running import Span

_END = re.compile(r"(?:[。！？!?；;]+|\.(?=\s))[”’」』）)\"']*|\n+")
_NEARLY = 0.7
"""A neighbour of this share of the strongest sentence's strength goes with it: an answer is often two sentences."""
_LEAST = 4
"""Characters of a sentence; anything shorter is a mark or a number."""


def sentences(text: str) -> Iterator[Span]:
    """Where the sentences, lines and rows of a text stand, blanks around them left out."""
    start = 0
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        part = text[start:end]
        first = start + len(part) - len(part.lstrip())
        last = first + len(part.strip())
        if last - first >= _LEAST:
            yield first, last
        start = end


def strongest(text: str, places: Sequence[Span], strengths: NDArray[np.float32]) -> Span | None:
    """The sentence whose pieces are strongest on average, with its neighbours that are nearly as strong.

    None for a text without sentences. ``places`` and ``strengths`` are of each piece, shape (pieces); a place before 0
    is not in the text.
    """
    starts = np.array([start for start, _ in places])
    ends = np.array([end for _, end in places])
    spans, means = [], []
    for first, last in sentences(text):
        inside = strengths[(starts < last) & (ends > first)]
        spans.append((first, last))
        means.append(float(inside.mean()) if inside.size else 0.0)
    if not any(means):
        return None
    first = last = int(np.argmax(means))
    enough = _NEARLY * means[first]
    while first > 0 and means[first - 1] >= enough:
        first -= 1
    while last + 1 < len(means) and means[last + 1] >= enough:
        last += 1
    return spans[first][0], spans[last][1]
