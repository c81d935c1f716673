"""A list of reasons is found by how its points begin, and goes with the sentence that leads to it."""

from __future__ import annotations

import pytest

from search.reading.listing import listed, with_its_list

LED = "对外说的是油价。\n第一，单一客户。\n批注：已核对。\n第二，路权。\n第三，看不到拐点。连亏七个季度。\n另外再说。"


@pytest.mark.parametrize(
    ("text", "points"),
    [
        (LED, LED[9:-6]),
        ("三条。一是太远，二是太贵。一是重来。", None),  # one sentence: it stands for itself
        ("先说。一是太远。二是太贵。完了。", "一是太远。二是太贵。完了。"),
        ("1. 客户要求\n2. 账期\n下一段", "1. 客户要求\n2. 账期"),
        ("① 客户要求\n② 账期", "① 客户要求\n② 账期"),
        ("第一次去没见到人。第二次去签了。", None),  # not points, but times
        ("第二，路权。第三，拐点。", None),  # the beginning stands elsewhere
        ("一、客户\n\n二、团队\n\n别的", "一、客户\n\n二、团队"),
        ("12. 五月\n13. 六月", None),
        ("", None),
    ],
)
def test_where_a_list_stands(text: str, points: str | None) -> None:
    span = listed(text)
    assert (text[slice(*span)] if span else None) == points


def test_a_sentence_takes_its_list_along() -> None:
    assert LED[slice(*with_its_list(LED, (0, 8)))] == LED[:-6], "it leads to the list"
    second = LED.index("第二")
    assert with_its_list(LED, (second, second + 6)) == (second, second + 6), "it is one of its points"
    assert with_its_list(LED, (len(LED) - 5, len(LED))) == (len(LED) - 5, len(LED)), "it stands behind"
    assert with_its_list("没有列表。只有一句。", (0, 5)) == (0, 5)
