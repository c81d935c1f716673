"""The parsing process from inside (``python -m ingest.child``): requests in, answers in JSON lines, no file trusted."""

from __future__ import annotations

import json
import os
import resource
import select
import socket
import threading
import time
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from ingest.page_image import render_page
from ingest.reading import Job, read
from kb.errors import KbError

IDLE_SECONDS = 120
"""A child that nobody asks for this long ends, to give its memory back."""
_WRITTEN_BYTES = 2 * 1024 * 1024 * 1024
_ADDRESS_HEADROOM = 4
"""Libraries map far more memory than they use: the parent watches the resident size, this only stops a runaway."""


def main() -> None:
    """Answer requests on standard input until it closes or nothing comes for ``IDLE_SECONDS``."""
    answers = _private_output()
    _limit()
    _close_network()
    _die_with_parent()
    _send(answers, {"ready": True})
    requests = os.fdopen(0, "rb", buffering=0)
    buffered = b""
    while select.select([requests], [], [], IDLE_SECONDS)[0]:
        received = requests.read(1 << 16)
        if not received:
            return
        buffered += received
        *whole, buffered = buffered.split(b"\n")
        for line in whole:
            _send(answers, _answer(json.loads(line), answers))


def _answer(request: dict[str, Any], answers: BinaryIO) -> dict[str, Any]:
    _renew_processor_time(float(request["seconds"]))
    try:
        return _drawn(request) if request["do"] == "draw" else _parsed(request, answers)
    except KbError as error:
        return {"kind": type(error).__name__, "slug": error.slug, "message": error.message, "params": error.params}
    except MemoryError:
        message = "解析需要的内存太多，已停止。请把文件拆小后再上传。"
        return {"kind": "Invalid", "slug": "document.too_large", "message": message, "params": {}}
    except Exception:
        os._exit(70)  # the parent tells the user; a half-broken interpreter must not read the next file


def _parsed(request: dict[str, Any], answers: BinaryIO) -> dict[str, Any]:
    job = Job(
        path=Path(request["path"]), file_name=request["file_name"], work_dir=Path(request["work_dir"]),
        progress=lambda done, total: _send(answers, {"progress": [done, total]}),
        deadline=time.monotonic() + float(request["seconds"]),
    )  # fmt: skip
    return {"parsed": read(job).as_dict()}


def _drawn(request: dict[str, Any]) -> dict[str, Any]:
    drawn = render_page(Path(request["path"]), int(request["page"]), request["passage"])
    Path(request["target"]).write_bytes(drawn)
    return {"drawn": len(drawn)}


def _send(answers: BinaryIO, answer: dict[str, Any]) -> None:
    answers.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
    answers.flush()


def _private_output() -> BinaryIO:
    """Standard output for answers alone; what libraries print goes to standard error."""
    private = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return private


def _limit() -> None:
    allowed = int(os.environ.get("KB_PARSE_MEMORY_MB", "1536")) * 1024 * 1024
    for limit, value in (
        (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, _WRITTEN_BYTES),
        (resource.RLIMIT_AS, max(allowed * _ADDRESS_HEADROOM, 6 << 30)),
    ):  # fmt: skip
        hard = resource.getrlimit(limit)[1]
        resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))


def _renew_processor_time(seconds: float) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    allowed = spent + int(seconds * (os.cpu_count() or 1)) + 60
    resource.setrlimit(resource.RLIMIT_CPU, (allowed if hard == resource.RLIM_INFINITY else min(allowed, hard), hard))


def _close_network() -> None:
    """No file may make this process talk to anyone: every socket is refused."""

    def refuse(*_: object, **__: object) -> NoReturn:
        raise OSError("the parsing process has no network")

    socket.socket.connect = refuse  # type: ignore[method-assign]
    socket.socket.connect_ex = refuse  # type: ignore[method-assign]
    socket.socket.sendto = refuse  # type: ignore[method-assign]
    socket.create_connection = refuse
    socket.getaddrinfo = refuse


def _die_with_parent() -> None:
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    main()
