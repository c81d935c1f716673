"""Reads ``plan.toml``: who works at the demo company, what they hand over, and who may see what of it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.access import Classification, Module
from kb.documents import Kind
from kb.evidence.verdict import Verdict
from kb.people import Role

HERE = Path(__file__).parent
FILES = HERE / "files"
"""The generated files, as they are committed."""
SOURCES = HERE / "sources"
"""The texts that they were made from; only ``build.py`` and the golden tests read these."""


@dataclass(frozen=True)
class DemoPerson:
    """Somebody who can log in; ``post`` is their position in Chinese, for the list of log-ins."""

    login: str
    name: str
    role: Role
    post: str


@dataclass(frozen=True)
class DemoHandover:
    """One handover. ``leaver``, ``successor`` and ``head`` are log-in names; an empty successor is not named yet."""

    key: str
    template: str
    title: str
    leaver: str
    successor: str
    head: str
    last_day: date


@dataclass(frozen=True)
class DemoGrant:
    """One module of one handover for one person, up to a classification."""

    person: str
    handover: str
    module: Module
    up_to: Classification


@dataclass(frozen=True)
class DemoFile:
    """One file and what is known about it.

    ``key`` names it in this plan and in the judged questions. ``file_name`` lies in ``files/``. ``deliverable`` is a
    key of the handover's template, empty for a document that answers none. ``superseded_by`` is the key of the
    edition that replaces it, empty for one in force. ``source``, ``form`` and ``traits`` tell ``build.py`` how to
    make it.
    """

    key: str
    file_name: str
    title: str
    handover: str
    module: Module
    classification: Classification
    kind: Kind
    author: str
    date: date
    tags: tuple[str, ...]
    deliverable: str
    superseded_by: str
    source: str
    form: str
    traits: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return FILES / self.file_name


@dataclass(frozen=True)
class Question:
    """An example question for the empty search page."""

    zh: str
    en: str


@dataclass(frozen=True)
class DemoRisk:
    """A risk that the leaver of a handover states."""

    handover: str
    module: str
    level: str
    title: str
    countermeasure: str
    department: str


@dataclass(frozen=True)
class DemoRemark:
    """What the reviewer of a handover says of a criterion (its words) of a deliverable (its key) that is not met."""

    handover: str
    deliverable: str
    criterion: str
    verdict: Verdict
    note: str


@dataclass(frozen=True)
class Plan:
    """The whole demo company. ``password`` opens every account of it, ``pin`` every signing key.

    ``past`` are handovers that have ended.
    """

    company: str
    company_en: str
    password: str
    people: tuple[DemoPerson, ...]
    handovers: tuple[DemoHandover, ...]
    past: tuple[DemoHandover, ...]
    grants: tuple[DemoGrant, ...]
    files: tuple[DemoFile, ...]
    questions: tuple[Question, ...]
    pin: str
    risks: tuple[DemoRisk, ...]
    remarks: tuple[DemoRemark, ...]

    def file(self, key: str) -> DemoFile:
        """The file with that key; KeyError when there is none, which is a mistake in the plan."""
        return {d.key: d for d in self.files}[key]


@lru_cache(maxsize=1)
def load() -> Plan:
    """The plan, read once."""
    raw = tomllib.loads((HERE / "plan.toml").read_text(encoding="utf-8"))
    return Plan(
        company=raw["company"], company_en=raw["company_en"], password=raw["password"],
        people=tuple(DemoPerson(p["login"], p["name"], Role(p["role"]), p["post"]) for p in raw["person"]),
        handovers=tuple(map(_handover, raw["handover"])), past=tuple(map(_handover, raw["past"])),
        grants=tuple(grant for g in raw["grant"] for grant in _grants(g)),
        files=tuple(_file(d) for d in raw["document"]),
        questions=tuple(Question(q["zh"], q["en"]) for q in raw["question"]), pin=raw["pin"],
        risks=tuple(DemoRisk(**r) for r in raw["risk"]), remarks=tuple(map(_remark, raw["remark"])),
    )


def _handover(raw: dict[str, Any]) -> DemoHandover:
    return DemoHandover(raw["key"], raw["template"], raw["title"], raw["leaver"], raw.get("successor", ""),
                        raw["head"], raw["last_day"])


def _remark(raw: dict[str, str]) -> DemoRemark:
    return DemoRemark(raw["handover"], raw["deliverable"], raw["criterion"], Verdict(raw["verdict"]), raw["note"])


def _grants(raw: dict[str, Any]) -> list[DemoGrant]:
    """One row of the plan names several modules."""
    up_to = Classification(raw["up_to"])
    return [DemoGrant(raw["person"], raw["handover"], Module(m), up_to) for m in raw["modules"]]


def _file(raw: dict[str, Any]) -> DemoFile:
    return DemoFile(
        key=raw["key"], file_name=raw["file"], title=raw["title"], handover=raw["key"].partition("-")[0],
        module=Module(raw["module"]), classification=Classification(raw["class"]), kind=Kind(raw["kind"]),
        author=raw["author"], date=raw["date"], tags=tuple(raw["tags"]), deliverable=raw.get("deliverable", ""),
        superseded_by=raw.get("superseded_by", ""), source=raw.get("source", raw["key"] + ".md"), form=raw["form"],
        traits=tuple(raw.get("traits", ())),
    )
