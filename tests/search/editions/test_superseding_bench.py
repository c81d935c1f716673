from __future__ import annotations

from tests.bench.quality import old_on_top


def test_an_old_edition_is_wrong_only_above_a_current_one() -> None:
    grades = {"new": 2, "old": 1}
    assert old_on_top(["old", "new"], grades, {"old"})
    assert not old_on_top(["new", "old"], grades, {"old"})
    assert not old_on_top(["old"], {"old": 2}, {"old"}), "nothing current is judged: there is nothing to be above"
