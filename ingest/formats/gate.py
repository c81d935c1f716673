"""What kind of file this really is, and whether it may come in: decided from bytes, before anything is parsed."""

from __future__ import annotations

import zipfile
from enum import StrEnum
from pathlib import Path, PurePath

from ingest.formats import office_gate
from kb.errors import Invalid


class Format(StrEnum):
    """The families of files that can be read."""

    word = "word"
    slides = "slides"
    workbook = "workbook"
    pdf = "pdf"
    image = "image"
    text = "text"
    markdown = "markdown"
    html = "html"
    delimited = "delimited"
    mail = "mail"


EXTENSIONS = {
    ".docx": Format.word, ".pptx": Format.slides, ".ppsx": Format.slides, ".xlsx": Format.workbook,
    ".pdf": Format.pdf, ".png": Format.image, ".jpg": Format.image, ".jpeg": Format.image, ".tif": Format.image,
    ".tiff": Format.image, ".bmp": Format.image, ".webp": Format.image, ".txt": Format.text, ".text": Format.text,
    ".log": Format.text, ".md": Format.markdown, ".markdown": Format.markdown, ".html": Format.html,
    ".htm": Format.html, ".csv": Format.delimited, ".tsv": Format.delimited, ".eml": Format.mail,
}  # fmt: skip
"""What the name says; anything else is refused. A zip is taken apart before (``ingest.archive``)."""

_MACRO = frozenset({
    ".docm", ".dotm", ".xlsm", ".xltm", ".xlam", ".xlsb", ".pptm", ".potm", ".ppsm", ".ppam",
})  # fmt: skip
_OLD_OFFICE = frozenset({
    ".doc", ".xls", ".ppt", ".wps", ".et", ".dps", ".rtf", ".odt", ".ods", ".odp", ".pages", ".numbers", ".key", ".pps",
    ".dot", ".xlt", ".pot", ".dotx", ".xltx", ".potx", ".wpt", ".ett", ".dpt", ".uof", ".uot", ".uos", ".uop", ".pub",
})  # fmt: skip
_WAYS_OUT = (
    (frozenset({".ofd", ".caj", ".ceb"}),
     "暂不支持 {extension} 格式。请用它的阅读器或 WPS 打开，导出为 PDF 后再上传。"),
    (frozenset({".msg", ".pst"}),
     "暂不支持 {extension} 格式。请在邮箱里导出为 eml，或打印成 PDF，附件另存后一并上传。"),
    (frozenset({".mht", ".mhtml", ".chm"}), "暂不支持 {extension} 格式。请用浏览器打开，另存为 PDF 后再上传。"),
    (frozenset({".rar", ".7z", ".tar", ".gz", ".tgz"}), "不支持 {extension} 格式。请解压后上传，或重新压缩成 zip。"),
    (frozenset({".gif", ".heic", ".heif", ".jfif"}), "不支持 {extension} 格式。请另存为 JPG 或 PNG 后再上传。"),
    (frozenset({".mp3", ".m4a", ".wav", ".amr", ".mp4", ".mov", ".avi", ".wmv"}),
     "录音录像不能检索（{extension}）。请把内容整理成文字后再上传。"),
    (frozenset({".xmind", ".mmap", ".vsd", ".vsdx", ".mpp", ".dwg"}),
     "不支持 {extension} 格式。请在生成它的程序里导出为 PDF 后再上传。"),
)  # fmt: skip
"""What offices have besides, and how it can be made readable."""
_OFFICE = frozenset({Format.word, Format.slides, Format.workbook})
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image"), (b"\xff\xd8\xff", "image"), (b"BM", "bmp"), (b"II*\x00", "image"),
    (b"MM\x00*", "image"), (b"GIF8", "gif"), (b"PK\x03\x04", "zip"), (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"{\\rtf", "rtf"), (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!", "rar"), (b"\x1f\x8b", "gzip"), (b"MZ", "exe"), (b"\x7fELF", "exe"), (b"SQLite format 3\x00", "sqlite"),
)  # fmt: skip
_NAMES = {
    "image": "图片", "bmp": "图片", "gif": "GIF 图片", "zip": "压缩包", "ole": "旧版 Office 文件", "rtf": "RTF 文档",
    "7z": "7z 压缩包", "rar": "RAR 压缩包", "gzip": "gzip 压缩包", "exe": "程序", "sqlite": "数据库", "pdf": "PDF",
    "text": "文本",
}  # fmt: skip


