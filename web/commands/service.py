"""``kb serve`` and ``kb worker``: the long-running processes."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from kb.errors import Conflict
from kb.settings import settings
from web import relay
from web.commands import trouble
from web.console import Console

_log = logging.getLogger(__name__)


def serve(locale: str, host: str = "", port: int = -1, *, ready: Callable[[Console, str], None] | None = None) -> int:
    """Serve the pages until stopped; ``ready(console, address)`` is called in a thread once they answer."""
    console = _console(locale)
    try:
        with _home_to_ourselves():
            return _serve(console, host or settings().host, settings().port if port < 0 else port, ready or _tell)
    except Exception as error:
        refused = trouble.refusal_of(error)
        if refused is None:
            raise
        console.refuse(refused)
        return 1


def work(locale: str) -> int:
    """Work on documents without serving pages, until stopped."""
    from ingest import pipeline

    console = _console(locale)
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    try:
        with _home_to_ourselves():
            pipeline.start()
            console.say("正在处理资料。按 Ctrl+C 停止。")
            threading.Thread(target=_complete_index, name="kb-index", daemon=True).start()
            stopped.wait()
            pipeline.stop()
    except Exception as error:
        refused = trouble.refusal_of(error)
        if refused is None:
            raise
        console.refuse(refused)
        return 1
    _end(0)
    return 0


def check_worker(locale: str) -> int:
    """0 when the worker of this home and ``KB_EXECUTOR_ID`` has shown a sign of life lately; for health checks."""
    from ingest import pipeline

    console = _console(locale)
    if pipeline.is_alive():
        console.say("工作进程正常。")
        return 0
    console.note("工作进程没有反应，请查看它的日志并重新启动。")
    return 1


@contextmanager
def _home_to_ourselves() -> Iterator[None]:
    """Hold the home and answer other terminals' commands, where embedded mode makes that necessary.

    Raises:
        Conflict: another process serves this home.
    """
    from kb import schema

    try:
        with relay.hold(settings().home) if settings().embedded else nullcontext():
            schema.upgrade()
            with relay.listening(settings().home) if settings().embedded else nullcontext():
                yield
    except relay.Occupied:
        raise Conflict(
            "home.occupied", "数据目录正被另一个程序使用，请先停止它再试：{home}", home=str(settings().home.absolute())
        ) from None


def _serve(console: Console, host: str, port: int, ready: Callable[[Console, str], None]) -> int:
    import uvicorn

    from web.app import create_app

    config = uvicorn.Config(
        create_app(), host=host, port=port, log_level="warning", access_log=False, server_header=False,
        timeout_graceful_shutdown=5, proxy_headers=bool(settings().public_url), date_header=True,
    )  # fmt: skip
    server = uvicorn.Server(config)
    threading.Thread(target=_when_started, args=(server, console, ready), name="kb-ready", daemon=True).start()
    try:
        server.run()
    except SystemExit:  # uvicorn's way to say that it could not start; it has logged why
        if server.lifespan.should_exit:
            console.note("网页服务没有启动，原因见上面的日志。")
        else:
            console.note("网页服务没有启动，端口 {port} 可能已被占用。可用 --port 换一个。", port=port)
        _end(1)
    _end(0)
    return 0


def _when_started(server: object, console: Console, ready: Callable[[Console, str], None]) -> None:
    while not getattr(server, "started", False):
        if getattr(server, "should_exit", False):
            return
        time.sleep(0.05)
    sockets = [s for listener in getattr(server, "servers", []) for s in listener.sockets]
    host, port = sockets[0].getsockname()[:2]
    address = settings().public_url or f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else host}:{port}"  # noqa: S104
    try:
        ready(console, address)
        _warm_up()
        _complete_index()
    except Exception:  # the server goes on without its extras
        _log.exception("after the start")


def _tell(console: Console, address: str) -> None:
    console.say("已启动：{address}　按 Ctrl+C 停止。", address=address)


def _warm_up() -> None:
    """Load what the first question would wait for."""
    from kb import embedding, lexical, vectors
    from search.reading import reader

    lexical.query_terms("预热")
    embedding.embed_query_or_none("预热", vectors.index().model)
    if embedding.embed_tuned_query_or_none("预热", vectors.index().model) is not None:
        reader.read("预热", [reader.Readable("", "预热")])


def _complete_index() -> None:
    """Make what the index lacks: its folder was lost, or a restore was cut off before its end."""
    from kb import reconciliation

    if settings().workers and reconciliation.is_behind():
        _log.warning("the index lacks passages that the database has; they are being made")
        report = reconciliation.reconcile()
        _log.warning("the index is %s", "complete" if report.repaired else "not complete: run kb reconcile --rebuild")


def _console(locale: str) -> Console:
    def write(stream: object) -> Callable[[str], None]:
        return lambda text: print(text, end="", flush=True, file=stream)  # type: ignore[call-overload]

    return Console(write(sys.stdout), write(sys.stderr), locale=locale)


def _end(code: int) -> None:
    """Leave at once: a step still under way may be cut off anywhere, the next start takes it up again."""
    from kb import vectors

    vectors.close()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
