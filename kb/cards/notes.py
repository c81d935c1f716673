"""Meeting notes to be split by hand: kept with the text beside the cards that were made of it."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from kb.access import Classification, Module
from kb.cards import drafts
from kb.cards.drafts import CardDraft
from kb.cards.forms import form_of
from kb.db import UtcDateTime, new_id, now
from kb.errors import Invalid, NotFound
from kb.handover.participation import require_contribution
from kb.viewing import Viewer

MAX_CHARACTERS = 200_000


class MeetingNotes(SQLModel, table=True):
    """A pasted or uploaded text of one author. ``used`` maps a paragraph's place (from 0, as text) to a card's id."""

    __tablename__ = "meeting_notes"
    id: str = Field(default_factory=lambda: new_id("mtg"), primary_key=True)
    handover_id: str = Field(foreign_key="handover.id", index=True)
    module: Module
    title: str
    text: str
    author_id: str = Field(foreign_key="person.id", index=True)
    used: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

    @property
    def paragraphs(self) -> list[str]:
        """The text's paragraphs in order."""
        return paragraphs_of(self.text)


def paragraphs_of(text: str) -> list[str]:
    """Paragraphs of a text: at blank lines where there are any, else at line ends."""
    cleaned = text.replace("\r\n", "\n").replace("\r", "\n")
    parts = re.split(r"\n\s*\n", cleaned) if re.search(r"\n\s*\n", cleaned.strip()) else cleaned.split("\n")
    return [part.strip() for part in parts if part.strip()]


def keep(session: Session, viewer: Viewer, handover_id: str, module: Module, *, title: str, text: str) -> MeetingNotes:
    """Keep a text to split.

    Raises:
        NotFound, NotAllowed, Conflict: the viewer may not put documents there.
        Invalid: there is no text, or it is over 200,000 characters.
    """
    require_contribution(session, viewer, handover_id, module, Classification.internal)
    if not text.strip():
        raise Invalid("notes.empty", "请粘贴会议记录，或选择一个文字文件。")
    if len(text) > MAX_CHARACTERS:
        raise Invalid("notes.too_long", "一次最多 {limit} 个字，请分成几次。", limit=MAX_CHARACTERS)
    title = title.strip()[:120] or paragraphs_of(text)[0][:40]
    notes = MeetingNotes(handover_id=handover_id, module=module, title=title, text=text, author_id=viewer.person_id)
    session.add(notes)
    session.flush()
    return notes


def notes_of(session: Session, viewer: Viewer, notes_id: str) -> MeetingNotes:
    """The viewer's own notes.

    Raises:
        NotFound: they do not exist, or are somebody else's.
    """
    found = session.get(MeetingNotes, notes_id)
    if found is None or found.author_id != viewer.person_id:
        raise NotFound("notes.unknown", "没有这份记录，或者它不是您的。")
    return found


def all_notes(session: Session, viewer: Viewer, handover_id: str) -> list[MeetingNotes]:
    """The viewer's own notes in a handover, the latest first."""
    own = (MeetingNotes.author_id == viewer.person_id, MeetingNotes.handover_id == handover_id)
    wanted = select(MeetingNotes).where(*own).order_by(col(MeetingNotes.created_at).desc(), MeetingNotes.id)
    return list(session.exec(wanted))


def make_card(
    session: Session, viewer: Viewer, notes_id: str, chosen: Collection[int], form: str, field: str = "",
    title: str = "",
) -> CardDraft:
    """Start a card from chosen paragraphs (by their place from 0); they go into ``field``, else the first one.

    Raises:
        NotFound: the notes are not the viewer's, or there is no such form.
        NotAllowed, Conflict: the viewer may no longer put documents there.
        Invalid: no paragraph was chosen.
    """
    notes = notes_of(session, viewer, notes_id)
    paragraphs = notes.paragraphs
    places = sorted(n for n in set(chosen) if 0 <= n < len(paragraphs))
    if not places:
        raise Invalid("notes.nothing_chosen", "请先勾选要放进卡片的段落。")
    fields = form_of(form).fields
    wanted = next((f for f in fields if f.key == field and not f.choices), fields[0])
    made = drafts.begin(
        session, viewer, notes.handover_id, form, notes.module, title=title or paragraphs[places[0]][:40],
        fields={wanted.key: "\n\n".join(paragraphs[n] for n in places)},
    )
    notes.used = notes.used | {str(n): made.id for n in places}
    session.add(notes)
    session.flush()
    return made
