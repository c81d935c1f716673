"""Archives that wait between an import's dry run and the import itself: the owner's only, for a day."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

from fastapi import UploadFile

from kb.db import new_id
from kb.errors import NotFound
from kb.settings import settings
from kb.viewing import Viewer

_KEPT_SECONDS = 86_400
_NAME = re.compile(r"imp-[a-z0-9]{6,40}")


def keep(viewer: Viewer, archive: UploadFile, manifest: UploadFile | None) -> str:
    """Keep an archive and its list; the name to ask for them by. What others left longer than a day goes."""
    _forget_old()
    staged = new_id("imp")
    folder = _folder(viewer, staged)
    folder.mkdir(parents=True, mode=0o700)
    for name, given in (("files.zip", archive), ("list.csv", manifest)):
        if given is not None and given.filename:
            with (folder / name).open("wb") as file:
                shutil.copyfileobj(given.file, file, 1 << 20)
    return staged


def kept(viewer: Viewer, staged: str) -> tuple[Path, Path | None]:
    """The viewer's own archive and its list; None where the list lies in the archive or there is none.

    Raises:
        NotFound: there is none of that name, or it was used or dropped already.
    """
    folder = _folder(viewer, staged) if _NAME.fullmatch(staged) else Path("-")
    if not (folder / "files.zip").is_file():
        raise NotFound("import.gone", "这次试运行已经过期或已经导入，请重新选择文件。")
    manifest = folder / "list.csv"
    return folder / "files.zip", manifest if manifest.is_file() else None


def drop(viewer: Viewer, staged: str) -> None:
    """Let go of an archive."""
    if _NAME.fullmatch(staged):
        shutil.rmtree(_folder(viewer, staged), ignore_errors=True)


def _root() -> Path:
    return settings().home.absolute() / "imports"


def _folder(viewer: Viewer, staged: str) -> Path:
    return _root() / viewer.person_id / staged


def _forget_old() -> None:
    for folder in _root().glob("*/imp-*"):
        if time.time() - folder.stat().st_mtime > _KEPT_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
