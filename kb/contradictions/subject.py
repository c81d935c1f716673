"""What a figure is of: the words before it, as runs of characters without filling words, and how alike two are."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import add

_SAME = (
    ("合同总价款?|合同总额|合同金额|合同价款?|总价款?", "合同额"),
    ("有效期限至|有效期至|有效期到|有效期限|有效期|到期日期|到期日|截止日期|届满|期满", "到期"),
    ("提交截止|递交|报送|呈报|上报", "提交"),
    ("责任人|负责人", "负责"), ("花费|花销|开支", "费用"), ("店面|分店", "门店"), ("职工|雇员", "员工"),
    ("总额|总计|合计|总数", "总"), ("定编", "编制"), ("投运", "投产"), ("封顶|最高", "上限"), ("割接", "切换"),
)  # fmt: skip
_FILLING = (
    "目前|现在|现有|现为|当前|截至|截止到|共有|总共|一共|大约|左右|上下|达到|不得低于|不得高于|不低于|不高于|不超过|超过|低于|高于"
    "|定于|定在|排在|安排在|安排|计划于|计划|将于|预计|约定|要求|规定|大概|已经|已达|全部|其中|另外|另有|以及|及其|须在|最晚|不迟于|每个月"
    "|每年|每月|每天|每个|每家|年度|月度|必须|应当|需要|可以|我们|我司|本公司|这块|时间|日期|金额|数量|数值|内容|名称|情况|方面|年底|月底"
    "|仍然|依然|由于|因为|所以|平均|调整|推迟|提高|降低|下调|上调|缩短|延长|顺延|改为|但是|而且|包括|还有|就是|还是|设有|有效|只有|仅有|报到|到了|达"
)
_SINGLE = (
    r"[的了是为在由归也都就还又被把将按其该此这那约至≤≥]"
    r"|到(?![期货位付岗场])|对(?![账接口外])|等(?![级保])|须|(?<![国共享专])有(?![限云效色机])"
)


def _by_first(words: str) -> str:
    """The same alternatives, those of one first character together: fewer to try at each place."""
    found: dict[str, list[str]] = {}
    for word in words.split("|"):
        found.setdefault(word[0], []).append(word[1:])
    return "|".join(f"{first}(?:{'|'.join(rests)})" for first, rests in found.items())


_STARTS = "".join(sorted({word[0] for word in _FILLING.split("|")}))
_FILL = re.compile(f"(?=[{_STARTS}])(?:{_by_first(_FILLING)})|{_SINGLE}")
_ALIKE = tuple((re.compile(words), name) for words, name in _SAME)
_ANY_ALIKE = re.compile("|".join(words for words, _ in _SAME))
_PERIODS = re.compile(
    r"20\d\d\s*(?:年(?:度|末|底|初)?|财年)?|\d{1,2}\s*月(?:份|底|末|初)?|q[1-4]|第?[一二三四]季度|去年|今年|明年|本年|上年"
)
_DIGITS = re.compile(r"(?<![a-z0-9.-])\d[\d,.]*(?!\s*(?:#|号|期|批|[a-z]))")
_NOISE = re.compile(r"[^\u4e00-\u9fffa-z0-9#+-]+")
_ELSEWHERE = 0.75
"""What a character counts that the other text names around the figure only."""
_LONE = 0.3
"""What a character without neighbours weighs, and each letter of a Latin word."""
Weigh = Callable[[str], float]


@dataclass(frozen=True)
class Run:
    """Characters without a filling word among them, and how much it counts if the other side lacks them (0–1)."""

    text: str
    weight: float = 1.0


@dataclass(frozen=True)
class Subject:
    """``own``: the noun phrase of the figure; ``head``: its last word, two characters; ``around``: pairs of characters
    of the sentence or row, the headings and the title. ``told`` is what qualifiers are read from, as written;
    ``needed`` are words without which a passage does not speak of it: a row's column, the second part of its label.
    """

    own: tuple[Run, ...]
    head: str
    near: tuple[str, ...]
    told: str
    needed: tuple[str, ...] = ()

    @cached_property
    def pairs(self) -> frozenset[str]:
        """The neighbouring characters of the noun phrase."""
        return _pairs(tuple(run.text for run in self.own))

    @cached_property
    def around(self) -> frozenset[str]:
        """The neighbouring characters of everything the figure stands in."""
        return _pairs(self.near) | self.pairs


def lacks(a: Subject, b: Subject) -> bool:
    """Whether ``b`` does not name what ``a`` needs."""
    return any(2 * len(_pairs((n,)) & b.around) < len(_pairs((n,))) for n in a.needed)


@lru_cache(maxsize=100_000)
def runs(text: str) -> tuple[str, ...]:
    """A levelled text as runs of characters that carry meaning; periods and plain numbers are taken out."""
    if _ANY_ALIKE.search(text):
        for pattern, name in _ALIKE:
            text = pattern.sub(name, text)
    text = _DIGITS.sub(" ", _PERIODS.sub(" ", text))
    return tuple(run for run in _NOISE.sub(" ", _FILL.sub(" ", text)).split() if not run.isdigit())


@lru_cache(maxsize=100_000)
def _pairs(of: tuple[str, ...]) -> frozenset[str]:
    return frozenset(pair for run in of for pair in pairs_of(run))


def pairs_of(run: str) -> list[str]:
    """The neighbouring characters of a run; a Latin word is one piece."""
    return [run] if run.isascii() or len(run) == 1 else list(map(add, run, run[1:]))


def size(of: Iterable[str]) -> int:
    """How many characters the runs hold."""
    return sum(map(len, of))


@dataclass(frozen=True)
class Likeness:
    """Weights in characters: ``shared`` by both, ``contrast`` of different words in the same place, ``differ`` of words
    that only this and only that one has, ``more`` of what one has beyond. ``text`` is what they share.
    """

    shared: float
    contrast: float
    differ: float
    more: float
    text: str
    head: bool


@dataclass(frozen=True)
class _Rest:
    """Characters of one side the other lacks, between the two known ones before and behind them."""

    before: str
    behind: str
    weight: float


def likeness(a: Subject, b: Subject, weigh: Weigh) -> Likeness:
    """What two noun phrases share and where they differ."""
    shared_a, rests_a, text, head_a = _covered(a, b, weigh)
    shared_b, rests_b, _, head_b = _covered(b, a, weigh)
    aligned = [(x, y) for x in rests_a for y in rests_b if _same_place(x, y)]
    contrast = max((min(x.weight, y.weight) for x, y in aligned), default=0.0)
    left, right = (sum(r.weight for r in rests) for rests in (rests_a, rests_b))
    differ = max(0.0, min(left, right) - contrast)
    return Likeness((shared_a + shared_b) / 2, contrast, differ, abs(left - right), text, head_a or head_b)


def _same_place(x: _Rest, y: _Rest) -> bool:
    before, behind = ({x.before, y.before} - {""}, {x.behind, y.behind} - {""})
    return len(before) < 2 and len(behind) < 2 and bool((x.before and y.before) or (x.behind and y.behind))


def _covered(a: Subject, b: Subject, weigh: Weigh) -> tuple[float, list[_Rest], str, bool]:
    marked = [(run, *_marks(run.text, b, weigh)) for run in a.own]
    shared = sum(k * w for _, known, weight in marked for k, w in zip(known, weight, strict=True))
    kept = ["".join(c for c, k in zip(run.text, known, strict=True) if k) for run, known, _ in marked]
    head = any(run.text.endswith(a.head) and all(k == 1 for k in known[-2:]) for run, known, _ in marked)
    return shared, _rests(marked), " ".join(k for k in kept if k), head


def _marks(run: str, other: Subject, weigh: Weigh) -> tuple[list[float], list[float]]:
    """For each character of a run how surely the other side has it, and what it weighs."""
    known, weight = [0.0] * len(run), [_LONE] * len(run)
    if run.isascii():
        level = 1.0 if run in other.pairs else _ELSEWHERE if run in other.around else 0.0
        return [level] * len(run), weight
    if len(run) == 1:
        return [1.0 if run in other.pairs else 0.0], weight
    for i in range(len(run) - 1):
        pair = run[i : i + 2]
        level = 1.0 if pair in other.pairs else _ELSEWHERE if pair in other.around else 0.0
        known[i], known[i + 1] = (level if level > known[i] else known[i]), level
        telling = weigh(pair)
        weight[i], weight[i + 1] = (telling if telling > weight[i] else weight[i]), telling
    return known, weight


def _rests(marked: list[tuple[Run, list[float], list[float]]]) -> list[_Rest]:
    flat = [
        (c, k, w * run.weight) for run, known, weight in marked for c, k, w in zip(run.text, known, weight, strict=True)
    ]
    found, at = [], 0
    while at < len(flat):
        end = at
        while end < len(flat) and not flat[end][1]:
            end += 1
        if end > at:
            before = "".join(c for c, k, _ in flat[max(0, at - 2) : at] if k)
            behind = "".join(c for c, k, _ in flat[end : end + 2] if k)
            found.append(_Rest(_two(before), _two(behind), sum(w for *_, w in flat[at:end])))
        at = end + 1
    return found


def _two(text: str) -> str:
    return text if len(text) == 2 else ""
