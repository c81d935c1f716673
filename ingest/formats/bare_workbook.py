"""A workbook stripped to its cells, for files that Excel opens and the library does not.

ERP and reporting systems write styles, print settings and rules the library refuses to read; none of them is text.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from ingest.formats.ooxml import Package, all_named, attribute, child, local, parsed

_STRICT, _USUAL = b"http://purl.oclc.org/ooxml/", b"http://schemas.openxmlformats.org/"
_NAMESPACES = (
    (b"spreadsheetml/main", b"spreadsheetml/2006/main"), (b"drawingml/main", b"drawingml/2006/main"),
    (b"officeDocument/relationships", b"officeDocument/2006/relationships"),
)  # fmt: skip
_OF_A_SHEET = frozenset({"dimension", "cols", "sheetData", "mergeCells"})
_OF_A_BOOK = frozenset({"workbookPr", "sheets"})
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[Ee][-+]?\d+)?")
_STYLES = (
    f'<styleSheet xmlns="{_MAIN}"><numFmts/><fonts count="1"><font/></fonts>'
    '<fills count="1"><fill><patternFill/></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs/>'
    '<cellStyles><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
).encode()


def is_strict(path: Path) -> bool:
    """True for a workbook saved as Strict Open XML, whose names the library does not know."""
    with zipfile.ZipFile(path) as archive:
        main = Package(archive).main
        return main in archive.namelist() and _STRICT in archive.read(main)


def of(path: Path) -> io.BytesIO:
    """A copy of the workbook with nothing but its sheets, cells, number formats, merged cells and comments."""
    copy = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED) as written:
        texts = _count(archive, "sharedstrings.xml", "si")
        formats = _count(archive, "styles.xml", "xf", inside="cellXfs")
        for name in archive.namelist():
            if name.lower().endswith((".xml", ".rels")) and not name.startswith("docProps/"):
                written.writestr(name, _part(name.lower(), _usual(archive.read(name)), texts, formats))
    copy.seek(0)
    return copy


def _usual(content: bytes) -> bytes:
    for strict, usual in _NAMESPACES:
        content = content.replace(_STRICT + strict, _USUAL + usual)
    return content


def _count(archive: zipfile.ZipFile, ending: str, name: str, inside: str = "") -> int:
    part = next((n for n in archive.namelist() if n.lower().endswith(ending)), None)
    root = parsed(archive.read(part)) if part else None
    found = _children(root, inside) if inside else root
    return sum(local(element) == name for element in found) if found is not None else 0


def _part(name: str, content: bytes, texts: int, formats: int) -> bytes:
    if name.endswith("styles.xml"):
        return _styles(parsed(content))
    if "/worksheets/_rels/" in name:
        return _kept(content, lambda link: attribute(link, "Type").endswith("/comments"))
    if name.endswith("/workbook.xml"):
        return _kept(content, lambda element: local(element) in _OF_A_BOOK)
    if "/worksheets/" in name:
        root = parsed(_kept(content, lambda element: local(element) in _OF_A_SHEET))
        for cell in all_named(root, "c"):
            _mend(cell, texts, formats)
        return bytes(etree.tostring(root))
    return content


def _kept(content: bytes, wanted: Any) -> bytes:
    root = parsed(content)
    for element in list(root):
        if not wanted(element):
            root.remove(element)
    return bytes(etree.tostring(root))


def _mend(cell: Any, texts: int, formats: int) -> None:
    """Take from a cell what leads nowhere: a style or a text that is not there, a number that is none."""
    if not cell.get("s", "0").isdigit() or int(cell.get("s", "0")) >= formats:
        cell.attrib.pop("s", None)
    value = child(cell, "v")
    if value is None:
        return
    text = (value.text or "").strip()
    if cell.get("t") == "s" and not (text.isdigit() and int(text) < texts):
        cell.remove(value)
    elif cell.get("t", "n") == "n" and not _NUMBER.fullmatch(text):
        cell.set("t", "str")


def _styles(stored: Any) -> bytes:
    root = parsed(_STYLES)
    formats, cells = child(root, "numFmts"), child(root, "cellXfs")
    for element in _children(stored, "numFmts"):
        number, code = element.get("numFmtId", ""), element.get("formatCode")
        if number.isdigit() and code:
            etree.SubElement(formats, f"{{{_MAIN}}}numFmt", numFmtId=number, formatCode=code)
    for element in _children(stored, "cellXfs"):
        number = element.get("numFmtId", "0")
        etree.SubElement(cells, f"{{{_MAIN}}}xf", numFmtId=number if number.isdigit() else "0")
    if not len(cells):
        etree.SubElement(cells, f"{{{_MAIN}}}xf", numFmtId="0")
    return bytes(etree.tostring(root))


def _children(root: Any, name: str) -> list[Any]:
    """The elements of the list called ``name``; none when there is no such list."""
    found = child(root, name)
    return list(found) if found is not None else []
