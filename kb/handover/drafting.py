"""A role template as a form: what a person typed into fields ↔ the TOML that is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.handover.template import DeliverableSpec, Template

FIELDS = ("key", "module", "title", "title_en", "guidance", "guidance_en", "weight", "due", "criteria", "criteria_en")
"""The fields of one deliverable in the form; criteria are one a line, and the two languages go line by line."""
_PLACE = re.compile(r"key-[0-9]{1,4}")


@dataclass(frozen=True)
class Draft:
    """What the form holds; every value is text as it was typed, deliverables in order."""

    title: str
    title_en: str
    deliverables: tuple[Mapping[str, str], ...]


def draft_of(found: Template) -> Draft:
    """The form of a template."""
    return Draft(found.title, found.title_en, tuple(_fields(spec) for spec in found.deliverables))


def from_form(form: Mapping[str, str]) -> Draft:
    """The draft in a submitted form: fields are named ``<field>-<place>``; emptied deliverables are left out."""
    places = sorted({int(name.rpartition("-")[2]) for name in form if _PLACE.fullmatch(name)})
    rows = [
        {field: form.get(f"{field}-{place}", "").replace("\r\n", "\n").strip() for field in FIELDS}
        for place in places
    ]  # fmt: skip
    kept = [row for place, row in zip(places, rows, strict=True) if not form.get(f"drop-{place}")]
    kept = _moved(kept, [p for p in places if not form.get(f"drop-{p}")], form.get("up", ""))
    if form.get("add"):
        kept.append(dict.fromkeys(FIELDS, "") | {"module": form["add"], "weight": "3", "due": "5",
                                                "key": f"item_{len(kept) + 1}"})
    return Draft(form.get("title", "").strip(), form.get("title_en", "").strip(), tuple(kept))


def to_toml(draft: Draft) -> str:
    """The draft as TOML; it is checked by ``template.parse``, not here."""
    lines = [f"title = {_quoted(draft.title)}", f"title_en = {_quoted(draft.title_en or draft.title)}"]
    for row in draft.deliverables:
        lines += ["", "[[deliverable]]", f"key = {_quoted(row['key'])}", f"module = {_quoted(row['module'])}"]
        for field in ("title", "title_en", "guidance", "guidance_en"):
            lines.append(f"{field} = {_quoted(row[field] or row[field.removesuffix('_en')])}")
        lines += [f"weight = {_number(row['weight'])}", f"due_in_working_days = {_number(row['due'])}", "criteria = ["]
        lines += [f"  {{ text = {_quoted(zh)}, text_en = {_quoted(en)} }}," for zh, en in _criteria(row)]
        lines.append("]")
    return "\n".join(lines) + "\n"


def _fields(spec: DeliverableSpec) -> dict[str, str]:
    return {
        "key": spec.key, "module": spec.module.value, "title": spec.title, "title_en": spec.title_en,
        "guidance": spec.guidance, "guidance_en": spec.guidance_en, "weight": str(spec.weight),
        "due": str(spec.due_in_working_days), "criteria": "\n".join(c.text for c in spec.criteria),
        "criteria_en": "\n".join(c.text_en for c in spec.criteria),
    }  # fmt: skip


def _moved(rows: list[dict[str, str]], places: Sequence[int], up: str) -> list[dict[str, str]]:
    """The rows with the one at place ``up`` one step earlier."""
    at = next((n for n, place in enumerate(places) if str(place) == up), 0)
    if at == 0:
        return rows
    return [*rows[: at - 1], rows[at], rows[at - 1], *rows[at + 1 :]]


def _criteria(row: Mapping[str, str]) -> list[tuple[str, str]]:
    chinese = [line.strip() for line in row["criteria"].splitlines() if line.strip()]
    english = [line.strip() for line in row["criteria_en"].splitlines() if line.strip()]
    return [(zh, english[n] if n < len(english) else zh) for n, zh in enumerate(chinese)]


def _number(text: str) -> str:
    """A number as it is; anything else as quoted text, so that the template's own check names it."""
    return text if text.isdecimal() and text.isascii() and len(text) < 10 else _quoted(text)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", " ")
    return f'"{"".join(c for c in escaped if c.isprintable())}"'
