"""Zip bombs, told from the directory of the archive before a byte is inflated."""

from __future__ import annotations

import zipfile

from ingest.formats import limits
from kb.errors import Invalid


def check(archive: zipfile.ZipFile) -> None:
    """Refuse an archive that would grow beyond reason.

    Python never inflates an entry past its declared size, so a directory that lies ends in a broken entry.

    Raises:
        Invalid: ``document.bomb``; ``document.encrypted`` when an entry needs a password.
    """
    entries = archive.infolist()
    if len(entries) > limits.ZIP_ENTRIES or sum(entry.file_size for entry in entries) > limits.ZIP_INFLATED_BYTES:
        raise _bomb()
    for entry in entries:
        ratio = entry.file_size / max(entry.compress_size, 1)
        if entry.file_size > limits.ZIP_SUSPECT_BYTES and ratio > limits.ZIP_RATIO:
            raise _bomb()
        if entry.flag_bits & 0x1:
            raise Invalid("document.encrypted", "文件设有打开密码。请去掉密码后重新上传。")
    _refuse_overlaps(entries)


def _refuse_overlaps(entries: list[zipfile.ZipInfo]) -> None:
    # Entries that share their bytes are how a small archive claims petabytes without a large ratio.
    reached = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        if entry.header_offset < reached:
            raise _bomb()
        reached = entry.header_offset + entry.compress_size


def _bomb() -> Invalid:
    return Invalid("document.bomb", "文件展开后大得不正常（疑似压缩炸弹），不能收。请拆成几个正常大小的文件再上传。")
