"""A card as text: Markdown whose headings are the names of the fields, so that a passage says which field it is of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from kb.cards import outline
from kb.cards.forms import Field, Form


def as_markdown(form: Form, title: str, given: Mapping[str, str], *, author: str, on: date) -> str:
    """The document of a card: title, form, author and date, then each filled field under its own heading."""
    head = f"# {_plain(title)}\n\n体例：{form.zh}\n\n作者：{_plain(author)}\n\n日期：{on.isoformat()}\n"
    filled = [f for f in form.fields if given.get(f.key, "").strip()]
    return head + "".join(f"\n## {f.zh}\n\n{_body(form, f, given[f.key])}\n" for f in filled)


def _body(form: Form, field: Field, text: str) -> str:
    if form.key == "mind_map" and field.key == "outline":
        return _outlined(outline.read(text))
    return "\n\n".join(_plain(line) for line in text.strip().splitlines() if line.strip())


def _outlined(points: list[outline.Point]) -> str:
    """One paragraph a branch, each line with the way to it: a passage of it is understood by itself."""
    lines: list[str] = []

    def write(point: outline.Point, path: tuple[str, ...]) -> None:
        here = (*path, point.text)
        if not point.children:
            lines.append(_plain(" › ".join(here)))
        for child in point.children:
            write(child, here)

    for point in points:
        write(point, ())
    return "\n\n".join(lines)


_MARKS = ("#", ">", "|", "-", "+", "*", "=", "`", "~", "<")


def _plain(text: str) -> str:
    """A line that Markdown leaves as it is: signs at its beginning are escaped."""
    line = " ".join(text.split())
    escaped = line.replace("\\", "\\\\").replace("<", "\\<").replace("*", "\\*").replace("_", "\\_").replace("`", "\\`")
    return "\\" + escaped if escaped.startswith(tuple(m for m in _MARKS if m not in "*<`")) else escaped
