"""Of two documents that score alike the one that reads clearly surer goes first; editions keep their order."""

from __future__ import annotations

from search.confidence import is_surer
from search.rank import Ranked, as_near, second_first
from search.reading.reader import Said

FIRST, NEAR, FAR = Ranked("a", 0.80, ("p1",)), Ranked("b", 0.795, ("p2",)), Ranked("c", 0.7, ("p3",))


def test_only_documents_that_score_alike_are_as_near() -> None:
    assert as_near([FIRST, NEAR, FAR], {})
    assert not as_near([FIRST, FAR], {})
    assert not as_near([FIRST], {})
    assert not as_near([FIRST, NEAR], {"b": "a"}), "an older edition stays below its newest one"


def test_the_places_keep_their_scores() -> None:
    assert second_first(FIRST, NEAR) == (Ranked("b", 0.80, ("p2",)), Ranked("a", 0.795, ("p1",)))


def test_surer_is_clearly_surer() -> None:
    near, far = Said(0.5, None), Said(-2.0, None)
    assert is_surer(near, far)
    assert not is_surer(Said(-1.8, None), far)
    assert not is_surer(Said(-1.2, None), far, of_one_document=True), "within a document nearness says more"
