"""The demo company: its files are what the sources say, and its plan can be carried out."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import ClassVar

import docx
import openpyxl
import pptx
import pypdfium2
import pytest

from kb.access import Classification, Module
from kb.credentials import judge_password
from kb.handover import template
from kb.people import Person, Role
from web.demo import build, plan

PLAN = plan.load()
DRAWN = ("pdf", "scan", "png")
"""Made through Chromium, which a test machine need not have."""


def of_form(form: str) -> list[plan.DemoFile]:
    return [file for file in PLAN.files if file.form == form]


def test_every_file_is_there_and_nothing_else() -> None:
    assert {path.name for path in plan.FILES.iterdir()} == {file.file_name for file in PLAN.files}
    assert len({file.key for file in PLAN.files}) == len(PLAN.files) >= 30
    assert sum(file.path.stat().st_size for file in PLAN.files) <= 4_000_000


def test_every_format_is_there() -> None:
    found = Counter(file.form for file in PLAN.files)
    least = {"docx": 3, "pptx": 3, "xlsx": 4, "csv": 2, "pdf": 3, "scan": 1, "md": 1, "html": 1, "eml": 1, "txt": 2,
             "png": 1}
    assert {form: n for form, n in least.items() if found[form] < n} == {}


@pytest.mark.parametrize("file", [f for f in PLAN.files if f.form not in DRAWN], ids=lambda f: f.key)
def test_the_committed_file_is_what_the_source_makes(file: plan.DemoFile, tmp_path: Path) -> None:
    made = build.make(file, tmp_path / file.file_name)
    assert made.read_bytes() == file.path.read_bytes(), "run python -m web.demo.build"


def test_word_traits() -> None:
    by_key = {file.key: docx.Document(str(file.path)) for file in of_form("docx")}
    assert "标题 1" in {p.style.name for p in by_key["coo-letter"].paragraphs if p.style}
    assert len(list(by_key["coo-north"].comments)) == 2
    assert "<w:ins " in by_key["coo-north"].element.xml
    assert "txbxContent" in by_key["coo-one-on-one"].element.xml


def test_every_deck_has_notes() -> None:
    for file in of_form("pptx"):
        assert any(slide.has_notes_slide for slide in pptx.Presentation(str(file.path)).slides), file.key


def test_workbooks_have_sheets_merges_and_a_hidden_one() -> None:
    books = {file.key: openpyxl.load_workbook(file.path) for file in of_form("xlsx")}
    assert all(len(book.sheetnames) > 1 for book in books.values())
    assert any(sheet.sheet_state == "hidden" for book in books.values() for sheet in book)
    assert any(len(sheet.merged_cells.ranges) > 1 for sheet in books["coo-okr-v2"])


def test_pdfs_have_text_with_their_fonts_and_scans_have_none() -> None:
    for file in of_form("pdf"):
        pages = pypdfium2.PdfDocument(file.path)
        assert "。" in pages[0].get_textpage().get_text_range()
        data = file.path.read_bytes()
        assert b"/FontFile" in data or b"/Type3" in data, "the glyphs must travel with the file"
    for file in of_form("scan"):
        assert pypdfium2.PdfDocument(file.path)[0].get_textpage().count_chars() == 0


def test_encodings() -> None:
    chinese = {f.key: f.path.read_bytes() for f in PLAN.files if "gb18030" in f.traits}
    assert {"cfo-accounts", "coo-lugang"} <= set(chinese)
    for key, data in chinese.items():
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
        assert "。" in data.decode("gb18030") or "," in data.decode("gb18030"), key


def test_the_mail_carries_its_table() -> None:
    mail = message_from_bytes(PLAN.file("coo-baizhen").path.read_bytes(), policy=default)
    names = [part.get_filename() for part in mail.iter_attachments()]  # type: ignore[attr-defined]
    assert names == ["百珍坊2027年报价表.csv"]


def test_office_files_hold_no_clock() -> None:
    for form in ("docx", "pptx", "xlsx"):
        for file in of_form(form):
            members = zipfile.ZipFile(io.BytesIO(file.path.read_bytes())).infolist()
            assert {member.date_time[0] for member in members} == {2026}


class TestPlan:
    people: ClassVar = {person.login: person for person in PLAN.people}
    handovers: ClassVar = {handover.key: handover for handover in PLAN.handovers}

    def test_every_role_can_log_in(self) -> None:
        assert {person.role for person in PLAN.people} == set(Role)
        for person in PLAN.people:
            judge_password(Person(login=person.login, name=person.name, role=person.role), PLAN.password)

    def test_handovers_name_people_of_the_right_role(self) -> None:
        for handover in PLAN.handovers:
            assert handover.template in template.roles()
            assert self.people[handover.leaver].role is Role.leaver
            assert self.people[handover.head].role is Role.head
            assert not handover.successor or self.people[handover.successor].role is Role.successor
        assert [h.successor for h in PLAN.handovers][:2] == ["wen", "ren"]

    def test_grants_are_unique_and_nobody_is_given_legal(self) -> None:
        assert len({(g.person, g.handover, g.module) for g in PLAN.grants}) == len(PLAN.grants)
        for grant in PLAN.grants:
            assert grant.person in self.people
            assert grant.handover in {*self.handovers, *(past.key for past in PLAN.past)}
            assert grant.module is not Module.legal

    def test_the_new_operating_officer_gets_no_finance(self) -> None:
        opened = {g.module: g.up_to for g in PLAN.grants if g.person == "wen"}
        assert set(opened) == {Module.strategy, Module.projects, Module.team}
        assert set(opened.values()) == {Classification.confidential}

    @pytest.mark.parametrize("handover", PLAN.handovers, ids=lambda h: h.key)
    def test_files_answer_deliverables_of_their_module_and_gaps_are_left(self, handover: plan.DemoHandover) -> None:
        owed = {spec.key: spec for spec in template.load(handover.template).deliverables}
        handed = {file.deliverable: file for file in PLAN.files if file.handover == handover.key and file.deliverable}
        for key, file in handed.items():
            assert owed[key].module is file.module, file.key
        assert 2 <= len(set(owed) - set(handed)) < len(owed)

    def test_finance_and_legal_are_never_open(self) -> None:
        for file in PLAN.files:
            assert (file.module in (Module.finance, Module.legal)) == (file.classification is Classification.restricted)

    def test_an_old_edition_points_to_one_in_force(self) -> None:
        replaced = [file for file in PLAN.files if file.superseded_by]
        assert len(replaced) == 3
        for file in replaced:
            newer = PLAN.file(file.superseded_by)
            assert not newer.superseded_by
            assert newer.date > file.date
            assert newer.handover == file.handover

    def test_questions_come_in_both_languages(self) -> None:
        assert len(PLAN.questions) == 6
        assert "当初为什么退出华北市场" in {q.zh for q in PLAN.questions}
        assert all(q.en.isascii() for q in PLAN.questions)


@pytest.mark.integration
@pytest.mark.parametrize("file", PLAN.files, ids=lambda f: f.key)
def test_every_file_can_be_read(file: plan.DemoFile, home: Path, tmp_path: Path) -> None:
    from ingest.parse import parse

    parsed = parse(file.path, file.file_name, tmp_path)
    assert len(parsed.text) > 80
    assert not parsed.failed_pages
    assert len(parsed.attachments) == (1 if file.key == "coo-baizhen" else 0)
