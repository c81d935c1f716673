"""Documents on the shelf for page tests: taken in by the real steps in this process, indexed by words only."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlmodel import Session

from ingest.intake import Target
from kb import db
from kb.access import Classification, Module
from kb.grants import grant
from kb.handover.case import Handover
from kb.people import Person
from kb.viewing import OPERATOR_VIEWER, viewer_for
from tests import working

REASON = (
    "# 退出华北市场的决策\n\n## 背景\n\n华北区连续七个季度亏损，客户回款周期超过一百八十天。\n\n"
    "## 理由\n\n当初退出华北市场，是因为单一客户占了六成收入，路权又看不到拐点。\n\n"
    "| 年份 | 亏损 |\n| --- | --- |\n| 2023 | 1800 万 |\n"
)


class Shelf:
    """Puts files into one handover in the name of its leaver."""

    def __init__(self, folder: Path, handover: Handover, leaver: Person) -> None:
        self.folder, self.handover, self.leaver = folder, handover, leaver

    def put(
        self, name: str = "退出华北市场的决策.md", text: str = REASON, module: Module = Module.strategy,
        classification: Classification = Classification.internal, tags: tuple[str, ...] = (), deliverable_id: str = "",
    ) -> str:
        """Take a file in and return its document's id."""
        return self.put_file(working.write(self.folder, name, text), module, classification, tags, deliverable_id)

    def put_file(
        self, path: Path, module: Module = Module.strategy, classification: Classification = Classification.internal,
        tags: tuple[str, ...] = (), deliverable_id: str = "",
    ) -> str:
        """Take in a file that is there already."""
        with db.transaction(writes=False) as session:
            viewer = viewer_for(session, self.leaver)
        target = Target(self.handover.id, module, classification, tags, deliverable_id)
        return working.take_in(target, path, viewer=viewer)[0].document_id

    def open_to(self, session: Session, person: Person, module: Module = Module.strategy,
                up_to: Classification = Classification.internal) -> None:
        """Give somebody a module."""
        grant(session, OPERATOR_VIEWER, person, self.handover.id, module, up_to)
        session.commit()


@pytest.fixture
def shelf(
    tmp_path: Path, handover: Handover, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> Shelf:
    """An empty shelf of the opened handover."""
    working.without_model(monkeypatch)
    folder = tmp_path / "shelf"
    folder.mkdir()
    return Shelf(folder, handover, people["leaver"])
