"""Coverage by topic: of chosen handovers, what each module holds on each topic, what was asked, who alone knows it.

Counts and the names of topics, no content. How supply is weighed is in ``supply``, demand in ``demand``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlmodel import Session

from kb.access import Module, Permission
from kb.clock import today
from kb.handover.case import Handover
from kb.viewing import Viewer
from kb.vocabulary import vocabulary
from search.coverage.demand import asked
from search.coverage.matrix import OLD_DAYS, Heat
from search.coverage.supply import Supplied, supplied

_SPREAD = 3
"""So many documents that touch a topic cover it together."""


class Supply(StrEnum):
    """How much there is on a topic: nothing; only passages in something else, or old; a document of its own."""

    empty = "empty"
    thin = "thin"
    well = "well"


@dataclass
class Topic:
    """One topic in one module of one handover.

    ``main`` counts documents that are mainly about it, ``suggested`` those of which no person has said so,
    ``evidence`` those handed in for a deliverable. ``fresh`` and ``fresh_main`` leave out what is over a year old.
    ``newest`` None means no document. ``authors`` are names; an unnamed author counts as one.
    """

    documents: int = 0
    cards: int = 0
    main: int = 0
    suggested: int = 0
    evidence: int = 0
    fresh: int = 0
    fresh_main: int = 0
    searches: int = 0
    unanswered: int = 0
    newest: date | None = None
    authors: set[str] = field(default_factory=set)

    @property
    def supply(self) -> Supply:
        """Well: a document of its own, or it is touched in several; thin: anything less."""
        if not self.documents:
            return Supply.empty
        return Supply.well if self.fresh_main or self.fresh >= _SPREAD else Supply.thin

    @property
    def heat(self) -> Heat:
        """Bare: asked about and nothing there; thin: little there, or asked in vain; idle: nothing there or asked."""
        if not self.documents:
            return Heat.bare if self.searches else Heat.idle
        return Heat.thin if self.unanswered or self.supply is Supply.thin else Heat.covered

    @property
    def old(self) -> bool:
        """Whether its newest document is over a year old."""
        return bool(self.documents) and not self.fresh

    def count(self, row: Supplied, on: date) -> None:
        """Count a document in, as seen on that day."""
        known = vocabulary().tags.get(row.tag)
        fresh = (known is not None and known.lasting) or (on - row.dated).days <= OLD_DAYS
        self.documents, self.cards = self.documents + 1, self.cards + row.card
        self.main, self.suggested = self.main + row.main, self.suggested + row.suggested
        self.evidence, self.fresh = self.evidence + row.evidence, self.fresh + fresh
        self.fresh_main += fresh and row.main
        self.newest = max(self.newest or row.dated, row.dated)
        self.authors |= row.authors


@dataclass(frozen=True)
class TopicRow:
    """One topic of one module over the chosen handovers.

    ``module`` None: it was asked for without a module and belongs to none. ``area`` is the tag of the topic's own area
    where that is another than the module, else empty. ``alone`` is who alone has written on it in all of the handovers,
    empty for others.
    """

    tag: str
    module: Module | None
    area: str
    by_handover: Mapping[str, Topic]
    alone: str


def chosen_handovers(session: Session, viewer: Viewer, ids: Sequence[str]) -> list[Handover]:
    """Those that exist, in the order they were asked for.

    Raises:
        NotAllowed: only HR and auditors may read coverage.
    """
    viewer.require(Permission.view_search_counts)
    found = (session.get(Handover, i) for i in dict.fromkeys(ids))
    return [handover for handover in found if handover is not None]


def topics(
    session: Session, viewer: Viewer, handovers: Sequence[Handover], on: date | None = None
) -> list[TopicRow]:
    """Every topic with documents or searches in one of these handovers, by module, then as the vocabulary lists them.

    ``on`` is the day that freshness is judged on, today by default.

    Raises:
        NotAllowed: only HR and auditors may read coverage.
    """
    viewer.require(Permission.view_search_counts)
    ids, day = [h.id for h in handovers], on or today()
    found: dict[tuple[Module | None, str], dict[str, Topic]] = {}
    supply = supplied(session, ids)
    for row in supply:
        _at(found, row.module, row.tag, row.handover_id).count(row, day)
    for question in asked(session, ids, supply):
        topic = _at(found, question.module, question.tag, question.handover_id)
        topic.searches, topic.unanswered = topic.searches + 1, topic.unanswered + question.unanswered
    rows = [_row(module, tag, {i: by_handover.get(i, Topic()) for i in ids})
            for (module, tag), by_handover in found.items()]
    order = {key: n for n, key in enumerate(vocabulary().tags)}
    modules = [*Module, None]
    return sorted(rows, key=lambda r: (modules.index(r.module), bool(r.area), order.get(r.tag, len(order)), r.tag))


def _at(
    found: dict[tuple[Module | None, str], dict[str, Topic]], module: Module | None, tag: str, handover_id: str
) -> Topic:
    return found.setdefault((module, tag), {}).setdefault(handover_id, Topic())


def _row(module: Module | None, tag: str, by_handover: Mapping[str, Topic]) -> TopicRow:
    authors = set().union(*(t.authors for t in by_handover.values()))
    known = vocabulary().tags.get(tag)
    foreign = known is not None and known.area and known.module is not module
    return TopicRow(tag, module, known.area if known and foreign else "", by_handover,
                    next(iter(authors)) if len(authors) == 1 else "")
