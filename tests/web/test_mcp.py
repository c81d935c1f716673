"""``kb mcp`` as an assistant uses it: the official client over standard input, a real server, a person's token."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from sqlmodel import Session

from ingest.intake import Target
from kb import credentials, grants
from kb.access import Classification, Module
from kb.handover.opening import open_handover
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER
from tests import working

pytestmark = pytest.mark.integration


@pytest.fixture
def served(app: FastAPI) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


async def _talk(url: str, token: str, calls: list[tuple[str, dict[str, Any]]]) -> list[Any]:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    command = StdioServerParameters(
        command=sys.executable, args=["-m", "web.cli", "mcp", "--url", url], env=os.environ | {"KB_TOKEN": token}
    )
    async with stdio_client(command) as (reading, writing), ClientSession(reading, writing) as client:
        await client.initialize()
        assert {t.name for t in (await client.list_tools()).tools} == {
            "search", "ask", "read", "handovers", "checklist"
        }  # fmt: skip
        return [await client.call_tool(name, given) for name, given in calls]


def test_an_assistant_finds_what_its_person_finds_and_nothing_else(
    served: str, session: Session, people: dict[str, Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    working.without_model(monkeypatch)
    handover = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"], people["successor"])
    grants.write_grant(session, OPERATOR_VIEWER, people["successor"].id, handover.id, Module.strategy,
                       Classification.internal)
    _, token = credentials.create_token(session, people["successor"].id, "助手")
    session.commit()
    receipts = [
        working.take_in(Target(handover.id, module), working.write(tmp_path, name, text))[0]
        for module, name, text in (
            (Module.strategy, "退出.md", "# 退出华北\n\n真正的原因是最大客户换了采购负责人。"),
            (Module.finance, "额度.md", "# 付款额度\n\n真正的原因是一笔预付款付了两次，额度降到 120 万。"),
        )
    ]
    found, asked, opened, refused = asyncio.run(_talk(served, token, [
        ("search", {"question": "真正的原因"}), ("ask", {"question": "真正的原因"}),
        ("read", {"document_id": receipts[0].document_id}),
        ("read", {"document_id": receipts[1].document_id}),
    ]))  # fmt: skip
    passages = json.loads(found.content[0].text)["passages"]
    assert [p["document_id"] for p in passages] == [receipts[0].document_id]
    quotes = json.loads(asked.content[0].text)["quotes"]
    assert [q["document_id"] for q in quotes] == [receipts[0].document_id]
    assert "120 万" not in asked.content[0].text
    assert "采购负责人" in opened.content[0].text
    assert "120 万" not in refused.content[0].text
    assert refused.is_error
