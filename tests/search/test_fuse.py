from __future__ import annotations

import pytest

from kb.vectors import Candidate
from search.fuse import FOREIGN_LEXICAL_WEIGHT, fuse, lexical_weight, normalise, share_script


def side(**scores: float) -> list[Candidate]:
    return [Candidate(f"{name}-1", name, f"ver-{name}", score) for name, score in scores.items()]


def test_normalised_scores_lie_between_zero_and_one() -> None:
    found = normalise({"甲": 3.0, "乙": 2.0, "丙": 1.0})
    assert found["甲"] > found["乙"] == 0.5 > found["丙"] >= 0


def test_equal_scores_say_nothing() -> None:
    assert set(normalise({"甲": 2.0, "乙": 2.0}).values()) == {0.5}


def test_found_on_both_sides_beats_found_on_one() -> None:
    found = fuse(side(a=0.9, b=0.88, c=0.8), side(b=9.0, d=8.0, c=1.0)).documents
    assert max(found, key=lambda d: found[d]) == "b"


def test_one_empty_side_leaves_the_other_alone() -> None:
    assert fuse([], side(a=2.0, b=1.0)).documents == normalise({"a": 2.0, "b": 1.0})
    assert fuse([], []).documents == {}


def test_words_count_little_across_scripts() -> None:
    assert not share_script("Who signs the acceptance?", ["佘曼签终验"] * 3)
    assert share_script("Who signs the acceptance?", ["She signs it."] * 3)
    assert share_script("谁签终验", ["佘曼签终验"] * 3)
    assert share_script("谁签终验", [])
    assert lexical_weight(0.5, same_script=False) == FOREIGN_LEXICAL_WEIGHT


def test_words_count_less_where_hardly_any_is_shared() -> None:
    assert lexical_weight(0.02, same_script=True) == pytest.approx(0.3)
    assert lexical_weight(0.09, same_script=True) == pytest.approx(0.65)
    assert lexical_weight(0.2, same_script=True) == 1.0


def test_the_only_passage_with_the_word_goes_before_those_near_in_meaning() -> None:
    near = side(**{f"d{n}": 0.9 - n / 100 for n in range(20)})
    found = fuse(near, [Candidate("d15-1", "d15", "ver-d15", 3.0)])
    assert max(found.documents, key=lambda d: found.documents[d]) == "d15"
    assert max(found.points, key=lambda p: found.points[p]) == "d15-1"
