"""After the handover: real questions go on scoring it, at 30 and at 90 days, when nobody is left to ask.

A question counts once, by what it got the last time it was asked. Counted are the searches of those who took something
over within the handover, and the successor's searches that named no handover.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Field, Session, SQLModel, and_, col, or_, select

from kb import ledger, notices
from kb.access import Permission
from kb.db import UtcDateTime, now
from kb.errors import NotAllowed
from kb.handover.case import Handover
from kb.handover.participation import takers
from kb.handover.turns import hr_ids
from kb.handover.workflow import Node
from kb.notices import NoticeKind
from kb.viewing import Viewer
from search.history import SearchRecord

MARKS = (30, 90)
"""Days after the end at which a handover is scored for good."""


class AftercareScore(SQLModel, table=True):
    """How many different questions were asked within so many days after the end, how many of them were answered."""

    __tablename__ = "aftercare_score"
    handover_id: str = Field(primary_key=True, foreign_key="handover.id")
    days: int = Field(primary_key=True)
    asked: int
    answered: int
    people: int
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


@dataclass(frozen=True)
class Score:
    """A score as it stands: final once ``days`` have passed since the end, else what has come in so far."""

    days: int
    asked: int
    answered: int
    people: int
    until: datetime
    final: bool

    @property
    def percent(self) -> int:
        """Answered questions in whole percent; 0 where none was asked."""
        return 100 * self.answered // self.asked if self.asked else 0


def may_read(session: Session, viewer: Viewer, handover: Handover) -> bool:
    """Whether the viewer took something over, or may read how much is searched."""
    reads = viewer.may(Permission.view_search_counts) or viewer.may(Permission.open_handover)
    return reads or viewer.person_id in takers(session, handover)


def require_reader(session: Session, viewer: Viewer, handover: Handover) -> None:
    """Stop here unless ``may_read``.

    Raises:
        NotAllowed: they may not.
    """
    if not may_read(session, viewer, handover):
        raise NotAllowed("aftercare.not_yours", "只有接任者、接收方和人事可以查看上任之后的情况。")


def scores(session: Session, handover: Handover) -> list[Score]:
    """At 30 and 90 days; empty while the handover is not archived."""
    if handover.node is not Node.archived or handover.ended_at is None:
        return []
    kept = {s.days: s for s in session.exec(select(AftercareScore).where(AftercareScore.handover_id == handover.id))}
    asked, found = _asked_since(session, handover), []
    for days in MARKS:
        row, until = kept.get(days), handover.ended_at + timedelta(days=days)
        counted = row or _count(handover, days, asked)
        found.append(Score(days, counted.asked, counted.answered, counted.people, until, final=row is not None))
    return found


def unanswered(session: Session, viewer: Viewer, handover: Handover) -> list[str]:
    """What the viewer asked since the end and got no reliable answer to, the latest first; nobody else's words."""
    rows = (r for r in _asked_since(session, handover) if r.person_id == viewer.person_id)
    return [r.text for r in reversed(_last_of_each(rows)) if not r.found and len(r.text.strip()) > 3]


def keep_scores(session: Session, at: datetime) -> int:
    """Write down every score whose days have passed, once, and tell HR and the successor; how many were written."""
    written = 0
    for days in MARKS:
        kept = select(AftercareScore.handover_id).where(AftercareScore.days == days)
        due = select(Handover).where(Handover.node == Node.archived, col(Handover.id).not_in(kept),
                                     col(Handover.ended_at) <= at - timedelta(days=days))
        for handover in session.exec(due).all():
            _keep(session, handover, days)
            written += 1
    return written


def _keep(session: Session, handover: Handover, days: int) -> None:
    score = _count(handover, days, _asked_since(session, handover))
    session.add(score)
    ledger.record(session, "system", "handover.scored", handover.id, days=days, asked=score.asked,
                  answered=score.answered)
    people = {*hr_ids(session), *([handover.successor_id] if handover.successor_id else [])}
    notices.notify(session, people, NoticeKind.turn,
                   "「{title}」上任 {days} 天：问过 {asked} 个问题，{answered} 个答得上。",
                   link=f"/handovers/{handover.id}/after", handover_id=handover.id, title=handover.title, days=days,
                   asked=score.asked, answered=score.answered)
    session.flush()


def _count(handover: Handover, days: int, asked: Sequence[SearchRecord]) -> AftercareScore:
    until = handover.ended_at + timedelta(days=days) if handover.ended_at else now()
    rows = _last_of_each(r for r in asked if r.at < until)
    return AftercareScore(handover_id=handover.id, days=days, asked=len(rows), answered=sum(r.found for r in rows),
                          people=len({r.person_id for r in rows}))


def _asked_since(session: Session, handover: Handover) -> list[SearchRecord]:
    """Every question since the end, in the order they were asked."""
    if handover.ended_at is None:
        return []
    here = SearchRecord.handover_id == handover.id
    anywhere = and_(SearchRecord.handover_id == "", SearchRecord.person_id == (handover.successor_id or "-"))
    wanted = select(SearchRecord).where(
        col(SearchRecord.person_id).in_(takers(session, handover)), or_(here, anywhere),
        col(SearchRecord.at) >= handover.ended_at,
    )
    return list(session.exec(wanted.order_by(col(SearchRecord.at), SearchRecord.id)))


def _last_of_each(rows: Iterable[SearchRecord]) -> list[SearchRecord]:
    """Each question once, as it went the last time; one whose words were forgotten counts by itself."""
    last: dict[tuple[str, str], SearchRecord] = {}
    for row in rows:
        key = (row.person_id, row.text.strip() or row.id)
        last.pop(key, None)
        last[key] = row
    return list(last.values())
