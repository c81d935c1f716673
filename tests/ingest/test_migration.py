"""An import: the list as spreadsheets save it, a plan that writes nothing, and what is known of a file arriving."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from ingest import archive, manifest, migration
from kb import db
from kb.access import Classification, Module
from kb.documents import Document, Kind
from kb.errors import Invalid
from kb.grants import write_grant
from kb.handover.opening import open_handover
from kb.people import Person
from kb.tags import DocumentTag
from kb.viewing import OPERATOR_VIEWER, Viewer, viewer_for
from search import Query, search
from tests import working

HEAD = "文件,标题,模块,标签,密级,作者,日期,类型,备注\r\n"
LINES = (
    "战略\\旧战略.md,2019 年城市扩张战略,战略规划,三年战略；扩张,机密,何总,2019年3月1日,战略文档,x\r\n"
    "客户.md,永安超市账期,核心项目,客户谈判,,李总,2020-01-05,客户手记,\r\n"
    "空.md,,团队管理,,,,,,\r\n没有.md,,团队管理,,,,,,\r\n客户.md,,团队管理,,,,,,\r\n../外.md,,团队管理,,,,,,\r\n"
    "坏日期.md,,团队管理,,,,2019-13-40,,\r\n无模块.md,,,,,,,,\r\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "旧资料"
    working.write(root / "战略", "旧战略.md", "# 旧战略\n\n2019 年的目标是开 12 个城市。\n")
    working.write(root, "客户.md", "# 客户往事\n\n永安超市的账期一直是 45 天。\n")
    for name in ("坏日期.md", "无模块.md", "未列.md"):
        working.write(root, name, f"# {name}\n\n正文。\n")
    working.write(root, "空.md", "")
    (root / "清单.csv").write_bytes((HEAD + LINES).encode("gb18030"))
    return root


@pytest.fixture
def defaults(session: Session, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> migration.Defaults:
    working.without_model(monkeypatch)
    made = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"], people["successor"])
    session.commit()
    return migration.Defaults(made.id)


def planned(folder: Path, defaults: migration.Defaults, viewer: Viewer = OPERATOR_VIEWER) -> list[migration.Planned]:
    return migration.planned_in(folder, viewer, manifest.find(folder, None), defaults)


def slugs(found: list[migration.Planned]) -> dict[str, str]:
    return {f"{p.line} {p.file}": p.reason.get("slug", p.outcome) for p in found}


def test_the_plan_names_what_is_wrong_and_writes_nothing(
    folder: Path, defaults: migration.Defaults, home: Path
) -> None:
    assert slugs(planned(folder, defaults)) == {
        "2 战略\\旧战略.md": "new", "3 客户.md": "new", "4 空.md": "document.empty", "5 没有.md": "import.missing",
        "6 客户.md": "import.twice", "7 ../外.md": "import.outside", "8 坏日期.md": "import.bad_date",
        "9 无模块.md": "import.no_module", "0 未列.md": "import.not_listed",
    }  # fmt: skip
    assert manifest.find(folder, None) == manifest.read(folder / "清单.csv")
    assert manifest.read(folder / "清单.csv").unknown_columns == ("备注",)
    with db.transaction(writes=False) as session:
        assert session.exec(select(func.count()).select_from(Document)).one() == 0
    assert not (home / "originals").exists()


@pytest.mark.integration  # a real index
def test_what_is_known_of_a_file_arrives_and_is_found_by(
    folder: Path, defaults: migration.Defaults, session: Session
) -> None:
    done = migration.carry_out(OPERATOR_VIEWER, planned(folder, defaults))
    working.work()
    assert [len(receipts) for _, receipts in done].count(1) == 2
    old = session.exec(select(Document).where(Document.file_name == "旧战略.md")).one()
    assert (old.title, old.author, old.authored_on) == ("2019 年城市扩张战略", "何总", date(2019, 3, 1))
    assert (old.kind, old.classification, old.module) == (Kind.strategy_doc, Classification.confidential,
                                                          Module.strategy)
    assert set(session.exec(select(DocumentTag.tag).where(DocumentTag.document_id == old.id))) >= {"扩张"}
    asked = Query(text="账期", authors=("李总",), kinds=(Kind.client_note,), tags=("projects.negotiation",))
    assert [h.title for h in search(session, OPERATOR_VIEWER, asked, record=False).hits] == ["永安超市账期"]
    again = planned(folder, defaults)
    assert [p.outcome for p in again][:2] == ["same", "same"]
    migration.carry_out(OPERATOR_VIEWER, again)
    working.work()
    assert session.exec(select(func.count()).select_from(Document)).one() == 2


def test_every_line_is_checked_with_ones_own_rights(
    folder: Path, defaults: migration.Defaults, session: Session, people: dict[str, Person]
) -> None:
    handover = defaults.handover_id
    write_grant(session, OPERATOR_VIEWER, people["successor"].id, handover, Module.strategy, Classification.restricted)
    session.commit()
    for login, expected in (("successor", "document.not_contributor"), ("head", "handover.unknown")):
        found = planned(folder, defaults, viewer_for(session, people[login]))
        assert {p.reason.get("slug") for p in found[:2]} == {expected}, login
    assert planned(folder, defaults, viewer_for(session, people["leaver"]))[0].outcome == "new"


def test_folders_name_modules_where_there_is_no_list(tmp_path: Path, defaults: migration.Defaults) -> None:
    working.write(tmp_path / "包" / "团队管理", "交班.md", "# 交班\n\n早晚各一次。\n")
    working.write(tmp_path / "包", "散落.md", "# 散落\n\n没有模块。\n")
    assert slugs(planned(tmp_path / "包", defaults)) == {"0 团队管理/交班.md": "new", "0 散落.md": "import.no_module"}


def test_an_archive_is_unpacked_under_its_own_paths(tmp_path: Path) -> None:
    packed = tmp_path / "旧.zip"
    with zipfile.ZipFile(packed, "w") as written:
        written.writestr("战略/旧.md", "正文")
        written.writestr("../../外.md", "不该出现")
        written.writestr("/根.md", "不该出现")
    archive.unpack(packed, tmp_path / "开")
    assert [p.relative_to(tmp_path / "开").as_posix() for p in (tmp_path / "开").rglob("*.md")] == ["战略/旧.md"]
    assert not (tmp_path / "外.md").exists()


def test_lists_that_are_none(tmp_path: Path) -> None:
    for name, content, slug in (("a.csv", b"\xff\xfe\x00\xd8\x00\x81\x80", "import.not_text"),
                                ("b.csv", "标题,模块\n甲,乙\n".encode(), "import.no_file_column")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(Invalid) as refused:
            manifest.read(tmp_path / name)
        assert refused.value.slug == slug
    (tmp_path / "c.csv").write_bytes("\ufefffile;module\n甲.md;strategy\n".encode())
    assert manifest.read(tmp_path / "c.csv").entries[0].module == "strategy"
    with pytest.raises(Invalid):
        manifest.find(tmp_path, tmp_path / "没有.csv")
