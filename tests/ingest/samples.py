"""Real files of every format, built in code: what people hand over, and what they had better not."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from ingest.draft import Draft
from ingest.parsed import BlockKind, Parsed
from ingest.reading import Job, read

LETTER = "牧之，见信好。灯塔项目的终验拖到了四月底，现金只够十四个月。"
RISKS = [
    ["编号", "项目", "风险描述", "等级"],
    ["R-01", "灯塔", "过杀率离要求有距离", "高"],
    ["R-02", "北斗", "柳州厂改造延期", "中"],
]
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def read_here(path: Path, file_name: str = "") -> Parsed:
    """Parse in this process, without a child."""
    work_dir = path.parent / "work"
    work_dir.mkdir(exist_ok=True)
    return read(Job(path, file_name or path.name, work_dir))


def written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def headings(parsed: Parsed | Draft) -> list[tuple[int, str]]:
    return [(b.level, parsed.text[b.start : b.end]) for b in parsed.blocks if b.kind is BlockKind.heading]


def texts(parsed: Parsed | Draft, kind: BlockKind) -> list[str]:
    return [parsed.text[b.start : b.end] for b in parsed.blocks if b.kind is kind]


def docx(path: Path, fill: Callable[[Any], None]) -> Path:
    import docx as library

    document = library.Document()
    document.core_properties.author = "何静远"
    document.core_properties.title = ""
    fill(document)
    document.save(str(path))
    return path


def docx_with_body(path: Path, body: str, extra: dict[str, str] | None = None) -> Path:
    """A Word file whose ``w:body`` is the XML given, for what no library writes; ``extra`` adds parts by name."""
    docx(path, lambda document: None)
    root = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    return rezip(path, {"word/document.xml": root.encode(), **{k: v.encode() for k, v in (extra or {}).items()}})


def xlsx(path: Path, fill: Callable[[Any], None]) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    fill(book)
    book.save(path)
    return path


def pptx(path: Path, fill: Callable[[Any], None]) -> Path:
    import pptx as library

    deck = library.Presentation()
    fill(deck)
    deck.save(str(path))
    return path


def rezip(path: Path, parts: dict[str, bytes]) -> Path:
    """Replace or add parts of a zip in place."""
    with zipfile.ZipFile(path) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (kept | parts).items():
            archive.writestr(name, content)
    return path


def zipped(path: Path, members: Iterable[tuple[str, bytes]]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


_FONT = (
    b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) "
    b"/Ordering (GB1) /Supplement 4 >> /DW 1000 /FontDescriptor 5 0 R >>",
    b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
    b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
)

Item = tuple[float, float, float, str]
"""(x, y from the top, size, text) in points on an A4 page."""


def pdf(path: Path, pages: list[list[Item]], rules: list[tuple[float, float, float, float]] = []) -> Path:  # noqa: B006
    """A PDF with a text layer; ``rules`` are lines (x0, y0, x1, y1 from the top) drawn on its first page."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", *_FONT]
    kids = []
    for number, items in enumerate(pages):
        drawn = [f"{x0} {842 - y0} m {x1} {842 - y1} l S" for x0, y0, x1, y1 in rules] if not number else []
        drawn += [
            f"BT /F1 {size} Tf 1 0 0 1 {x} {842 - y} Tm <{text.encode('utf-16-be').hex()}> Tj ET"
            for x, y, size, text in items
        ]
        content = "\n".join(drawn).encode()
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
            b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), b" ".join(kids))
    return written(path, assembled(objects))


def assembled(objects: list[bytes]) -> bytes:
    """A PDF of these objects, the first of them its catalogue."""
    out, offsets = b"%PDF-1.5\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n" % size
        + table
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, len(out))
    )


def mail(subject: str, body: str, *, html: str = "", attachments: Iterable[tuple[str, bytes]] = ()) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "何静远 <he@example.com>", "唐牧之 <tang@example.com>", subject
    message["Date"] = "Wed, 11 Mar 2026 21:47:00 +0800"
    message.set_content(body)
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in attachments:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def nested_mail(levels: int) -> EmailMessage:
    """A message in a message …; each carries an attachment, the outermost is level 1."""
    message = mail(f"第 {levels} 层", f"NEST-{levels}", attachments=[(f"附件{levels}.txt", b"x")])
    for level in range(levels - 1, 0, -1):
        outer = mail(f"第 {level} 层", f"NEST-{level}", attachments=[(f"附件{level}.txt", b"x")])
        outer.add_attachment(message)
        message = outer
    return message


def bomb_docx(path: Path, megabytes: int = 60) -> Path:
    docx(path, lambda document: None)
    return rezip(path, {"word/document.xml": b"<w:p/>" * (megabytes * 1024 * 1024 // 6)})


def lying_zip(path: Path) -> Path:
    """A member that inflates to 50 MB while the directory says 100 bytes."""
    data = zlib.compress(b"0" * 50_000_000, 9)[2:-4]
    zipped(path, [("a.txt", b"0" * 100)])
    raw = io.BytesIO()
    name = b"a.txt"
    head = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0x21, 0, len(data), 100, len(name), 0)
    raw.write(head + name + data)
    start = raw.tell()
    raw.write(
        struct.pack(
            "<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 0x21, 0, len(data), 100, len(name), 0, 0, 0, 0, 0, 0
        )
        + name
    )
    raw.write(struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, raw.tell() - start, start, 0))
    return written(path, raw.getvalue())
