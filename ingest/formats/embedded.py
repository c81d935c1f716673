"""Files put into a file, a table behind its icon in Word or a list attached to a PDF: written out as attachments."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING

from ingest.formats import gate, limits, names
from ingest.formats.ooxml import Package

if TYPE_CHECKING:
    from ingest.draft import Draft
    from ingest.reading import Job

Found = tuple[str, bytes | None]
"""File name, and its content; None when it is too large to unpack or in no format known here."""

_LINKS = re.compile(r"^(.*?)/?_rels/(.+)\.rels$")
_OLD = (("WordDocument", ".doc"), ("Workbook", ".xls"), ("Book", ".xls"), ("PowerPoint Document", ".ppt"))
_NATIVE = "\x01Ole10Native"
_NAMED = 12


def append(job: Job, draft: Draft, files: Iterable[Found]) -> None:
    """Write ``files`` into the job's folder as attachments, each once, and say on the receipt what became of them."""
    seen: set[bytes] = set()
    taken: list[str] = []
    left: list[str] = []
    for stored, content in files:
        digest = sha256(content or stored.encode()).digest()
        if digest in seen:
            continue
        seen.add(digest)
        number = len(draft.attachments) + 1
        name = names.shown_name(stored, f"嵌入的文件 {number}")
        if content is None or not gate.is_known(name) or len(draft.attachments) >= limits.ATTACHMENTS:
            left.append(name)
            continue
        attachment = names.place_for(job.work_dir, number, name)
        attachment.path.write_bytes(content)
        draft.attachments.append(attachment)
        taken.append(name)
    if taken:
        draft.notice(
            "document.embedded", "文中嵌有 {count} 个文件（{names}），已分别作为资料收录，请确认可以交接。",
            count=len(taken), names=_listed(taken),
        )  # fmt: skip
    if left:
        draft.notice(
            "document.embedded_left", "文中嵌入的文件没有收录：{names}。需要交接的，请另存后单独上传。",
            names=_listed(left),
        )  # fmt: skip


def in_office(job: Job) -> Iterator[Found]:
    """The files embedded in a Word, Excel or PowerPoint file; the figures kept behind its charts are none."""
    stem = PurePath(job.file_name.replace("\\", "/")).stem
    with zipfile.ZipFile(job.path) as archive:
        package, number = Package(archive), 0
        for rels in archive.namelist():
            place = _LINKS.match(rels)
            if place is None or PurePath(place.group(1)).name == "charts":
                continue
            owner = f"{place.group(1)}/{place.group(2)}"
            for part in (p for kind in ("/package", "/oleObject") for p in package.related_of_type(owner, kind)):
                content = package.content(part)
                for name, inner in _opened_if_whole(part, content):
                    number += 1
                    yield name or f"{stem} 嵌入 {number}{_extension(inner or b'', part)}", inner


def _opened_if_whole(part: str, content: bytes | None) -> list[Found]:
    if content is None:
        return [(part, None)]
    try:
        return list(_opened(part, content))
    except Exception:  # the library trusts every offset in the container; the document around it is none the worse
        return [(part, None)]


def _opened(part: str, content: bytes) -> Iterator[Found]:
    """The file in an embedded part, which old programs wrap in a container; a name of its own where it has one."""
    import olefile  # type: ignore[import-untyped]

    if not content.startswith(olefile.MAGIC):
        yield "", content
        return
    with olefile.OleFileIO(io.BytesIO(content)) as container:
        if container.exists(_NATIVE):
            yield _unwrapped(container.openstream(_NATIVE).read(), part)
        elif container.exists("Package"):
            yield "", container.openstream("Package").read()
        elif container.exists("CONTENTS") and (inner := container.openstream("CONTENTS").read()).startswith(b"%PDF"):
            yield "", inner
        elif any(container.exists(stream) for stream, _ in _OLD):
            yield "", content


def _unwrapped(native: bytes, part: str) -> Found:
    """(name, content) of a file that was dropped into the document as an icon."""
    try:
        label, _, rest = native[6:].partition(b"\x00")
        _, _, rest = rest.partition(b"\x00")
        skipped = 8 + struct.unpack_from("<I", rest, 4)[0]
        size = struct.unpack_from("<I", rest, skipped)[0]
        content = rest[skipped + 4 : skipped + 4 + size]
        return label.decode("gb18030", "replace"), content if len(content) == size else None
    except struct.error:
        return part, None


def _extension(content: bytes, part: str) -> str:
    """What the content says it is, else the extension of its part."""
    import olefile

    if content.startswith(b"%PDF"):
        return ".pdf"
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            main = Package(archive).main
        return {"word": ".docx", "xl": ".xlsx", "ppt": ".pptx"}.get(main.partition("/")[0], names.extension(part))
    if content.startswith(olefile.MAGIC):
        with olefile.OleFileIO(io.BytesIO(content)) as container:
            return next((ending for stream, ending in _OLD if container.exists(stream)), names.extension(part))
    return names.extension(part)


def _listed(found: list[str]) -> str:
    return "、".join(found[:_NAMED]) + ("…" if len(found) > _NAMED else "")
