"""Sentences, rows and lines are cut where they end, and the strongest on average is named."""

from __future__ import annotations

import numpy as np

from search.reading.sentence import sentences, strongest

TEXT = "第一，单一客户。回款 3.5 个月；我们垫资。\n| 何蕊 | 62 万 |\nPaid in May. Not yet.\n好。"


def test_where_sentences_stand() -> None:
    assert [TEXT[a:b] for a, b in sentences(TEXT)] == [
        "第一，单一客户。", "回款 3.5 个月；", "我们垫资。", "| 何蕊 | 62 万 |", "Paid in May.", "Not yet.",
    ]  # fmt: skip


def test_the_strongest_on_average() -> None:
    places = [(n, n + 1) for n in range(len(TEXT))]
    row = TEXT.index("| 何蕊")
    strengths = np.array([0.9 if row <= n < row + 8 or n == 0 else 0.1 for n in range(len(TEXT))], np.float32)
    assert TEXT[slice(*strongest(TEXT, places, strengths) or ())] == "| 何蕊 | 62 万 |"


def test_a_neighbour_nearly_as_strong_goes_with_it() -> None:
    text = "先说外面的说法。这只是最轻的一层。第三句不相干。"
    places = [(n, n + 1) for n in range(len(text))]
    strengths = np.array([0.7] * 8 + [0.55] * 9 + [0.1] * 7, np.float32)
    assert strongest(text, places, strengths) == (0, 17)


def test_nothing_stands_out_where_nothing_is_said() -> None:
    assert strongest("", [], np.zeros(0, np.float32)) is None
    assert strongest("好。", [(0, 2)], np.ones(1, np.float32)) is None
    assert strongest("都在标题里说了。", [(-9, -1)], np.ones(1, np.float32)) is None, "a piece before the text"
