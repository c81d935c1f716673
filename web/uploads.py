"""Files of a request, kept as files on the disk for as long as they are being put down."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from fastapi import UploadFile

from ingest.batch import File
from kb.errors import Invalid
from kb.settings import settings


@contextmanager
def received(files: Sequence[UploadFile]) -> Iterator[list[File]]:
    """The uploaded files as paths with the names people gave them; removed when the block ends.

    Raises:
        Invalid: there is none.
    """
    chosen = [file for file in files if file.filename]
    if not chosen:
        raise Invalid("upload.empty", "请选择至少一个文件。")
    work = settings().home.absolute() / "uploads"
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(dir=work))
    try:
        yield [(_copied(file, folder / str(number)), file.filename or "") for number, file in enumerate(chosen)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copied(file: UploadFile, path: Path) -> Path:
    with path.open("wb") as kept:
        shutil.copyfileobj(file.file, kept, 1024 * 1024)
    return path
