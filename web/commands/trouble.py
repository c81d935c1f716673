"""What is wrong with a machine, a home or a setting, as a refusal that says what to do instead of a stack of calls."""

from __future__ import annotations

import sqlite3

from kb.errors import Conflict, Invalid, KbError, Unavailable

_MOST = 200


def refusal_of(error: Exception) -> KbError | None:
    """The refusal that an exception from below amounts to; None for one that is the program's own fault."""
    if isinstance(error, KbError):
        return error
    for known in (_of_settings, _of_schema, _of_database, _of_files):
        found = known(error)
        if found is not None:
            return found
    return None


def _of_settings(error: Exception) -> KbError | None:
    from pydantic import ValidationError

    if not (isinstance(error, ValidationError) and error.title == "Settings"):
        return None
    wrong = "；".join(f"KB_{'_'.join(map(str, e['loc'])).upper()}={e['input']}（{e['msg']}）" for e in error.errors())
    return Invalid("settings.invalid", "环境变量的值不对：{detail}。请改正后重试。", detail=wrong[:_MOST])


def _of_schema(error: Exception) -> KbError | None:
    from alembic.util import CommandError

    if not isinstance(error, CommandError):
        return None
    return Conflict(
        "database.newer", "数据库是由更新版本的程序建立的（{detail}）。请升级程序后再打开。", detail=str(error)[:_MOST]
    )


def _of_database(error: Exception) -> KbError | None:
    from sqlalchemy.exc import DatabaseError

    if not isinstance(error, DatabaseError | sqlite3.DatabaseError):
        return None
    said = getattr(error, "orig", None) or error
    return Unavailable(
        "database.failed", "数据库无法使用：{detail}。请检查磁盘空间和权限；如果文件已损坏，请用 kb restore 恢复备份。",
        detail=f"{type(said).__name__}: {said}"[:_MOST],
    )  # fmt: skip


def _of_files(error: Exception) -> KbError | None:
    if not isinstance(error, OSError) or isinstance(error, BrokenPipeError):
        return None
    return Unavailable("home.failed", "读写文件出错：{detail}。请检查路径、权限和磁盘空间。", detail=str(error)[:_MOST])
