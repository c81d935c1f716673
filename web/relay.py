"""One home, one process: a command that finds the home in use is carried out by the process that uses it.

The serving process listens on a Unix socket inside the home (mode 0600). A request is one JSON line
``{"command", "arguments", "locale", "json"}``; the answer is JSON lines ``{"out": text}``, ``{"err": text}`` and at
last ``{"exit": code}``. Whoever can open the socket owns the home's files anyway, so nothing more is asked.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kb.errors import Conflict
from kb.settings import settings
from web import commands
from web.commands import trouble
from web.console import Console

_SECONDS_TO_WAIT = 60.0
_LONGEST_REQUEST = 1 << 20
_log = logging.getLogger(__name__)

FAILED = "程序出错：{detail}。请把这行文字发给管理员。"


class Occupied(Exception):
    """Another process uses the home."""


def perform(command: str, arguments: dict[str, object], *, locale: str, as_json: bool) -> int:
    """Carry out a command here or, when another process uses the home, there; prints and returns the exit code."""
    console = Console(_to(sys.stdout), _to(sys.stderr), locale=locale, as_json=as_json)
    try:
        if commands.wants_home_alone(command):
            return _here_alone(command, console, arguments)
        if not (commands.needs_index(command) and settings().embedded):
            return _here(command, console, arguments)
        request = {"command": command, "arguments": arguments, "locale": locale, "json": as_json}
        return _here_or_there(command, console, arguments, request)
    except Exception as error:
        refused = trouble.refusal_of(error)
        if refused is None:
            raise
        console.refuse(refused)
        return 1


def _here_alone(command: str, console: Console, arguments: dict[str, object]) -> int:
    try:
        with hold(settings().home):
            return commands.run(command, console, arguments)
    except Occupied:
        raise _occupied() from None
    finally:
        _close()


def _occupied() -> Conflict:
    return Conflict(
        "home.occupied", "数据目录正被另一个程序使用，请先停止它再试：{home}", home=str(settings().home.absolute())
    )


def _here_or_there(command: str, console: Console, arguments: dict[str, object], request: dict[str, Any]) -> int:
    """Whichever is possible first: to have the home to ourselves, or to reach the process that has it."""
    deadline = time.monotonic() + _SECONDS_TO_WAIT
    while True:
        try:
            with hold(settings().home):
                return _here(command, console, arguments)
        except Occupied:
            answer = _there(request)
        if answer is not None:
            return answer
        if time.monotonic() > deadline:
            raise _occupied()
        time.sleep(0.2)


def _here(command: str, console: Console, arguments: dict[str, object]) -> int:
    from kb import schema

    schema.upgrade()
    try:
        return commands.run(command, console, arguments)
    finally:
        _close()


def _close() -> None:
    """End what a command has started in this process: workers first, then the index."""
    pipeline, vectors = sys.modules.get("ingest.pipeline"), sys.modules.get("kb.vectors")
    if pipeline is not None:
        pipeline.stop()
    if vectors is not None:
        vectors.close()


@contextlib.contextmanager
def hold(home: Path) -> Iterator[None]:
    """Have the home to ourselves; the lock ends with the process, however it ends.

    Raises:
        Occupied: another process has it.
    """
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(home / "kb.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Occupied from error
        yield
    finally:
        os.close(handle)


@contextlib.contextmanager
def listening(home: Path) -> Iterator[None]:
    """Carry out other processes' commands while the body runs. The home must be held."""
    with contextlib.suppress(FileNotFoundError):
        (home / "kb.sock").unlink()
    server = socket.socket(socket.AF_UNIX)
    with _address(home) as address:
        server.bind(address)
    (home / "kb.sock").chmod(0o600)
    server.listen(8)
    threading.Thread(target=_accept, args=(server,), name="kb-relay", daemon=True).start()
    try:
        yield
    finally:
        server.close()
        with contextlib.suppress(FileNotFoundError):
            (home / "kb.sock").unlink()


@contextlib.contextmanager
def _address(home: Path) -> Iterator[str]:
    """The socket's address through an open folder: an address may be 107 bytes only, a home's path longer."""
    folder = os.open(home, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/kb.sock" if Path("/proc/self/fd").is_dir() else str(home / "kb.sock")
    finally:
        os.close(folder)


def _there(request: dict[str, Any]) -> int | None:
    """Send a command to the serving process and print what comes back; None when nobody listens (yet)."""
    connection = socket.socket(socket.AF_UNIX)
    with connection:
        try:
            with _address(settings().home) as address:
                connection.connect(address)
        except OSError:
            return None
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile("r", encoding="utf-8") as answers:
            for line in answers:
                answer = json.loads(line)
                if "exit" in answer:
                    return int(answer["exit"])
                stream = sys.stdout if "out" in answer else sys.stderr
                _to(stream)(answer.get("out") or answer.get("err") or "")
    raise Conflict("relay.broken", "服务进程中途停止了，操作可能没有完成。请重新启动服务后核对。")


def _accept(server: socket.socket) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:  # closed: the server stops
            return
        threading.Thread(target=_serve, args=(connection,), name="kb-command", daemon=True).start()


def _serve(connection: socket.socket) -> None:
    lock = threading.Lock()

    def answer(kind: str, value: object) -> None:
        with lock:
            connection.sendall(json.dumps({kind: value}).encode() + b"\n")

    with connection, contextlib.suppress(OSError):  # the terminal may go away; its command then ends at the next word
        request = json.loads(connection.makefile("rb").readline(_LONGEST_REQUEST))
        console = Console(
            lambda t: answer("out", t), lambda t: answer("err", t), locale=request["locale"], as_json=request["json"]
        )
        answer("exit", _carried_out(console, request))


def _carried_out(console: Console, request: dict[str, Any]) -> int:
    try:
        return commands.run(request["command"], console, request["arguments"])
    except ConnectionError:  # the terminal went away
        raise
    except Exception as error:  # the edge of a process that serves others, too
        refused = trouble.refusal_of(error)
        if refused is not error:
            _log.exception("command %s", request["command"])
        if refused is not None:
            console.refuse(refused)
        else:
            console.note(FAILED, detail=type(error).__name__)
    return 1


def _to(stream: Any) -> Any:
    def write(text: str) -> None:
        if stream is not None:  # None: the caller closed it
            stream.write(text)
            stream.flush()

    return write
