"""``kb reconcile``, ``kb verify``, ``kb backup``, ``kb restore`` and ``kb db upgrade``."""

from __future__ import annotations

from pathlib import Path

from kb.db import transaction
from web.console import Console


def reconcile(console: Console, check: bool = False, rebuild: bool = False) -> int:
    """Compare SQL with the index and repair; 0 when both agree in the end."""
    from kb import reconciliation

    report = reconciliation.rebuild() if rebuild else reconciliation.reconcile(repair=not check)
    found = report.as_dict()
    console.emit(found)
    console.say("数据库 {passages} 段，索引 {points} 个点；处理中的版本 {unfinished} 个。", **found)
    if not report.differences:
        console.say("完全一致。")
    else:
        console.say("缺失 {missing}，多余 {stray}，不符 {differing}，残留 {leftover}，计数有误 {miscounted}。",
                    missing=len(report.missing), stray=len(report.stray), differing=len(report.differing),
                    leftover=len(report.leftover), miscounted=len(report.miscounted))
        console.say("已修复，现在一致。" if report.repaired else "尚有差异。请运行 kb reconcile --rebuild。")
    return 0 if found["clean"] else 1


def verify(console: Console) -> int:
    """Check the operation log's chain and every original against its hash; 0 when all is whole."""
    from kb import verification

    with transaction(writes=False) as session:
        found = verification.verify(session)
    console.emit(found.as_dict())
    console.say("操作日志 {entries} 条，断裂 {broken} 处；原件 {originals} 份，损坏或丢失 {damaged} 份。",
                entries=found.entries, broken=len(found.broken), originals=found.originals,
                damaged=len(found.damaged))
    for number in found.broken:
        console.say("日志断裂：第 {number} 条", number=number)
    for words in (*found.pinned, *found.signed):
        console.say(words)
    for sha256 in found.damaged:
        console.say("原件损坏或丢失：{sha256}", sha256=sha256)
    return 0 if found.ok else 1


def backup(console: Console, file: str) -> int:
    """Pack the home into one file."""
    from kb import backup as packing

    done = packing.back_up(Path(file))
    console.emit(done.as_dict())
    console.say("已备份 {documents} 份资料、{originals} 个原件到 {file}（{megabytes} MB）。请妥善保管。",
                documents=done.documents, originals=done.originals, file=done.file,
                megabytes=f"{done.bytes / 1e6:.1f}")
    return 0


def restore(console: Console, file: str, force: bool = False) -> int:
    """Bring a backup back; nobody may serve the home meanwhile."""
    from kb import backup as packing

    done = packing.restore(Path(file), force=force)
    console.emit(done.as_dict())
    console.say("已恢复 {documents} 份资料、{originals} 个原件；其中 {again} 份在备份之后被删除，已再次删除。",
                documents=done.documents, originals=done.originals, again=done.deleted_again)
    console.say("授权和账号也回到了备份时的状态，请核对。")
    return 0 if done.clean else 1


def upgrade(console: Console) -> int:
    """Bring the schema up to date; every command does so by itself, this one does nothing else."""
    console.emit({"upgraded": True})
    console.say("数据库结构已是最新。")
    return 0
