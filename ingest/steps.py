"""The five steps of a version: parse → chunk → embed → store, or refuse. Each may be repeated at any time.

A step does its slow work outside any transaction and writes the result in one, replacing what an earlier attempt may
have left. It does nothing for a version that has ended or whose document is deleted.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, delete, select

from ingest import attachments, progress
from ingest import chunk as cutting
from ingest import parse as reading
from ingest import suggest as suggesting
from ingest.parsed import Block, Parsed
from kb import indexing, ledger, mirror, originals, vectors
from kb.cards.forms import form_of
from kb.chunks import Chunk, point_id
from kb.db import now, transaction
from kb.documents import Document, Kind, ParsedText, Stage, Version
from kb.errors import Invalid, Unavailable
from kb.settings import settings
from kb.tags import Suggestion

WITHOUT_MODEL = {
    "slug": "index.lexical_only", "message": "没有可用的语义模型，这份资料目前只能按字词检索。", "params": {},
}  # fmt: skip


def parse(version_id: str) -> None:
    """Read the original into text and blocks; attachments become documents of their own.

    Raises:
        Invalid: the file is refused.
        Unavailable: the parser does not work here.
    """
    if not progress.enter(version_id, Stage.parsing):
        return
    with transaction(writes=False) as session:
        version = _version(session, version_id)
    work = settings().home.absolute() / "work"
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(prefix=f"{version_id}-", dir=work))
    try:
        original = originals.path_of(version.sha256)
        parsed = reading.parse(original, version.file_name, folder, progress=progress.page_counter(version_id))
        found = attachments.stored(parsed.attachments, folder)
        with transaction() as session:
            _keep_parsed(session, version_id, parsed)
            attachments.add(session, version_id, found)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def chunk(version_id: str) -> None:
    """Cut the text into passages.

    Raises:
        Invalid: ``document.no_text``, there is nothing to find.
    """
    if not progress.enter(version_id, Stage.chunking):
        return
    with transaction(writes=False) as session:
        version = _version(session, version_id)
        document_id, is_card = version.document_id, bool(version.form)
        parsed = session.get_one(ParsedText, version_id)
    pieces = cutting.chunk(parsed.text, [Block.from_dict(b) for b in parsed.blocks], join_small=not is_card)
    if not pieces:
        raise Invalid("document.no_text", "文件里没有可以检索的文字。请检查内容后重新上传。")
    rows = [
        {"point_id": point_id(document_id, version_id, p.ordinal), "version_id": version_id,
         "document_id": document_id, "ordinal": p.ordinal, "start": p.start, "end": p.end, "text": p.text,
         "heading_path": list(p.heading_path), "page_first": p.page_first, "page_last": p.page_last}
        for p in pieces
    ]  # fmt: skip
    with transaction() as session:
        session.exec(delete(Chunk).where(col(Chunk.version_id) == version_id))
        if _is_wanted(session, version_id):
            session.execute(Chunk.__table__.insert(), rows)  # type: ignore[attr-defined]
            _note(session, version_id, chunk_count=len(rows), vector_count=0, stage=Stage.embedding, stage_at=now())


def embed(version_id: str, first: int) -> int:
    """Embed the next batch of passages into the index, not yet visible; returns how many, 0 at the end."""
    if not progress.enter(version_id, Stage.embedding, vector_count=first):
        return 0
    return indexing.write_batch(version_id, first)


def store(version_id: str) -> None:
    """Make the version visible once the index confirms as many points as SQL has passages.

    Raises:
        Unavailable: the index still differs after the version was written anew.
    """
    if not progress.enter(version_id, Stage.storing):
        _leave_nothing(version_id)
        return
    count = _confirmed(version_id)
    lexical_only = not indexing.has_model(vectors.index().model)
    _show(version_id)
    with transaction() as session:
        visible = _make_visible(session, version_id, count, lexical_only=lexical_only)
    if not visible:
        _leave_nothing(version_id)


def refuse(version_id: str, slug: str, message: str, params: dict[str, Any]) -> None:
    """Put down why the version is not taken in. The original stays; what was written of it goes."""
    with transaction() as session:
        version = session.get(Version, version_id)
        if version is None or version.stage in (Stage.ready, Stage.refused):
            return
        session.exec(delete(Chunk).where(col(Chunk.version_id) == version_id))
        session.exec(delete(ParsedText).where(col(ParsedText.version_id) == version_id))
        _note(
            session, version_id, stage=Stage.refused, stage_at=now(), finished_at=now(), chunk_count=0, vector_count=0,
            reason_slug=slug, reason_message=message, reason_params=params,
        )
        ledger.record(session, version.uploader_id, "document.refused", version.document_id, version=version_id,
                      sha256=version.sha256, reason=slug)
    vectors.index().remove(version_id=version_id)


def _version(session: Session, version_id: str) -> Version:
    return session.get_one(Version, version_id)


def _is_wanted(session: Session, version_id: str) -> bool:
    version = _version(session, version_id)
    document = session.get(Document, version.document_id)
    unfinished = version.stage not in (Stage.ready, Stage.refused)
    return unfinished and document is not None and document.deleted_at is None


def _note(session: Session, version_id: str, **fields: Any) -> None:
    version = _version(session, version_id)
    for name, value in fields.items():
        setattr(version, name, value)
    session.add(version)
    session.flush()


def _keep_parsed(session: Session, version_id: str, parsed: Parsed) -> None:
    session.exec(delete(ParsedText).where(col(ParsedText.version_id) == version_id))
    if not _is_wanted(session, version_id):
        return
    blocks = [block.as_dict() for block in parsed.blocks]
    version = _version(session, version_id)
    kind = form_of(version.form).kind if version.form else parsed.kind if version.kind is Kind.other else version.kind
    session.add(ParsedText(version_id=version_id, text=parsed.text, blocks=blocks))
    _note(  # what somebody gave holds before what the file says of itself
        session, version_id, title=version.title or parsed.title, kind=kind, author=version.author or parsed.author,
        authored_on=version.authored_on or parsed.authored_on, characters=len(parsed.text),
        pages_total=parsed.pages_total, pages_done=parsed.pages_total - len(parsed.failed_pages),
        failed_pages=list(parsed.failed_pages), notices=list(parsed.notices), stage=Stage.chunking, stage_at=now(),
    )


def _confirmed(version_id: str) -> int:
    """How many points the index holds of the version, after writing it anew if they are not as many as passages."""
    index = vectors.index()
    with transaction(writes=False) as session:
        wanted = indexing.chunk_count(session, version_id)
    found = index.count(version_id)
    if found != wanted:
        indexing.write_version(version_id)
        found = index.count(version_id)
    if found != wanted:
        raise Unavailable(
            "index.incomplete", "索引只收到 {found} / {wanted} 段，将自动重试。", found=found, wanted=wanted
        )
    return found


def _show(version_id: str) -> None:
    """Publish the version in the index; until SQL follows, every hit of it is still dropped there."""
    with transaction(writes=False) as session:
        version = _version(session, version_id)
        newest = _is_newest(session, version)
        current = session.get_one(Document, version.document_id).current_version_id
    index = vectors.index()
    index.publish(version.document_id, version_id)
    if not newest and current:
        index.publish(version.document_id, current)


def _make_visible(session: Session, version_id: str, count: int, *, lexical_only: bool) -> bool:
    """Ready, current, suggestions and log in one transaction; False if the document was deleted meanwhile."""
    if not _is_wanted(session, version_id):
        return False
    version = _version(session, version_id)
    document = session.get_one(Document, version.document_id)
    notices = [*version.notices, WITHOUT_MODEL] if lexical_only else version.notices
    ended = now()
    _note(
        session, version_id, stage=Stage.ready, stage_at=ended, finished_at=ended, vector_count=count, notices=notices
    )
    if _is_newest(session, version):
        document.current_version_id = version_id
        document.title, document.kind = version.title or document.title, version.kind
        document.author, document.authored_on = version.author, version.authored_on
        document.file_name = version.file_name
        session.add(document)
        _suggest(session, document, session.get_one(ParsedText, version_id).text)
    ledger.record(session, version.uploader_id, "document.ready", document.id, version=version_id,
                  number=version.number, sha256=version.sha256, chunks=count)
    mirror.owe(session, document.id)
    return True


def _is_newest(session: Session, version: Version) -> bool:
    newer = select(Version.id).where(
        Version.document_id == version.document_id, Version.number > version.number, Version.stage == Stage.ready
    )
    return session.exec(newer.limit(1)).first() is None


def _suggest(session: Session, document: Document, text: str) -> None:
    """Replace the open suggestions by what this text speaks for; what a person has decided stays decided."""
    session.exec(delete(Suggestion).where(col(Suggestion.document_id) == document.id, col(Suggestion.decided) == ""))
    for field, value, score in suggesting.suggest(document.title, text):
        is_so_already = field == "module" and value == document.module.value
        if not is_so_already and session.get(Suggestion, (document.id, field, value)) is None:
            session.add(Suggestion(document_id=document.id, field=field, value=value, score=score))
    session.flush()


def _leave_nothing(version_id: str) -> None:
    """Take out what was written of a version whose document was deleted meanwhile."""
    with transaction(writes=False) as session:
        version = session.get(Version, version_id)
        document = session.get(Document, version.document_id) if version else None
        gone = document is None or document.deleted_at is not None
    if gone:
        vectors.index().remove(version_id=version_id)
