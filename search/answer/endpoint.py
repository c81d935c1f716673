"""The OpenAI-compatible endpoint: one POST, bounded in time and size, to the configured address and no other."""

from __future__ import annotations

import json
import logging
import re
import time
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from kb.errors import Unavailable
from kb.settings import settings

_log = logging.getLogger(__name__)
_MOST_BYTES = 256 * 1024
_PIECE = 16 * 1024
_THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.DOTALL)


class _NoRedirect(HTTPRedirectHandler):
    """Follows nothing: passages and key go where the setting says, not where an answer says."""

    def redirect_request(self, *_: Any) -> None:
        """Refuse."""
        return


def complete(body: dict[str, Any]) -> str:
    """What the endpoint writes for a request body; thoughts of a reasoning model are left out.

    Raises:
        Unavailable: it does not answer in time, or not with an answer.
    """
    given = settings()
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    if given.answer_api_key:
        headers["Authorization"] = f"Bearer {given.answer_api_key}"
    url = f"{given.answer_url.rstrip('/')}/chat/completions"
    asked = Request(url, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 - the setting is http(s)
    deadline = time.monotonic() + given.answer_seconds
    try:
        with build_opener(_NoRedirect).open(asked, timeout=given.answer_seconds) as answer:
            return _written(_read(answer, deadline))
    except HTTPError as error:
        _log.warning("the answering endpoint says %s", error.code)
        error.close()
    except (OSError, HTTPException, ValueError, LookupError, TypeError) as error:
        _log.warning("the answering endpoint does not answer: %s", type(error).__name__)
    raise Unavailable("ask.endpoint", "作答接口暂时没有给出回答，段落不受影响。")


def _read(answer: HTTPResponse, deadline: float) -> bytes:
    taken = b""
    while piece := answer.read1(_PIECE):
        taken += piece
        if len(taken) > _MOST_BYTES or time.monotonic() > deadline:
            raise TimeoutError
    return taken


def _written(body: bytes) -> str:
    content = json.loads(body)["choices"][0]["message"]["content"]
    if not isinstance(content, str):
        raise TypeError
    return _THOUGHTS.sub("", content).strip()
