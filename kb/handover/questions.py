"""The questions that successors ask, by role, read from ``questions/<role>.toml`` (keys: key, module, zh, en)."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kb.access import Module
from kb.errors import NotFound

FOLDER = Path(__file__).parent / "questions"


@dataclass(frozen=True)
class Question:
    """One question in Chinese and English; ``key`` is unique in its role and stable: past answers refer to it."""

    key: str
    module: Module
    zh: str
    en: str


COMMON = "common"
"""The file of what is asked in every post."""


@lru_cache(maxsize=16)
def questions_of(role: str) -> tuple[Question, ...]:
    """The questions that come with the product for a role: those of every post, then its own.

    Raises:
        NotFound: there are none for that role.
    """
    if not role.isidentifier() or role == COMMON or not (FOLDER / f"{role}.toml").is_file():
        raise NotFound("bank.no_role", "没有岗位「{role}」的问题库。", role=role)
    return (*_read(COMMON), *_read(role))


def _read(name: str) -> tuple[Question, ...]:
    rows = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["question"]
    return tuple(Question(row["key"], Module(row["module"]), row["zh"], row["en"]) for row in rows)
