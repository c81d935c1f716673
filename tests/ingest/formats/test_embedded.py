"""Files inside files: found in every Office format and in PDF, named, and never the figures behind a chart."""

from __future__ import annotations

import struct
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from ingest.formats import embedded
from ingest.parsed import Parsed
from tests.ingest.samples import docx, docx_with_body, pptx, read_here, xlsx

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def rels(*links: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="r{n}" Type="{OFFICE}/{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(links)
    )
    return f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inner}</Relationships>'


def a_table(folder: Path) -> bytes:
    return xlsx(folder / "inner.xlsx", lambda book: book.active.append(["底价", "三百万"])).read_bytes()


def inner_text(parsed: Parsed) -> str:
    return "\n".join(read_here(found.path, found.file_name).text for found in parsed.attachments)


def with_parts(path: Path, parts: dict[str, bytes]) -> Path:
    from tests.ingest.samples import rezip

    return rezip(path, parts)


def test_a_table_embedded_in_word_becomes_a_document(tmp_path: Path) -> None:
    path = docx_with_body(tmp_path / "协议.docx", "<w:p><w:r><w:t>见附表。</w:t></w:r></w:p>")
    links = rels(("package", "embeddings/a.xlsx"), ("package", "embeddings/b.xlsx"), ("chart", "charts/chart1.xml"))
    parts = {
        "word/_rels/document.xml.rels": links.encode(),
        "word/charts/_rels/chart1.xml.rels": rels(("package", "../embeddings/c.xlsx")).encode(),
        **{f"word/embeddings/{name}.xlsx": a_table(tmp_path) for name in "ab"},
        "word/embeddings/c.xlsx": xlsx(tmp_path / "c.xlsx", lambda b: b.active.append(["图的数据"])).read_bytes(),
    }
    parsed = read_here(with_parts(path, parts))
    assert [found.file_name for found in parsed.attachments] == ["协议 嵌入 1.xlsx"]
    assert inner_text(parsed) == "底价 | 三百万"
    assert parsed.notices[0]["params"] == {"count": 1, "names": "协议 嵌入 1.xlsx"}


def test_a_table_embedded_in_a_slide_becomes_a_document(tmp_path: Path) -> None:
    from pptx.util import Cm

    def fill(deck: Any) -> None:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = "底价"
        slide.shapes.add_ole_object(BytesIO(a_table(tmp_path)), "Excel.Sheet.12", Cm(1), Cm(4))

    assert inner_text(read_here(pptx(tmp_path / "a.pptx", fill))) == "底价 | 三百万"


def test_a_file_dropped_in_as_an_icon_keeps_its_name() -> None:
    content, label = "会计师的函。".encode(), "询证函.txt".encode("gb18030") + b"\0"
    temporary = b"C:\\Temp\\1.txt\0"
    body = label + b"C:\\1.txt\0" + struct.pack("<II", 0x30000, len(temporary)) + temporary
    native = b"\0\0\0\0\x02\0" + body + struct.pack("<I", len(content)) + content
    assert embedded._unwrapped(native, "oleObject1.bin") == ("询证函.txt", content)
    assert embedded._unwrapped(native[:-2], "oleObject1.bin")[1] is None
    assert embedded._unwrapped(native[:30], "oleObject1.bin") == ("oleObject1.bin", None)


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = docx(tmp_path / "a.docx", lambda document: document.add_paragraph("见图。"))
    parts = {
        "word/_rels/document.xml.rels": rels(("package", "embeddings/流程.vsdx")).encode(),
        "word/embeddings/流程.vsdx": b"PK",
    }
    parsed = read_here(with_parts(path, parts))
    assert parsed.attachments == ()
    assert [(n["slug"], n["params"]) for n in parsed.notices] == [
        ("document.embedded_left", {"names": "a 嵌入 1.vsdx"})
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["清单.txt", "list.txt"])
def test_a_file_attached_to_a_pdf_becomes_a_document(tmp_path: Path, name: str) -> None:
    from tests.ingest.samples import pdf

    path = pdf(tmp_path / "a.pdf", [[(60, 60, 11, "正文见附件。")]])
    writer = pytest.importorskip("pypdf").PdfWriter(clone_from=path)
    writer.add_attachment(name, "附件里的话。".encode())
    writer.write(tmp_path / "b.pdf")
    parsed = read_here(tmp_path / "b.pdf")
    assert [found.file_name for found in parsed.attachments] == [name]
    assert inner_text(parsed) == "附件里的话。"
