"""The doorkeeper of zip-based Office files: macros, bombs, document type definitions, passwords, broken parts."""

from __future__ import annotations

import zipfile
from pathlib import Path

from ingest.formats import bomb
from kb.errors import Invalid

_MAIN = (
    ("wordprocessingml.document.main", "word"),
    ("presentationml.presentation.main", "slides"),
    ("presentationml.slideshow.main", "slides"),
    ("spreadsheetml.sheet.main", "workbook"),
)
_MACRO_PARTS = ("vbaproject.bin", "/macrosheets/", "vbadata.xml")
_HEAD = 64 * 1024


def inspect(path: Path) -> str:
    """What the package is by its own content types: ``word``, ``slides``, ``workbook``, or empty for another zip.

    Raises:
        Invalid: ``document.bomb``, ``document.macro``, ``document.dtd``, ``document.encrypted``, ``document.damaged``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            bomb.check(archive)
            types = _content_types(archive)
            _refuse_macros(archive, types)
            kind = next((kind for mark, kind in _MAIN if mark in types), "")
            if kind:
                _refuse_dtd(archive)
            return kind
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise damaged() from error


def is_encrypted(path: Path) -> bool:
    """True when an OLE file is a password-protected modern Office file in its envelope."""
    import olefile  # type: ignore[import-untyped]

    try:
        with olefile.OleFileIO(str(path)) as envelope:
            return bool(envelope.exists("EncryptedPackage"))
    except Exception:  # the library trusts every offset in the file
        return False


def encrypted() -> Invalid:
    """The refusal of a file that needs a password."""
    return Invalid("document.encrypted", "文件设有打开密码。请去掉密码后重新上传。")


def macro() -> Invalid:
    """The refusal of a file that carries a program."""
    return Invalid("document.macro", "文件带有宏（程序），不能收。请另存为不带宏的 docx、xlsx 或 pptx 后再上传。")


def damaged() -> Invalid:
    """The refusal of a file that is cut off or broken."""
    return Invalid("document.damaged", "文件已损坏或不完整，打不开。请从原处重新复制一份，确认能打开后再上传。")


def _content_types(archive: zipfile.ZipFile) -> str:
    try:
        return archive.read("[Content_Types].xml").decode("utf-8", "replace")
    except KeyError:
        return ""


def _refuse_macros(archive: zipfile.ZipFile, types: str) -> None:
    names = [name.lower() for name in archive.namelist()]
    if "macroenabled" in types.lower() or any(part in f"/{name}" for name in names for part in _MACRO_PARTS):
        raise macro()


def _refuse_dtd(archive: zipfile.ZipFile) -> None:
    for entry in archive.infolist():
        if not entry.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        with archive.open(entry) as stream:
            head = stream.read(_HEAD)
        if head.startswith((b"\xff\xfe", b"\xfe\xff")):
            head = head.decode("utf-16", "replace").encode()
        if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
            raise Invalid(
                "document.dtd", "文件内部含有不允许的外部引用（DTD），可能被改动过。请用 Word 或 WPS 另存后再上传。"
            )
