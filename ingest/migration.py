"""Importing old files with what is known of them: planned line by line first, then carried out as it was planned.

The plan writes nothing. Each line is checked with the viewer's own rights; what is wrong with one keeps none of the
others. Carried out twice, the same files are linked and nothing is indexed again.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from sqlmodel import Session, select

from ingest import archive, batch, intake
from ingest.formats import gate
from ingest.intake import Given, Target
from ingest.manifest import NAMES, Entry, Manifest, same_path
from kb.access import Classification, Module, classification_from, module_from
from kb.db import transaction
from kb.documents import KIND_NAMES, Kind
from kb.errors import Invalid, KbError
from kb.handover.case import Deliverable
from kb.handover.participation import visible_handovers
from kb.receipts import Receipt
from kb.viewing import Viewer

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$")
_BETWEEN_TAGS = re.compile(r"[;；、,，]")


@dataclass(frozen=True)
class Defaults:
    """What holds for lines that say nothing else; ``handover_id`` empty: every line must name its handover."""

    handover_id: str = ""
    module: Module | None = None
    classification: Classification = Classification.internal
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class OnDisk:
    """A file of the import: its path, the path relative to the imported folder, and the name it will carry."""

    path: Path
    relative: str
    name: str


@dataclass(frozen=True)
class Planned:
    """One file of the import. ``line`` is its line in the list, 0 for a file that no line names.

    ``name`` is what its document's file will be called. ``outcome`` is ``new``, ``version`` (of a document that is
    there), ``same`` (the file is there already) or ``refused``; then ``target`` is None, and ``reason``
    (``{"slug", "message", "params"}``) says why.
    """

    line: int
    file: str
    name: str = ""
    path: Path | None = None
    target: Target | None = None
    outcome: str = "refused"
    reason: dict[str, Any] = field(default_factory=dict)


def plan(
    session: Session, viewer: Viewer, files: Sequence[OnDisk], manifest: Manifest | None, defaults: Defaults
) -> list[Planned]:
    """What will become of every line, then of every file that no line names; without a list, of every file.
    """
    on_disk = {same_path(file.relative): file for file in files}
    if manifest is None:
        entries = [Entry(0, file.relative, module=_folder_module(file.relative)) for file in files]
        return [_planned(session, viewer, entry, on_disk, defaults) for entry in entries]
    seen: set[str] = set()
    found = []
    for entry in manifest.entries:
        key = same_path(entry.file)
        found.append(_refused(entry, "import.twice", "清单里这个文件出现了两次，以第一次为准。") if key in seen
                     else _planned(session, viewer, entry, on_disk, defaults))
        seen.add(key)
    left = [file.relative for key, file in on_disk.items() if key not in seen]
    return found + [_refused(Entry(0, name), "import.not_listed", "清单里没有这个文件，未导入。") for name in left]


def _folder_module(name: str) -> str:
    """A folder that bears a module's name says which module its files belong to."""
    for part in PurePosixPath(name.replace("\\", "/")).parts[:-1]:
        try:
            return module_from(part).value
        except KbError:
            continue
    return ""


def _planned(
    session: Session, viewer: Viewer, entry: Entry, on_disk: dict[str, OnDisk], defaults: Defaults
) -> Planned:
    try:
        file = _file(entry, on_disk)
        target = _target(session, viewer, entry, defaults)
        intake.check_target(session, viewer, target)
    except KbError as error:
        return _refused(entry, error.slug, error.message, dict(error.params))
    with file.path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return Planned(entry.line, entry.file, file.name, file.path, target,
                   intake.foresee(session, viewer, digest, file.name, target))


def _refused(entry: Entry, slug: str, message: str, params: dict[str, Any] | None = None) -> Planned:
    return Planned(entry.line, entry.file, reason={"slug": slug, "message": message, "params": params or {}})


