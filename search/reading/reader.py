"""Question and passage → how surely the passage answers, as a logit: 0 is as likely as not."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kb.encoder.running import Network, words_of
from kb.encoder.tuned import tensors_of
from kb.errors import KbError
from kb.settings import settings
from search.reading.model import ANSWER, FILE, QUOTE, mark, tensors

MOST_PIECES = 288
"""Of question and passage together; a longer passage is cut at its end."""
_log = logging.getLogger(__name__)


class _Reader:
    """The loaded reader. Threads may share it."""

    def __init__(self, models: Path) -> None:
        self._words = words_of(models)
        self._network = Network(models, mark(), tensors)

    def logit(self, question: str, passage: str) -> float:
        words, inside = self._words.pair(question, passage, MOST_PIECES)
        return _answer(self._network.read(words), inside)


def _answer(read: NDArray[np.float32], inside: slice) -> float:
    """The heads: which words of the passage would be quoted, and what these and the whole say together."""
    heads = tensors_of(FILE)
    passage = read[inside]
    quoted = passage @ heads[f"{QUOTE}.w"] + heads[f"{QUOTE}.b"]
    share = np.exp(quoted - quoted.max())
    both = np.concatenate([read[0], (share / share.sum()) @ passage])
    return float(both @ heads[f"{ANSWER}.w"] + heads[f"{ANSWER}.b"][0])


@lru_cache(maxsize=2)
def _reader(models: Path) -> _Reader:
    return _Reader(models)


def logits(question: str, passages: Sequence[str], *, enough: float) -> list[float]:
    """A logit for each passage (title and headings in front), in order; after one of ``enough`` the rest is not read.

    Empty where the reader does not run (why is logged) or there is no passage.
    """
    read: list[float] = []
    try:
        reader = _reader(settings().home.absolute() / "models")
        for passage in passages:
            read.append(reader.logit(question, passage))
            if read[-1] >= enough:
                break
    except (KbError, OSError, RuntimeError, ValueError, ImportError) as error:
        _log.warning("no reader, confidence goes by nearness alone: %s", error)
        return []
    return read
