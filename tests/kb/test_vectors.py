"""One contract for every engine: the embedded one, ``:memory:``, and a server where KB_TEST_QDRANT_URL names one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import httpx
import numpy as np
import pytest
from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

from kb.access import OPERATOR, Scope
from kb.chunks import point_id
from kb.errors import Conflict, Unavailable
from kb.lexical import passage_terms, query_terms
from kb.vectors import Candidate, IndexedPassage, Narrowing, VectorIndex
from kb.vectors.engine import EdgeEngine
from kb.vectors.server import ServerEngine

OPEN, CLOSED = "hov-1:projects:internal", "hov-1:finance:internal"
SCOPE = Scope(cells=frozenset({OPEN}))


def vector(seed: int) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=8).astype(np.float32)
    return made / np.linalg.norm(made)


def passage(document: str, text: str, *, version: str = "", cell: str = OPEN, **more: object) -> IndexedPassage:
    version = version or f"ver-{document}"
    return IndexedPassage(
        point_id=point_id(document, version, 0), document_id=document, version_id=version, cell=cell,
        dense=vector(len(text)), terms=passage_terms("", (), text), handover_id=cell.split(":")[0],
        module=cell.split(":")[1], classification="internal", **more,  # type: ignore[arg-type]
    )


@pytest.fixture(params=["edge", "memory", "server"])
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    if request.param == "edge":
        opened = VectorIndex(EdgeEngine(tmp_path / "edge", 8), "test")
    elif request.param == "memory":
        opened = VectorIndex(ServerEngine(":memory:", "", "contract", 8), "test")
    elif url := os.environ.get("KB_TEST_QDRANT_URL"):
        opened = VectorIndex(ServerEngine(url, "", f"contract-{os.getpid()}-{tmp_path.name}", 8), "test")
    else:
        pytest.skip("no Qdrant server: set KB_TEST_QDRANT_URL")
    yield opened
    opened.close()


def words(index: VectorIndex, text: str, scope: Scope = SCOPE, **narrowing: object) -> list[str]:
    found: list[Candidate] = index.matching(query_terms(text), scope, Narrowing(**narrowing), 10)  # type: ignore[arg-type]
    return [c.document_id for c in found]


def meaning(index: VectorIndex, scope: Scope = SCOPE, **narrowing: object) -> set[str]:
    return {c.document_id for c in index.nearest(vector(3), scope, Narrowing(**narrowing), 10)}  # type: ignore[arg-type]


def test_nothing_is_found_before_it_is_published(index: VectorIndex) -> None:
    index.write([passage("doc-1", "江川重工年框")])
    assert index.count("ver-doc-1") == 1
    assert words(index, "年框") == []
    assert meaning(index, OPERATOR) == set()
    index.publish("doc-1", "ver-doc-1")
    assert words(index, "年框") == ["doc-1"]
    assert meaning(index) == {"doc-1"}


def test_writing_again_overwrites(index: VectorIndex) -> None:
    index.write([passage("doc-1", "江川重工年框")] * 2)
    index.write([passage("doc-1", "江川重工年框")])
    assert index.count("ver-doc-1") == 1


def test_a_closed_cell_is_in_no_answer(index: VectorIndex) -> None:
    index.write([passage("doc-1", "年框到期"), passage("doc-2", "年框返点", cell=CLOSED)])
    for document in ("doc-1", "doc-2"):
        index.publish(document, f"ver-{document}")
    assert words(index, "年框") == ["doc-1"]
    assert meaning(index) == {"doc-1"}
    assert words(index, "年框", Scope()) == []
    assert meaning(index, Scope()) == set()
    assert set(words(index, "年框", OPERATOR)) == {"doc-1", "doc-2"}


def test_asking_for_a_closed_module_finds_nothing(index: VectorIndex) -> None:
    index.write([passage("doc-1", "年框到期"), passage("doc-2", "年框返点", cell=CLOSED)])
    for document in ("doc-1", "doc-2"):
        index.publish(document, f"ver-{document}")
    assert words(index, "年框", modules=("finance",)) == []
    assert words(index, "年框", modules=("projects",)) == ["doc-1"]
    assert words(index, "年框", OPERATOR, modules=("finance",)) == ["doc-2"]


def test_the_new_version_takes_the_place_of_the_old(index: VectorIndex) -> None:
    index.write([passage("doc-1", "年框旧", version="v1")])
    index.publish("doc-1", "v1")
    index.write([passage("doc-1", "年框新", version="v2")])
    index.publish("doc-1", "v2")
    found = index.matching(query_terms("年框"), SCOPE, Narrowing(), 10)
    assert [c.version_id for c in found] == ["v2"]
    both = index.matching(query_terms("年框"), SCOPE, Narrowing(include_old=True), 10)
    assert {c.version_id for c in both} == {"v1", "v2"}


def test_a_moved_document_follows_its_cell(index: VectorIndex) -> None:
    index.write([passage("doc-1", "年框到期")])
    index.publish("doc-1", "ver-doc-1")
    index.update("doc-1", cell=CLOSED, module="finance")
    assert words(index, "年框") == []
    assert words(index, "年框", Scope(cells=frozenset({CLOSED}))) == ["doc-1"]


def test_removed_is_never_found_again(index: VectorIndex) -> None:
    index.write([passage("doc-1", "年框到期")])
    index.publish("doc-1", "ver-doc-1")
    index.remove(document_id="doc-1")
    assert words(index, "年框") == []
    assert index.count("ver-doc-1") == 0
    assert list(index.points()) == []


def test_tags_must_all_hold_and_undated_is_in_no_span(index: VectorIndex) -> None:
    index.write([
        passage("doc-1", "年框到期", tags=("续约", "客户"), authored_on=date(2026, 3, 1)),
        passage("doc-2", "年框续签", tags=("续约",)),
    ])
    for document in ("doc-1", "doc-2"):
        index.publish(document, f"ver-{document}")
    assert words(index, "年框", tags=("续约", "客户")) == ["doc-1"]
    assert set(words(index, "年框", tags=("续约",))) == {"doc-1", "doc-2"}
    assert words(index, "年框", date_from=date(2026, 3, 1), date_to=date(2026, 3, 1)) == ["doc-1"]
    assert words(index, "年框", date_from=date(2026, 3, 2)) == []


def test_hidden_documents_do_not_move_a_score(tmp_path: Path) -> None:
    scores = []
    for hidden in (0, 40):
        index = VectorIndex(EdgeEngine(tmp_path / str(hidden), 8), "test")
        closed = [passage(f"hid-{n}", "年框" * n + "返点" + "违约" * n, cell=CLOSED) for n in range(1, hidden)]
        seen = [passage(f"doc-{n}", "年框到期" + "客户续约" * n) for n in range(20)]
        index.write([*closed, *seen])
        for written in (*closed, *seen):
            index.publish(written.document_id, written.version_id)
        scores.append(index.matching(query_terms("年框续约返点违约"), SCOPE, Narrowing(), 10))
        index.close()
    assert scores[0] == scores[1]


def test_a_second_opening_is_refused_clearly(tmp_path: Path) -> None:
    first = EdgeEngine(tmp_path / "edge", 8)
    with pytest.raises(Conflict) as refused:
        EdgeEngine(tmp_path / "edge", 8)
    assert refused.value.slug == "index.locked"
    first.close()


def test_what_was_written_is_there_after_opening_again(tmp_path: Path) -> None:
    index = VectorIndex(EdgeEngine(tmp_path / "edge", 8), "test")
    index.write([passage("doc-1", "年框到期")])
    index.publish("doc-1", "ver-doc-1")
    index.close()
    again = VectorIndex(EdgeEngine(tmp_path / "edge", 8), "test")
    assert words(again, "年框") == ["doc-1"]
    again.close()


@pytest.mark.parametrize(("status", "kind"), [(503, Unavailable), (429, Unavailable), (400, UnexpectedResponse)])
def test_a_server_that_is_out_of_order_is_unavailable_and_a_wrong_question_is_not(
    monkeypatch: pytest.MonkeyPatch, status: int, kind: type[Exception]
) -> None:
    asked = ServerEngine(":memory:", "", "kb-test", 4)
    answer = UnexpectedResponse(status, "", b"", httpx.Headers())
    monkeypatch.setattr(asked._client._client, "count", lambda *_args, **_more: (_ for _ in ()).throw(answer))
    with pytest.raises(kind):
        asked.count(None)


def test_a_server_that_went_away_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ServerEngine(":memory:", "", "kb-test", 4)
    gone = ResponseHandlingException(ConnectionRefusedError())
    monkeypatch.setattr(asked._client._client, "scroll", lambda *_args, **_more: (_ for _ in ()).throw(gone))
    with pytest.raises(Unavailable):
        next(asked.points())


@pytest.mark.integration
def test_an_index_whose_making_was_cut_off_is_made_anew(tmp_path: Path) -> None:
    for left in (tmp_path / "kb" / "wal", tmp_path / "kb" / "segments", tmp_path / "kb.new" / "wal"):
        left.mkdir(parents=True)
    (tmp_path / "kb" / "wal" / "open-1").write_bytes(b"\0" * 64)
    opened = VectorIndex(EdgeEngine(tmp_path / "kb", 8), "test")
    opened.write([passage("doc-1", "退出华北")])
    assert opened.size() == 1
    opened.close()
    assert [f.name for f in tmp_path.iterdir()] == ["kb"]
