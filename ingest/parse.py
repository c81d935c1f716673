"""The door to parsing: one file in, what is in it out; whatever the file does, it does to a child process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ingest import sandbox
from ingest.parsed import Parsed
from kb.errors import Invalid
from kb.settings import settings

_MEBIBYTE = 1024 * 1024


def parse(
    path: Path, file_name: str, work_dir: Path, *, progress: Callable[[int, int], None] = lambda done, total: None
) -> Parsed:
    """Read a file of any supported format in a child process with limits on time and memory.

    ``file_name`` is the name people gave it and decides the format together with the bytes; ``path`` may be called
    anything. Attachments are written into ``work_dir``, which is made when missing. ``progress(done, total)`` counts
    pages while a scan is recognised. May be called from several threads; each call has a child of its own.

    Raises:
        Invalid: the file is refused: ``document.empty``, ``damaged``, ``encrypted``, ``wrong_type``, ``macro``,
            ``bomb``, ``dtd``, ``too_deep``, ``unsupported``, ``binary``, ``no_text``, ``too_large``, ``too_slow``,
            ``crashed``.
        Unavailable: the parser itself cannot work here (``parser.…``).
    """
    limit = settings().max_file_mb
    if path.stat().st_size > limit * _MEBIBYTE:
        raise Invalid(
            "document.too_large", "文件超过 {limit} MB。请拆成几份，或压缩其中的图片后再上传。", limit=limit
        )
    work_dir.mkdir(parents=True, exist_ok=True)
    return sandbox.run(path, file_name, work_dir, progress)
