"""Which documents are older editions, and which say they are out of date: among those the viewer may see, and no other.

What a version says at its beginning never changes, so it is read once and remembered by the process, for each database.
What follows for a handover is remembered under all it follows from: the visible titles, dates and statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from threading import Lock
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import sqlalchemy
from sqlalchemy.pool import Pool
from sqlmodel import Session, col, func

from kb.access import Scope
from kb.chunks import Chunk
from kb.documents import Document
from search.editions.likeness import ALIKE, Sketch, shared, sketch
from search.editions.replacement import doubtful, newest, replacements
from search.editions.statement import LEAD, Statement, statement
from search.editions.titles import Titled, newer_editions
from search.sources import Described, Source, plain_rows

_BATCH = 500
_MOST = 200_000
"""The versions of a database that are remembered; with more visible ones some are read again at each search."""
_BEGINNING = func.substr(col(Chunk.text), 1, LEAD)
_LEADS = sqlalchemy.select(col(Chunk.version_id), _BEGINNING).where(col(Chunk.ordinal) == 0)
_TITLES = sqlalchemy.select(
    *map(col, (Document.id, Document.handover_id, Document.title, Document.authored_on, Document.cell,
               Document.current_version_id))
).where(col(Document.deleted_at).is_(None), col(Document.current_version_id).is_not(None))  # fmt: skip

_TEXTS = sqlalchemy.select(col(Chunk.version_id), col(Chunk.text)).order_by(col(Chunk.version_id), col(Chunk.ordinal))

_Told = dict[str, Statement | None]
_Shares = dict[tuple[str, str], float]
_TitleRow = Sequence[Any]
"""Document, handover, title, date, cell and current version."""
_known: WeakKeyDictionary[Pool, _Told] = WeakKeyDictionary()
_compared: WeakKeyDictionary[Pool, _Shares] = WeakKeyDictionary()
_lock = Lock()


class Standing(NamedTuple):
    """Old → newest edition by document id, and the documents that say they are out of date."""

    newer: dict[str, str]
    outdated: frozenset[str]


def standing(session: Session, scope: Scope, sources: Collection[Source]) -> Standing:
    """For the documents of these sources and their other visible editions in the same handovers."""
    rows = _titles(session, scope, {source.document.handover_id for source in sources})
    told = _statements(session, [row[5] for row in rows] + [source.version_id for source in sources])
    old = frozenset(s.document.id for s in sources if (said := told.get(s.version_id)) and said.old)
    return Standing(_newer(session, rows, told, {source.document.id for source in sources}), old)


def editions(session: Session, scope: Scope, documents: Iterable[Document | Described]) -> dict[str, str]:
    """Old → newest edition, for the given documents and the other visible ones in the same handovers."""
    asked = {document.id: document.handover_id for document in documents}
    rows, told = _all_of(session, scope, set(asked.values()))
    return _newer(session, rows, told, set(asked))


def superseded(session: Session, scope: Scope, asked: Mapping[str, str]) -> set[str]:
    """The documents in the same handovers that are older editions of visible ones, or say they are out of date.

    ``asked``: document id → handover.
    """
    rows, told = _all_of(session, scope, set(asked.values()))
    outdated = {row[0] for row in rows if (said := told.get(row[5])) and said.old}
    return outdated | _newer(session, rows, told, set(asked)).keys()


def _all_of(
    session: Session, scope: Scope, handovers: Collection[str]
) -> tuple[Sequence[_TitleRow], dict[str, Statement]]:
    """The visible documents of handovers, and what their versions say (by version id)."""
    rows = _titles(session, scope, handovers)
    return rows, _statements(session, [row[5] for row in rows])


def _titles(session: Session, scope: Scope, handovers: Collection[str]) -> Sequence[_TitleRow]:
    return plain_rows(session, _titles_within(scope, frozenset(handovers)))


@lru_cache(maxsize=256)
def _titles_within(scope: Scope, handovers: frozenset[str]) -> sqlalchemy.Select[*tuple[Any, ...]]:
    """The statement alone is kept for a scope, never a row."""
    if scope.everything:
        return _TITLES.where(col(Document.handover_id).in_(sorted(handovers)))
    # by cell alone: given the handovers too, SQLite reads all of their documents, hidden ones included
    inside = Scope(frozenset(c for c in scope.cells if c.partition(":")[0] in handovers))
    return _TITLES.where(inside.visible(col(Document.cell)))


def _statements(session: Session, versions: Iterable[str]) -> dict[str, Statement]:
    """Version id → what its beginning says, for those that say anything; reads only what is not known yet."""
    with _lock:
        known = _known.setdefault(_pool(session), {})
    told, missing = {}, set()
    for version in versions:
        try:
            if said := known[version]:
                told[version] = said
        except KeyError:
            missing.add(version)
    if missing:
        read = _read(session, sorted(missing))
        told |= {version: said for version, said in read.items() if said}
        with _lock:
            for version in list(known)[: max(0, len(known) + len(read) - _MOST)]:
                del known[version]
            known |= read
    return told


def _read(session: Session, versions: list[str]) -> _Told:
    read: _Told = dict.fromkeys(versions)
    for start in range(0, len(versions), _BATCH):
        rows = plain_rows(session, _LEADS.where(col(Chunk.version_id).in_(versions[start : start + _BATCH])))
        read |= {version: statement(lead) for version, lead in rows}
    return read


def _pool(session: Session) -> Pool:
    """What stands for a database in this process: engines with other options share it."""
    bound: Any = session.get_bind()
    pool: Pool = bound.engine.pool
    return pool


def _newer(
    session: Session, rows: Sequence[_TitleRow], told: dict[str, Statement], asked: Collection[str]
) -> dict[str, str]:
    """Old → newest; under different titles only for those that are asked for, as their texts have to be read."""
    handovers: dict[str, list[_TitleRow]] = defaultdict(list)
    for row in rows:
        handovers[row[1]].append(tuple(row))  # a plain tuple is hashed and compared in a third of the time
    newer: dict[str, str] = {}
    doubts: dict[str, tuple[str, ...]] = {}
    for together in handovers.values():
        said = tuple((row[0], told[row[5]]) for row in together if row[5] in told) if told else ()
        settled, doubted = _settled(tuple(together), said)
        newer |= settled
        doubts |= doubted
    doubts = {old: likely for old, likely in doubts.items() if old in asked}
    if not doubts:
        return newer
    versions = {row[0]: row[5] for row in rows}
    shares = _shares(session, {(versions[old], versions[new]) for old, likely in doubts.items() for new in likely})
    alike = {}
    for old, likely in doubts.items():
        share, new = max((shares[versions[old], versions[new]], new) for new in likely)
        if share >= ALIKE:
            alike[old] = new
    return newest(newer, alike)


@lru_cache(maxsize=128)
def _settled(
    rows: tuple[_TitleRow, ...], said: tuple[tuple[str, Statement], ...]
) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Old → newest within one handover, and what only texts can tell; what was remembered must not be changed."""
    documents = [Titled(id_, handover, title, on, cell.split(":")[1]) for id_, handover, title, on, cell, _ in rows]
    newer = newest(newer_editions(documents), replacements(documents, dict(said)))
    return newer, doubtful(documents, dict(said), newer)


def _shares(session: Session, pairs: set[tuple[str, str]]) -> _Shares:
    """How much the texts of each pair of versions share; reads only those that were not compared yet."""
    with _lock:
        known = _compared.setdefault(_pool(session), {})
        found = {pair: known[pair] for pair in pairs if pair in known}
    missing = sorted(pairs - found.keys())
    read: _Shares = {}
    if missing:
        sketches = _sketches(session, sorted({version for pair in missing for version in pair}))
        read = {(one, other): shared(sketches[one], sketches[other]) for one, other in missing}
    if read:
        with _lock:
            if len(known) + len(read) > _MOST:
                known.clear()
            known |= read
    return found | read


def _sketches(session: Session, versions: list[str]) -> dict[str, Sketch]:
    texts: dict[str, list[str]] = {version: [] for version in versions}
    for start in range(0, len(versions), _BATCH):
        wanted = _TEXTS.where(col(Chunk.version_id).in_(versions[start : start + _BATCH]))
        for version, text in plain_rows(session, wanted):
            texts[version].append(text)
    return {version: sketch("\n".join(parts)) for version, parts in texts.items()}
