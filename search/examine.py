"""Examining a handover: every question a successor will ask, searched with the successor's own rights in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, and_, col, false, or_, select

from kb.access import Module
from kb.chunks import Chunk
from kb.documents import Document, Stage, Version
from kb.errors import Conflict
from kb.evidence.verdict import Verdict
from kb.handover import bank, enquiries, gaps, shortfalls
from kb.handover.case import Gap, GapSource, Handover
from kb.handover.examination import ExamAnswer, Outcome
from kb.handover.participation import takers
from kb.people import Person
from kb.viewing import Viewer, viewer_within
from search.history import SearchRecord
from search.query import Hit, Passage, Query
from search.relevance import speaks_to
from search.service import search

_TRIED = 3
"""How many documents a question may be answered by: the first three, as a reader would look at them."""


@dataclass(frozen=True)
class Reply:
    """What a question got: the outcome, and the hits it rests on, the best first (at most three).

    ``sure`` False on an answered one: a person should hold the passage against the question.
    """

    outcome: Outcome
    hits: tuple[Hit, ...]
    sure: bool = True


def put(session: Session, viewer: Viewer, handover_id: str, question: str) -> Reply:
    """Ask one question within a handover with the viewer's rights. Nothing is recorded as a search."""
    found = search(session, viewer, Query(text=question[:500], handover_id=handover_id, limit=_TRIED), record=False)
    if not found.hits:
        return Reply(Outcome.unanswered, ())
    return Reply(Outcome.answered if found.reliable else Outcome.weak, found.hits, sure=found.sure)


def examine(session: Session, handover: Handover, person: Person) -> list[ExamAnswer]:
    """Put every question of the handover's bank with a person's rights; rows to be kept, not yet in the session."""
    asker = viewer_within(session, person, handover.id)
    answers = []
    for ordinal, question in enumerate(bank.questions_for(session, handover)):
        reply = put(session, asker, handover.id, question.zh)
        row = ExamAnswer(examination_id="", question_key=question.key, ordinal=ordinal, module=question.module,
                         zh=question.zh, en=question.en, outcome=reply.outcome, sure=reply.sure)
        if reply.hits:
            best = reply.hits[0]
            row.document_id, row.version_id = best.document_id, best.version_id
            row.start, row.end = _place(best.best)
        answers.append(row)
    return answers


def _place(passage: Passage) -> tuple[int, int]:
    """Where in the parsed text the answer stands: the sentence, or the whole passage where none was found."""
    first, last = passage.answer or (0, len(passage.text))
    return passage.start + first, passage.start + last


def quoted(session: Session, answers: Sequence[ExamAnswer]) -> dict[str, Passage]:
    """Question key → the passage that the answer rests on, the sentence in it marked; of answers open to the viewer."""
    within = [and_(col(Chunk.version_id) == a.version_id, col(Chunk.start) <= a.start, col(Chunk.end) >= a.end)
              for a in answers]  # fmt: skip
    chunks = session.exec(select(Chunk).where(or_(false(), *within))).all()
    found = {}
    for answer in answers:
        chunk = next((c for c in chunks if c.version_id == answer.version_id and c.start <= answer.start
                      and c.end >= answer.end), None)
        if chunk is not None:
            place = answer.start - chunk.start, answer.end - chunk.start
            found[answer.question_key] = Passage(
                chunk.point_id, chunk.text, chunk.start, chunk.end, tuple(chunk.heading_path), chunk.page_first,
                answer=None if place == (0, len(chunk.text)) else place,
            )  # fmt: skip
    return found


def note_unanswered(session: Session, handover: Handover) -> list[Gap]:
    """Put down as gaps what the receivers and the successor searched in this handover without a sure answer.

    The module is the one they narrowed the search to, else strategy. Words that the person has forgotten are left out.
    """
    rows = session.exec(
        select(SearchRecord).where(
            col(SearchRecord.person_id).in_(takers(session, handover)), SearchRecord.handover_id == handover.id,
            ~(col(SearchRecord.sure) & col(SearchRecord.found)), SearchRecord.text != "",
        ).order_by(col(SearchRecord.at))
    )  # fmt: skip
    return [
        gaps.note_gap(session, handover.id, _module_of(row), GapSource.search, gaps.search_reference(row.text),
                      row.text[:500])
        for row in rows if len(row.text.strip()) > 3
    ]  # fmt: skip


def _module_of(row: SearchRecord) -> Module:
    narrowed = row.filters.get("modules") or []
    return Module(narrowed[0]) if narrowed else Module.strategy


def retest(session: Session, viewer: Viewer, gap: Gap, handover: Handover, person: Person) -> Reply:
    """Put a gap's question again with the receiver's rights, and close the gap if it is answered now.

    It is closed only by an answer that the given document is among and whose text speaks to the question, so that
    neither an old near miss nor a card that merely bears the question closes it. A gap of a criterion is held against
    what is handed in for the deliverable instead.
    """
    if gap.source is GapSource.criterion:
        return _judged_again(session, viewer, gap, handover)
    reply = put(session, viewer_within(session, person, handover.id), handover.id, gap.zh)
    closed = reply.outcome is Outcome.answered and _is_answer(gap, reply)
    gaps.retested(session, viewer, gap, closed=closed)
    if closed:
        enquiries.tell_asker(session, gap, handover)
    return reply if closed or not gap.document_id else replace(reply, outcome=Outcome.weak)


def _is_answer(gap: Gap, reply: Reply) -> bool:
    if not gap.document_id:
        return reply.sure
    given = (hit for hit in reply.hits if hit.document_id == gap.document_id)
    return any(speaks_to(gap.zh, (hit.passage, *(p.text for p in hit.more))) for hit in given)


_OUTCOMES = {Verdict.met: Outcome.answered, Verdict.partly: Outcome.weak, Verdict.missing: Outcome.unanswered}


def _judged_again(session: Session, viewer: Viewer, gap: Gap, handover: Handover) -> Reply:
    advice = shortfalls.advice_on(session, handover, gap)
    outcome = _OUTCOMES[advice.verdict] if advice is not None else Outcome.unanswered
    gaps.retested(session, viewer, gap, closed=outcome is Outcome.answered)
    return Reply(outcome, ())


def nearest(session: Session, viewer: Viewer, gap: Gap, handover: Handover, person: Person) -> tuple[Hit, ...]:
    """What the receiver's rights find for a gap's question, as far as it is open to the viewer too; at most three."""
    reply = put(session, viewer_within(session, person, handover.id), handover.id, gap.zh)
    return tuple(h for h in reply.hits if viewer.scope.sees(h.cell))


def point_at(
    session: Session, viewer: Viewer, gap: Gap, handover: Handover, person: Person, document_id: str
) -> Gap:
    """Close a gap with a document that is there already: the leaver says that it answers the question.

    Raises:
        Conflict: it is not among what is found for the question.
    """
    if document_id not in {h.document_id for h in nearest(session, viewer, gap, handover, person)}:
        raise Conflict("gap.not_found_there", "按接任者的权限搜不到这份资料，不能算作答案。")
    gaps.answered_with(session, viewer, gap.id, document_id)
    return gaps.retested(session, viewer, gap, closed=True)


def is_searchable(session: Session, document_id: str) -> bool | None:
    """Whether what was given for a gap can be found by now; None when it was refused."""
    stages = session.exec(
        select(Version.stage).where(Version.document_id == document_id).order_by(col(Version.number).desc()).limit(1)
    ).all()
    if not stages or stages[0] is Stage.refused:
        return None
    document = session.get(Document, document_id)
    return stages[0] is Stage.ready and document is not None and document.deleted_at is None
