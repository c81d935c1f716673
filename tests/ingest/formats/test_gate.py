"""The door: what a file is by its bytes, and every reason to turn one away."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.formats.gate import EXTENSIONS, Format, admit, extension_of
from kb.errors import Invalid
from tests.ingest.samples import (
    LETTER,
    bomb_docx,
    docx,
    docx_with_body,
    lying_zip,
    pdf,
    read_here,
    rezip,
    written,
    xlsx,
)

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 60
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def slug(path: Path, file_name: str = "") -> str:
    with pytest.raises(Invalid) as refused:
        admit(path, file_name or path.name)
    assert str(refused.value)  # the sentence's parameters are all there
    return refused.value.slug


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("空.docx", b"", "empty"),
        ("图.pdf", PNG, "wrong_type"),
        ("旧.docx", OLE, "wrong_type"),
        ("页.svg", b"<svg onload='x'/>", "unsupported"),
        ("旧.doc", OLE, "unsupported"),
        ("无扩展名", b"x", "unsupported"),
        ("半.docx", b"PK\x03\x04" + b"x" * 50, "damaged"),
        ("字.docx", LETTER.encode(), "wrong_type"),
        ("零.docx", b"\x00" * 900, "damaged"),
        ("程序.png", b"MZ" + b"\x00" * 90, "wrong_type"),
        ("库.txt", b"SQLite format 3\x00", "wrong_type"),
        ("包.csv", b"PK\x03\x04", "wrong_type"),
        ("宏.docm", b"PK\x03\x04", "macro"),
        ("名.PDF. ", b"nothing", "wrong_type"),
    ],
)
def test_files_that_are_turned_away(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    assert slug(written(tmp_path / "stored", content), name) == f"document.{reason}"


@pytest.mark.parametrize(
    ("name", "way_out"),
    [
        ("合同.doc", "docx"), ("公文.ofd", "导出为 PDF"), ("邮件.msg", "eml"), ("网页.mht", "浏览器"),
        ("资料.rar", "zip"), ("照片.heic", "JPG"), ("会议.m4a", "文字"),
        ("导图.xmind", "导出为 PDF"), ("模板.dotx", "docx"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_do(tmp_path: Path, name: str, way_out: str) -> None:
    with pytest.raises(Invalid) as refused:
        admit(written(tmp_path / "stored", b"x" * 90), name)
    assert refused.value.slug == "document.unsupported"
    assert way_out in str(refused.value)


def test_every_extension_is_read_by_a_module() -> None:
    import importlib

    for family in set(EXTENSIONS.values()):
        assert callable(importlib.import_module(f"ingest.formats.{family.value}").read)


@pytest.mark.parametrize(
    ("name", "extension"), [("a.DOCX", ".docx"), ("C:\\资料\\a.md ", ".md"), ("..%2f..%2fa.md", ".md")]
)
def test_extensions(name: str, extension: str) -> None:
    assert extension_of(name) == extension


def test_macros_are_found_whatever_the_name(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx", lambda document: None)
    assert slug(rezip(path, {"word/vbaProject.bin": b"x"})) == "document.macro"
    path = xlsx(tmp_path / "b.xlsx", lambda book: None)
    types = b"<Types>application/vnd.ms-excel.sheet.macroEnabled.main+xml</Types>"
    assert slug(rezip(path, {"[Content_Types].xml": types})) == "document.macro"


def test_bombs_are_told_from_the_directory(tmp_path: Path) -> None:
    assert slug(bomb_docx(tmp_path / "a.docx")) == "document.bomb"
    assert slug(lying_zip(tmp_path / "b.docx")) in ("document.damaged", "document.wrong_type")


def test_a_document_type_definition_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx", lambda document: None)
    secret = written(tmp_path / "secret", b"geheim")
    body = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><w:document>&e;</w:document>'
    for raw in (body.encode(), ('<?xml version="1.0" encoding="UTF-16"?>' + body).encode("utf-16")):
        assert slug(rezip(path, {"word/document.xml": raw})) == "document.dtd"


def test_an_office_file_under_another_office_name_is_refused(tmp_path: Path) -> None:
    assert slug(xlsx(tmp_path / "a.xlsx", lambda book: None), "a.docx") == "document.wrong_type"


def test_a_broken_part_is_damage_not_silence(tmp_path: Path) -> None:
    path = docx_with_body(tmp_path / "a.docx", "<w:p>")
    assert admit(path, path.name) is Format.word
    with pytest.raises(Invalid) as refused:
        read_here(path)
    assert refused.value.slug == "document.damaged"


def test_nesting_beyond_recursion_is_refused(tmp_path: Path) -> None:
    levels = 3000
    body = "<w:p>" + "<w:smartTag>" * levels + "<w:r><w:t>深</w:t></w:r>" + "</w:smartTag>" * levels + "</w:p>"
    with pytest.raises(Invalid) as refused:
        read_here(docx_with_body(tmp_path / "a.docx", body))
    assert refused.value.slug in ("document.too_deep", "document.damaged")


def test_a_pdf_behind_a_few_odd_bytes_is_a_pdf(tmp_path: Path) -> None:
    path = pdf(tmp_path / "a.pdf", [[(60, 60, 12, "移交清单")]])
    assert read_here(written(tmp_path / "b.pdf", b"\r\n\r\n" + path.read_bytes())).text == "移交清单"


def test_two_letters_do_not_make_a_text_a_picture(tmp_path: Path) -> None:
    assert read_here(written(tmp_path / "a.txt", "BM 是业务经理的缩写。".encode())).text.startswith("BM")
