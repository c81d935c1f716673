"""Carries the story out: cards, notes, tags, searches, the examination, gaps and answers, contradictions put aside.

Runs after the documents are in, by the same services that the pages call. Every step looks for its own traces first,
so that a second start adds nothing and one that was interrupted goes on.
"""

from __future__ import annotations

from urllib.parse import urlencode

from sqlmodel import Session, select

import search
from ingest import batch, cards
from kb.access import Module
from kb.cards import drafts, notes
from kb.cards.notes import MeetingNotes
from kb.db import transaction
from kb.handover import dismissals, enquiries, examination, gaps, shortfalls
from kb.handover.case import Deliverable, Gap, GapState
from kb.handover.examination import Outcome
from kb.people import Person, find_person
from kb.receipts import Receipt
from kb.viewing import OPERATOR_VIEWER
from search import history
from search.examine import examine, note_unanswered, retest
from search.history import SavedSearch, SearchRecord
from search.radar import radar
from web.demo import process, tagging
from web.demo.cast import handover_of, hr_of, viewer_named, viewer_of
from web.demo.plan import Plan
from web.demo.story import After, Answer, Aside, Asked, Card, Exam, Notes, Story, Unknown, load


def tell(plan: Plan, story: Story | None = None) -> None:
    """Do all of it, each step in a transaction of its own; another story than the demo's for measuring."""
    story = story or load()
    receipts = [r for card in story.cards for r in _write(plan, card)]
    receipts += [r for kept in story.notes for r in _split(plan, kept)]
    batch.finish(OPERATOR_VIEWER, receipts)
    past = [p.key for p in plan.past]
    tagging.tag(plan, [t for t in story.tagging if t.handover in past])
    for key in past:
        process.end(plan, key)
    for asked in story.searches:
        _ask(plan, asked)
    for kept in story.saved:
        _save(plan, kept)
    for exam in story.exams:
        _examine(plan, exam)
    _interview(plan, story)
    tagging.tag(plan, [t for t in story.tagging if t.handover not in past])
    for key in story.collecting:
        _collect(plan, key)
    for after in story.after:
        _send_on(plan, after)
    for pair in story.aside:
        _put_aside(plan, pair)


def _write(plan: Plan, told: Card) -> list[Receipt]:
    with transaction() as session:
        handover = handover_of(session, plan, told.handover)
        leaver = viewer_of(session, handover.leaver_id)
        if any(d.title == told.title for d in drafts.drafts_of(session, leaver, handover.id)):
            return []
        owed = select(Deliverable.id).where(Deliverable.handover_id == handover.id, Deliverable.key == told.deliverable)
        draft = drafts.begin(session, leaver, handover.id, told.form, told.module, title=told.title,
                             classification=told.classification, fields=told.fields,
                             deliverable_id=session.exec(owed).first() or "")
        return [cards.hand_in(session, leaver, draft.id)] if told.hand_in else []


def _split(plan: Plan, told: Notes) -> list[Receipt]:
    with transaction() as session:
        handover = handover_of(session, plan, told.handover)
        if session.exec(select(MeetingNotes).where(MeetingNotes.title == told.title)).first() is not None:
            return []
        leaver = viewer_of(session, handover.leaver_id)
        kept = notes.keep(session, leaver, handover.id, told.module, title=told.title, text=told.text)
        made = [(notes.make_card(session, leaver, kept.id, s.paragraphs, s.form, s.field, title=s.title), s.hand_in)
                for s in told.cards]
        return [cards.hand_in(session, leaver, draft.id) for draft, finished in made if finished]


def _ask(plan: Plan, asked: Asked) -> None:
    with transaction(writes=False) as session:
        viewer = viewer_named(session, asked.person)
        mine = select(SearchRecord).where(SearchRecord.person_id == viewer.person_id, SearchRecord.text == asked.text)
        if session.exec(mine).first() is not None:
            return
        query = search.Query(
            text=asked.text, modules=(Module(asked.module),) if asked.module else (),
            handover_id=handover_of(session, plan, asked.handover).id if asked.handover else None,
        )  # fmt: skip
        results = search.search(session, viewer, query, record=False)
    with transaction() as session:
        history.record_search(session, viewer, query, results)
        if asked.opens and results.hits and results.reliable:
            history.record_opened(session, viewer, results.hits[0].document_id, asked.text)


