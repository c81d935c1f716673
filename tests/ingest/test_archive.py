"""Zip archives: Chinese names from Windows, zips inside, litter, and what must not be unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from ingest.archive import is_archive, members
from kb.errors import Invalid
from tests.ingest.samples import lying_zip, written, zipped


def test_members_are_written_under_harmless_paths(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        [
            ("资料/台账.csv", b"1"),
            ("合同/台账.csv", b"2"),
            ("../../逃逸.md", b"3"),
            ("__MACOSX/._台账.csv", b"x"),
            ("资料/~$台账.docx", b"x"),
            (".DS_Store", b"x"),
            ("空目录/", b""),
        ],
    )
    found = members(path, tmp_path / "work")
    assert [member.file_name for member in found] == ["资料－台账.csv", "合同－台账.csv", "逃逸.md"]
    assert [member.path.read_bytes() for member in found] == [b"1", b"2", b"3"]
    assert all(member.path.parent == tmp_path / "work" for member in found)


def test_names_of_chinese_windows_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("X" * 8 + ".txt", b"1")
    raw = path.read_bytes().replace(b"X" * 8, "交接清单".encode("gb18030"))
    assert members(written(path, raw), tmp_path / "work")[0].file_name == "交接清单.txt"


def test_zips_inside_are_opened_to_a_depth(tmp_path: Path) -> None:
    path = zipped(tmp_path / "1.zip", [("内.txt", b"x")])
    for n in (2, 3):
        path = zipped(tmp_path / f"{n}.zip", [("里层.zip", path.read_bytes())])
    assert [member.file_name for member in members(path, tmp_path / "work")] == ["内.txt"]
    path = zipped(tmp_path / "4.zip", [("里层.zip", path.read_bytes())])
    with pytest.raises(Invalid) as refused:
        members(path, tmp_path / "deeper")
    assert refused.value.slug == "document.too_deep"


@pytest.mark.parametrize(
    ("content", "slug"), [(b"PK\x03\x04 cut off", "document.damaged"), (b"PK\x05\x06" + b"\x00" * 18, "document.empty")]
)
def test_archives_that_are_turned_away(tmp_path: Path, content: bytes, slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        members(written(tmp_path / "a.zip", content), tmp_path / "work")
    assert refused.value.slug == slug


def test_a_bomb_is_not_inflated(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", [("零.txt", b"0" * 60_000_000)])
    with pytest.raises(Invalid) as refused:
        members(path, tmp_path / "work")
    assert refused.value.slug == "document.bomb"


def test_a_directory_that_lies_does_not_inflate(tmp_path: Path) -> None:
    found = members(lying_zip(tmp_path / "a.zip"), tmp_path / "work")
    assert found[0].path.stat().st_size <= 100


def test_only_zips_are_archives() -> None:
    assert is_archive("资料.ZIP")
    assert not is_archive("a.docx")
