"""Whether quotes support a sentence, by rules on this machine: its facts stand in them, in the same words and sense."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kb.lexical import fold
from search.facts import claimed, held
from search.relevance import share_of, terms_of

_SHARED = 0.5
"""The part of a sentence's pairs of characters and words that its quotes must hold."""
_SAME_THOUGHT = 0.6
"""A clause of the source that shares this much says the same thing, or its opposite."""
_NOT_NO = re.compile(r"不仅|不但|不同|不断|不过|不久|不管|不论|无论|无疑|非常|未来|未必不|并非不|不得不|no\.\s*\d")
_NO = re.compile(r"[不没未无非勿禁拒否]|停止|\b(?:no|not|never|none|without|cannot)\b|n't\b")
_CLAUSE = re.compile(r"[。！？!?；;，,：:\n]|\.(?=\s|$)")


def is_supported(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether every figure, date and code of the sentence stands in the quotes, and enough of its words do."""
    together = "\n".join(quotes)
    if not claimed(sentence) <= held(together):
        return False
    return share_of(terms_of(sentence), fold(together)) >= _SHARED and not _contradicts(sentence, together)


def _contradicts(sentence: str, source: str) -> bool:
    """Whether the sentence denies what its nearest source clause says, or says what that one denies."""
    if _denies(sentence) and not _denies(source):
        return True
    clauses = [p for p in _CLAUSE.split(source) if p.strip()]
    for said in _CLAUSE.split(sentence):
        terms = terms_of(said)
        nearest = max(clauses, key=lambda clause: share_of(terms, fold(clause)))
        if share_of(terms, fold(nearest)) >= _SAME_THOUGHT and _denies(nearest) != _denies(said):
            return True
    return False


def _denies(text: str) -> bool:
    return bool(_NO.search(_NOT_NO.sub("", fold(text).lower())))
