"""Zip archives of documents, taken apart before anything is stored: every member under a harmless path."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

from ingest.formats import bomb, limits, names
from ingest.formats.gate import extension_of
from ingest.formats.office_gate import damaged
from ingest.parsed import Attachment
from kb.errors import Invalid

MAX_MEMBERS = 2_000
MAX_DEPTH = 3
_BLOCK = 1 << 20
_LITTER = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")


def is_archive(file_name: str) -> bool:
    """True when the name says that the file is a zip to be taken apart, not a document."""
    return extension_of(file_name) == ".zip"


def members(path: Path, work_dir: Path) -> list[Attachment]:
    """Write every file of the archive into ``work_dir`` and name it; zips inside are opened as well.

    Files of two folders that share a name carry their folder in it. Litter of operating systems is left out. A
    member that is broken is written as far as it goes, so that its own parsing names the damage.

    Raises:
        Invalid: ``document.bomb``, ``document.encrypted``, ``document.damaged``, ``document.too_large`` (too many
            files), ``document.too_deep`` (zips in zips), ``document.empty`` (no file in it).
    """
    work_dir.mkdir(parents=True, exist_ok=True)
    found: list[tuple[str, Attachment]] = []
    _open(path, work_dir, found, depth=1)
    if not found:
        raise Invalid("document.empty", "压缩包里没有文件。请检查后重新上传。")
    return _told_apart(found)


def unpack(path: Path, folder: Path) -> None:
    """Write every file of the archive below ``folder`` under its own path; what would lie outside is left out.

    Raises:
        Invalid: ``document.bomb``, ``document.encrypted``, ``document.damaged``, ``document.too_large`` (too many
            files).
    """
    try:
        with zipfile.ZipFile(path) as archive:
            bomb.check(archive)
            entries = [e for e in archive.infolist() if not e.is_dir() and not _is_litter(e.filename)]
            if len(entries) > MAX_MEMBERS:
                raise _too_many()
            for entry in entries:
                parts = PurePosixPath(stored_name(entry).replace("\\", "/")).parts
                if parts and not {"..", "/"} & set(parts) and ":" not in parts[0]:
                    target = folder.joinpath(*(names.shown_name(part, "文件") for part in parts))
                    target.parent.mkdir(parents=True, exist_ok=True)
                    _copy(archive, entry, target)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise damaged() from error


def _open(path: Path, work_dir: Path, found: list[tuple[str, Attachment]], depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Invalid("document.too_deep", "压缩包里层层套着压缩包，不能收。请解压后再上传。")
    try:
        with zipfile.ZipFile(path) as archive:
            bomb.check(archive)
            for entry in archive.infolist():
                if not entry.is_dir() and not _is_litter(entry.filename):
                    _member(archive, entry, work_dir, found, depth)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError) as error:
        raise damaged() from error


def _member(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, work_dir: Path, found: list[tuple[str, Attachment]], depth: int
) -> None:
    if len(found) >= MAX_MEMBERS:
        raise _too_many()
    full_name = stored_name(entry)
    number = sum(1 for _ in work_dir.glob("inner-*")) + 1
    attachment = names.place_for(work_dir, number, names.shown_name(full_name, f"文件 {number}"))
    _copy(archive, entry, attachment.path)
    if is_archive(attachment.file_name):
        _open(attachment.path, work_dir, found, depth + 1)
        return
    if sum(inner.path.stat().st_size for _, inner in found) > limits.ZIP_INFLATED_BYTES:
        raise Invalid("document.bomb", "文件展开后大得不正常（疑似压缩炸弹），不能收。请拆成几个正常大小的文件再上传。")
    found.append((full_name, attachment))


def _too_many() -> Invalid:
    return Invalid("document.too_large", "压缩包里的文件超过 {limit} 个。请分成几包再上传。", limit=MAX_MEMBERS)


def stored_name(entry: zipfile.ZipInfo) -> str:
    """The member's name as its maker wrote it: UTF-8 when the archive says so or it fits, else GB18030."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        raw = entry.filename.encode("cp437")
    except UnicodeEncodeError:
        return entry.filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _copy(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, target: Path) -> None:
    try:
        with archive.open(entry) as source, target.open("wb") as written:
            while block := source.read(_BLOCK):
                written.write(block)
    except (zipfile.BadZipFile, EOFError, zipfile.zlib.error):  # type: ignore[attr-defined]
        target.touch()


def _is_litter(name: str) -> bool:
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return not parts or parts[0] in _LITTER or parts[-1] in _LITTER or parts[-1].startswith(("~$", "._"))


def _told_apart(found: list[tuple[str, Attachment]]) -> list[Attachment]:
    counts: dict[str, int] = {}
    for _, attachment in found:
        counts[attachment.file_name] = counts.get(attachment.file_name, 0) + 1
    told = []
    for full_name, attachment in found:
        if counts[attachment.file_name] > 1:
            folder = PurePosixPath(full_name.replace("\\", "/")).parent.name
            shown = f"{folder}－{attachment.file_name}" if folder else attachment.file_name
            attachment = Attachment(names.shown_name(shown, attachment.file_name), attachment.path)
        told.append(attachment)
    return told
