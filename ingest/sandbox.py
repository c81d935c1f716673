"""The parsing processes seen from outside: started fresh, watched, kept for the next file, killed when need be."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import selectors
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil

from ingest.parsed import Parsed
from ingest.unstructured_offline import SILENT
from kb.errors import Invalid, KbError, NotFound, Unavailable
from kb.settings import settings

_ROOT = Path(__file__).resolve().parent.parent
_MEBIBYTE = 1024 * 1024
_GLANCE_SECONDS = 0.1
_GRACE_SECONDS = 5.0
"""The child gives up by itself at its deadline, keeping the pages it has; this much later it is killed."""
_KEPT_SHARE = 0.5
"""A child that holds more than this share of its memory limit after a file is not kept for the next one."""
_MAX_IDLE = 2

_idle: list[_Child] = []
_lock = threading.Lock()


class _Gone(Exception):
    """The child ended without an answer."""


def run(path: Path, file_name: str, work_dir: Path, progress: Callable[[int, int], None]) -> Parsed:
    """Have a child read the file.

    Raises:
        Invalid: the file is refused, or took too long (``document.too_slow``), too much memory
            (``document.too_large``) or brought the parser down (``document.crashed``).
        Unavailable: ``parser.start``, no child can be started.
    """
    request = {
        "do": "parse", "path": str(path.absolute()), "file_name": file_name, "work_dir": str(work_dir.absolute()),
        "seconds": settings().parse_seconds,
    }  # fmt: skip
    return Parsed.from_dict(_answer(request, progress)["parsed"])


def draw(path: Path, page: int, passage: str, target: Path, seconds: float) -> None:
    """Have a child draw a page of a PDF (from 1) into ``target`` as PNG, the lines of ``passage`` framed.

    Raises:
        NotFound: there is no such page.
        Invalid: the child was killed for its time or memory, or came down.
        Unavailable: the page cannot be drawn (``page.broken``), no child can be started (``parser.start``).
    """
    request = {
        "do": "draw", "path": str(path.absolute()), "page": page, "passage": passage,
        "target": str(target.absolute()), "seconds": seconds,
    }  # fmt: skip
    _answer(request, lambda done, total: None)


def _answer(request: dict[str, Any], progress: Callable[[int, int], None]) -> dict[str, Any]:
    try:
        return _ask(request, progress, fresh=False)
    except _Gone:  # a kept child may have retired between two files; only a fresh one's end is the file's doing
        try:
            return _ask(request, progress, fresh=True)
        except _Gone as error:
            raise Invalid(
                "document.crashed", "解析这个文件时程序异常退出，文件可能已损坏。请另存一份后再上传。"
            ) from error


def close() -> None:
    """End every idle child; the next file starts a new one."""
    with _lock:
        idle, _idle[:] = list(_idle), []
    for child in idle:
        child.kill()


atexit.register(close)


def _ask(request: dict[str, Any], progress: Callable[[int, int], None], *, fresh: bool) -> dict[str, Any]:
    with _borrowed(fresh) as child:
        answer = child.ask(request, progress)
    if "slug" in answer:
        raise _refusal(answer)
    return answer


def _refusal(answer: dict[str, Any]) -> KbError:
    kinds: dict[str, type[KbError]] = {"NotFound": NotFound, "Unavailable": Unavailable}
    return kinds.get(answer["kind"], Invalid)(answer["slug"], answer["message"], **answer["params"])


@contextlib.contextmanager
def _borrowed(fresh: bool) -> Iterator[_Child]:
    """A child for one file; kept afterwards when it answered and is not bloated."""
    with _lock:
        child = _idle.pop() if _idle and not fresh else None
    child = child or _Child()
    try:
        yield child
    except BaseException:
        child.kill()
        raise
    limit = settings().parse_memory_mb * _MEBIBYTE
    with _lock:
        keep = len(_idle) < _MAX_IDLE and child.resident() < _KEPT_SHARE * limit
        if keep:
            _idle.append(child)
    if not keep:
        child.kill()


def _start_failed() -> Unavailable:
    return Unavailable("parser.start", "解析程序启动不了。请检查服务器的内存与安装是否完整，然后重试。")


class _Child:
    """One process that reads files, and the pipes to it. Used by one thread at a time."""

    def __init__(self) -> None:
        paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
        env = {
            key: value for key, value in os.environ.items()
            if key in ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "VIRTUAL_ENV", "LD_LIBRARY_PATH")
        }  # fmt: skip
        env |= SILENT | {
            "PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": str(settings().embedding_threads), "KB_PARSE_MEMORY_MB": str(settings().parse_memory_mb),
        }  # fmt: skip
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "ingest.child"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL, env=env, cwd=_ROOT, close_fds=True,
            )  # fmt: skip
            self._watched = psutil.Process(self._process.pid)
        except (OSError, psutil.Error) as error:
            raise _start_failed() from error
        self._received: list[bytes] = []
        self._ready = False

    def ask(self, request: dict[str, Any], progress: Callable[[int, int], None]) -> dict[str, Any]:
        """Send one request and wait for its answer, passing progress on.

        Raises:
            _Gone: the child ended; Invalid: it was killed for its time or memory.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as error:
            raise (_Gone() if self._ready else _start_failed()) from error
        deadline = time.monotonic() + float(request["seconds"]) + _GRACE_SECONDS
        for line in self._lines(deadline):
            answer: dict[str, Any] = json.loads(line)
            if "ready" in answer:
                self._ready = True
            elif "progress" in answer:
                progress(*answer["progress"])
            else:
                return answer
        if not self._ready:  # it never came up: no file is to blame for that
            raise _start_failed()
        raise _Gone

    def resident(self) -> int:
        """Bytes of memory the child holds now; a huge number once it has ended."""
        try:
            return int(self._watched.memory_info().rss)
        except psutil.Error:
            return 1 << 62

    def kill(self) -> None:
        """End the child at once and collect it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()

    def _lines(self, deadline: float) -> Iterator[bytes]:
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            while True:
                if selector.select(_GLANCE_SECONDS):
                    received = os.read(self._process.stdout.fileno(), 1 << 20)
                    if not received:
                        return
                    self._received.append(received)
                    if b"\n" in received:  # joined once a line, an answer may be a hundred megabytes
                        *whole, rest = b"".join(self._received).split(b"\n")
                        self._received = [rest]
                        yield from whole
                self._check(deadline)

    def _check(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise Invalid(
                "document.too_slow", "解析超过了 {seconds} 秒，已停止。请把文件拆小后再上传。",
                seconds=settings().parse_seconds,
            )
        limit = settings().parse_memory_mb
        if limit * _MEBIBYTE < self.resident() < 1 << 62:
            raise Invalid(
                "document.too_large", "解析需要的内存超过 {limit} MB，已停止。请把文件拆小后再上传。", limit=limit
            )