def admit(path: Path, file_name: str) -> Format:
    """The family that ``path`` belongs to by its name and its bytes alike.

    Raises:
        Invalid: ``document.empty``, ``document.macro``, ``document.unsupported``, ``document.wrong_type``,
            ``document.encrypted``, ``document.damaged``, ``document.bomb``, ``document.dtd``.
    """
    extension = extension_of(file_name)
    if path.stat().st_size == 0:
        raise Invalid("document.empty", "文件是空的（0 字节）。请检查原文件后重新上传。")
    if extension in _MACRO:
        raise office_gate.macro()
    wanted = EXTENSIONS.get(extension)
    if wanted is None:
        raise unsupported(extension)
    found = sniff(path)
    if wanted in _OFFICE:
        _check_office(path, wanted, extension, found)
    else:
        _check_other(path, wanted, extension, found)
    return wanted


def extension_of(file_name: str) -> str:
    """The lower-case extension with its dot, empty when there is none; blanks and dots at the end do not count."""
    return PurePath(file_name.replace("\\", "/").rstrip(" .")).suffix.lower()


def is_known(file_name: str) -> bool:
    """True for a file that is read, taken apart, or refused with a way to make it readable."""
    extension = extension_of(file_name)
    return extension in EXTENSIONS or extension in _OLD_OFFICE or extension == ".zip"


def sniff(path: Path) -> str:
    """What the first bytes say: a key such as ``image``, ``zip``, ``ole``, ``pdf``; ``text`` when nothing is known."""
    with path.open("rb") as stream:
        head = stream.read(1024)
    if b"%PDF-" in head:
        return "pdf"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image"
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), "text")


def unsupported(extension: str) -> Invalid:
    """The refusal of a format that is not read, with the way out where there is one."""
    if extension in _OLD_OFFICE:
        return Invalid(
            "document.unsupported",
            "暂不支持 {extension} 格式。请用 Word 或 WPS 打开，另存为 docx、xlsx、pptx 或 PDF 后再上传。",
            extension=extension,
        )
    for extensions, message in _WAYS_OUT:
        if extension in extensions:
            return Invalid("document.unsupported", message, extension=extension)
    return Invalid(
        "document.unsupported",
        "不支持 {extension} 格式。可上传 docx、pptx、xlsx、csv、pdf、图片、md、html、txt、eml 及其 zip 包。",
        extension=extension or "没有扩展名的",
    )


def _check_office(path: Path, wanted: Format, extension: str, found: str) -> None:
    if found == "ole":
        raise office_gate.encrypted() if office_gate.is_encrypted(path) else _wrong_type(extension, found)
    if found != "zip":
        raise _wrong_type(extension, found) if found != "text" or not _is_mostly_zero(path) else _damaged()
    if not zipfile.is_zipfile(path):
        raise _damaged()
    actual = office_gate.inspect(path)
    if actual != wanted.value:
        raise Invalid(
            "document.wrong_type", "扩展名是 {extension}，内容却不是。请用生成它的程序打开，另存后再上传。",
            extension=extension,
        )


def _check_other(path: Path, wanted: Format, extension: str, found: str) -> None:
    expected = {Format.pdf: ("pdf",), Format.image: ("image", "bmp")}.get(wanted)
    if expected is None:
        # "BM" and "MZ" also begin words; whether the rest is text is for the decoder to say.
        if found not in ("text", "bmp", "exe") and not (found == "pdf" and not _starts_as_pdf(path)):
            raise _wrong_type(extension, found)
    elif found not in expected:
        raise _wrong_type(extension, found)


def _starts_as_pdf(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(8).lstrip().startswith(b"%PDF-")


def _is_mostly_zero(path: Path) -> bool:
    with path.open("rb") as stream:
        return not stream.read(64).strip(b"\x00")


def _wrong_type(extension: str, found: str) -> Invalid:
    return Invalid(
        "document.wrong_type", "扩展名是 {extension}，内容却是{content}。请改正扩展名，或另存为正确的格式后再上传。",
        extension=extension, content=_NAMES[found],
    )


def _damaged() -> Invalid:
    return office_gate.damaged()
