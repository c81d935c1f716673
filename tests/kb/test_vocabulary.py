"""The tag vocabulary."""

from __future__ import annotations

import pytest

from kb.access import Module
from kb.vocabulary import MAX_TAG_CHARACTERS, canonical, label, vocabulary


def test_every_module_is_an_area_with_topics() -> None:
    for module in Module:
        assert vocabulary().tags[module.value].module is module
        assert len(vocabulary().topics(module.value)) >= 4
    assert {tag.area for tag in vocabulary().tags.values() if tag.area} == {tag.key for tag in vocabulary().areas()}


def test_every_tag_has_both_labels_and_no_name_is_given_twice() -> None:
    assert all(tag.zh and tag.en for tag in vocabulary().tags.values())
    assert len(vocabulary().names) > 150  # reading it has refused any name given twice


@pytest.mark.parametrize(
    "name", ["projects.negotiation", "客户谈判", "商务谈判", "Client negotiation", " ＣＬＩＥＮＴ  negotiation "]
)
def test_a_tag_is_known_by_any_of_its_names(name: str) -> None:
    assert canonical(name) == "projects.negotiation"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [(" ＃华腾 ", "华腾"), ("灯塔\u202e二期", "灯塔二期"), ("，", ""), ("长" * 90, "长" * MAX_TAG_CHARACTERS)],
)
def test_a_free_tag_is_tidied(typed: str, stored: str) -> None:
    assert canonical(typed) == stored


def test_labels_in_both_languages() -> None:
    assert label("team.incentives", "zh") == "团队激励"
    assert label("team.incentives", "en") == "Team incentives"
    assert label("华腾", "en") == "华腾"
