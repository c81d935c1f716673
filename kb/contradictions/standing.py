"""Whether what a text says is said as holding now: drafts, former values, wishes and suppositions are not."""

from __future__ import annotations

import re

_DEAD_DOCUMENT = re.compile(
    r"讨论稿|草案|征求意见|初稿|已?作废|废止|失效|旧版|历史版本|已被.{0,24}?(?:取代|替代)|停止维护|不再维护"
    r"|仅供(?:查账|追溯|参考|备查)|仅(?:作|留存)?.{0,2}(?:历史参考|备查)|未经审批"
)
_DEAD_SENTENCE = re.compile(
    r"如果|假如|假设|倘若|若按|若只|未采纳|没有采纳|被否|否决了|压力测试|竞品|竞争对手|对手的|拟定为|建议(?:把|将|提高|按)"
    r"|刚来|那时|已证伪"
)
_DEAD_CLAUSE = re.compile(
    r"原定|原计划|原为|原来|原先|曾|此前|以前|先前|之前(?:是|为|的|定)|过去|当初|当时|(?:去年|上年)同期|旧版|旧的|原价|并非|不是|替换"
    r"|本来|历史上|早先|原本|当年(?!发|兑|付|应|只)|最初|一度|传闻|据说|倾向"
)
_ABOUT_ITSELF = re.compile(
    r"^\W*(?:date|from|to|cc|sent|日期|时间|发件人|收件人|抄送|主题|生效(?:日期)?|发布(?:日期)?|更新(?:日期)?|数据日期|填表日期|编制(?:日期)?|制表|审批|批准|签发|文号"
    r"|记录|汇报人|版本)\W{0,3}:|^.{0,24}\d\s*日?\s*(?:整理|编|编制|记录|更新|初稿|定稿|修订|填报)\W*$"
)
_SIGNATURE = re.compile(
    r"^[^\d,。;:|]{2,24}\d{4}\s*[-年./]\s*\d{1,2}\s*[-月./]\s*\d{1,2}\s*日?\s*[^\d,。;|]{0,10}(?:\d{4} 年政策)?\W*$"
    r"|下次(?:会议|例会)|^\W*(?:下次|下一次)"
)
_DEAD_COLUMN = re.compile(r"旧|原|^v1$|讨论稿|上年|去年|以前|此前|历史|变更前|调整前|年初预算")
_MOVED_TO = re.compile(
    r"[^,。;]{0,12}?(?:调整为|调整到|调整至|压到|压缩到|降到|降至|升到|升至|提到|提高到|提高至|改为|改成|变为|变成|缩短到|增加到|增至"
    r"|减到|减少到|推迟到|延到|延至|顺延到|涨到|收紧到|下调到|下调至|上调到|上调至)"
)


_DEAD_TEXT = re.compile(_DEAD_DOCUMENT.pattern.replace("已?作废", "(?<!一律)(?<!自动)(?<!部分)作废"))
_PUT_OFF = re.compile(r"[^,。;]{0,12}?(?:压到|推迟到|延到|延至|顺延到)(?=次年|明年|后|下一?年|翌年|20\d\d|第)")


def document_is_dead(title: str, heading: str, text: str) -> bool:
    """Whether title, heading or the passage's first sentences say that it is a draft or no longer holds."""
    return bool(_DEAD_DOCUMENT.search(title) or _DEAD_DOCUMENT.search(heading) or _DEAD_TEXT.search(text))


def sentence_is_dead(sentence: str) -> bool:
    """Whether a sentence supposes, wishes, speaks of somebody else, or is the document's own date or sender."""
    return bool(_DEAD_SENTENCE.search(sentence) or _ABOUT_ITSELF.match(sentence) or _SIGNATURE.search(sentence.strip()))


def clause_is_dead(clause: str, after_value: str, *, is_date: bool) -> bool:
    """Whether a clause gives a former value, or its value is moved to another one behind it."""
    moved = _MOVED_TO.match(after_value) and (is_date or not _PUT_OFF.match(after_value))
    return bool(_DEAD_CLAUSE.search(clause) or moved)


def column_is_dead(name: str) -> bool:
    """Whether a column holds former values."""
    return bool(_DEAD_COLUMN.search(name))
