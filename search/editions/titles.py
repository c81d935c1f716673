"""Which of the visible documents are older editions of others, by their titles.

Two documents of one handover are editions of one thing when their titles agree once version marks, dates and words
such as 草稿 are taken away. Only documents the viewer may see take part: a hidden newer edition demotes nothing and is
named nowhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from kb.lexical import fold

_OBSOLETE = re.compile(
    r"已?作废|已?失效|已?(?:被)?(?:替代|取代)|旧版|历史版|草稿|草案|讨论稿|征求意见稿?|初稿|上报稿|送审稿|报批稿|obsolete|draft|superseded"
)
_CURRENT = re.compile(r"现行|正式版|定稿|最新版?|终稿|当前版|交接用|交接版|final|current")
_VERSION = re.compile(
    r"(?<![a-z0-9])v(?:er(?:sion)?)?\.? ?(\d+(?:\.\d+)*)|第([一二三四五六七八九十\d]+)[版稿]|(\d+(?:\.\d+)*)版"
)
_DATE = re.compile(r"(20\d\d)[年.\-/]?(?:(\d{1,2})[月.\-/]?(?:(\d{1,2})日?)?)?版?")
_EDITION_DATE = re.compile(_DATE.pattern.removesuffix("版?") + r" ?(?:版|修订|更新|起(?:执行|生效)?)")
_AS_OF = re.compile(
    r"(?:截至|截止到?|as of) ?(?:20\d\d ?[年.\-/] ?)?\d{1,2} ?[月.\-/] ?(?:\d{1,2}(?: ?日)?|[底末])?"
    r"|(?<=[（(])20\d\d[年.\-/]\d{1,2}[月.\-/]\d{1,2}日?(?=[）)])"
)
_PART_OF_A_YEAR = re.compile(r"第?[一二三四1-4]季度?|q[1-4]|[上下]半年度?|(?<!\d)\d{1,2}月份?|年[底末]")
_STATE = re.compile(rf"(?<=[（(])(?:20\d\d年?)?(?:{_PART_OF_A_YEAR.pattern})[底末]?(?=[）)])")
_KEPT_UP = re.compile("台账|清单|盘点|ledger|register|inventory")
"""What is carried on and says as of which day, month or quarter: the later state replaces the earlier one."""
_PERIOD_EDITION = re.compile(r"(?:第?[一二三四1-4]季度?|(?:上|下)?半年度?|年[初中末])版")
_COUNTED = re.compile(r"\d+|第[一二三四五六七八九十百]+|[一二三四]季度|[上下]半年")
_RANGE = re.compile(r"20\d\d年?[—–\-~至]+20\d\d年?")
_BRACKETED = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_LAST_DATE = re.compile(f"(?:{_DATE.pattern})[\\s）)]*$")
_REMARK = re.compile(r"[稿版]$|调整|修订|更新|批准|审定|签批|生效|执行|征求意见")
_PERIOD = re.compile(
    r"截至|截止|(?<!\d)\d{1,2}月(?:\d{1,2}日)?|年度|(?:上|下)?半年度?|第?[一二三四1-4]季度|q[1-4]|年中|年初|年末|全年|20\d\d"
)
_BESIDE_FIGURES = re.compile(r"(?<=[\u4e00-\u9fff]) +(?=\d)|(?<=\d) +(?=[\u4e00-\u9fff])")
_FILLER = re.compile(r"修订版?|更新版?|版本|版|[\s\W_]+")
_EMPTY_BRACKETS = re.compile(r"[（(\[【][\s,，、·:：;；\-]*[）)\]】]")
_HAN_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九十", 1)}


class Titled(NamedTuple):
    """What is known of a document: its id, handover, title, date (None where it is undated) and module."""

    document_id: str
    handover_id: str
    title: str
    authored_on: date | None
    module: str = ""


def _closed_up(title: str) -> str:
    """The title, folded, without the blanks that typesetters put between Chinese characters and figures."""
    return _BESIDE_FIGURES.sub("", fold(title))


@lru_cache(maxsize=50_000)
def stem(title: str) -> str:
    """The title without the marks of an edition, folded; empty where nothing else is left.

    A date is such a mark in ``（2026 版）``, and in brackets or at the end beside another mark. Elsewhere it says which
    period is meant: 2025 年度预算 and the minutes of another week are not editions of one thing.
    """
    bare = _BRACKETED.sub(_without_remarks, _closed_up(title))
    for pattern in (_VERSION, _OBSOLETE, _CURRENT, _EDITION_DATE, _PERIOD_EDITION):
        bare = pattern.sub(" ", bare)
    if _KEPT_UP.search(bare):
        bare = _STATE.sub(" ", _AS_OF.sub(" ", bare))
    if _marked(title):
        bare = _BRACKETED.sub(_undated, bare)
        bare = bare if _RANGE.search(bare) else _LAST_DATE.sub(" ", bare)
    return _FILLER.sub("", _EMPTY_BRACKETS.sub(" ", bare))


def _undated(bracketed: re.Match[str]) -> str:
    """What is in brackets, without a date; a range of years is a period and stays."""
    inside = bracketed.group()
    return inside if _RANGE.search(inside) else _DATE.sub(" ", inside)


def _without_remarks(bracketed: re.Match[str]) -> str:
    """What is in brackets, without what is said there of an edition beside its version: （第二版，年中调整） is one."""
    inside = bracketed.group()
    if not _VERSION.search(inside):
        return inside
    parts = re.split("[,，、;；]", inside[1:-1])
    return "（" + ",".join(part for part in parts if _VERSION.search(part) or not _REMARK.search(part)) + "）"


@lru_cache(maxsize=50_000)
def core(title: str) -> str:
    """What is left of a title without marks of an edition and without any period: whether it is about one thing at all.

    Equal cores alone are no editions: the budgets of two years have one core.
    """
    bare = _BRACKETED.sub(_without_remarks, _closed_up(title))
    for pattern in (_VERSION, _OBSOLETE, _CURRENT, _EDITION_DATE, _DATE, _PERIOD):
        bare = pattern.sub(" ", bare)
    return _FILLER.sub("", _EMPTY_BRACKETS.sub(" ", bare))


@lru_cache(maxsize=50_000)
def _rank(title: str) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """How new a title says it is: status, version, dates; a larger tuple is newer."""
    bare = _closed_up(title)
    status = -1 if _OBSOLETE.search(bare) else (1 if _CURRENT.search(bare) else 0)
    version = _VERSION.search(bare)
    return (
        status,
        _numbers(next((g for g in version.groups() if g), "")) if version else (),
        tuple(int(g) for dated in _DATE.finditer(bare) for g in dated.groups() if g),
    )


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(_HAN_DIGITS.get(part, int(part) if part.isdigit() else 0) for part in text.split("."))


@lru_cache(maxsize=50_000)
def _marked(title: str) -> bool:
    """Whether the title carries any mark of an edition at all."""
    status, version, _ = _rank(title)
    bare = _closed_up(title)
    dated = _EDITION_DATE.search(bare) or _PERIOD_EDITION.search(bare)
    state = _KEPT_UP.search(bare) and (_AS_OF.search(bare) or _STATE.search(bare))
    return status != 0 or version != () or bool(dated or state)


@lru_cache(maxsize=50_000)
def _figures(title: str) -> frozenset[str]:
    """What counts or dates the thing itself: the years of a plan, the number of a meeting, the month of a report."""
    return frozenset(_COUNTED.findall(stem(title)))


def of_other_periods(title: str, other: str) -> bool:
    """Whether two titles name different years, months or numbers of what they are about."""
    one, another = _figures(title), _figures(other)
    return bool(one and another and one != another)


def standing_above(newer: Mapping[str, str], titles: Mapping[str, str], question: str) -> dict[str, str]:
    """Old → newest, without the older ones whose period the question names; ``titles`` are by document id."""
    return {old: new for old, new in newer.items()
            if not (old in titles and new in titles and names_its_period(question, titles[old], titles[new]))}


def names_its_period(question: str, old: str, new: str) -> bool:
    """Whether a question names the part of a year that the older of two titles bears and the newer one does not."""
    asked, older, newer = ({*_PART_OF_A_YEAR.findall(_closed_up(text))} for text in (question, old, new))
    return bool(asked & (older - newer))


@lru_cache(maxsize=50_000)
def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text."""
    return frozenset(text[n : n + 2] for n in range(len(text) - 1))


