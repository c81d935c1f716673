"""What the reader is trained on: quotes are found whatever the layout, and a part of a passage keeps its quote."""

from __future__ import annotations

import random

from tests.bench.reading_pairs import Pair, _without, span, window

BEFORE = "".join(f"第{n}条写的是别的事情，和问题没有关系。" for n in range(20))
LONG = f"台账\n{BEFORE}退出是因为回款太慢。{'再往后是附录。' * 20}"


def test_a_quote_is_found_through_blanks_and_table_marks() -> None:
    text = "表\n| 锐付 | 费率 0.4% |"
    found = span(text, "锐付 费率0.4%")
    assert found is not None
    assert text[slice(*found)] == "锐付 | 费率 0.4%"
    assert span(text, "融信通") is None


def test_the_sentences_of_a_quote_are_left_out() -> None:
    found = span(LONG, "回款太慢")
    assert found is not None
    rest = _without(LONG, *found)
    assert len(rest) == len(LONG) - len("退出是因为回款太慢。")
    assert "回款" not in rest


def test_a_part_keeps_the_quote_and_the_title() -> None:
    found = span(LONG, "退出是因为回款太慢")
    assert found is not None
    for seed in range(30):
        part = window(Pair("为什么退出", LONG, (found,)), random.Random(seed))
        assert part.passage.startswith("台账\n")
        assert [part.passage[a:b] for a, b in part.quotes] == ["退出是因为回款太慢"]
    assert min(len(window(Pair("为什么退出", LONG, ()), random.Random(n)).passage) for n in range(30)) < 250
