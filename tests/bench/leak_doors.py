"""The leak test through the doors: ``python -m tests.bench.leak_doors --queries 200``.

The same questions, with a person's token, at the REST API and at the MCP tools over it, and what a real endpoint is
sent for them: in the whole company and in one that holds only what the person may see.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import credentials, db, vectors
from kb.access import Classification, Grant, Module, Scope, cell_of
from kb.people import Person, Role
from search import Query
from tests.bench.leak import Compared, Difference, company, questions, settle
from tests.bench.world import Dice
from tests.search.answer.endpoint import Endpoint
from web import mcp_server
from web.app import create_app

_PERSON = "per-bench"


class NearDoor(mcp_server.Door):
    """The MCP server's door to an application in this process."""

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def get(self, path: str, **given: str | int) -> Any:
        answer = self._client.get(f"/api/v1{path}", params={k: v for k, v in given.items() if v})
        if answer.status_code >= 400:
            raise ValueError(answer.text)
        return answer.json()


def told(home: Path, grants: list[Grant], asked: list[Query], ids: list[str]) -> list[str]:
    """What REST and MCP answer to each question and to who reads a hidden document; what the endpoint got."""
    endpoint = Endpoint()
    endpoint.says = "合同续约付款。[1]"
    with company(home), pytest.MonkeyPatch.context() as patch:
        patch.setenv("KB_ANSWER_URL", endpoint.url)
        patch.setenv("no_proxy", "127.0.0.1")
        _forget()
        client = TestClient(create_app(), headers={"Authorization": f"Bearer {_token(grants)}"})
        door = NearDoor(client)
        said = [_answers(client, door, endpoint, query) for query in asked]
        said += [json.dumps(_tried(lambda i=i: mcp_server.read(door, i))) for i in ids]
    endpoint.server.shutdown()
    endpoint.server.server_close()
    return said


def _forget() -> None:
    from kb.settings import settings

    settings.cache_clear()


def _token(grants: list[Grant]) -> str:
    with Session(db.engine()) as session:
        session.add(Person(id=_PERSON, login="bench", name="考官", role=Role.successor))
        session.flush()
        for grant in grants:
            session.add(Grant.model_validate(grant.model_dump()))
        _, secret = credentials.create_token(session, _PERSON, "评测")
        session.commit()
    return secret


def _answers(client: TestClient, door: NearDoor, endpoint: Endpoint, query: Query) -> str:
    endpoint.asked.clear()
    given = {"q": query.text, "limit": query.limit, "include_old": query.include_old}
    found = client.get("/api/v1/search", params=given).json()
    found.pop("took_ms", None)
    module = query.modules[0].value if query.modules else ""
    mcp = [_tried(lambda tool=tool: tool(door, query.text, query.handover_id or "", module))
           for tool in (mcp_server.search, mcp_server.ask)]
    return json.dumps([found, mcp, endpoint.asked], ensure_ascii=False)


def _tried(call: Any) -> Any:
    try:
        return call()
    except ValueError as refused:
        return str(refused)


def compare_doors(folder: Path, *, seed: int, viewers: int, documents: int, queries: int) -> Compared:
    """The same questions at the doors of both companies."""
    dice = Dice(seed)
    papers = dice.papers(documents, handovers=4)
    differences, count, sent = [], 0, 0
    for number in range(viewers):
        grants = _grants(dice)
        visible = sorted((p for p in papers if _scope(grants).sees(p.cell)), key=lambda p: p.id)
        homes = folder / f"whole-{number}", folder / f"small-{number}"
        settle(homes[0], papers)
        settle(homes[1], visible)
        asked = questions(dice, papers, queries // viewers)
        ids = [p.id for p in papers if p not in visible][:20]  # the visible ones have no file behind them here
        both = list(zip(told(homes[0], grants, asked, ids), told(homes[1], grants, asked, ids), strict=True))
        shown = [*asked, *(Query(text=i) for i in ids)]
        differences += [Difference(q, a, b) for q, (a, b) in zip(shown, both, strict=True) if a != b]
        count, sent = count + len(both), sent + sum('"temperature": 0' in a for a, _ in both)
    vectors.close()
    return Compared(count, sent, differences)


def _grants(dice: Dice) -> list[Grant]:
    chance = dice.random
    return [
        Grant(person_id=_PERSON, handover_id=f"hov-{n}", module=module, up_to=chance.choice(list(Classification)))
        for n in range(4) for module in chance.sample(list(Module), 2)
    ]  # fmt: skip


def _scope(grants: list[Grant]) -> Scope:
    return Scope(frozenset(cell_of(g.handover_id, g.module, c) for g in grants for c in g.classes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--viewers", type=int, default=4)
    parser.add_argument("--documents", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261124)
    given = parser.parse_args()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="kb-leak-doors-") as folder:
        compared = compare_doors(
            Path(folder), seed=given.seed, viewers=given.viewers, documents=given.documents, queries=given.queries
        )
    print(f"{compared.asked} answers ({compared.sent} with a request to an endpoint), {len(compared.differences)} "
          f"differ, {time.perf_counter() - started:.0f} s")
    for found in compared.differences[:3]:
        print(found.query, found.whole[:1500], found.without_hidden[:1500], sep="\n  ")
    raise SystemExit(bool(compared.differences))


if __name__ == "__main__":
    main()
