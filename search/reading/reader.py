"""Question and passage → how surely the passage answers, and the sentence that says so."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kb.encoder.running import Network, Span, words_of
from kb.encoder.tuned import tensors_of
from kb.errors import KbError
from kb.settings import settings
from search.reading.model import ANSWER, FILE, QUOTE, mark, tensors
from search.reading.sentence import strongest

MOST_PIECES = 288
"""Of question and passage together; a longer passage is cut at its end."""
_log = logging.getLogger(__name__)


class Readable(NamedTuple):
    """A passage: what stands above it (title and headings, a line each), and its own text."""

    lead: str
    text: str

    @classmethod
    def under(cls, title: str, heading_path: Sequence[str], text: str) -> Readable:
        """A passage with its document's title and its headings."""
        return cls("\n".join([title, *heading_path]), text)

    @property
    def whole(self) -> str:
        """Both, as they are read."""
        return f"{self.lead}\n{self.text}" if self.lead else self.text


class Said(NamedTuple):
    """Of one passage: how surely it answers, as a logit (0: as likely as not), and the sentence of its text to quote.

    ``sentence`` is None where the text has none.
    """

    logit: float
    sentence: Span | None


class _Reader:
    """The loaded reader. Threads may share it."""

    def __init__(self, models: Path) -> None:
        self._words = words_of(models)
        self._network = Network(models, mark(), tensors)

    def read(self, question: str, passage: Readable) -> Said:
        words, inside, places = self._words.pair(question, passage.whole, MOST_PIECES)
        read = self._network.read(words)
        heads = tensors_of(FILE)
        quoted = read[inside] @ heads[f"{QUOTE}.w"] + heads[f"{QUOTE}.b"]
        share = np.exp(quoted - quoted.max())
        both = np.concatenate([read[0], (share / share.sum()) @ read[inside]])
        logit = float(both @ heads[f"{ANSWER}.w"] + heads[f"{ANSWER}.b"][0])
        before = len(passage.whole) - len(passage.text)
        own = [(start - before, end - before) for start, end in places]
        return Said(logit, strongest(passage.text, own, 1 / (1 + np.exp(-quoted))))


@lru_cache(maxsize=2)
def _reader(models: Path) -> _Reader:
    return _Reader(models)


@lru_cache(maxsize=1)
def _at_once(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="reading")


def read(question: str, passages: Sequence[Readable]) -> list[Said]:
    """What is said of each passage, in order.

    Empty where the reader does not run (why is logged) or there is no passage.
    """
    if not passages:
        return []
    try:
        reader = _reader(settings().home.absolute() / "models")
        return list(_at_once(settings().embedding_threads).map(lambda p: reader.read(question, p), passages))
    except (KbError, OSError, RuntimeError, ValueError, ImportError) as error:
        _log.warning("no reader, confidence goes by nearness alone: %s", error)
        return []
