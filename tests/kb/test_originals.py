from __future__ import annotations

from pathlib import Path

import pytest

from kb import originals


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "来源.txt"
    path.write_text("华北市场退出的经过", "utf-8")
    return path


def test_the_same_bytes_are_kept_once_under_their_hash(home: Path, file: Path) -> None:
    first, second = originals.store(file), originals.store(file)
    assert first == second
    assert list(originals.stored_hashes()) == [first.sha256]
    assert originals.path_of(first.sha256).read_bytes() == file.read_bytes()


def test_only_the_owner_may_read_an_original(home: Path, file: Path) -> None:
    path = originals.path_of(originals.store(file).sha256)
    assert path.stat().st_mode & 0o077 == 0


def test_nothing_is_left_behind_when_the_source_cannot_be_read(home: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        originals.store(tmp_path)
    assert not list((originals.folder() / "incoming").iterdir())


def test_a_cut_off_original_is_replaced_by_a_whole_one(home: Path, file: Path) -> None:
    stored = originals.store(file)
    originals.path_of(stored.sha256).write_bytes(b"")
    assert not originals.is_intact(stored.sha256)
    originals.store(file)
    assert originals.is_intact(stored.sha256)
