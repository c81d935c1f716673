"""The demo's story can be told: its cards fit their forms, its people take part, and what it names is there."""

from __future__ import annotations

import pytest

from kb.cards.drafts import MAX_TITLE
from kb.cards.forms import form_of
from kb.cards.notes import paragraphs_of
from kb.handover import questions, template
from kb.vocabulary import canonical, vocabulary
from web.demo import plan, story

PLAN, STORY = plan.load(), story.load()
HANDOVERS = {h.key: h for h in (*PLAN.handovers, *PLAN.past)}
PEOPLE = {p.login for p in PLAN.people}


@pytest.mark.parametrize("card", STORY.cards, ids=lambda c: c.title)
def test_a_card_fits_its_form(card: story.Card) -> None:
    form = form_of(card.form)
    assert set(card.fields) <= {f.key for f in form.fields}
    assert len(card.title) <= MAX_TITLE
    assert not card.hand_in or form.missing(card.fields) == []
    for field in (f for f in form.fields if f.choices):
        assert card.fields[field.key] in field.choices
    owed = {d.key: d.module for d in template.load(HANDOVERS[card.handover].template).deliverables}
    assert not card.deliverable or owed[card.deliverable] is card.module


@pytest.mark.parametrize("remark", PLAN.remarks, ids=lambda r: r.criterion)
def test_what_the_reviewer_misses_was_asked_for(remark: plan.DemoRemark) -> None:
    owed = {d.key: d for d in template.load(HANDOVERS[remark.handover].template).deliverables}
    assert remark.criterion in [c.text for c in owed[remark.deliverable].criteria]
    assert remark.note


def test_forms_of_all_sorts_are_there_and_two_cards_are_drafts() -> None:
    coo = [c for c in STORY.cards if c.handover == "coo"]
    assert {"decision", "5w2h", "star", "client_note", "risk", "mind_map"} == {c.form for c in coo}
    started = [s for n in STORY.notes for s in n.cards if not s.hand_in]
    assert len(started) + sum(not c.hand_in for c in coo) == 2


def test_notes_are_split_in_part() -> None:
    for notes in STORY.notes:
        used = [place for card in notes.cards for place in card.paragraphs]
        assert len(used) == len(set(used)) < len(paragraphs_of(notes.text))
        assert max(used) < len(paragraphs_of(notes.text))
        for card in notes.cards:
            assert card.field in {f.key for f in form_of(card.form).fields}


def test_everybody_who_searches_can_log_in_and_nothing_is_asked_twice() -> None:
    asked = (*STORY.searches, *STORY.saved)
    assert {s.person for s in asked} <= PEOPLE
    assert {s.handover for s in asked} <= {*HANDOVERS, ""}
    assert len({(s.person, s.text) for s in STORY.searches}) == len(STORY.searches) >= 12
    assert all(s.name for s in STORY.saved)


@pytest.mark.parametrize("told", [*STORY.answers, *STORY.unknown], ids=lambda t: t.question)
def test_what_is_answered_was_asked(told: story.Answer | story.Unknown) -> None:
    banked = [q.zh for q in questions.questions_of(HANDOVERS[told.handover].template)]
    searched = [s.text for s in STORY.searches if s.handover == told.handover]
    assert sum(text.startswith(told.question) for text in (*banked, *searched)) == 1
    if isinstance(told, story.Answer):
        assert form_of(told.form).missing(told.fields) == []


@pytest.mark.parametrize("told", STORY.tagging, ids=lambda t: t.of)
def test_what_is_tagged_is_there_and_its_tags_are_of_the_vocabulary(told: story.Tagging) -> None:
    answered = [a.question for a in STORY.answers if a.handover == told.handover]
    titles = [c.title for c in STORY.cards if c.handover == told.handover and c.hand_in]
    titles += [s.title for n in STORY.notes for s in n.cards if n.handover == told.handover and s.hand_in]
    keys = [f.key for f in PLAN.files if f.handover == told.handover]
    assert sum(told.of in (key, key[: len(told.of)]) for key in (*keys, *titles, *answered)) == 1
    assert {canonical(tag) for tag in (*told.tags, *told.no)} <= set(vocabulary().tags)


def test_checked_answers_are_questions_of_the_bank() -> None:
    for exam in STORY.exams:
        banked = [q.zh for q in questions.questions_of(HANDOVERS[exam.handover].template)]
        for start in (*exam.right, *exam.wrong):
            assert sum(text.startswith(start) for text in banked) == 1, start
