"""Whether a question is what a document is called: its title, or its file's name with or without the ending."""

from __future__ import annotations

from functools import lru_cache
from pathlib import PurePath

from kb.lexical import fold


def is_title(text: str, title: str) -> bool:
    """Whether they are the same but for blanks and ways of writing; no text is nobody's title."""
    return bool(bare(text)) and bare(text) == bare(title)


def is_file(text: str, file_name: str) -> bool:
    """The same of a file's name."""
    return bool(bare(text)) and bare(text) in (bare(file_name), bare(PurePath(file_name).stem))


def is_called(text: str, title: str, file_name: str) -> bool:
    """Whether it is the one or the other."""
    return is_title(text, title) or is_file(text, file_name)


@lru_cache(maxsize=50_000)
def bare(name: str) -> str:
    """Folded and without blanks: ``COO 权限表（2026 版）`` and ``COO权限表(2026版)`` are one name."""
    return "".join(fold(name).split())
