"""A finished card goes the way of every file: written as Markdown, stored, and worked on like any upload."""

from __future__ import annotations

import tempfile
from pathlib import Path

from sqlmodel import Session

from ingest import intake
from ingest.intake import Target
from kb import ledger, originals
from kb.access import Module
from kb.cards.drafts import CardDraft, draft_of, ready_to_hand_in
from kb.cards.forms import form_of
from kb.cards.writing import as_markdown
from kb.clock import today
from kb.handover.case import Handover
from kb.handover.risks import RISK_LEVEL_NAMES, state_risk
from kb.receipts import Receipt
from kb.viewing import Viewer


def hand_in(session: Session, viewer: Viewer, draft_id: str) -> Receipt:
    """Make a document of a card, or the next version of the one it became before; searchable once worked on.

    The first time it gets the topics of its form as tags, and a risk entry of the leaver is put on the risk list too.

    Raises:
        NotFound: it is not the viewer's.
        NotAllowed, Conflict: they may not put documents there, or the handover has ended.
        Invalid: title or a required field is empty.
    """
    draft = draft_of(session, viewer, draft_id)
    ready_to_hand_in(draft)
    topics = () if draft.document_id else form_of(draft.form).topics
    target = Target(draft.handover_id, draft.module, draft.classification, topics,
                    deliverable_id=draft.deliverable_id, form=draft.form)
    intake.check_target(session, viewer, target)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "card.md"
        file.write_text(_text(viewer, draft), "utf-8")
        admitted = intake.admit(session, viewer, originals.store(file), draft.file_name, target, source=file)
    if draft.form == "risk" and not draft.document_id:
        _register(session, viewer, draft)
    draft.document_id, draft.handed_in_revision = admitted.document.id, draft.revision
    session.add(draft)
    ledger.record(session, viewer.person_id, "card.handed_in", draft.id, handover=draft.handover_id, form=draft.form,
                  document=admitted.document.id, version=admitted.version.id)
    return admitted.receipt()


def _text(viewer: Viewer, draft: CardDraft) -> str:
    return as_markdown(form_of(draft.form), draft.title, draft.fields, author=viewer.name, on=today())


def _register(session: Session, viewer: Viewer, draft: CardDraft) -> None:
    """On the risk list too, if the viewer is the one who may state risks there."""
    handover = session.get_one(Handover, draft.handover_id)
    if viewer.person_id != handover.leaver_id:
        return
    level = next(level for level, name in RISK_LEVEL_NAMES.items() if name == draft.fields["level"])
    state_risk(session, viewer, handover.id, Module(draft.module), title=draft.title[:200], level=level,
               countermeasure=draft.fields["countermeasure"][:1000], department=draft.fields["department"][:200])
