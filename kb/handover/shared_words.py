"""How much of a claim a text says: the share of its telling words, without a model and without statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kb.lexical import fold, has_han, says_nothing, terms

_COMMON = frozenset({"项目", "客户", "公司", "问题", "没有", "交接", "导致", "损失", "风险", "负责", "工作", "情况"})


def words_of(text: str) -> frozenset[str]:
    """The pairs of characters, Latin words and numbers of a text that say something."""
    return frozenset(
        t for t in terms(text)
        if not t.startswith("~") and not says_nothing(t) and t not in _COMMON and (len(t) > 1 or not has_han(t))
    )


def share(wanted: frozenset[str] | Sequence[Any], text: str) -> float:
    """The share of the wanted words that the text holds, 0–1; 0 where nothing is wanted."""
    return len([w for w in wanted if w in words_of(fold(text))]) / len(wanted) if wanted else 0.0
