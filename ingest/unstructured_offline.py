"""``unstructured`` without its network: our own tokenizer in place of the spaCy model it would download."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from types import ModuleType

from kb.errors import Unavailable

SILENT = {
    "DO_NOT_TRACK": "1", "SCARF_NO_ANALYTICS": "true", "UNSTRUCTURED_DISABLE_NOTICE": "1",
    "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1",
}  # fmt: skip
"""Environment in which the package and its parts do not phone home."""

_SENTENCE = re.compile(r".+?(?:[。！？!?；;]+[”’」』）)]*|\.(?=\s)|$)", re.S)
_TOKEN = re.compile(r"[A-Za-z]+(?:'[a-z]+)?|\d[\d,.%]*|[\u3400-\u9fff]+|\S")
_NARRATIVE = re.compile(r"[。！？!?；]")
_PROSE_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    tag_: str


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str


class _Reading:
    """A text as spaCy would hand it back: iterates over tagged tokens, and has sentences."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __iter__(self) -> Iterator[_Token]:
        # The package asks for one thing only, whether there is a verb: punctuation and length tell it in Chinese.
        prose = _NARRATIVE.search(self.text) or len(self.text) > _PROSE_CHARACTERS
        tag = "VB" if prose else "NN"
        return (_Token(token, tag) for token in _TOKEN.findall(self.text))

    @property
    def sents(self) -> list[_Sentence]:
        return [_Sentence(found.strip()) for found in _SENTENCE.findall(self.text) if found.strip()]


class _Tokenizer:
    max_length = 10**9

    def __call__(self, text: str) -> _Reading:
        return _Reading(text)


@cache
def prepare() -> None:
    """Put the stand-in in place and prove that the package uses it; call before any ``partition_…``.

    Raises:
        Unavailable: ``parser.tokenizer``, the package has changed and would download a model.
    """
    os.environ.update(SILENT)
    with _spacy_left_out():
        from unstructured.nlp import tokenize

    tokenize._get_nlp = _Tokenizer
    try:
        proved = tokenize.sent_tokenize("先看第四节。再看第八节。")
    except Exception as error:
        raise _changed() from error
    if len(proved) != 2:
        raise _changed()


@contextmanager
def _spacy_left_out() -> Iterator[None]:
    """Let the package import an empty ``spacy``: the real one brings torch along, 3 seconds and 220 MB for nothing."""
    if "spacy" in sys.modules:
        yield
        return
    sys.modules["spacy"] = ModuleType("spacy")
    try:
        yield
    finally:
        del sys.modules["spacy"]


def _changed() -> Unavailable:
    return Unavailable("parser.tokenizer", "文档解析组件的版本不对，请按说明重新安装依赖后再试。")
