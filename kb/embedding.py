"""The only door to sentence-transformers: texts → unit vectors.

Passages go through sentence-transformers in length-sorted batches. A single query of the bundled model goes through
the ONNX runtime (``kb.encoder``), which needs no torch in memory and starts in a tenth of the time; in Chinese and
English their vectors agree (cosine ≥ 0.9999). It also has a second vector, tuned to how a successor asks
(``kb.question_tuning``). Any other model answers both through sentence-transformers.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kb import bundled_model, question_tuning
from kb.errors import KbError, Unavailable
from kb.settings import settings

Vectors = NDArray[np.float32]
_BATCH = 32
_IDLE_SECONDS = 120.0
_log = logging.getLogger(__name__)


class Embedder(Protocol):
    """A model that turns texts into unit vectors."""

    @property
    def name(self) -> str:
        """What tells two models apart."""

    @property
    def dimension(self) -> int:
        """Length of a vector; asking may load the model."""

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, float32, shape (texts, dimension)."""

    def embed_query(self, text: str) -> Vectors:
        """The unit vector of a question, float32, shape (dimension,)."""


def _return_memory() -> None:
    """Give freed memory back to the system where the C library can (glibc's ``malloc_trim``)."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _clean(text: str) -> str:
    """Without what an engine cuts at or refuses: NUL and lone surrogates."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode()


class _SentenceTransformerModel:
    """Any sentence-transformers model, loaded on first use and shared by all threads behind one lock."""

    def __init__(self, source: str, name: str) -> None:
        self.name = name
        self._source = source
        self._lock = Lock()
        self._model: Any = None
        self._dimension = 0
        self._used = 0.0

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
                import torch
                from sentence_transformers import SentenceTransformer

                torch.set_num_threads(settings().embedding_threads)
                self._model = SentenceTransformer(self._source, device="cpu")
                self._dimension = int(self._model.get_embedding_dimension())
                self._watch()
            self._used = time.monotonic()
            return self._model

    def _watch(self) -> None:
        """Let the model go once nothing has asked for it for a while: it holds half a gigabyte."""
        timer = Timer(_IDLE_SECONDS, self._release_if_idle)
        timer.daemon = True
        timer.start()

    def _release_if_idle(self) -> None:
        with self._lock:
            if time.monotonic() - self._used < _IDLE_SECONDS:
                self._watch()
                return
            self._model = None
        gc.collect()
        _return_memory()

    @property
    def dimension(self) -> int:
        """Length of a vector; asking loads the model."""
        self._loaded()
        return self._dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, float32, shape (texts, dimension)."""
        model = self._loaded()
        with self._lock:  # one bulk at a time: two would fight for the same cores
            found = model.encode_document(
                [_clean(t) for t in texts], batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False
            )
        return np.asarray(found, dtype=np.float32).reshape(len(texts), self.dimension)

    def embed_query(self, text: str) -> Vectors:
        """The unit vector of a question, float32, shape (dimension,)."""
        model = self._loaded()
        found = model.encode_query([_clean(text)], normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found[0], dtype=np.float32)


class _BundledModel(_SentenceTransformerModel):
    """The bundled model: known dimension, and questions answered without torch where the ONNX runtime runs."""

    _DIMENSION = 384

    def __init__(self, models: Path) -> None:
        super().__init__("", bundled_model.NAME)
        self._models = models

    @property
    def dimension(self) -> int:
        """384."""
        return self._DIMENSION

    def _loaded(self) -> Any:
        if not self._source:
            self._source = str(bundled_model.ensure(self._models))
        return super()._loaded()

    def embed_query(self, text: str) -> Vectors:
        """The unit vector of a question, float32, shape (384,)."""
        asking = _asking(self._models, tuned=False)
        return asking.vector(_clean(text)) if asking else super().embed_query(text)

    def embed_tuned_query(self, text: str) -> Vectors | None:
        """The question's tuned unit vector, float32, shape (384,); None where the ONNX runtime does not run."""
        asking = _asking(self._models, tuned=True)
        return asking.vector(_clean(text)) if asking else None


@lru_cache(maxsize=4)
def _asking(models: Path, *, tuned: bool) -> question_tuning.Asking | None:
    try:
        return question_tuning.Asking(models, tuned=tuned)
    except (ImportError, OSError, RuntimeError) as error:
        _log.warning("the ONNX runtime does not run here, torch answers questions instead: %s", error)
        return None


def model_name() -> str:
    """The name of the configured model, without loading it; ``none`` where dense search is switched off."""
    return settings().embedding_model or bundled_model.NAME


@lru_cache(maxsize=2)
def _embedder(configured: str, models: Path) -> Embedder:
    if configured == "none":
        raise Unavailable("embedding.off", "语义检索已关闭（KB_EMBEDDING_MODEL=none），仅按字词检索。")
    if configured:
        return _SentenceTransformerModel(configured, configured)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    return _BundledModel(models)


def embedder(model: str | None = None) -> Embedder:
    """The embedder of a model (by default the configured one), shared and loaded on first use.

    Raises:
        Unavailable: dense search is switched off.
    """
    configured = settings().embedding_model if model is None else ("" if model == bundled_model.NAME else model)
    return _embedder(configured, settings().home.absolute() / "models")


def embed_query_or_none(text: str, model: str | None = None) -> Vectors | None:
    """The question's vector, or None where no model answers; the reason is logged, the search goes on lexically."""
    try:
        return embedder(model).embed_query(text)
    except KbError as error:
        _log.info("no dense search: %s", error)
    except (OSError, RuntimeError, ValueError, ImportError) as error:
        _log.warning("the embedding model does not load, lexical search only: %s", error)
    return None


def embed_tuned_query_or_none(text: str, model: str | None = None) -> Vectors | None:
    """The question's vector as tuned for the bundled model; None for any other model, or where it cannot be made."""
    try:
        asked = embedder(model)
        return asked.embed_tuned_query(text) if isinstance(asked, _BundledModel) else None
    except (KbError, OSError, RuntimeError, ValueError, ImportError) as error:
        _log.info("no tuned question: %s", error)
        return None
