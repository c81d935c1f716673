"""The only door to jieba: Chinese text as words. Loading its dictionary takes most of a second, so it waits for use.

Names go to a tokenizer of their own: added to jieba's shared one they would change how all other text is cut.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import lru_cache
from typing import Any


def cut(text: str, names: tuple[str, ...] = ()) -> list[str]:
    """The words of a text in order; ``names`` are kept whole where they occur."""
    return list(_tokenizer(names).lcut(text))


def tagged(text: str) -> Iterator[tuple[str, str]]:
    """The words of a text with their part of speech (ICTCLAS tags: n, ns, nr …)."""
    _jieba()
    import jieba.posseg

    return ((pair.word, pair.flag) for pair in jieba.posseg.cut(text))


@lru_cache(maxsize=8)
def _tokenizer(names: tuple[str, ...]) -> Any:
    made = _jieba().Tokenizer()
    for name in names:
        made.add_word(name)
    return made


@lru_cache(maxsize=1)
def _jieba() -> Any:
    import jieba

    jieba.setLogLevel(logging.ERROR)
    return jieba
