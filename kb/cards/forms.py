"""Forms: the fields that help one write something down, read from ``forms.toml``, and what a draft still lacks."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.documents import Kind
from kb.errors import NotFound

_SHORT = 15
"""Characters below which an answer to an open question is called short."""


class Expected(StrEnum):
    """What a good answer holds."""

    figure = "figure"
    date = "date"
    person = "person"
    reason = "reason"
    length = "length"


HINTS = {
    Expected.figure: "写上数字会更有用：多少钱、多少天、百分之几。",
    Expected.date: "写上日期：哪一年哪一天，到什么时候。",
    Expected.person: "写上姓名：谁拍板、谁负责。",
    Expected.reason: "写明原因：因为什么、为什么没有选别的。",
    Expected.length: "再多写一两句，接任者没有您的背景。",
}
"""Chinese msgids, one for each thing that may be lacking."""

_SIGNS = {
    Expected.figure: re.compile(r"\d|[一二三四五六七八九十百千两半]+(?:成|个|天|年|月|万|亿|家|次|人|倍|%)"),
    Expected.date: re.compile(
        r"\d{4}|\d{1,2} ?月|\d{1,2} ?[日号]|年底|月底|季度|Q[1-4]|"
        r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b", re.I,
    ),
    Expected.person: re.compile(
        r"[\u4e00-\u9fff]{1,3}(?:总|工|姐|哥)|老[\u4e00-\u9fff]|总监|经理|董事长|总裁|主任|部长|CEO|CFO|COO|CHO|CTO|"
        r"[\u4e00-\u9fff]{2,4}(?:负责|拍板|签字|同意|反对|牵头)|\b[A-Z][a-z]+ [A-Z][a-z]+\b"
    ),
    Expected.reason: re.compile(
        r"因为|由于|原因|所以|否则|理由|为了|怕|担心|不然|结果|要求|because|since|so that|reason", re.I
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """One question of a form. ``rows`` is the box's height in lines; ``choices`` not empty: one of them is chosen."""

    key: str
    zh: str
    en: str
    ask_zh: str
    ask_en: str
    example_zh: str
    example_en: str
    rows: int = 1
    choices: tuple[str, ...] = ()
    required: bool = False
    expects: tuple[Expected, ...] = ()

    def lacks(self, text: str) -> Expected | None:
        """The first thing a given answer does not hold; None for an empty or a good one."""
        said = text.strip()
        if not said:
            return None
        return next((e for e in self.expects if not _holds(said, e)), None)


@dataclass(frozen=True)
class Form:
    """A form with its fields in order; ``kind`` is what the document made of it is found as.

    ``topics`` are the tags that a card is given when it is first handed in: choosing the form says what it is about.
    """

    key: str
    kind: Kind
    zh: str
    en: str
    about_zh: str
    about_en: str
    fields: tuple[Field, ...]
    topics: tuple[str, ...] = ()

    def missing(self, given: Mapping[str, str]) -> list[Field]:
        """The required fields that are still empty."""
        return [f for f in self.fields if f.required and not given.get(f.key, "").strip()]

    def completeness(self, given: Mapping[str, str]) -> float:
        """How complete the answers are, 0–1: a field counts half when filled, whole when it lacks nothing."""
        earned = sum(
            0.0 if not given.get(f.key, "").strip() else 0.5 if f.lacks(given[f.key]) else 1.0 for f in self.fields
        )
        return earned / len(self.fields)


def _holds(text: str, expected: Expected) -> bool:
    if expected is Expected.length:
        return len(text) >= _SHORT
    return bool(_SIGNS[expected].search(text))


@lru_cache(maxsize=1)
def forms() -> Mapping[str, Form]:
    """Every form by its key, in the order in which they are offered."""
    raw = tomllib.loads(Path(__file__).with_name("forms.toml").read_text("utf-8"))
    return {form.key: form for form in map(_form, raw["form"])}


def form_of(key: str) -> Form:
    """One form.

    Raises:
        NotFound: there is none of that key.
    """
    if key not in forms():
        raise NotFound("card.no_form", "没有这种卡片，请从列表中选择。")
    return forms()[key]


def _form(raw: dict[str, Any]) -> Form:
    fields = tuple(
        Field(**(f | {"choices": tuple(f.get("choices", ())), "expects": tuple(map(Expected, f.get("expects", ())))}))
        for f in raw["field"]
    )
    said = {k: v for k, v in raw.items() if k not in ("field", "kind", "topics")}
    return Form(fields=fields, kind=Kind(raw["kind"]), topics=tuple(raw.get("topics", ())), **said)
