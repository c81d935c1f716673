"""Drafts of cards: kept as their author types, seen by nobody else until they are handed in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, select

from kb import ledger
from kb.access import Classification, Module, usual_classification
from kb.cards.forms import Form, form_of
from kb.db import UtcDateTime, new_id, now
from kb.errors import Conflict, Invalid, NotFound
from kb.handover.participation import deliverable_in, require_contribution
from kb.viewing import Viewer

MAX_TITLE = 120
MAX_FIELD = 20_000


class CardDraft(SQLModel, table=True):
    """A card being written. ``fields`` maps a form's field keys to what was typed.

    ``revision`` grows with each save, so that two windows do not overwrite each other. ``document_id`` is the document
    it became, empty before; ``handed_in_revision`` is how far that document follows it, 0 before. ``gap_id`` is the gap
    of an interview that it answers.
    """

    __tablename__ = "card_draft"
    id: str = Field(default_factory=lambda: new_id("crd"), primary_key=True)
    handover_id: str = Field(foreign_key="handover.id", index=True)
    module: Module
    classification: Classification = Classification.internal
    deliverable_id: str = ""
    form: str
    title: str = ""
    fields: dict[str, str] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    author_id: str = Field(foreign_key="person.id", index=True)
    revision: int = 1
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    updated_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    document_id: str = ""
    handed_in_revision: int = 0
    gap_id: str = ""

    @property
    def finished(self) -> bool:
        """Whether it was handed in at least once."""
        return bool(self.document_id)

    @property
    def changed(self) -> bool:
        """Whether something was typed since it was handed in last; True before the first time."""
        return self.revision != self.handed_in_revision

    @property
    def file_name(self) -> str:
        """The name its document's file carries, the same for every version of this card."""
        return f"{form_of(self.form).zh.replace(' ', '')}-{self.id[-10:]}.md"


def begin(
    session: Session, viewer: Viewer, handover_id: str, form: str, module: Module, *,
    classification: Classification | None = None, deliverable_id: str = "", title: str = "",
    fields: Mapping[str, str] | None = None, gap_id: str = "",
) -> CardDraft:
    """Start a card in a module of a handover, for one of its deliverables where that is named.

    ``classification`` None means the usual one of its module.

    Raises:
        NotFound: there is no such form or deliverable, or the viewer may not know of the handover.
        NotAllowed, Conflict: they may not put documents there, or it has ended.
    """
    wanted = form_of(form)
    owed = deliverable_in(session, handover_id, deliverable_id) if deliverable_id else None
    place = owed.module if owed else module
    closed = classification or usual_classification(place)
    require_contribution(session, viewer, handover_id, module, closed)
    draft = CardDraft(
        handover_id=handover_id, module=place, classification=closed,
        deliverable_id=deliverable_id, form=form, title=title.strip()[:MAX_TITLE], author_id=viewer.person_id,
        fields=_kept(wanted, fields or {}), gap_id=gap_id,
    )  # fmt: skip
    session.add(draft)
    session.flush()
    return draft


def draft_of(session: Session, viewer: Viewer, draft_id: str) -> CardDraft:
    """The viewer's own draft.

    Raises:
        NotFound: it does not exist, or is somebody else's.
    """
    found = session.get(CardDraft, draft_id)
    if found is None or found.author_id != viewer.person_id:
        raise NotFound("card.unknown", "没有这张卡片，或者它不是您写的。")
    return found


def drafts_of(session: Session, viewer: Viewer, handover_id: str) -> list[CardDraft]:
    """The viewer's own cards in a handover, the latest touched first."""
    mine = select(CardDraft).where(CardDraft.author_id == viewer.person_id, CardDraft.handover_id == handover_id)
    return list(session.exec(mine.order_by(col(CardDraft.updated_at).desc(), CardDraft.id)))


def unfinished(session: Session, viewer: Viewer) -> list[CardDraft]:
    """The viewer's own cards that were never handed in, the latest touched first."""
    mine = select(CardDraft).where(CardDraft.author_id == viewer.person_id, CardDraft.document_id == "")
    return list(session.exec(mine.order_by(col(CardDraft.updated_at).desc(), CardDraft.id)))


def save(
    session: Session, viewer: Viewer, draft_id: str, *, title: str, fields: Mapping[str, str], revision: int,
    module: Module | None = None, classification: Classification | None = None,
) -> CardDraft:
    """Keep what is typed; ``revision`` is the one that the window shows. Nothing changed: nothing happens.

    A card that was handed in keeps its module and classification: its document has them.

    Raises:
        NotFound: it is not the viewer's.
        Conflict: another window has saved since.
        Invalid: a field is over 20,000 characters.
    """
    draft = draft_of(session, viewer, draft_id)
    kept = _kept(form_of(draft.form), fields)
    place = (module or draft.module, classification or draft.classification)
    if draft.document_id or draft.deliverable_id:
        place = (draft.module, place[1] if not draft.document_id else draft.classification)
    wanted = (title.strip()[:MAX_TITLE], kept, *place)
    if wanted == (draft.title, draft.fields, draft.module, draft.classification):
        return draft
    if revision != draft.revision:
        raise Conflict("card.elsewhere", "这张卡片在另一个窗口里改过。请重新打开，把刚才写的粘贴进去，以免互相覆盖。")
    draft.title, draft.fields, draft.module, draft.classification = wanted
    draft.revision, draft.updated_at = draft.revision + 1, now()
    session.add(draft)
    session.flush()
    return draft


def ready_to_hand_in(draft: CardDraft) -> None:
    """Stop here unless title and required fields are filled.

    Raises:
        Invalid: something is empty; the sentence names it.
    """
    if not draft.title:
        raise Invalid("card.no_title", "请给这张卡片写一个标题，接任者会按标题找它。")
    lacking = form_of(draft.form).missing(draft.fields)
    if lacking:
        raise Invalid("card.incomplete", "还有必填项没有写：{fields}。可以先存着，写完再交。",
                      fields="、".join(f.zh for f in lacking))


def discard(session: Session, viewer: Viewer, draft_id: str) -> str:
    """Throw an own card away; the document made of it stays. The handover's id is returned.

    Raises:
        NotFound: it is not the viewer's.
    """
    draft = draft_of(session, viewer, draft_id)
    ledger.record(session, viewer.person_id, "card.discarded", draft.id, handover=draft.handover_id,
                  document=draft.document_id)
    session.delete(draft)
    session.flush()
    return draft.handover_id


def _kept(form: Form, fields: Mapping[str, str]) -> dict[str, str]:
    kept = {f.key: fields.get(f.key, "").replace("\r\n", "\n").rstrip() for f in form.fields}
    if any(len(text) > MAX_FIELD for text in kept.values()):
        raise Invalid("card.too_long", "一栏最多 {limit} 个字。长文请作为文件上传。", limit=MAX_FIELD)
    return {key: text for key, text in kept.items() if text}
