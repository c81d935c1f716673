"""The questions that come with the product."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from itertools import combinations

import pytest

from kb.access import Module
from kb.errors import NotFound
from kb.handover import template
from kb.handover.questions import COMMON, FOLDER, questions_of

ROLES = sorted(path.stem for path in template.BUILT_IN.glob("*.toml"))


def own(name: str) -> list[dict[str, str]]:
    """The questions of one file, without those of every post."""
    rows: list[dict[str, str]] = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["question"]
    return rows


def test_there_is_a_file_for_every_role_and_no_other() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.toml")) == sorted([*ROLES, COMMON])


@pytest.mark.parametrize("role", ROLES)
def test_a_role_has_enough_of_its_own(role: str) -> None:
    rows = own(role)
    assert len(rows) >= 54
    assert min(Counter(row["module"] for row in rows)[m] for m in Module) >= 9
    for row in rows:
        assert set(row) == {"key", "module", "zh", "en"}
        assert re.fullmatch(f"{role.replace('_', '-')}-{row['module']}-[0-9]{{2}}", row["key"])
        assert row["zh"].endswith("？")
        assert row["en"].endswith("?")
        assert 12 <= len(row["zh"]) <= 40
        assert len(row["en"]) <= 200


def test_roles_ask_different_things() -> None:
    texts = {role: {row["zh"] for row in own(role)} for role in ROLES}
    assert all(len(texts[a] & texts[b]) * 3 <= len(texts[a]) for a, b in combinations(ROLES, 2))


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_read_once(role: str) -> None:
    assert questions_of(role) is questions_of(role)


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_fifty_questions_in_both_languages(role: str) -> None:
    found = questions_of(role)
    assert len(found) >= 50
    assert len({q.key for q in found}) == len({q.zh for q in found}) == len({q.en for q in found}) == len(found)
    assert min(Counter(q.module for q in found)[m] for m in Module) >= 9
    assert all(q.en and any("\u4e00" <= c <= "\u9fff" for c in q.zh) for q in found)


@pytest.mark.parametrize("role", ["nobody", "common", "../coo"])
def test_an_unknown_role_has_none(role: str) -> None:
    with pytest.raises(NotFound):
        questions_of(role)
