"""Makes ``files/`` from ``sources/``: ``python -m web.demo.build [folder]``. Needs Chromium and the Noto CJK fonts."""

from __future__ import annotations

import sys
from pathlib import Path

from web.demo.making import markup, pages, plain, sheets, slides, word
from web.demo.plan import FILES, SOURCES, DemoFile, load

_FORMS = {
    "docx": word.write, "pptx": slides.write, "xlsx": sheets.write, "html": pages.write_html, "pdf": pages.write_pdf,
    "scan": pages.write_scan, "png": pages.write_photo,
}


def build(folder: Path = FILES) -> list[Path]:
    """Make every file of the plan in ``folder``, which is created; other files in it stay."""
    folder.mkdir(parents=True, exist_ok=True)
    return [make(document, folder / document.file_name) for document in load().files]


def make(document: DemoFile, target: Path) -> Path:
    """Make one file and return where it lies."""
    source = (SOURCES / document.source).read_text(encoding="utf-8")
    if document.form in ("md", "txt", "csv"):
        plain.write_text(document, source, target)
    elif document.form == "eml":
        plain.write_mail(document, source, target, tuple(sorted(SOURCES.glob(f"{document.key}-*.csv"))))
    else:
        _FORMS[document.form](document, markup.read(source), target)
    return target


def main() -> None:
    """Build and say how much was made."""
    made = build(Path(sys.argv[1]) if len(sys.argv) > 1 else FILES)
    print(f"{len(made)} files, {sum(path.stat().st_size for path in made):,} bytes")


if __name__ == "__main__":
    main()
