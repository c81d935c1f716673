"""Plain text and CSV: encodings as they come from Chinese Windows, and bytes that are no text at all."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from ingest.formats.delimited import delimiter_of
from ingest.formats.text import decode
from ingest.parsed import BlockKind
from kb.errors import Invalid
from tests.ingest.samples import LETTER, headings, read_here, texts, written


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_is_read_in_every_usual_encoding(encoding: str) -> None:
    assert decode(LETTER.encode(encoding)).lstrip("\ufeff") == LETTER


def test_characters_outside_gbk_are_read_from_gb18030() -> None:
    assert decode("䶮、𠮷先生".encode("gb18030")) == "䶮、𠮷先生"


def test_random_bytes_are_refused_and_never_become_mojibake() -> None:
    with pytest.raises(Invalid) as refused:
        decode(random.Random(7).randbytes(4096))
    assert refused.value.slug == "document.binary"


def test_one_damaged_byte_in_a_long_export_is_forgiven() -> None:
    raw = (LETTER * 200).encode()
    assert LETTER in decode(raw[:5000] + b"\xff" + raw[5000:])


def test_numbered_lines_become_headings(tmp_path: Path) -> None:
    path = written(tmp_path / "交接.txt", "一、战略\n写给牧之。\n（一）目标\n四亿六千万。\n1、先看台账。".encode("gbk"))
    parsed = read_here(path)
    assert headings(parsed) == [(2, "一、战略"), (3, "（一）目标")]
    assert texts(parsed, BlockKind.list_item) == ["1、先看台账。"]


def test_one_character_is_a_document(tmp_path: Path) -> None:
    assert read_here(written(tmp_path / "a.txt", b"x")).text == "x"


def test_blank_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        read_here(written(tmp_path / "a.txt", b" \n\t\n"))
    assert refused.value.slug == "document.no_text"


@pytest.mark.parametrize(
    ("line", "mark"), [("编号,项目", ","), ("编号\t项目", "\t"), ("编号;项目,一", ";"), ("编号", ",")]
)
def test_the_delimiter_is_found(line: str, mark: str) -> None:
    assert delimiter_of(f"{line}\n" * 3) in (mark, ",") if ";" in line else delimiter_of(f"{line}\n" * 3) == mark


def test_a_gbk_csv_keeps_its_header_with_every_group_of_rows(tmp_path: Path) -> None:
    rows = "\r\n".join(f'{n},灯塔,"备注，第{n}行\n含换行"' for n in range(60))
    parsed = read_here(written(tmp_path / "台账.csv", f"编号,项目,备注\r\n{rows}".encode("gb18030")))
    tables = texts(parsed, BlockKind.table)
    assert len(tables) > 1
    assert all(table.startswith("编号 | 项目 | 备注\n") for table in tables)
    assert "59 | 灯塔 | 备注，第59行 含换行" in tables[-1]


def test_formulas_in_a_csv_stay_text(tmp_path: Path) -> None:
    parsed = read_here(written(tmp_path / "a.csv", "名称,值\n=cmd|' /C calc'!A0,@SUM(1)".encode()))
    assert "=cmd|' /C calc'!A0 | @SUM(1)" in parsed.text


def test_what_systems_write_for_excel_is_no_text(tmp_path: Path) -> None:
    content = 'sep=;\n编号;客户\n="00123";"江川, 重工"\n'
    assert read_here(written(tmp_path / "a.csv", content.encode())).text == "编号 | 客户\n00123 | 江川, 重工"
