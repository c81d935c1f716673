"""The list of an import: a CSV with one line a file, read as people's spreadsheets save it. Nothing is checked here."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from unicodedata import normalize

from kb.errors import Invalid

NAMES = ("清单.csv", "manifest.csv")
"""A file of one of these names in the imported folder is the list."""
MOST_LINES = 5_000
_COLUMNS = {
    "file": ("文件", "文件名", "路径", "file", "path"), "title": ("标题", "title"),
    "handover": ("交接", "交接编号", "handover"), "module": ("模块", "module"), "tags": ("标签", "tags", "tag"),
    "classification": ("密级", "classification"), "author": ("作者", "author"), "date": ("日期", "date"),
    "kind": ("类型", "kind"), "deliverable": ("交付物", "deliverable"),
}  # fmt: skip
HEAD = tuple(names[0] for names in _COLUMNS.values())
"""The columns in Chinese, for a list to fill in."""


@dataclass(frozen=True)
class Entry:
    """One line as it was typed; ``line`` counts from 2, as the head is the first. Empty where nothing was given."""

    line: int
    file: str
    title: str = ""
    handover: str = ""
    module: str = ""
    tags: str = ""
    classification: str = ""
    author: str = ""
    date: str = ""
    kind: str = ""
    deliverable: str = ""


@dataclass(frozen=True)
class Manifest:
    """The lines, and the columns that nobody here knows."""

    entries: tuple[Entry, ...]
    unknown_columns: tuple[str, ...] = ()


def find(folder: Path, given: Path | None) -> Manifest | None:
    """The list that was given, else the one that lies in the folder; None where there is none.

    Raises:
        Invalid: as ``read``; the given one does not exist.
    """
    if given is not None and not given.is_file():
        raise Invalid("file.missing", "找不到文件或文件夹：{path}。请检查路径。", path=str(given))
    lying = (folder / name for name in NAMES if (folder / name).is_file())
    found = given or next(lying, None)
    return read(found) if found is not None else None


def read(path: Path) -> Manifest:
    """Read a list: UTF-8 or GB18030, commas, semicolons or tabs.

    Raises:
        Invalid: it is not text, has no column for the file, or more than 5,000 lines.
    """
    rows = list(csv.reader(io.StringIO(text := _text(path)), delimiter=_delimiter(text)))
    head = [normalize("NFKC", cell).strip().lower() for cell in rows[0]] if rows else []
    columns = {n: key for n, cell in enumerate(head) for key, names in _COLUMNS.items() if cell in names}
    if "file" not in columns.values():
        raise Invalid("import.no_file_column", "清单第一行要有「文件」一列，写每个文件的相对路径。")
    if len(rows) > MOST_LINES + 1:
        raise Invalid("import.too_long", "清单最多 {limit} 行，请分几次导入。", limit=MOST_LINES)
    entries = [_entry(n, row, columns) for n, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    return Manifest(tuple(entries), tuple(c for n, c in enumerate(rows[0]) if n not in columns and c.strip()))


def _entry(line: int, row: list[str], columns: dict[int, str]) -> Entry:
    given = {columns[n]: cell.strip() for n, cell in enumerate(row) if n in columns}
    return Entry(line=line, **given)


def _text(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("import.not_text", "清单不是文本文件。请在表格软件里另存为 CSV。")


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def same_path(given: str) -> str:
    """A path the way paths are compared: forward slashes, no leading dot, composed characters, lower case."""
    plain = PurePosixPath(normalize("NFC", given.replace("\\", "/")))
    return "/".join(part for part in plain.parts if part != ".").lower()
