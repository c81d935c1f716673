"""Passages: exact substrings, whole sentences, one heading each, a bounded number of them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest import tables
from ingest.chunk import MAX_CHARACTERS, SMALL_CHARACTERS, TARGET_CHARACTERS, Piece, chunk, sentences
from ingest.draft import Draft

SENTENCE = "灯塔项目的终验拖到了四月底，现金只够十四个月，所以先看风险清单。"


def cut(fill: Callable[[Draft], None]) -> tuple[Draft, list[Piece]]:
    draft = Draft()
    fill(draft)
    return draft, chunk(draft.text, draft.blocks)


def check(draft: Draft, pieces: list[Piece]) -> None:
    assert [piece.ordinal for piece in pieces] == list(range(len(pieces)))
    assert all(piece.text == draft.text[piece.start : piece.end] for piece in pieces)
    assert all(a.end <= b.start for a, b in pairwise(pieces))


def test_long_prose_is_cut_between_sentences() -> None:
    draft, pieces = cut(lambda d: d.paragraph(SENTENCE * 60))
    check(draft, pieces)
    assert len(pieces) > 3
    assert all(piece.text.endswith("。") for piece in pieces)
    assert all(len(piece.text) <= MAX_CHARACTERS for piece in pieces)
    assert "".join(piece.text for piece in pieces) == draft.text


def test_a_closing_quote_stays_with_its_sentence() -> None:
    text = "他说：“先做完再说。”后来没有做。『真的？』没有！"
    assert [text[a:b] for a, b in sentences(text)] == ["他说：“先做完再说。”", "后来没有做。", "『真的？』", "没有！"]


def test_headings_are_carried_and_never_crossed() -> None:
    def fill(draft: Draft) -> None:
        draft.heading("三年战略", 1)
        draft.heading("四、选择", 2)
        draft.paragraph(SENTENCE * 3)
        draft.heading("五、举措", 2)
        draft.paragraph(SENTENCE * 3)

    draft, pieces = cut(fill)
    check(draft, pieces)
    assert [piece.heading_path for piece in pieces] == [("三年战略", "四、选择"), ("三年战略", "五、举措")]


def test_a_heading_without_text_is_still_found() -> None:
    def fill(draft: Draft) -> None:
        draft.heading("问答", 1)
        draft.heading("海外两年内不做第三家", 2)

    _, pieces = cut(fill)
    assert [piece.text for piece in pieces] == ["海外两年内不做第三家"]
    assert pieces[0].heading_path == ("问答",)


def test_small_neighbours_are_joined() -> None:
    _, pieces = cut(lambda d: [d.list_item(f"{n}、看台账。") for n in range(9)])
    assert len(pieces) == 1
    assert pieces[0].text.count("\n") == 8


def test_thirty_thousand_paragraphs_make_few_passages() -> None:
    draft, pieces = cut(lambda d: [d.paragraph(f"第{n}段") for n in range(30_000)])
    check(draft, pieces)
    assert len(pieces) < len(draft.text) / (TARGET_CHARACTERS - SMALL_CHARACTERS) + 1


def test_thirty_thousand_headings_make_few_passages() -> None:
    draft, pieces = cut(lambda d: [d.heading(f"{n}节", 2) for n in range(30_000)])
    check(draft, pieces)
    assert len(pieces) < 2_000


def test_a_sentence_without_end_is_cut_at_commas() -> None:
    draft, pieces = cut(lambda d: d.paragraph("没有句号的话，" * 300))
    check(draft, pieces)
    assert all(len(piece.text) <= MAX_CHARACTERS for piece in pieces)
    assert all(piece.text.endswith("，") for piece in pieces)


def test_a_word_without_end_is_cut_at_the_limit() -> None:
    draft, pieces = cut(lambda d: d.paragraph("长" * 5000))
    check(draft, pieces)
    assert sum(len(piece.text) for piece in pieces) == 5000
    assert all(len(piece.text) <= MAX_CHARACTERS for piece in pieces)


def test_tables_are_cut_between_rows_and_pages_are_carried() -> None:
    def fill(draft: Draft) -> None:
        draft.page = 3
        draft.table([["编号", "说明"], *([f"R-{n}", SENTENCE] for n in range(40))])

    draft, pieces = cut(fill)
    check(draft, pieces)
    assert all(piece.text.startswith("编号 | 说明\nR-") for piece in pieces)
    assert all((piece.page_first, piece.page_last) == (3, 3) for piece in pieces)
    assert all(len(piece.text) < tables.GROUP_CHARACTERS + 60 for piece in pieces)


def test_nothing_gives_nothing() -> None:
    assert chunk("", []) == []


@given(
    st.lists(
        st.tuples(st.sampled_from("hpltn"), st.text("灯塔。，！”a \n", max_size=30), st.integers(1, 40)), max_size=9
    )
)
@settings(deadline=None, max_examples=60)
def test_every_character_of_the_text_is_in_one_passage(parts: list[tuple[str, str, int]]) -> None:
    draft = Draft()
    for kind, piece, times in parts:
        text = piece * times
        match kind:
            case "h":
                draft.heading(text[:40], 1 + len(text) % 3)
            case "l":
                draft.list_item(text)
            case "t":
                draft.table([["列"], [text], [text[::-1]]])
            case "n":
                draft.note(text)
            case _:
                draft.paragraph(text)
    pieces = chunk(draft.text, draft.blocks)
    check(draft, pieces)
    covered = {place for piece in pieces for place in range(piece.start, piece.end)}
    for block in draft.blocks:
        if block.kind != "heading":
            missed = [p for p in range(block.start, block.end) if p not in covered and draft.text[p].strip()]
            assert not missed
