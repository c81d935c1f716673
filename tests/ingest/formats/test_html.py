"""HTML and Markdown: headings, lists with their numbers, tables with spans, encodings, depth."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest import unstructured_offline
from ingest.parsed import BlockKind
from kb.errors import Invalid, Unavailable
from tests.ingest.samples import headings, read_here, texts, written


def test_headings_lists_and_breaks(tmp_path: Path) -> None:
    page = (
        "<html><head><title>总结会</title><meta name=author content=方屿></head><body><h1>切换总结会</h1>"
        "<p>正式切换<br>双算两月</p><h2>遗留</h2>"
        "<ol start=3><li>夜班补贴<ul><li>白蔚跟进</li></ul></li>"
        "<li>超时提醒</li></ol>"
        "<dl><dt>易薪</dt><dd>旧系统</dd></dl><script>alert(1)</script><p style='display:none'>看不见</p></body></html>"
    )
    parsed = read_here(written(tmp_path / "a.html", page.encode()))
    assert headings(parsed) == [(1, "切换总结会"), (2, "遗留")]
    assert texts(parsed, BlockKind.list_item) == ["3. 夜班补贴", "白蔚跟进", "4. 超时提醒"]
    assert "正式切换\n双算两月" in parsed.text
    assert "易薪" in parsed.text
    assert "alert" not in parsed.text
    assert "看不见" not in parsed.text
    assert parsed.author == "方屿"


def test_no_time_goes_into_guessing_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unstructured_offline.prepare()
    from unstructured.partition.common import lang

    def guessed(**_: object) -> None:
        raise AssertionError("nobody reads the answer")

    monkeypatch.setattr(lang, "detect_languages", guessed)
    for name, text in (("a.html", "<p>正式切换，双算两月。</p>"), ("b.md", "# 遗留\n\n夜班补贴由白蔚跟进。\n")):
        assert "。" in read_here(written(tmp_path / name, text.encode())).text


def test_spans_are_filled_and_layout_tables_seen_through(tmp_path: Path) -> None:
    page = (
        "<table><tr><td><p>外层</p><table><tr><th rowspan=2>客户</th><th colspan=2>时间</th></tr>"
        "<tr><th>开始</th><th>结束</th></tr>"
        "<tr><td rowspan=2>江重</td><td>3月</td><td>4月</td></tr>"
        "<tr><td>5月</td><td>6月</td></tr></table></td></tr></table>"
    )
    parsed = read_here(written(tmp_path / "a.html", page.encode()))
    assert texts(parsed, BlockKind.table) == ["客户 | 时间 开始 | 结束\n江重 | 3月 | 4月\n江重 | 5月 | 6月"]
    assert parsed.text.startswith("外层")


def test_the_declared_charset_is_used_and_a_wrong_one_survived(tmp_path: Path) -> None:
    page = "<html><head><meta charset={}></head><body><p>北辰切换，䶮先生主持。</p></body></html>"
    for charset, encoding in (("gb2312", "gb18030"), ("utf-8", "gb18030"), ("gbk", "utf-8"), ("nonsense", "utf-8")):
        parsed = read_here(written(tmp_path / "a.html", page.format(charset).encode(encoding)))
        if (charset, encoding) != ("gbk", "utf-8"):
            assert parsed.text == "北辰切换，䶮先生主持。", (charset, encoding)


def test_two_thousand_levels_are_read_and_more_are_refused(tmp_path: Path) -> None:
    deep = "<div>" * 2000 + "<h2>深处</h2>最里面的字" + "</div>" * 2000
    parsed = read_here(written(tmp_path / "a.html", deep.encode()))
    assert parsed.text == "深处\n\n最里面的字"
    with pytest.raises(Invalid) as refused:
        read_here(written(tmp_path / "b.html", ("前<div>" * 5000 + "后").encode()))
    assert refused.value.slug == "document.too_deep"


def test_markdown_tables_keep_their_source_rows(tmp_path: Path) -> None:
    source = (
        "---\ntitle: 目标\n作者: 何静远\n---\n# 三年目标\n\n**先看什么。**后看什么。\n- 第一条没有空行\n\n"
        "| 指标 | 2025 | 2026 |\n|---|---|---|\n| 营业收入（亿元） | 3.42 | 4.6 |\n\n1. 甲\n2. 乙\n"
    )
    parsed = read_here(written(tmp_path / "a.md", source.encode()))
    assert "营业收入（亿元） | 3.42 | 4.6" in parsed.text
    assert "先看什么。后看什么。" in parsed.text
    assert texts(parsed, BlockKind.list_item) == ["第一条没有空行", "1. 甲", "2. 乙"]
    assert parsed.author == "何静远"
    assert parsed.title == "三年目标"


def test_chinese_prose_is_not_taken_for_titles(tmp_path: Path) -> None:
    parsed = read_here(
        written(tmp_path / "a.html", "<div>CRM ROI</div><div>客户的失败史比需求更值得了解</div>".encode())
    )
    assert headings(parsed) == []


def test_a_package_that_ignores_our_tokenizer_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    from unstructured.nlp import tokenize

    monkeypatch.setattr(tokenize, "sent_tokenize", lambda text: [text])
    unstructured_offline.prepare.cache_clear()
    with pytest.raises(Unavailable) as failed:
        unstructured_offline.prepare()
    assert failed.value.slug == "parser.tokenizer"
    unstructured_offline.prepare.cache_clear()


def test_an_article_saved_before_its_script_showed_it_is_read(tmp_path: Path) -> None:
    page = (
        '<html><body><h1>战略复盘</h1><p style="display:none">看不见的预览</p>'
        '<div id="js_content" style="visibility: hidden; opacity: 0;"><p>第一段讲退出华北。</p>'
        "<p>第二段讲车辆。</p></div></body></html>"
    )
    parsed = read_here(written(tmp_path / "a.html", page.encode()))
    assert parsed.text == "战略复盘\n\n第一段讲退出华北。\n\n第二段讲车辆。"


def test_a_lone_character_and_a_tables_caption_are_text(tmp_path: Path) -> None:
    page = (
        "<html><body><h2>未决诉讼</h2><p>无</p><p><b>是</b></p><p>H<sub>2</sub>O</p>"
        "<table><caption>授信一览</caption><tr><th>行</th><th>额</th></tr><tr><td>甲</td><td>5</td></tr></table>"
        "</body></html>"
    )
    parsed = read_here(written(tmp_path / "a.html", page.encode()))
    assert parsed.text == "未决诉讼\n\n无\n\n是\n\nH2O\n\n授信一览\n\n行 | 额\n甲 | 5"


def test_the_number_of_an_item_stands_before_its_first_paragraph(tmp_path: Path) -> None:
    source = "1. 先续贷。\n\n2. 再谈诉讼。\n\n   材料在法务。\n"
    assert read_here(written(tmp_path / "a.md", source.encode())).text.split() == [
        "1.", "先续贷。", "2.", "再谈诉讼。", "材料在法务。",
    ]  # fmt: skip
    assert "1. 先续贷。" in read_here(tmp_path / "a.md").text


def test_a_footnote_of_markdown_is_text(tmp_path: Path) -> None:
    source = "授信到三月[^1]。\n\n[^1]: 以合同为准。\n[^b]: 另有口头约定。\n"
    text = read_here(written(tmp_path / "a.md", source.encode())).text
    assert "脚注 1：以合同为准。" in text
    assert "脚注 b：另有口头约定。" in text
