"""Words that say that something is not there yet, not wholly, or not in the form that was asked for."""

from __future__ import annotations

import re

_OPEN = re.compile(
    r"尚未(?!发生|解密)|还没(?!有想|想)|没有?(?:改|签|办|交|写|填|定)完?(?![过错])|未(?:提交|签(?!收)|指定|填|写|附|列|完成|改|移交|办|确定|明确|"
    r"达成一致|覆盖|更新)|待补|待定|待填|待签|待确认|待提交|待完善|暂缺|暂无|空缺|只(?:改|写|列|填|交)了|缺[少失]|尚缺|跳过|"
    r"不在此列|另行(?:提供|补充)|TBD|部分(?:完成|提交|覆盖)",
    re.I,
)
_EMPTY_CELL = re.compile(r"^\s*(?:[—\-–/／]*|无|空|n/?a)\s*$", re.I)
_MARKED_CELL = re.compile(
    r"^[（(]?\s*(?:待补.{0,6}|待定.{0,6}|未定|未指定|未填|未签|未办|暂缺|暂无|缺|空缺|TBD|待确认|待填|不详|未知|"
    r"\?+|？+)\s*[）)]?$", re.I,
)
_CONDITIONAL = re.compile(
    r"原则(?:上)?(?:同意|批准)|有条件|部分(?:同意|批准)|待[^。；，]{0,16}(?:再|后)[^。；]{0,6}(?:核|定|批|审|议)|"
    r"口头(?:同意|批准|答应)|"
    r"(?:同意|批准)[^。；]{0,6}但"
)
_NEGATED = re.compile(
    r"(?:无|没有|未见|未获|尚无|缺|未经|未)(?:任何)?(?:书面)?(?:的)?(?:审批|批准|批示|签批|签字|核准|签发|批复)"
)


def open_words(text: str) -> str:
    """The words by which a sentence says that something is outstanding; empty where it does not."""
    found = _OPEN.search(text)
    return found.group() if found else ""


def is_empty(cell: str) -> bool:
    """Whether a table cell holds nothing, or a dash for nothing."""
    return bool(_EMPTY_CELL.match(cell))


def is_marked_open(cell: str) -> bool:
    """Whether a table cell says in words that its value is still to come."""
    return bool(_MARKED_CELL.match(cell.strip()))


def is_conditional(text: str) -> bool:
    """Whether an approval is only given in principle, in part or by word of mouth."""
    return bool(_CONDITIONAL.search(text))


def is_negated(text: str) -> bool:
    """Whether a sentence says that there is no approval."""
    return bool(_NEGATED.search(text))
