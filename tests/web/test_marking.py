"""Words and the answering sentence are marked in escaped text; a short quotation begins near the answer."""

from __future__ import annotations

from search import Passage
from web.marking import marked, quotation

LONG = (
    "今年的巡检记录很多，先说仓库的门禁和照明，再说车队的轮胎和保险，最后说食堂，另外还要讲到宿舍的热水、停车和快递柜。"
    "\n\n周三例会。提现费率 0.4%，单笔封顶 25 元。"
)


def _passage(text: str, answer: tuple[int, int] | None, *words: tuple[int, int]) -> Passage:
    return Passage("p1", text, 0, len(text), (), None, words, answer)


def test_words_are_marked_inside_and_outside_the_answer() -> None:
    assert marked("甲乙丙丁", [(0, 1), (2, 3)], (1, 3)) == (
        '<mark>甲</mark><em class="answer">乙<mark>丙</mark></em>丁'
    )
    assert marked("甲乙丙丁", [(0, 3)], (1, 2)) == (
        '<mark>甲</mark><em class="answer"><mark>乙</mark></em><mark>丙</mark>丁'
    ), "a word that reaches across the border is marked on both sides"


def test_ranges_beyond_the_text_mark_what_is_there() -> None:
    assert marked("甲乙", [(-3, 1)], (1, 99)) == '<mark>甲</mark><em class="answer">乙</em>'
    assert marked("甲乙", [(5, 9)], (7, 9)) == "甲乙"
    assert marked("<b>", [], (0, 3)) == '<em class="answer">&lt;b&gt;</em>'


def test_a_quotation_begins_near_an_answer_that_stands_far_in() -> None:
    start = LONG.index("提现")
    shown = quotation(_passage(LONG, (start, start + 10), (start, start + 2)))
    assert shown.startswith('…周三例会。<em class="answer"><mark>提现</mark>费率 0.4%')
    assert quotation(_passage(LONG, None)).startswith("今年的巡检")
    assert quotation(_passage(LONG, (start, start + 10)), whole=True).startswith("今年的巡检")
    assert "\n\n" not in quotation(_passage(LONG, None))


def test_an_answer_near_the_beginning_is_shown_from_the_beginning() -> None:
    assert quotation(_passage("好。提现费率 0.4%。", (2, 11))).startswith("好。")
