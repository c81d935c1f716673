"""An MCP server for a person's assistant: search, ask, read and checklist over the REST API, with the person's token.

It holds no rights of its own: each call is a request with the token, so what is found is what the person would find.
"""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen

_SECONDS = 60
INSTRUCTIONS = (
    "高管交接知识库。search 和 ask 返回原文段落与出处，回答时请逐句引用；找不到就说找不到。"
    " A knowledge base of executives' handovers: quote the passages that search and ask return, and say so when there"
    " is none."
)


class Door:
    """The REST API of a serving knowledge base, as the holder of a token may use it."""

    def __init__(self, url: str, token: str) -> None:
        self._url, self._token = url.rstrip("/"), token

    def get(self, path: str, **given: str | int) -> Any:
        """The answer to a GET under ``/api/v1``.

        Raises:
            ValueError: the server refused or does not answer; the sentence says why.
        """
        query = urlencode({k: v for k, v in given.items() if v})
        asked = Request(f"{self._url}/api/v1{path}{'?' + query if query else ''}",  # noqa: S310 - the user's own server
                        headers={"Authorization": f"Bearer {self._token}", "Accept": "application/json"})
        try:
            with urlopen(asked, timeout=_SECONDS) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as error:
            raise ValueError(_said(error)) from None
        except (URLError, TimeoutError) as error:
            raise ValueError(f"{self._url}: {error}") from None


def _said(error: HTTPError) -> str:
    try:
        return str(json.load(error).get("detail") or error.reason)
    except ValueError:
        return f"{error.code} {error.reason}"


def search(door: Door, question: str, handover_id: str = "", module: str = "", limit: int = 5) -> dict[str, Any]:
    """Passages that answer a question, each with its document, headings and page; unreliable ones are only near."""
    found = door.get("/search", q=question[:500], handover_id=handover_id, module=module, limit=min(max(limit, 1), 20))
    passages = [
        {"document_id": hit["document_id"], "title": hit["title"], "version": hit["version_number"],
         "current": hit["current"], "text": hit["passage"]["text"], "headings": hit["passage"]["heading_path"],
         "page": hit["passage"]["page"]}
        for hit in found["items"]
    ]  # fmt: skip
    return {"reliable": found["reliable"], "notice": found["notice"], "passages": passages}


def ask(door: Door, question: str, handover_id: str = "", module: str = "") -> dict[str, Any]:
    """The numbered passages that answer a question, and where the server is set up for it sentences that cite them."""
    found: dict[str, Any] = door.get("/ask", q=question[:500], handover_id=handover_id, module=module)
    return found


def read(door: Door, document_id: str) -> dict[str, Any]:
    """One document: what it is, and its text."""
    found: dict[str, Any] = door.get(f"/documents/{quote(document_id, safe='')}")
    text: dict[str, Any] = door.get(f"/documents/{quote(document_id, safe='')}/text")
    return {"document_id": document_id, "title": found["title"], "author": found["author"],
            "date": found["authored_on"], "sha256": text["sha256"], "text": text["text"]}


def handovers(door: Door) -> Any:
    """The handovers the person may know of."""
    return door.get("/handovers")


def checklist(door: Door, handover_id: str) -> Any:
    """What a handover owes and what is handed in, as far as the person may know."""
    return door.get(f"/handovers/{quote(handover_id, safe='')}/checklist")


def serve(url: str, token: str) -> None:
    """Speak MCP on standard input and output until it closes."""
    from mcp.server import MCPServer

    door, server = Door(url, token), MCPServer("handover-kb", instructions=INSTRUCTIONS, log_level="ERROR")

    @server.tool(name="search", description=search.__doc__)
    def _search(question: str, handover_id: str = "", module: str = "", limit: int = 5) -> dict[str, Any]:
        return search(door, question, handover_id, module, limit)

    @server.tool(name="ask", description=ask.__doc__)
    def _ask(question: str, handover_id: str = "", module: str = "") -> dict[str, Any]:
        return ask(door, question, handover_id, module)

    @server.tool(name="read", description=read.__doc__)
    def _read(document_id: str) -> dict[str, Any]:
        return read(door, document_id)

    @server.tool(name="handovers", description=handovers.__doc__)
    def _handovers() -> Any:
        return handovers(door)

    @server.tool(name="checklist", description=checklist.__doc__)
    def _checklist(handover_id: str) -> Any:
        return checklist(door, handover_id)

    server.run("stdio")
