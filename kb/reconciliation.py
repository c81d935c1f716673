"""Comparing SQL with the index, point by point, and bringing the index back to what SQL says."""

from __future__ import annotations

import shutil
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlmodel import Session, col, func, select

from kb import embedding, indexing, mirror, originals, vectors
from kb.chunks import Chunk
from kb.db import transaction
from kb.documents import Document, ParsedText, Stage, Version
from kb.errors import Unavailable
from kb.settings import settings
from kb.vectors import VectorIndex
from kb.vectors.store import activate, active_model

_ENDS = (Stage.ready, Stage.refused)


@dataclass
class Report:
    """What was compared and what differed; ids, and counts of passages and points.

    ``missing`` versions lack points, ``stray`` ones have points that SQL does not know, ``differing`` documents carry
    another cell, tag or state in the index, ``leftover`` deleted ones still have text in SQL, ``miscounted`` versions
    hold other passages than they say. ``unfinished`` counts versions on their way, which are no difference;
    ``debts`` what was settled before comparing. ``repaired`` False means that differences were left.
    """

    passages: int = 0
    points: int = 0
    missing: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    leftover: list[str] = field(default_factory=list)
    miscounted: list[str] = field(default_factory=list)
    unfinished: int = 0
    debts: int = 0
    repaired: bool = False

    @property
    def differences(self) -> int:
        """How many versions and documents differ."""
        return sum(map(len, (self.missing, self.stray, self.differing, self.leftover, self.miscounted)))

    def as_dict(self) -> dict[str, Any]:
        """The report as plain JSON values; ``clean`` says that nothing differs any more."""
        return asdict(self) | {"differences": self.differences, "clean": not self.differences or self.repaired}


def reconcile(*, repair: bool = True) -> Report:
    """Compare SQL with the index and, with ``repair``, bring the index to what SQL says and compare again.

    Versions on their way are left to ingestion.

    Raises:
        Unavailable, Conflict: the index cannot be opened.
    """
    debts = mirror.settle_all()
    report = compare()
    report.debts = debts
    if repair and report.differences:
        _repair(report)
        report.repaired = not compare().differences
    return report


def rebuild() -> Report:
    """Write the index anew from SQL: beside the serving one after a change of the model, else in its place.

    Raises:
        Unavailable: the index cannot be made.
    """
    wanted = embedding.model_name()
    if _another_serves(wanted):
        _build_beside(wanted)
    else:
        _build_in_place()
    report = reconcile()  # what was handed in meanwhile
    report.repaired = report.repaired or not report.differences
    return report


def is_behind() -> bool:
    """Whether the index holds fewer points than there are passages to find: it was lost, or its making cut off.

    Raises:
        Unavailable, Conflict: the index cannot be opened.
    """
    with transaction(writes=False) as session:
        passages = session.exec(
            select(func.sum(Version.vector_count)).join(Document, col(Document.id) == col(Version.document_id))
            .where(Version.stage == Stage.ready, col(Document.deleted_at).is_(None))
        ).one()  # fmt: skip
    return vectors.index().size() < (passages or 0)


def _another_serves(model: str) -> bool:
    home = settings().home.absolute()
    try:
        return (home / "qdrant" / "active.json").is_file() and active_model(home) != model
    except Unavailable:  # the record is broken and is made anew as well
        return False


def _build_beside(model: str) -> None:
    """Fill the collection of another model while the old one serves, then switch over."""
    fresh = vectors.open_index(settings(), model)
    try:
        _fill(fresh)
    finally:
        fresh.close()
    activate(settings().home.absolute(), model)
    vectors.close()


def _build_in_place() -> None:
    vectors.close()
    folder = settings().home.absolute() / "qdrant"
    if settings().embedded:
        shutil.rmtree(folder, ignore_errors=True)
    (folder / "active.json").unlink(missing_ok=True)
    _fill(vectors.index())


def _fill(index: VectorIndex) -> None:
    for version_id in sorted({version for _, _, version in index.points()}):
        index.remove(version_id=version_id)
    with transaction(writes=False) as session:
        ready = session.exec(_live_versions().order_by(col(Version.created_at))).all()
    for version in ready:
        indexing.write_version(version.id, into=index)
    for document_id in dict.fromkeys(version.document_id for version in ready):
        indexing.publish_document(document_id, into=index)