def _file(entry: Entry, on_disk: dict[str, OnDisk]) -> OnDisk:
    if not entry.file:
        raise Invalid("import.no_file", "「文件」一列是空的，请填写相对路径。")
    if entry.file.startswith(("/", "\\")) or ".." in PurePosixPath(entry.file.replace("\\", "/")).parts:
        raise Invalid("import.outside", "只能写导入文件夹里的相对路径。")
    found = on_disk.get(same_path(entry.file))
    if found is None:
        raise Invalid("import.missing", "导入的文件夹里没有这个文件，请检查路径。")
    too_large = intake.refusal_of_size(found.path, found.name)
    if too_large is not None:
        reason = too_large.reason
        raise Invalid(reason["slug"], reason["message"], **reason["params"])
    if not archive.is_archive(found.name):
        gate.admit(found.path, found.name)
    return found


def _target(session: Session, viewer: Viewer, entry: Entry, defaults: Defaults) -> Target:
    handover_id = _handover(session, viewer, entry.handover) if entry.handover else defaults.handover_id
    if not handover_id:
        raise Invalid("import.no_handover", "没有写是哪个交接：请填「交接」一列，或在导入时指定。")
    module = module_from(entry.module) if entry.module else defaults.module
    if module is None:
        raise Invalid("import.no_module", "没有写属于哪个模块：请填「模块」一列，或在导入时指定。")
    tags = tuple(t.strip() for t in _BETWEEN_TAGS.split(entry.tags) if t.strip())
    given = Given(title=entry.title[:200], author=entry.author[:80], authored_on=_date(entry.date),
                  kind=_kind(entry.kind) if entry.kind else None)
    return Target(
        handover_id, module,
        classification_from(entry.classification) if entry.classification else defaults.classification,
        tuple(dict.fromkeys((*defaults.tags, *tags))),
        _deliverable(session, handover_id, entry.deliverable) if entry.deliverable else "", given=given,
    )  # fmt: skip


def _handover(session: Session, viewer: Viewer, named: str) -> str:
    found = [h.id for h in visible_handovers(session, viewer) if named in (h.id, h.title)]
    if len(found) != 1:
        raise Invalid("import.unknown_handover", "没有交接「{given}」，或有几个同名的。请写交接编号。", given=named)
    return found[0]


def _deliverable(session: Session, handover_id: str, named: str) -> str:
    rows = session.exec(select(Deliverable).where(Deliverable.handover_id == handover_id)).all()
    found = [d.id for d in rows if named in (d.id, d.key, d.title)]
    if len(found) != 1:
        raise Invalid("import.unknown_deliverable", "这个交接没有交付物「{given}」，请照清单上的名称填写。",
                      given=named)
    return found[0]


def _date(text: str) -> date | None:
    if not text:
        return None
    found = _DATE.match(text)
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("import.bad_date", "看不懂日期「{given}」，请写成 2024-03-01。", given=text) from error


def _kind(text: str) -> Kind:
    wanted = text.strip().lower()
    for kind, name in KIND_NAMES.items():
        if wanted in (kind.value, name.lower()):
            return kind
    raise Invalid("import.unknown_value", "「{column}」没有「{given}」。可用：{known}。", column="类型", given=text,
                  known="、".join(KIND_NAMES.values()))


def carry_out(viewer: Viewer, planned: Sequence[Planned]) -> list[tuple[Planned, list[Receipt]]]:
    """Take in what was planned, each file in transactions of its own; refusals of the plan have no receipts.

    What has become impossible since, such as a right that was taken away, is refused in its line.
    """
    done: list[tuple[Planned, list[Receipt]]] = []
    for one in planned:
        if one.target is None or one.path is None:
            done.append((one, []))
            continue
        try:
            done.append((one, batch.accept_files(viewer, [(one.path, one.name)], one.target)))
        except KbError as error:
            reason = {"slug": error.slug, "message": error.message, "params": dict(error.params)}
            done.append((replace(one, target=None, reason=reason), []))
    return done


def planned_in(folder: Path, viewer: Viewer, manifest: Manifest | None, defaults: Defaults) -> list[Planned]:
    """The plan for a folder of files; the list itself is none of them. Opens its own transaction, writes nothing."""
    found = ((path, path.relative_to(folder).as_posix(), name) for path, name in batch.walk([folder]))
    files = [OnDisk(path, relative, name) for path, relative, name in found if relative not in NAMES]
    with transaction(writes=False) as session:
        return plan(session, viewer, files, manifest, defaults)
