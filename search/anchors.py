"""What a question names – codes, places, people, organisations – and whether the passages found speak of it.

A question about something that was never written down is near to many passages in meaning: 「深圳团队的指标」 lies
beside the targets of another city. What it names tells them apart; a question that names nothing is left to its
meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb import segmentation
from kb.lexical import fold

_CODE = re.compile(r"[a-z]+[a-z0-9]*(?:[-./][a-z0-9]+)*|\d{3,}(?:[-.]\d+)*")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ORGANISATION = re.compile(
    r"[\u4e00-\u9fff]{2}(?:科技|集团|股份|药业|商贸|化工|电子)"
)
_PLACES = frozenset({"ns", "nt"})
_PEOPLE = frozenset({"nr", "nrt", "nrfg"})
_NOUNS = frozenset({"n", "nz", "vn", "j", "l", "i"})
_GENERAL = frozenset({
    "公司", "时候", "多少", "项目", "情况", "问题", "东西", "事情", "我们", "他们", "办法", "目前", "现在", "时间",
})


def names_something_else(question: str, passages: Sequence[str], *, doubtful: bool) -> bool:
    """Whether the question names something that none of the passages (the best first, titles included) speaks of.

    ``doubtful``: nothing else speaks for the passages either; then a person's name alone is not enough.
    """
    asked, found = fold(question).lower(), [fold(p).lower() for p in passages]
    if not found:
        return True
    together = "\n".join(found)
    if any(code not in together for code in _codes(asked)):
        return True
    if any(named not in found[0] for named in _ORGANISATION.findall(asked)):
        return True
    words = list(_tagged(asked))
    places = [word for word, kind in words if kind in _PLACES]
    if places and not any(place in passage for place in places for passage in found[:2]):
        return True
    return doubtful and _only_the_person(words, found[0])


def _codes(asked: str) -> list[str]:
    return [c for c in _CODE.findall(asked) if len(c) > 1 and not _YEAR.fullmatch(c)]


def _only_the_person(words: list[tuple[str, str]], passage: str) -> bool:
    """Whether the passage shares somebody's name with the question, and nothing of what is asked about them."""
    people = [word for word, kind in words if kind in _PEOPLE]
    others = [word for word, kind in words if kind in _NOUNS]
    return any(p in passage for p in people) and bool(others) and not any(w in passage for w in others)


def _tagged(text: str) -> Iterator[tuple[str, str]]:
    """Words of two characters and more with their part of speech; general ones are left out."""
    return ((word, kind) for word, kind in segmentation.tagged(text) if len(word) > 1 and word not in _GENERAL)
