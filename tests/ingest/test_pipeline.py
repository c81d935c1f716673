"""The durable queue in this process: what is handed in ends, whatever was left over from before."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Cm
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from ingest import batch, pipeline, steps
from ingest.intake import Target
from kb import indexing, vectors
from kb.access import Module
from kb.db import transaction
from kb.documents import Document, Stage, Version
from kb.errors import Unavailable
from kb.handover.opening import open_handover
from kb.people import Role, add_person
from kb.receipts import Status
from kb.settings import settings
from kb.viewing import OPERATOR_VIEWER
from search import Query, search
from tests import working
from tests.ingest import samples
from tests.ingest.formats.test_scan import FONTS, page

pytestmark = pytest.mark.integration


@pytest.fixture
def target(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    working.migrated(home)
    working.without_model(monkeypatch)
    with transaction() as session:
        handover = open_handover(session, OPERATOR_VIEWER, "coo", add_person(session, "zhou", Role.leaver))
    yield Target(handover.id, Module.projects)
    pipeline.stop()


def accept(target: Target, path: Path) -> str:
    return batch.accept_files(OPERATOR_VIEWER, [(path, path.name)], target)[0].version_id


def stage_of(version_id: str) -> Stage:
    with transaction(writes=False) as session:
        return session.get_one(Version, version_id).stage


def test_what_is_handed_in_before_the_start_is_found_by_the_sweep(target: Target, tmp_path: Path) -> None:
    version_id = accept(target, working.write(tmp_path, "甲.md", "甲的内容"))
    pipeline.start()
    assert pipeline.wait([version_id], timeout=60)
    assert stage_of(version_id) is Stage.ready


def test_starting_and_stopping_again_and_again_changes_nothing(target: Target, tmp_path: Path) -> None:
    for n in range(2):
        pipeline.start()
        pipeline.start()
        version_id = accept(target, working.write(tmp_path, f"{n}.md", f"第{n}份内容"))
        assert pipeline.wait([version_id], timeout=60)
        pipeline.stop()
        pipeline.stop()
        assert stage_of(version_id) is Stage.ready


@pytest.mark.parametrize(("address", "kept"), [("", []), (":memory:", ["of another process"])])
def test_a_start_clears_what_was_left_and_nothing_of_another_process(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str, kept: list[str]
) -> None:
    monkeypatch.setenv("KB_QDRANT_URL", address)
    settings.cache_clear()
    pipeline.start()  # where there is no such folder yet
    pipeline.stop()
    for name in ("of another process", "of last week"):
        (settings().home / "work" / name).mkdir(parents=True)
    os.utime(settings().home / "work" / "of last week", (0, 0))
    pipeline.start()
    assert [f.name for f in (settings().home / "work").iterdir()] == kept
    version_id = accept(target, working.write(tmp_path, "甲.md", "甲的内容"))
    assert pipeline.wait([version_id], timeout=60)
    assert stage_of(version_id) is Stage.ready


def test_a_damaged_queue_is_put_aside_and_what_is_unfinished_starts_over(target: Target, tmp_path: Path) -> None:
    durable = settings().home / "durable.sqlite"
    durable.write_bytes(b"nothing that SQLite wrote" * 1000)
    version_id = accept(target, working.write(tmp_path, "甲.md", "甲的内容"))
    pipeline.start()
    assert pipeline.wait([version_id], timeout=60)
    assert durable.with_name("durable.sqlite.damaged").is_file()


def test_a_refusal_keeps_its_reason_and_the_others_go_on(target: Target, tmp_path: Path) -> None:
    pipeline.start()
    bad = tmp_path / "空.docx"
    bad.write_bytes(b"")
    good = working.write(tmp_path, "好.md", "好的内容")
    receipts = batch.accept_files(OPERATOR_VIEWER, [(bad, bad.name), (good, good.name)], target)
    refused, ready = batch.finish(OPERATOR_VIEWER, receipts)
    assert (refused.status, refused.reason["slug"]) == (Status.refused, "document.empty")
    assert ready.ok


@pytest.mark.parametrize("missing", [
    Unavailable("index.unreachable", "索引没有应答。"),
    OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full")),
])  # fmt: skip
def test_a_part_that_does_not_answer_is_waited_for(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: Exception
) -> None:
    calls: list[int] = []
    real = indexing.write_batch

    def unreachable_once(version_id: str, first: int) -> int:
        calls.append(first)
        if len(calls) == 1:
            raise missing
        return real(version_id, first)

    monkeypatch.setattr(indexing, "write_batch", unreachable_once)
    pipeline.start()
    version_id = accept(target, working.write(tmp_path, "甲.md", "甲的内容"))
    assert pipeline.wait([version_id], timeout=60)
    assert stage_of(version_id) is Stage.ready
    assert len(calls) > 1


def test_a_bug_in_a_step_refuses_the_file_and_not_the_worker(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(version_id: str) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(steps, "chunk", broken)
        pipeline.start()
        version_id = accept(target, working.write(tmp_path, "甲.md", "甲的内容"))
        assert pipeline.wait([version_id], timeout=60)
    with transaction(writes=False) as session:
        assert session.get_one(Version, version_id).reason_slug == "document.failed"
    after = accept(target, working.write(tmp_path, "乙.md", "乙的内容"))
    assert pipeline.wait([after], timeout=60)
    assert stage_of(after) is Stage.ready


def test_every_step_may_be_repeated(target: Target, tmp_path: Path) -> None:
    version_id = accept(target, working.write(tmp_path, "甲.md", "# 甲\n\n甲的内容"))
    for step in (steps.parse, steps.chunk):
        step(version_id)
        step(version_id)
    assert steps.embed(version_id, 0) == steps.embed(version_id, 0)
    steps.store(version_id)
    steps.store(version_id)
    with transaction(writes=False) as session:
        version = session.get_one(Version, version_id)
        assert (version.stage, version.chunk_count) == (Stage.ready, version.vector_count)
        assert len(session.exec(select(Document)).all()) == 1
    assert vectors.index().count(version_id) == version.chunk_count


def test_a_document_deleted_on_its_way_leaves_nothing(target: Target, tmp_path: Path) -> None:
    from kb import library

    version_id = accept(target, working.write(tmp_path, "甲.md", "# 甲\n\n甲的内容"))
    steps.parse(version_id)
    steps.chunk(version_id)
    steps.embed(version_id, 0)
    with transaction() as session:
        library.delete_document(session, OPERATOR_VIEWER, _document_of(session, version_id))
    steps.store(version_id)
    assert vectors.index().count(version_id) == 0


def _document_of(session: Session, version_id: str) -> str:
    return session.get_one(Version, version_id).document_id


@pytest.mark.skipif(not FONTS, reason="no Chinese font to draw with: install fonts-noto-cjk or fonts-wqy-microhei")
def test_what_a_chart_and_a_picture_say_is_found(target: Target, tmp_path: Path) -> None:
    pipeline.start()
    drawn = BytesIO()
    page(["采购合同五百万元以下由柳副总审批"]).save(drawn, "PNG")

    def fill(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = "经营情况"
        figures = CategoryChartData()
        figures.categories = ["华北大区", "华东大区"]
        figures.add_series("回款（万元）", (120, 460.5))
        slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, Cm(1), Cm(4), Cm(9), Cm(5), figures)
        slide.shapes.add_picture(BytesIO(drawn.getvalue()), Cm(1), Cm(10))

    version_id = accept(target, samples.pptx(tmp_path / "经营.pptx", fill))
    assert pipeline.wait([version_id], timeout=120)
    with transaction() as session:
        for question in ("华东大区回款", "采购合同柳副总审批"):
            hit = search(session, OPERATOR_VIEWER, Query(text=question), record=False).hits[0]
            assert hit.best.heading_path == ("经营情况",)
        assert [n["slug"] for n in session.get_one(Version, version_id).notices] == [
            "document.pictures_read", "index.lexical_only",
        ]  # fmt: skip
