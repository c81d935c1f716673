"""Takes the clock out of finished files, so that the same sources give the same bytes."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

_STAMP = (2026, 11, 20, 9, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]+(<)")
_PDF_DATE = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)(\d{14})")


def seal_zip(path: Path) -> None:
    """Rewrite an Office file with one fixed time on every member and in its properties."""
    with zipfile.ZipFile(path) as old:
        members = [(name, old.read(name)) for name in old.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, data in members:
            if name == "docProps/core.xml":
                data = _MODIFIED.sub(rb"\g<1>2026-11-20T09:00:00Z\g<2>", data)
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)


def seal_pdf(path: Path) -> None:
    """Replace the two dates of a PDF by one of the same length."""
    path.write_bytes(_PDF_DATE.sub(rb"\g<1>20261120090000", path.read_bytes()))
