"""What a document's beginning says of editions: that it is out of date itself, what it replaces, what replaced it.

A reference such as 「替代 2024 年 9 月版」, 「原 V1 作废」 or 「已被《制度》取代」 is kept as what it names: titles,
version numbers, dates – and compared with other documents later. A beginning that names nothing replaces nothing:
「国产替代」 is no edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

from kb.lexical import fold

LEAD = 600
"""How many characters of its beginning may say so."""
WORDS = ("作废", "废止", "失效", "停止使用", "历史参考", "更新", "取代", "替代", "代替", "旧版", "历史版", "停用",
         "upersede", "eplace", "bsolete")  # fmt: skip
"""One of these is in every beginning that says anything; looking for them first is much faster."""

Dated = tuple[int, int, int]
"""Year, month and day; 0 for what is not said."""

_ANOTHER = r"替代|取代|代替|废止[^日]|[，,；;、 ](?:原|旧|上|前|此前|v\d|第|《|\d)"
_SAYS_OLD = re.compile(
    rf"(?:本(?:表|版|文|文件|清单|制度|稿)|该表)(?:(?!{_ANOTHER})[^。\n]){{0,30}}(?:已作废|已失效|作废|停止使用|仅作历史参考|仅供历史参考|未随[^。\n]{{0,24}}更新)"
    r"|仅(?:作|供)历史参考|已被[^。\n]{0,30}(?:取代|替代|代替|废止)"
    r"|(?:状态|版本状态|文件状态|备注) ?[:：] ?(?:已?作废|已?废止|已?失效|已?停用|旧版|历史版)"
    r"|(?:been|is|was) (?:superseded|replaced) by|(?<!not )superseded by|status ?: ?(?:obsolete|superseded|replaced)"
    r"|this (?:document|edition|version|list|table|plan) is (?:obsolete|superseded|no longer (?:valid|in force))"
)
_CLAUSE = r"[^。；;，,\n\u3000|]"
_REPLACED = r"(?:同时|即行|即时|一并|随之|相应)?(?:予以)?(?:作废|废止|失效|停止使用|停用)"
_REPLACES = re.compile(
    rf"(?<!被)(?<!不)(?<!国产)(?:替代|取代|代替|替换|废止)(?:了|原|原有|此前的?|之前的?)? ?(?P<after>{_CLAUSE}{{2,50}})"
    rf"|(?:^|[。；;，,\n\u3000、 ])(?!本|该)(?P<before>{_CLAUSE}{{2,50}}?)(?:自{_CLAUSE}{{1,14}}起)? ?{_REPLACED}"
    r"|(?<!not )(?:replaces|replacing|supersedes|superseding) (?P<english>[^.;\n|]{2,70})",
    re.M,
)
_REPLACED_BY = re.compile(
    rf"被 ?(?P<by>{_CLAUSE}{{2,40}}?) ?(?:取代|替代|代替|废止)"
    rf"|(?:现行(?:版本?|文本)?为|以|见|改用|请用|请看) ?(?P<see>{_CLAUSE}{{2,40}})"
    r"|(?:superseded|replaced) by (?P<english>[^.;\n|]{2,70})"
)
_QUOTED = re.compile(r"[《「『“\"]([^》」』”\"\n]{2,60})[》」』”\"]")
_VERSION = re.compile(
    r"(?<![a-z0-9])v(?:er(?:sion)?)?\.? ?(\d+(?:\.\d+)*)"
    r"|第([一二三四五六七八九十\d]+)[版稿]|(?<![\d.])(\d+(?:\.\d+)*)版"
)
_DATE = re.compile(
    r"(20\d\d) ?[年./-] ?(?:(\d{1,2})(?: ?[月./-] ?(?:(\d{1,2})(?!\d) ?[日号]?)?|(?!\d)))?"
    r"|(?<!\d)(\d{1,2}) ?月 ?(?:(\d{1,2}) ?[日号])?"
)
_VAGUE = re.compile(
    r"旧版|原版|上一?版|前一?版|征求意见稿|讨论稿|初稿|草案|半年版|季度版|年初版|年中版"
    r"|(?:old|earlier|previous|former|prior) "
)
_HAN_DIGITS = {c: n for n, c in enumerate("一二三四五六七八九十", 1)}


class Reference(NamedTuple):
    """How one document names another: titles in quotation marks, version numbers, dates; each may be empty.

    ``vague`` is a word such as 旧版 or 半年版: another edition, and nothing says which.
    """

    titles: tuple[str, ...]
    versions: frozenset[tuple[int, ...]]
    dates: tuple[Dated, ...]
    vague: bool


class Statement(NamedTuple):
    """What a beginning says: whether the document is out of date, what it replaces, and what replaced it."""

    old: bool
    replaces: tuple[Reference, ...]
    replaced_by: tuple[Reference, ...]


def statement(lead: str) -> Statement | None:
    """What a beginning says of editions; None where it says nothing."""
    if not any(word in lead for word in WORDS):
        return None
    text = fold(lead[:LEAD])
    old = says_it_is_old(text)
    replaces = () if old else tuple(_references(_REPLACES.finditer(text)))
    by = tuple(_references(_REPLACED_BY.finditer(text))) if old else ()
    return Statement(old, replaces, by) if old or replaces else None


def says_it_is_old(lead: str) -> bool:
    """Whether a document's beginning declares the document itself out of date."""
    return any(word in lead for word in WORDS) and bool(_SAYS_OLD.search(fold(lead[:LEAD])))


def _references(found: Iterable[re.Match[str]]) -> Iterable[Reference]:
    named = (reference(next(g for g in match.groups() if g)) for match in found)
    return (r for r in named if any(r))


def reference(text: str) -> Reference:
    """What a few words name."""
    bare = _QUOTED.sub(" ", text)
    return Reference(tuple(_QUOTED.findall(text)), versions_in(bare), dates_in(bare), bool(_VAGUE.search(bare)))


@lru_cache(maxsize=50_000)
def versions_in(text: str) -> frozenset[tuple[int, ...]]:
    """The version numbers in a folded text, without noughts at their end: V1.0, 第一版 and 1.0版 are all ``(1,)``."""
    return frozenset(_trimmed(next(g for g in found.groups() if g)) for found in _VERSION.finditer(text))


def _trimmed(text: str) -> tuple[int, ...]:
    parts = [_HAN_DIGITS.get(part, int(part) if part.isdigit() else 0) for part in text.split(".")]
    while len(parts) > 1 and not parts[-1]:
        parts.pop()
    return tuple(parts)


@lru_cache(maxsize=50_000)
def dates_in(text: str) -> tuple[Dated, ...]:
    """The dates in a folded text; a month may stand without its year."""
    return tuple(
        (int(y or 0), int(m or month or 0), int(d or day or 0)) for y, m, d, month, day in _DATE.findall(text)
    )
