"""The tag vocabulary of two levels: areas (the modules) and topics, with labels in Chinese and English and synonyms.

A tag is stored as its key (``projects.negotiation``) when the vocabulary knows it, else as the free text that was
typed. Keys are never renamed; the data is ``vocabulary.toml``.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kb.access import Module

_SOURCE = Path(__file__).with_name("vocabulary.toml")
MAX_TAG_CHARACTERS = 40
_LATIN = re.compile(r"[a-z0-9]+")


@dataclass(frozen=True)
class Tag:
    """One entry. ``area`` is empty for an area itself; ``words`` are evidence in a text and never shown.

    ``lasting``: what is written on it does not get old.
    """

    key: str
    zh: str
    en: str
    area: str
    synonyms: tuple[str, ...]
    words: tuple[str, ...]
    lasting: bool = False

    @property
    def module(self) -> Module | None:
        """The module the tag belongs to; None for what concerns the handover as a whole."""
        root = self.key.split(".")[0]
        return next((module for module in Module if module.value == root), None)

    def label(self, locale: str) -> str:
        """What people see in ``zh`` or ``en``."""
        return self.en if locale.startswith("en") else self.zh


@dataclass(frozen=True)
class Vocabulary:
    """All tags by key, in the order of the file, and the names they can be typed by.

    ``translations`` are pairs (English words, in the singular; Chinese word) that mean the same.
    """

    tags: dict[str, Tag]
    names: dict[str, str]
    translations: tuple[tuple[tuple[str, ...], str], ...] = ()

    def areas(self) -> list[Tag]:
        """The first level."""
        return [tag for tag in self.tags.values() if not tag.area]

    def topics(self, area: str) -> list[Tag]:
        """The second level below ``area``; empty for an unknown one."""
        return [tag for tag in self.tags.values() if tag.area == area]


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The vocabulary, read once.

    Raises:
        ValueError: the file gives one name to two tags.
    """
    tags: dict[str, Tag] = {}
    stored = tomllib.loads(_SOURCE.read_text("utf-8"))
    for area in stored["area"]:
        tags[area["key"]] = _tag(area, "")
        tags.update({topic["key"]: _tag(topic, area["key"]) for topic in area["topic"]})
    names: dict[str, str] = {}
    for tag in tags.values():
        for name in dict.fromkeys(folded(n) for n in (tag.key, tag.zh, tag.en, *tag.synonyms)):
            if names.setdefault(name, tag.key) != tag.key:
                raise ValueError(f"{name!r} names both {names[name]} and {tag.key}")
    said = [*stored["translations"].items(), *stored["everyday"].items()]
    pairs = ((_english_words(english), zh) for english, many in said for zh in many)
    return Vocabulary(tags, names, tuple(pairs))


def counterparts(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(Chinese words, English expressions) that the vocabulary's English and Chinese words in ``text`` stand for.

    ``text`` is folded (``kb.lexical.fold``). English expressions are in the singular, their words apart by one blank.
    """
    asked = _english_words(text)
    chinese: dict[str, None] = {}
    english: dict[str, None] = {}
    for words, zh in vocabulary().translations:
        if any(asked[n : n + len(words)] == words for n in range(len(asked) - len(words) + 1)):
            chinese[zh] = None
        if zh in text:
            english[" ".join(words)] = None
    return tuple(chinese), tuple(english)


def _english_words(text: str) -> tuple[str, ...]:
    """The Latin words and numbers of a text, lower case, without the plural's s."""
    words = _LATIN.findall(text.lower())
    return tuple(w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith(("ss", "us")) else w for w in words)


def _tag(entry: dict[str, object], area: str) -> Tag:
    synonyms, words = entry.get("synonyms", []), entry.get("words", [])
    assert isinstance(synonyms, list)
    assert isinstance(words, list)
    return Tag(str(entry["key"]), str(entry["zh"]), str(entry["en"]), area, tuple(synonyms), tuple(words),
               bool(entry.get("lasting")))


def folded(name: str) -> str:
    """A name the way names are compared: NFKC, lower case, blanks of any length as one."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def canonical(tag: str) -> str:
    """The key of the tag that ``tag`` names by key, label or synonym in either language; else the free tag, tidied.

    A free tag keeps its case, is NFKC, at most ``MAX_TAG_CHARACTERS`` long; empty when nothing is left of it.
    """
    known = vocabulary().names.get(folded(tag))
    if known:
        return known
    tidied = " ".join(unicodedata.normalize("NFKC", tag).replace("#", " ").split())
    return "".join(c for c in tidied if c.isprintable())[:MAX_TAG_CHARACTERS].strip(" ,，;；、")


def label(tag: str, locale: str) -> str:
    """What people see for a stored tag: the vocabulary's label, or the free tag itself."""
    known = vocabulary().tags.get(tag)
    return known.label(locale) if known else tag
