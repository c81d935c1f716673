"""Languages: Chinese is written in the source as msgids, ``locale/en.po`` is compiled in memory at the first use.

There is no compiled catalogue to forget: edit ``en.po``, restart, done. Sentences with parameters use ``{name}``
placeholders that are filled after translation.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from kb.errors import KbError
from kb.settings import settings

LOCALES = ("zh", "en")
COOKIE = "kb_locale"
_LOCALE_FOLDER = Path(__file__).parent / "locale"


@lru_cache(maxsize=len(LOCALES))
def translations(locale: str) -> NullTranslations:
    """The catalogue of a language, with ``gettext`` and ``ngettext``; Chinese and unknown ones give msgids back."""
    source = _LOCALE_FOLDER / f"{locale}.po"
    if locale not in LOCALES or not source.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with source.open("rb") as po:
        write_mo(compiled, read_po(po, locale=locale))
    compiled.seek(0)
    catalogue: NullTranslations = Translations(compiled)
    return catalogue


def translate(locale: str, msgid: str, **params: object) -> str:
    """The sentence in that language with its ``{name}`` placeholders filled; a missing parameter leaves its name."""
    sentence = translations(locale).gettext(msgid) if msgid else ""
    return sentence.format_map(_Lenient(params)) if params else sentence


def phrase(locale: str, msgid: str, params: Mapping[str, object]) -> str:
    """A sentence in that language; parameters that are msgids themselves are translated as well."""
    return translate(locale, msgid, **{k: translate(locale, v) if isinstance(v, str) else v for k, v in params.items()})


def explain(locale: str, error: KbError) -> str:
    """What an error says to its reader, in their language; parameters that are sentences themselves as well."""
    return phrase(locale, error.message, error.params)


def negotiate(chosen: str, person_locale: str, accept_language: str) -> str:
    """``zh`` or ``en``: what the person saved, else this browser's choice, else Accept-Language, else the setting.

    Every ``zh-…`` counts as Chinese (``zh-Hans-CN``, ``zh-TW``); languages are taken in the order of their weights.
    """
    for wish in (person_locale, chosen):
        if wish in LOCALES:
            return wish
    for tag in _by_weight(accept_language):
        if tag.partition("-")[0] in LOCALES:
            return tag.partition("-")[0]
    return settings().locale


def _by_weight(accept_language: str) -> list[str]:
    weighed: list[tuple[float, str]] = []
    for part in accept_language.split(",")[:20]:
        tag, _, weight = part.partition(";q=")
        try:
            weighed.append((-float(weight or 1), tag.strip().lower()))
        except ValueError:
            continue
    return [tag for weight, tag in sorted(weighed, key=lambda pair: pair[0]) if tag and weight < 0]


class _Lenient(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return key
