"""Question and passage → how surely the passage answers, as a logit: 0 is as likely as not."""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from threading import Lock, Timer

import numpy as np
from numpy.typing import NDArray

from kb.bundled_model import Weights, weights_file
from kb.errors import KbError
from kb.settings import settings
from search.reading.model import ANSWER, QUOTE, ensure, trained
from search.reading.network import READ, WORDS

MOST_PIECES = 288
"""Of question and passage together; a longer passage is cut at its end."""
_IDLE_SECONDS = 300.0
_log = logging.getLogger(__name__)


class _Reader:
    """The loaded files. Threads may share it."""

    def __init__(self, models: Path) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        files = ensure(models)
        self._numbers = np.load(files.numbers)
        self._tokenizer = Tokenizer.from_file(str(files.tokenizer))
        self._tokenizer.enable_truncation(MOST_PIECES, strategy="only_second")
        given = onnxruntime.SessionOptions()
        given.intra_op_num_threads = settings().embedding_threads
        given.log_severity_level = 3
        given.add_session_config_entry("session.intra_op.allow_spinning", "0")  # the question's engine wants the cores
        self._session = onnxruntime.InferenceSession(
            str(files.network), given, providers=["CPUExecutionProvider"]
        )
        self._weights = weights = Weights(weights_file())
        kind = weights.array("emb.type", weights.type_rows(), weights.hidden)[0]
        self._places = weights.array("emb.pos", weights.positions, weights.hidden)[:MOST_PIECES] + kind

    def score(self, question: str, passage: str) -> float:
        pair = self._tokenizer.encode(question, passage)
        words = self._weights.rows("emb.word", self._numbers[pair.ids]) + self._places[: len(pair.ids)]
        (read,) = self._session.run([READ], {WORDS: words[None]})
        return _answer(read[0], np.array([n == 1 for n in pair.sequence_ids]))


def _answer(read: NDArray[np.float32], inside: NDArray[np.bool_]) -> float:
    """The heads: which words of the passage would be quoted, and what these and the whole say together."""
    heads = trained()
    quoted = np.where(inside, read @ heads[f"{QUOTE}.w"] + heads[f"{QUOTE}.b"], -1e4)
    share = np.exp(quoted - quoted.max())
    both = np.concatenate([read[0], (share / share.sum()) @ read])
    return float(both @ heads[f"{ANSWER}.w"] + heads[f"{ANSWER}.b"][0])


class _Kept:
    """The reader of one folder, loaded when it is asked and let go when nobody has asked for a while."""

    def __init__(self, models: Path) -> None:
        self._models = models
        self._lock = Lock()
        self._reader: _Reader | None = None
        self._used = 0.0

    def get(self) -> _Reader:
        with self._lock:
            if self._reader is None:
                self._reader = _Reader(self._models)
                self._watch()
            self._used = time.monotonic()
            return self._reader

    def _watch(self) -> None:
        timer = Timer(_IDLE_SECONDS, self._release_if_idle)
        timer.daemon = True
        timer.start()

    def _release_if_idle(self) -> None:
        with self._lock:
            if time.monotonic() - self._used < _IDLE_SECONDS:
                self._watch()
                return
            self._reader = None
        gc.collect()


@lru_cache(maxsize=2)
def _kept(models: Path) -> _Kept:
    return _Kept(models)


def answering(question: str, passages: Sequence[str]) -> list[float] | None:
    """A logit for each passage (title and headings in front); None where the reader does not run, and why is logged."""
    try:
        reader = _kept(settings().home.absolute() / "models").get()
        return [reader.score(question, passage) for passage in passages]
    except (KbError, OSError, RuntimeError, ValueError, ImportError) as error:
        _log.warning("no reader, confidence goes by nearness alone: %s", error)
        return None
