from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import Session, select

from ingest.intake import Target
from kb import db, deletions, ledger, library, mirror, originals, vectors
from kb.access import OPERATOR, Classification, Module
from kb.chunks import Chunk
from kb.documents import Document, ParsedText, Version
from kb.errors import NotAllowed, NotFound
from kb.grants import grant
from kb.handover.opening import open_handover
from kb.lexical import query_terms
from kb.people import Person
from kb.tags import Suggestion
from kb.vectors import Narrowing
from kb.viewing import OPERATOR_VIEWER, Viewer, viewer_for
from tests import working
from tests.counting import queries_of

pytestmark = pytest.mark.integration  # a real index
Take = Callable[..., str]


@pytest.fixture
def handover_id(session: Session, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> str:
    working.without_model(monkeypatch)
    opened = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"], people["successor"])
    session.commit()
    return opened.id


@pytest.fixture
def take(session: Session, handover_id: str, tmp_path: Path) -> Take:
    """take("文件名.md", text, module=…) → the id of a ready document."""

    def taken(name: str, text: str, module: Module = Module.projects,
              classification: Classification = Classification.internal, tags: tuple[str, ...] = ()) -> str:
        path = working.write(tmp_path, name, text)
        session.commit()  # what this session reads next is what there is then
        return working.take_in(Target(handover_id, module, classification, tags), path)[0].document_id

    return taken


@pytest.fixture
def successor(session: Session, people: dict[str, Person], handover_id: str) -> Viewer:
    grant(session, OPERATOR_VIEWER, people["successor"], handover_id, Module.projects, Classification.confidential)
    session.commit()
    viewer = viewer_for(session, people["successor"])
    session.commit()
    return viewer


def found(word: str, narrowing: Narrowing | None = None) -> set[str]:
    hits = vectors.index().matching(query_terms(word), OPERATOR, narrowing or Narrowing(), 20)
    return {h.document_id for h in hits}


def test_the_list_shows_what_the_scope_opens_and_nothing_else(session: Session, take: Take, successor: Viewer) -> None:
    seen = take("看得见.md", "项目内容")
    take("别的模块.md", "财务内容", Module.finance)
    take("太密.md", "绝密内容", classification=Classification.restricted)
    page = library.list_documents(session, successor)
    assert ([r.document.id for r in page.rows], page.total) == ([seen], 1)
    assert library.list_documents(session, OPERATOR_VIEWER).total == 3


def test_the_list_costs_the_same_number_of_queries_whatever_its_length(session: Session, take: Take) -> None:
    def queries() -> int:
        with Session(db.engine()) as fresh:
            return queries_of(lambda: library.list_documents(fresh, OPERATOR_VIEWER))

    take("一.md", "内容一", tags=("甲",))
    few = queries()
    for n in range(3):
        take(f"更多{n}.md", f"更多内容{n}", tags=("甲", "乙"))
    assert queries() == few


@pytest.mark.parametrize(
    "filters",
    [
        {"modules": (Module.finance,)}, {"classifications": (Classification.confidential,)}, {"tags": ("并购",)},
        {"text": "找得"}, {"authors": ("李建国",)},
    ],
    ids=lambda f: next(iter(f)),
)  # fmt: skip
def test_every_filter_finds_by_its_field(session: Session, take: Take, filters: dict[str, object]) -> None:
    text = "# 找得到\n\n作者：李建国\n\n正文内容在此。"
    wanted = take("找得到.md", text, Module.finance, Classification.confidential, ("并购",))
    take("另一份.md", "另一份内容")
    rows = library.list_documents(session, OPERATOR_VIEWER, library.Filters(**filters)).rows  # type: ignore[arg-type]
    assert [r.document.id for r in rows] == [wanted]


def test_reading_gives_exact_text_and_every_version(session: Session, take: Take, tmp_path: Path) -> None:
    document_id = take("制度.md", "# 制度\n\n旧的规定。")
    take("制度.md", "# 制度\n\n新的规定。")
    now = library.read_document(session, OPERATOR_VIEWER, document_id)
    old = library.read_document(session, OPERATOR_VIEWER, document_id, 1)
    assert "新的规定" in now.text
    assert "旧的规定" in old.text
    assert [v.number for v in now.versions] == [2, 1]
    assert (now.is_current, old.is_current) == (True, False)
    chunk = session.exec(select(Chunk).where(Chunk.version_id == now.version.id)).first()
    assert chunk is not None
    assert now.text[chunk.start : chunk.end] == chunk.text
    with pytest.raises(NotFound):
        library.read_document(session, OPERATOR_VIEWER, document_id, 3)


def test_what_one_may_not_see_is_not_found_whatever_one_wants_of_it(
    session: Session, take: Take, successor: Viewer
) -> None:
    hidden = take("财务.md", "财务内容", Module.finance)
    attempts: list[Callable[[], object]] = [
        lambda: library.read_document(session, successor, hidden),
        lambda: library.receipt(session, successor, hidden),
        lambda: library.retag(session, successor, hidden, ["甲"]),
        lambda: library.move_document(session, successor, hidden, module=Module.projects),
        lambda: library.delete_document(session, successor, hidden),
        lambda: library.decide_suggestion(session, successor, hidden, "tag", "甲", accept=True),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()


def test_a_reader_may_not_change_what_they_see(session: Session, take: Take, successor: Viewer) -> None:
    seen = take("项目.md", "项目内容")
    for attempt in (
        lambda: library.retag(session, successor, seen, ["甲"]),
        lambda: library.move_document(session, successor, seen, module=Module.legal),
        lambda: library.delete_document(session, successor, seen),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_tags_are_stored_by_key_and_the_index_follows_the_commit(session: Session, take: Take) -> None:
    document_id = take("谈判.md", "谈判内容")
    assert library.retag(session, OPERATOR_VIEWER, document_id, ["客户谈判", "  自由标签 "])[1] == "自由标签"
    assert not found("谈判", Narrowing(tags=("自由标签",))), "not before the commit"
    session.commit()
    assert found("谈判", Narrowing(tags=("自由标签",))) == {document_id}


def test_a_rolled_back_change_never_reaches_the_index(session: Session, take: Take) -> None:
    document_id = take("谈判.md", "谈判内容")
    library.retag(session, OPERATOR_VIEWER, document_id, ["自由标签"])
    session.rollback()
    session.commit()
    assert mirror.settle_all() == 0
    assert not found("谈判", Narrowing(tags=("自由标签",)))


def test_moving_closes_the_document_for_who_may_not_see_the_new_place(
    session: Session, take: Take, successor: Viewer
) -> None:
    document_id = take("项目.md", "项目内容")
    library.read_document(session, successor, document_id)
    library.move_document(session, OPERATOR_VIEWER, document_id, classification=Classification.restricted)
    session.commit()
    with pytest.raises(NotFound):
        library.read_document(session, successor, document_id)
    assert not vectors.index().matching(query_terms("项目"), successor.scope, Narrowing(), 20)


def test_a_suggestion_changes_nothing_until_somebody_accepts_it(session: Session, take: Take) -> None:
    document_id = take("项目.md", "项目内容")
    for value in ("甲标签", "乙标签"):
        session.add(Suggestion(document_id=document_id, field="tag", value=value, score=0.5))
    session.commit()
    library.decide_suggestion(session, OPERATOR_VIEWER, document_id, "tag", "甲标签", accept=True)
    library.decide_suggestion(session, OPERATOR_VIEWER, document_id, "tag", "乙标签", accept=False)
    session.commit()
    view = library.read_document(session, OPERATOR_VIEWER, document_id)
    assert view.tags == ("甲标签",)
    assert {"甲标签", "乙标签"}.isdisjoint(s.value for s in view.suggestions)
    with pytest.raises(NotFound):
        library.decide_suggestion(session, OPERATOR_VIEWER, document_id, "tag", "乙标签", accept=True)


def test_the_deleted_is_nowhere(session: Session, take: Take) -> None:
    document_id = take("作废.md", "作废的内容只此一份")
    version = session.exec(select(Version).where(Version.document_id == document_id)).one()
    library.delete_document(session, OPERATOR_VIEWER, document_id)
    session.commit()
    assert not found("作废")
    assert session.get(ParsedText, version.id) is None
    assert not session.exec(select(Chunk).where(Chunk.document_id == document_id)).all()
    assert not originals.path_of(version.sha256).exists()
    assert document_id in deletions.deleted_ids()
    with pytest.raises(NotFound):
        library.read_document(session, OPERATOR_VIEWER, document_id)
    assert ledger.verify(session) == []


def test_an_original_that_another_document_needs_stays(session: Session, take: Take, tmp_path: Path,
                                                       people: dict[str, Person]) -> None:
    document_id = take("共用.md", "共用的内容")
    other = open_handover(session, OPERATOR_VIEWER, "cfo", people["head"])
    session.commit()
    session.commit()
    [copy] = working.take_in(Target(other.id, Module.finance), tmp_path / "共用.md")
    library.delete_document(session, OPERATOR_VIEWER, document_id)
    session.commit()
    assert found("共用") == {copy.document_id}
    version = session.get_one(Version, copy.version_id)
    assert originals.is_intact(version.sha256)


def test_a_document_under_way_is_only_in_its_contributors_lists(
    session: Session, handover_id: str, successor: Viewer, people: dict[str, Person], tmp_path: Path
) -> None:
    from ingest import batch

    path = working.write(tmp_path, "进行中.md", "内容")
    leaver = viewer_for(session, people["leaver"])
    session.commit()
    batch.accept_files(leaver, [(path, path.name)], Target(handover_id, Module.projects))
    assert library.list_documents(session, leaver).total == 1
    assert library.list_documents(session, successor).total == 0
    assert session.exec(select(Document.current_version_id)).one() is None
