from __future__ import annotations

import pytest

from kb.lexical import GRAIN, fold, is_spelled, passage_terms, query_terms, says_nothing, terms


def common(question: str, passage: str) -> set[str]:
    return set(terms(question)) & set(terms(passage))


def test_characters_pairs_and_words() -> None:
    found = list(terms("年框 SAP 2026"))
    assert {"年", "框", "年框", "sap", "2026"} <= set(found)


@pytest.mark.parametrize(("written", "folded"), [("燈塔項目", "灯塔项目"), ("ＣＲＭ２６", "crm26"), ("终验", "终验")])
def test_one_form_for_traditional_full_width_and_plain(written: str, folded: str) -> None:
    assert fold(written) == folded


def test_folding_keeps_the_length_of_chinese() -> None:
    assert len(fold("燈塔一期終驗的最後期限")) == 11


def test_a_name_is_found_by_its_sound_and_by_its_spelling() -> None:
    assert "~jiang chuan" in common("江穿重工", "江川重工年框")
    assert "~jiang nan" in common("What was promised to Jiang Nan?", "姜楠的晋升")
    assert "~jiang nan" in common("Jiangnan", "姜楠")


def test_a_character_without_a_known_reading_does_no_harm() -> None:
    assert list(terms("\u9fff\u4e00"))


def test_a_question_leaves_out_what_says_nothing() -> None:
    assert says_nothing("的")
    assert says_nothing("为什")
    assert says_nothing("the")
    assert not says_nothing("预算")
    assert query_terms("的").indices, "where there is nothing else it stays"


def test_weights_are_multiples_of_the_grain() -> None:
    passage = passage_terms("合同", ("第一章",), "付款条件与违约金，付款期限三十日。" * 9)
    assert all(value * GRAIN == int(value * GRAIN) and value > 0 for value in passage.values)
    assert passage.indices == sorted(set(passage.indices))


def test_no_text_no_terms() -> None:
    assert passage_terms("", (), "……").indices == []
    assert query_terms("？？").indices == []


def test_pinyin_is_told_from_english() -> None:
    assert is_spelled("kanghe yiyao")
    assert is_spelled("TuiChu huabei")
    for text in ("who decides at Kanghe", "typhoon", "康禾 yiyao", "kanghe 2026", "a", "", "？"):
        assert not is_spelled(text), text
