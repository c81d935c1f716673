"""Contradictions on their page: put aside with a reason by those who take part, and shown again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from ingest.intake import Target
from kb.access import Classification, Module
from kb.handover.case import Handover
from tests import working

ClientFor = Callable[[str | None], TestClient]


def test_a_contradiction_is_put_aside_with_a_reason(
    handover: Handover, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    working.without_model(monkeypatch)
    target = Target(handover.id, Module.strategy, Classification.internal)
    for name, sum_ in (("年度预算说明.md", "3,200"), ("董事会汇报.md", "2,600")):
        text = f"# {name[:-3]}\n\n成都二期工程总投资预算为 {sum_} 万元。\n"
        working.take_in(target, working.write(tmp_path, name, text))
    leaver = client_for("leaver")
    address = f"/handovers/{handover.id}/contradictions"
    page = leaver.get(address).text
    assert "2,600" in page
    pair = page.split('name="pair" value="')[1].split('"')[0]
    assert leaver.post(address, data={"pair": pair, "reason": " "}).status_code == 422
    assert leaver.post(address, data={"pair": pair, "reason": "以董事会汇报为准"}).status_code == 303
    after = leaver.get(address).text
    assert "核对过的 1 处" in after
    assert "以董事会汇报为准" in after
    assert client_for("hr").post(address, data={"pair": pair, "reason": "x"}).status_code == 403
    assert leaver.post(address, data={"pair": pair, "then": "show"}).status_code == 303
    assert "核对过的" not in leaver.get(address).text
