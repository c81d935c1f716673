"""``kb import``: old files with a list of what is known of them, planned first."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kb.access import classification_from, module_from
from kb.db import transaction
from kb.errors import Invalid
from kb.receipts import Receipt
from kb.viewing import Viewer
from web import importing
from web.commands.documents import viewer_named
from web.console import Console


def import_files(
    console: Console, path: str, manifest: str = "", handover: str = "", module: str = "", tags: Sequence[str] = (),
    classification: str = "internal", as_user: str = "", dry_run: bool = False, report: str = "",
) -> int:
    """Plan the import of a folder or zip, carry it out unless ``dry_run``, and report; 0 if nothing was refused.

    Raises:
        Invalid: path or list cannot be read, or a default has no such value.
    """
    from ingest import archive, migration
    from ingest import manifest as lists

    defaults = migration.Defaults(handover, module_from(module) if module else None,
                                  classification_from(classification), tuple(tags))
    with transaction(writes=False) as session:
        viewer = viewer_named(session, as_user)
    source = Path(path)
    with tempfile.TemporaryDirectory(prefix="kb-import-") as folder:
        if source.is_file():
            archive.unpack(source, Path(folder))
        elif not source.is_dir():
            raise Invalid("file.missing", "找不到文件或文件夹：{path}。请检查路径。", path=path)
        root = Path(folder) if source.is_file() else source
        given = lists.find(root, Path(manifest) if manifest else None)
        planned = migration.planned_in(root, viewer, given, defaults)
        done = [(p, []) for p in planned] if dry_run else _carried_out(viewer, planned)
    rows = [importing.row(p, receipts, lambda message, params: console.text(message, **params)) for p, receipts in done]
    return _reported(console, rows, given.unknown_columns if given else (), report, dry_run=dry_run)


def _carried_out(viewer: Viewer, planned: Sequence[Any]) -> list[tuple[Any, list[Receipt]]]:
    from ingest import batch, migration, pipeline

    pipeline.start()
    done = migration.carry_out(viewer, planned)
    taken = [r for _, receipts in done for r in receipts]
    ended = {r.version_id: r for r in batch.finish(viewer, taken) if r.version_id}
    return [(p, [ended.get(r.version_id, r) for r in receipts]) for p, receipts in done]


def _reported(
    console: Console, rows: list[dict[str, Any]], unknown: Sequence[str], report: str, *, dry_run: bool
) -> int:
    counts = Counter(r["outcome"] for r in rows)
    console.emit({"dry_run": dry_run, "unknown_columns": list(unknown), "counts": dict(counts), "files": rows})
    for r in rows:
        console.say("{line}  {outcome}  {file}", line=r["line"] or "-", file=r["file"],
                    outcome=console.text(importing.OUTCOME_NAMES[r["outcome"]]))
        if r["reason"]:
            console.say("    原因：{reason}", reason=r["reason"])
    if unknown:
        console.say("清单里有不认识的列，已忽略：{columns}", columns="、".join(unknown))
    console.say("新资料 {new}，新版本 {version}，已有 {same}，不导入 {refused}。", new=counts["new"],
                version=counts["version"], same=counts["same"], refused=counts["refused"])
    if dry_run:
        console.say("这是试运行，什么都没有写入。")
    if report:
        Path(report).write_text(importing.as_csv(rows), "utf-8")
    return 1 if counts["refused"] else 0
