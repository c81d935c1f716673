"""Forms, drafts, the outline and what a card becomes as text."""

from __future__ import annotations

from datetime import date

import pytest
from sqlmodel import Session

from kb.access import Classification, Module
from kb.cards import drafts, notes, outline
from kb.cards.forms import Expected, form_of, forms
from kb.cards.writing import as_markdown
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.handover.case import Handover
from kb.viewing import Viewer
from tests.kb.handover.walking import cast, opened, see


@pytest.fixture
def room(session: Session) -> tuple[Handover, dict[str, Viewer]]:
    people = cast(session)
    handover = opened(session, people)
    return handover, {login: see(session, person) for login, person in people.items()}


def begun(session: Session, handover: Handover, viewer: Viewer, form: str = "decision") -> drafts.CardDraft:
    return drafts.begin(session, viewer, handover.id, form, Module.strategy, title="退出华北")


def test_every_form_speaks_both_languages_and_asks_for_something() -> None:
    assert set(forms()) == {"decision", "5w2h", "star", "mind_map", "client_note", "risk", "answer"}
    for form in forms().values():
        assert all((form.zh, form.en, form.about_zh, form.about_en))
        assert any(f.required for f in form.fields)
        assert all(f.zh and f.en and f.ask_zh and f.ask_en for f in form.fields)


@pytest.mark.parametrize(("text", "lacking"), [
    ("", None), ("不划算", Expected.length), ("因为当时最大的客户换了采购负责人，续约没有把握", None),
    ("华北三个仓一直在亏，再等下去也看不到头了", Expected.reason),
])
def test_hints_are_gentle(text: str, lacking: Expected | None) -> None:
    why = next(f for f in form_of("decision").fields if f.key == "why")
    assert why.lacks(text) is lacking


def test_a_draft_keeps_what_is_typed_and_is_seen_by_its_author_only(
    session: Session, room: tuple[Handover, dict[str, Viewer]]
) -> None:
    handover, who = room
    card = begun(session, handover, who["han"])
    kept = drafts.save(session, who["han"], card.id, title="退出华北", fields={"why": "客户换人", "x": "?"}, revision=1)
    assert kept.fields == {"why": "客户换人"}
    assert kept.revision == 2
    for other in ("ren", "qiu", "hr1"):
        with pytest.raises(NotFound):
            drafts.draft_of(session, who[other], card.id)
    with pytest.raises(NotAllowed):
        begun(session, handover, who["ren"])


def test_two_windows_do_not_overwrite_each_other(
    session: Session, room: tuple[Handover, dict[str, Viewer]]
) -> None:
    handover, who = room
    card = begun(session, handover, who["han"])
    drafts.save(session, who["han"], card.id, title="退出华北", fields={"why": "甲"}, revision=1)
    with pytest.raises(Conflict):
        drafts.save(session, who["han"], card.id, title="退出华北", fields={"why": "乙"}, revision=1)
    same = drafts.save(session, who["han"], card.id, title="退出华北", fields={"why": "甲"}, revision=1)
    assert same.fields["why"] == "甲"


def test_an_unfinished_card_says_what_is_missing(
    session: Session, room: tuple[Handover, dict[str, Viewer]]
) -> None:
    handover, who = room
    card = begun(session, handover, who["han"])
    with pytest.raises(Invalid) as refused:
        drafts.ready_to_hand_in(card)
    assert "为什么这样选" in str(refused.value.params["fields"])


def test_text_of_a_card_names_its_fields_and_keeps_signs_literal() -> None:
    given = {"context": "# 不是标题\n* 不是列表", "why": "1 < 2 & `x`"}
    text = as_markdown(form_of("decision"), "退出 *华北*", given, author="陆承舟", on=date(2026, 3, 1))
    assert "## 背景" in text
    assert "\\# 不是标题" in text
    assert "\\* 不是列表" in text
    assert "退出 \\*华北\\*" in text


def test_an_outline_is_a_tree_and_a_drawing() -> None:
    text = "团队\n  罗芸：温控\n    只有她会改\n  韩立群：客户"
    roots = outline.read(text)
    assert [p.text for p in roots[0].children] == ["罗芸：温控", "韩立群：客户"]
    drawn = outline.draw(text)
    assert len(drawn.boxes) == 4
    assert len(drawn.lines) == 3
    assert max(b.x + b.width for b in drawn.boxes) <= drawn.width
    written = as_markdown(form_of("mind_map"), "团队", {"outline": text}, author="", on=date(2026, 3, 1))
    assert "团队 › 罗芸：温控 › 只有她会改" in written
    assert outline.draw("").boxes == ()


def test_meeting_notes_become_cards_paragraph_by_paragraph(
    session: Session, room: tuple[Handover, dict[str, Viewer]]
) -> None:
    handover, who = room
    kept = notes.keep(session, who["han"], handover.id, Module.projects, title="", text="甲段\n\n乙段\n\n丙段")
    made = notes.make_card(session, who["han"], kept.id, [0, 2], "client_note", "promises")
    assert made.fields == {"promises": "甲段\n\n丙段"}
    assert made.module is Module.projects
    assert notes.notes_of(session, who["han"], kept.id).used == {"0": made.id, "2": made.id}
    with pytest.raises(Invalid):
        notes.make_card(session, who["han"], kept.id, [9], "client_note")
    with pytest.raises(NotFound):
        notes.notes_of(session, who["hr1"], kept.id)


def test_a_card_lies_where_its_author_may_put_it(
    session: Session, room: tuple[Handover, dict[str, Viewer]]
) -> None:
    handover, who = room
    with pytest.raises(NotFound):
        drafts.begin(session, who["han"], handover.id, "no_such_form", Module.strategy)
    card = begun(session, handover, who["han"])
    moved = drafts.save(session, who["han"], card.id, title="退出华北", fields={}, revision=1, module=Module.team,
                        classification=Classification.confidential)
    assert (moved.module, moved.classification) == (Module.team, Classification.confidential)
