"""Every way of tampering with bundle and home is found and named; a smaller run of ``tests.bench.tamper``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import Session

from kb import db
from kb.handover import proof
from tests.bench import tamper, tamper_bundle, tamper_database
from tests.bench.evidence import Evidence, build, cheap_home

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Evidence]:
    home = tmp_path_factory.mktemp("evidence") / "home"
    with cheap_home(home):
        yield build(home)


@pytest.fixture
def at_home(evidence: Evidence) -> Iterator[Evidence]:
    with cheap_home(evidence.home):
        yield evidence


def test_there_are_enough_kinds() -> None:
    assert len(tamper_bundle.KINDS) >= 14
    assert len(tamper_database.KINDS) >= 14


def test_what_was_not_touched_holds(at_home: Evidence) -> None:
    with Session(db.engine()) as session:
        assert proof.faults(session) == []
        assert tamper.found_at_home(session) == []


def test_every_tampering_with_a_bundle_is_found(at_home: Evidence, tmp_path: Path) -> None:
    assert [r for r in tamper.on_bundles(at_home, tmp_path, 3) if r.missed] == []


def test_every_tampering_with_a_home_is_found(at_home: Evidence, tmp_path: Path) -> None:
    assert [r for r in tamper.on_home(at_home, tmp_path, 3) if r.missed] == []


def test_every_flipped_byte_of_a_certificate_is_found(at_home: Evidence) -> None:
    assert not tamper.on_certificate(at_home, 200).missed
