"""Many files at once: folders walked, archives taken apart, one transaction a file, so that none stops the others."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ingest import archive, intake, pipeline
from ingest.formats.names import shown_name
from ingest.intake import Target
from kb import library, originals
from kb.db import transaction
from kb.documents import Document, Version
from kb.errors import Invalid, KbError
from kb.receipts import Receipt, refusal
from kb.settings import settings
from kb.viewing import Viewer

_LITTER = frozenset({"__MACOSX", "Thumbs.db", "desktop.ini"})
_log = logging.getLogger(__name__)

File = tuple[Path, str]
"""Where the bytes lie, and the name people gave them."""


def walk(paths: Iterable[Path]) -> list[File]:
    """The files under the paths in order, folders walked; hidden ones, links in folders and systems' litter left out.

    A file that several paths lead to is taken once. Files of two folders that share a name carry their folder in it,
    so that they are not taken for two versions.

    Raises:
        Invalid: a path does not exist.
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if _is_document(p, path))
        elif path.is_file():
            found.append(path)
        else:
            raise Invalid("file.missing", "找不到文件或文件夹：{path}。请检查路径。", path=str(path))
    files = list({path.resolve(): path for path in reversed(found)}.values())[::-1]  # the first way to each
    counts = Counter(path.name for path in files)
    return [(p, p.name if counts[p.name] == 1 else f"{p.parent.name}－{p.name}") for p in files]


def _is_document(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    hidden = any(part in _LITTER or part.startswith((".", "~$")) for part in parts)
    return path.is_file() and not path.is_symlink() and not hidden


def accept_files(viewer: Viewer, files: Iterable[File], target: Target) -> list[Receipt]:
    """Store and put down every file, archives' members one by one; each is worked on as soon as it is down.

    What is wrong with one file is in its receipt. Opens its own transactions: call it outside of one.

    Raises:
        NotFound, NotAllowed, Conflict: the viewer may not put documents there at all.
    """
    with transaction(writes=False) as session:
        intake.check_target(session, viewer, target)
    return [receipt for path, name in files for receipt in _accept_one(viewer, path, name, target)]


def _accept_one(viewer: Viewer, path: Path, name: str, target: Target) -> list[Receipt]:
    try:
        too_large = intake.refusal_of_size(path, name)
        if too_large is not None:
            return [too_large]
        if not archive.is_archive(name):
            return [_put_down(viewer, path, name, target)]
        with _work_folder() as folder:
            return _accept_archive(viewer, path, name, target, folder)
    except KbError as error:
        return [_refusal(name, error.slug, error.message, error.params)]
    except OSError as error:
        _log.warning("cannot read %s: %s", path, error)
        return [_refusal(name, "file.unreadable", "读不了这个文件。请检查文件权限和磁盘空间后重试。", {})]


def _accept_archive(viewer: Viewer, path: Path, name: str, target: Target, folder: Path) -> list[Receipt]:
    try:
        members = archive.members(path, folder)
    except Invalid as error:
        return [_put_down(viewer, path, name, target, refused=error)]
    receipts: list[Receipt] = []
    for member in members:
        too_large = intake.refusal_of_size(member.path, member.file_name)
        receipts.append(too_large or _put_down(viewer, member.path, member.file_name, target))
    return receipts


def _put_down(viewer: Viewer, path: Path, name: str, target: Target, *, refused: Invalid | None = None) -> Receipt:
    """Store first, outside the transaction: a large file must not keep other writers waiting."""
    stored = originals.store(path)
    with transaction() as session:
        intake.check_target(session, viewer, target)
        admitted = intake.admit(session, viewer, stored, name, target, source=path, refused=refused)
    return admitted.receipt()


def _refusal(name: str, slug: str, message: str, params: dict[str, object]) -> Receipt:
    return refusal(shown_name(name, "未命名文件"), {"slug": slug, "message": message, "params": dict(params)})


@contextmanager
def _work_folder() -> Iterator[Path]:
    work = settings().home.absolute() / "work"
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(prefix="zip-", dir=work))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def finish(
    viewer: Viewer, receipts: list[Receipt], *, tick: Callable[[int, int], None] | None = None
) -> list[Receipt]:
    """Wait until every file and what was attached to it has ended; the final receipts, attachments after their mail.

    ``tick(open, all)`` is called a few times a second. Needs a running pipeline here or elsewhere.
    """
    final: list[Receipt] = []
    waiting = list(receipts)
    while waiting:
        open_ones = [r.version_id for r in waiting if r.version_id]
        total = len(final) + len(waiting)
        pipeline.wait(open_ones, tick=partial(_told, tick, total) if tick else None)
        done = [_latest(viewer, r) for r in waiting]
        final += done
        waiting = _attached(viewer, done, known={r.document_id for r in final})
    return in_order(final)


def _told(tick: Callable[[int, int], None], total: int, left: list[Version]) -> None:
    tick(len(left), total)


def _latest(viewer: Viewer, receipt: Receipt) -> Receipt:
    if not receipt.document_id:
        return receipt
    with transaction(writes=False) as session:
        try:
            now = library.receipt(session, viewer, receipt.document_id, receipt.version_id)
        except KbError:  # deleted while it was on its way
            return receipt
    return now.after_link(receipt)


def _attached(viewer: Viewer, done: list[Receipt], *, known: set[str]) -> list[Receipt]:
    parents = [r.document_id for r in done if r.document_id]
    with transaction(writes=False) as session:
        rows = library.attachment_ids(session, parents)
        return library.receipts(session, viewer, [i for i in rows if i not in known])


def in_order(receipts: list[Receipt]) -> list[Receipt]:
    """Attachments right after what they were attached to."""
    with transaction(writes=False) as session:
        parent_of = {r.document_id: _parent(session.get(Document, r.document_id)) for r in receipts if r.document_id}
    ids = set(parent_of)
    ordered: dict[int, Receipt] = {}  # by identity: two files may have equal receipts

    def put(receipt: Receipt) -> None:
        ordered[id(receipt)] = receipt
        for child in receipts:
            attached = child.document_id and parent_of[child.document_id] == receipt.document_id
            if attached and id(child) not in ordered:
                put(child)

    for receipt in receipts:
        if parent_of.get(receipt.document_id, "") not in ids and id(receipt) not in ordered:
            put(receipt)
    return list(ordered.values())


def _parent(document: Document | None) -> str:
    return document.parent_id if document else ""