def _save(plan: Plan, asked: Asked) -> None:
    with transaction() as session:
        viewer = viewer_named(session, asked.person)
        mine = select(SavedSearch).where(SavedSearch.person_id == viewer.person_id, SavedSearch.name == asked.name)
        if session.exec(mine).first() is None:
            handover = handover_of(session, plan, asked.handover).id if asked.handover else ""
            pairs = {"q": asked.text, "handover": handover, "module": asked.module}
            history.save_search(session, viewer, asked.name, urlencode({k: v for k, v in pairs.items() if v}))


def _examine(plan: Plan, told: Exam) -> None:
    """Questions are put outside any writing transaction, as on the page: it takes a while."""
    with transaction(writes=False) as session:
        handover = handover_of(session, plan, told.handover)
        if examination.latest(session, handover.id) is not None or handover.successor_id is None:
            return
        answers = examine(session, handover, session.get_one(Person, handover.successor_id))
        asker = viewer_of(session, handover.successor_id)
    with transaction() as session:
        handover = handover_of(session, plan, told.handover)
        held = examination.keep(session, asker, handover, asker.person_id, answers)
        for answer in (a for a in answers if a.outcome is Outcome.answered and not a.sure):
            if answer.zh.startswith(told.right + told.wrong):
                examination.check(session, asker, handover, held.id, answer.question_key,
                                  answers=answer.zh.startswith(told.right))
        note_unanswered(session, handover)


def _interview(plan: Plan, story: Story) -> None:
    """The answers are handed in together; each gap is tested again when they can be found."""
    batch.finish(OPERATOR_VIEWER, [r for told in story.answers for r in _answer(plan, told)])
    for told in story.answers:
        _test_again(plan, told)
    for unknown in story.unknown:
        with transaction() as session:
            gap = _gap(session, plan, unknown)
            if gap is not None and gap.state is GapState.open:
                leaver = viewer_of(session, handover_of(session, plan, unknown.handover).leaver_id)
                gaps.declare_unknown(session, leaver, gap.id, unknown.reason)


def _answer(plan: Plan, told: Answer) -> list[Receipt]:
    """Empty where the gap was answered before, or is not there."""
    with transaction() as session:
        gap = _gap(session, plan, told)
        if gap is None or gap.tries:
            return []
        leaver = viewer_of(session, handover_of(session, plan, told.handover).leaver_id)
        draft = drafts.begin(session, leaver, gap.handover_id, told.form, gap.module, title=gap.zh, gap_id=gap.id,
                             classification=told.classification, fields=told.fields)
        receipt = cards.hand_in(session, leaver, draft.id)
        gaps.answered_with(session, leaver, gap.id, receipt.document_id)
        return [receipt]


def _test_again(plan: Plan, told: Answer) -> None:
    with transaction() as session:
        handover, gap = handover_of(session, plan, told.handover), _gap(session, plan, told)
        if gap is not None and gap.state is GapState.open and gap.document_id and handover.successor_id is not None:
            successor = session.get_one(Person, handover.successor_id)
            retest(session, viewer_of(session, handover.leaver_id), gap, handover, successor)


def _send_on(plan: Plan, told: After) -> None:
    with transaction() as session:
        handover = handover_of(session, plan, told.handover)
        if handover.deputy_id is None and handover.successor_id is not None:
            enquiries.name_deputy(session, hr_of(session, plan), handover.id, find_person(session, told.deputy))
            enquiries.send(session, viewer_of(session, handover.successor_id), handover, told.module, told.question)


def _collect(plan: Plan, key: str) -> None:
    """What the button on the page of gaps does."""
    with transaction() as session:
        handover = handover_of(session, plan, key)
        note_unanswered(session, handover)
        shortfalls.note_shortfalls(session, handover)


def _gap(session: Session, plan: Plan, told: Answer | Unknown) -> Gap | None:
    found = gaps.gaps_of(session, handover_of(session, plan, told.handover).id)
    return next((g for g in found if g.zh.startswith(told.question)), None)


def _put_aside(plan: Plan, told: Aside) -> None:
    with transaction() as session:
        handover, viewer = handover_of(session, plan, told.handover), viewer_named(session, told.person)
        aside = dismissals.dismissals_of(session, handover.id)
        for pair in radar(session, viewer, handover.id):
            quotes = pair.left.quote + pair.right.quote
            if dismissals.pair_key(pair) not in aside and all(word in quotes for word in told.words):
                dismissals.dismiss(session, viewer, handover, pair, told.reason)