def compare() -> Report:
    """Compare SQL with the index without changing either. SQL is read first: what comes later is not judged."""
    with transaction(writes=False) as session:
        documents = {d.id: d for d in session.exec(_live_documents())}
        versions = {v.id: v for v in session.exec(_live_versions())}
        report = Report(unfinished=len(session.exec(_unfinished()).all()), leftover=_leftover(session))
        wanted = {
            point: version
            for point, version in session.exec(select(Chunk.point_id, Chunk.version_id)) if version in versions
        }
        payloads = {d.id: mirror.payload(session, d) for d in documents.values()}
    counted = Counter(wanted.values())
    report.passages = len(wanted)
    report.miscounted = sorted(
        v.id for v in versions.values() if not (v.chunk_count == v.vector_count == counted[v.id] > 0)
    )
    _compare_points(report, wanted, versions, documents, payloads)
    return report


def _compare_points(
    report: Report, wanted: dict[str, str], versions: dict[str, Version], documents: dict[str, Document],
    payloads: dict[str, dict[str, Any]],
) -> None:
    unseen, strays, differing = dict(wanted), set[str](), set[str]()
    for point, found in vectors.index().payloads():
        report.points += 1
        version_id = unseen.pop(point, None)
        if version_id is None:
            strays.add(str(found.get("version_id", "")))
            continue
        document = documents[versions[version_id].document_id]
        state = "current" if document.current_version_id == version_id else "old"
        expected = payloads[document.id] | {"state": state, "document_id": document.id, "version_id": version_id}
        if any(found.get(key) != value for key, value in expected.items()):
            differing.add(document.id)
    with transaction(writes=False) as session:
        report.stray = sorted(s for s in strays if _is_stray(session, s))
    report.missing, report.differing = sorted(set(unseen.values())), sorted(differing)


def _is_stray(session: Session, version_id: str) -> bool:
    """Whether points of the version are wrong to be there, asked anew: it may have come up while we compared."""
    version = session.get(Version, version_id)
    document = session.get(Document, version.document_id) if version else None
    if version is None or document is None or document.deleted_at is not None or version.stage is Stage.refused:
        return True
    written = vectors.index().count(version_id)
    return version.stage is Stage.ready and written > indexing.chunk_count(session, version_id)


def _repair(report: Report) -> None:
    index = vectors.index()
    with transaction() as session:
        for document_id in report.leftover:
            _drop_text(session, document_id)
        for version_id in report.miscounted:
            _recount(session, version_id)
    for version_id in report.stray:
        index.remove(version_id=version_id)
    touched = set(report.differing)
    for version_id in dict.fromkeys([*report.missing, *report.stray]):
        if indexing.write_version(version_id):
            with transaction(writes=False) as session:
                touched.add(session.get_one(Version, version_id).document_id)
    for document_id in sorted(touched):
        indexing.publish_document(document_id)


def _recount(session: Session, version_id: str) -> None:
    """Say what SQL holds; a version that lost its passages goes back to the start, its original is there."""
    version = session.get_one(Version, version_id)
    version.chunk_count = version.vector_count = indexing.chunk_count(session, version_id)
    if not version.chunk_count and originals.path_of(version.sha256).is_file():
        version.stage, version.attempts = Stage.stored, version.attempts + 1
    session.add(version)


def _leftover(session: Session) -> list[str]:
    """Deleted documents whose text or passages are still there."""
    gone = col(Document.deleted_at).is_not(None)
    with_text = select(Version.document_id).join(ParsedText, col(ParsedText.version_id) == col(Version.id)).join(
        Document, col(Document.id) == col(Version.document_id)).where(gone)
    with_chunks = select(Chunk.document_id).join(Document, col(Document.id) == col(Chunk.document_id)).where(gone)
    return sorted({*session.exec(with_text.distinct()), *session.exec(with_chunks.distinct())})


def _drop_text(session: Session, document_id: str) -> None:
    for version in session.exec(select(Version).where(Version.document_id == document_id)):
        text = session.get(ParsedText, version.id)
        if text is not None:
            session.delete(text)
    for chunk in session.exec(select(Chunk).where(Chunk.document_id == document_id)):
        session.delete(chunk)


def _live_documents() -> Any:
    return select(Document).where(col(Document.deleted_at).is_(None))


def _live_versions() -> Any:
    return select(Version).join(Document, col(Document.id) == col(Version.document_id)).where(
        Version.stage == Stage.ready, col(Document.deleted_at).is_(None)
    )


def _unfinished() -> Any:
    return select(Version.id).join(Document, col(Document.id) == col(Version.document_id)).where(
        col(Version.stage).not_in(_ENDS), col(Document.deleted_at).is_(None)
    )
