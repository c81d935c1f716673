"""A real HTTP server that plays the endpoint: it says what a test wants, and keeps what it was sent."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from kb.settings import settings


class Endpoint:
    """``says`` is the content it answers with; ``status``, ``raw`` and ``delay`` make it misbehave."""

    def __init__(self) -> None:
        self.says, self.status, self.raw, self.delay, self.headers = "", 200, b"", 0.0, {}
        self.asked: list[dict[str, Any]] = []
        self.authorization: list[str | None] = []
        self.paths: list[str] = []
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                endpoint.paths.append(self.path)
                endpoint.authorization.append(self.headers["Authorization"])
                endpoint.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                time.sleep(endpoint.delay)
                answer = {"choices": [{"message": {"role": "assistant", "content": endpoint.says}}]}
                try:
                    self.send_response(endpoint.status)
                    for name, value in endpoint.headers.items():
                        self.send_header(name, value)
                    self.end_headers()
                    self.wfile.write(endpoint.raw or json.dumps(answer).encode())
                except OSError:
                    pass

            def do_GET(self) -> None:
                endpoint.paths.append(f"GET {self.path}")
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/v1"

    def passages(self) -> list[dict[str, Any]]:
        """What it was sent last."""
        said: list[dict[str, Any]] = json.loads(self.asked[-1]["messages"][1]["content"])["passages"]
        return said


@pytest.fixture
def endpoint(home: object, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A serving endpoint that this process is configured to ask."""
    made = Endpoint()
    monkeypatch.setenv("KB_ANSWER_URL", made.url)
    monkeypatch.setenv("KB_ANSWER_MODEL", "qwen3")
    monkeypatch.setenv("KB_ANSWER_API_KEY", "sk-47")
    monkeypatch.setenv("KB_ANSWER_SECONDS", "2")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    settings.cache_clear()
    yield made
    made.server.shutdown()
    made.server.server_close()
    settings.cache_clear()
