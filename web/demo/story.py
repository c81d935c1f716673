"""Reads ``story.toml``: what the people of the demo company wrote, asked and answered after its documents were in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kb.access import Classification, Module
from web.demo.plan import HERE


@dataclass(frozen=True)
class Card:
    """A card of the leaver; ``hand_in`` False leaves it a draft. ``deliverable`` is a key of the template, or empty."""

    handover: str
    form: str
    module: Module
    classification: Classification
    title: str
    fields: Mapping[str, str]
    hand_in: bool
    deliverable: str = ""


@dataclass(frozen=True)
class Split:
    """A card made of some paragraphs of meeting notes (by their place from 0), which go into ``field``."""

    form: str
    field: str
    paragraphs: tuple[int, ...]
    title: str
    hand_in: bool = False


@dataclass(frozen=True)
class Notes:
    """Meeting notes of the leaver with the cards made of them."""

    handover: str
    module: Module
    title: str
    text: str
    cards: tuple[Split, ...]


@dataclass(frozen=True)
class Asked:
    """A search of somebody; ``handover`` empty: everywhere, ``module`` empty: not narrowed, ``name``: it is kept.

    ``opens``: what comes first is opened, if it is reliable.
    """

    person: str
    text: str
    handover: str = ""
    module: str = ""
    name: str = ""
    opens: bool = True


@dataclass(frozen=True)
class Exam:
    """A handover that is examined with its successor's rights, who calls some doubtful answers right, some wrong."""

    handover: str
    right: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """How the leaver closes the gap whose question begins with ``question``: a card of ``form``."""

    handover: str
    question: str
    form: str
    classification: Classification
    fields: Mapping[str, str]


@dataclass(frozen=True)
class Unknown:
    """A gap that the leaver cannot close, and why."""

    handover: str
    question: str
    reason: str


@dataclass(frozen=True)
class After:
    """Who may be asked after the end of a handover, and a question that its successor sent them."""

    handover: str
    deputy: str
    module: Module
    question: str


@dataclass(frozen=True)
class Aside:
    """A contradiction that somebody puts aside: the pair one of whose quotes holds each of the words."""

    handover: str
    person: str
    words: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Tagging:
    """What a leaver made of a document's tags: ``of`` is its key in the plan or how the title of a card begins.

    ``tags`` are accepted where they were suggested, else added; the suggestions in ``no`` are rejected.
    """

    handover: str
    of: str
    tags: tuple[str, ...]
    no: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """All of it, in the order in which it happened."""

    cards: tuple[Card, ...]
    notes: tuple[Notes, ...]
    searches: tuple[Asked, ...]
    saved: tuple[Asked, ...]
    exams: tuple[Exam, ...]
    answers: tuple[Answer, ...]
    unknown: tuple[Unknown, ...]
    after: tuple[After, ...]
    aside: tuple[Aside, ...]
    tagging: tuple[Tagging, ...]
    collecting: tuple[str, ...]
    """Handovers whose leaver had the shortfalls of the criteria put down."""


@lru_cache(maxsize=1)
def load() -> Story:
    """The story, read once."""
    raw = tomllib.loads((HERE / "story.toml").read_text(encoding="utf-8"))
    return Story(
        cards=tuple(Card(**_closed(c)) for c in raw["card"]), notes=tuple(map(_notes, raw["notes"])),
        searches=tuple(Asked(**s) for s in raw["search"]), saved=tuple(Asked(**s) for s in raw["saved"]),
        exams=tuple(Exam(e["handover"], tuple(e["right"]), tuple(e["wrong"])) for e in raw["exam"]),
        answers=tuple(Answer(**_closed(a)) for a in raw["answer"]),
        unknown=tuple(Unknown(**u) for u in raw["unknown"]),
        after=tuple(After(**(a | {"module": Module(a["module"])})) for a in raw["after"]),
        aside=tuple(Aside(**(a | {"words": tuple(a["words"])})) for a in raw["aside"]),
        tagging=tuple(Tagging(t["handover"], t["of"], tuple(t.get("tags", ())), tuple(t.get("no", ())))
                      for t in raw["tagging"]),
        collecting=tuple(c["handover"] for c in raw["collecting"]),
    )  # fmt: skip


def _closed(raw: dict[str, Any]) -> dict[str, Any]:
    """With the words of closed vocabularies as their members, and without the line breaks around texts."""
    kinds = {"module": Module, "classification": Classification}
    known = {key: kinds[key](value) if key in kinds else value for key, value in raw.items()}
    return known | {"fields": {key: text.strip() for key, text in raw["fields"].items()}}


def _notes(raw: dict[str, Any]) -> Notes:
    cards = tuple(Split(**(c | {"paragraphs": tuple(c["paragraphs"])})) for c in raw["card"])
    return Notes(raw["handover"], Module(raw["module"]), raw["title"], raw["text"].strip(), cards)