def marked_newer(title: str, other: str) -> bool:
    """Whether the marks of two titles, such as 正式版 and 讨论稿 or V2 and V1, say that the first is the newer one."""
    (status, version, _), (other_status, other_version, _) = _rank(title), _rank(other)
    if status != other_status:
        return status > other_status
    return bool(version and other_version) and version > other_version


def _newness(document: Titled) -> tuple[object, ...]:
    status, version, dated = _rank(document.title)
    return (status, version, dated, document.authored_on or date.min, document.document_id)


def newer_editions(documents: Iterable[Titled]) -> dict[str, str]:
    """Document id → id of the newest edition, for every document that has a newer one among those given."""
    groups: dict[tuple[str, str], list[Titled]] = defaultdict(list)
    for document in documents:
        if key := stem(document.title):
            groups[(document.handover_id, key)].append(document)
    newer: dict[str, str] = {}
    for editions in groups.values():
        if len(editions) < 2 or not any(_marked(e.title) for e in editions):
            continue
        newest = max(editions, key=_newness)
        newer |= {e.document_id: newest.document_id for e in editions if _older(e, newest)}
    return newer


def _older(edition: Titled, newest: Titled) -> bool:
    """Whether one edition is older for a stated reason, not only by its id."""
    return edition is not newest and _newness(edition)[:-1] < _newness(newest)[:-1]


def is_unfinished(title: str) -> bool:
    """Whether a title calls its document a draft, a discussion paper or obsolete."""
    return _rank(title)[0] < 0
