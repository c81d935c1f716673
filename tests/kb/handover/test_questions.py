"""The questions that come with the product."""

from __future__ import annotations

from collections import Counter

import pytest

from kb.access import Module
from kb.errors import NotFound
from kb.handover import template
from kb.handover.questions import questions_of

ROLES = sorted(path.stem for path in template.BUILT_IN.glob("*.toml"))


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_fifty_questions_in_both_languages(role: str) -> None:
    found = questions_of(role)
    assert len(found) >= 50
    assert len({q.key for q in found}) == len({q.zh for q in found}) == len(found)
    assert min(Counter(q.module for q in found)[m] for m in Module) >= 9
    assert all(q.en and any("\u4e00" <= c <= "\u9fff" for c in q.zh) for q in found)


@pytest.mark.parametrize("role", ["nobody", "common", "../coo"])
def test_an_unknown_role_has_none(role: str) -> None:
    with pytest.raises(NotFound):
        questions_of(role)
