"""Every figure, day and named person of a passage that is said as holding now, with what it is of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from kb.contradictions import dates, figures, people, stances, standing
from kb.contradictions.dates import Period
from kb.contradictions.passage import Cell, Row, Sentence, parts
from kb.contradictions.statement import Kind, Statement
from kb.contradictions.subject import Run, Subject, runs, size
from kb.contradictions.telling import Told
from kb.contradictions.value import Value
from kb.contradictions.writing import level

_SHORT = 6
"""Characters under which a noun phrase is completed by what stands before it."""
_TOPIC = 24
_BEFORE = 120
"""Characters before a sentence from which it may take what it speaks of."""
_WHOLE_MONTH = 30
_AHEAD, _BEHIND = 8, 6
"""Characters right before and behind a value that say most about what it measures."""
_PROSE, _REMARK = 16, 8
"""Characters over which a cell is also read as a sentence; less in columns of remarks."""
_LEAD = ((6, 0.15), (4, 0.3), (0, 0.5))
"""What words before a noun phrase of so many characters count where the other side lacks them."""
_TAIL, _ABOVE = 0.25, 0.15
"""What words behind it count, and those taken from the heading above it."""
_LEVEL = re.compile(r"\s+[/>›»]\s+")
_AS_OF = re.compile(r"(?:截至|截止到?|更新|制表|发布)[^,。;]{0,4}$")
_HAPPENS = re.compile(r".*?(?:到期|截止|上线|发布|开业|终验|验收|投产|开工|提交|切换|交付|生效|启动|停车|下线)")
_PART_COLUMN = re.compile(r"子项|分项|明细|细项|款项|子类|其中")
_YEAR_ALONE = re.compile(r"(20\d\d)(?![\d年])")
_UNIT_IN_NAME = re.compile(r"\(([^()]{1,6})\)\s*$|/([^/()]{1,4})$")
_SIDE_COLUMN = re.compile(
    r"备注|说明|状态|依据|负责|责任|归口|承接|主谈|经办|管理|编号|序号|成本中心|应对|分布|代理|代签"
)
_ANY_COLUMN = re.compile(
    r"\W*(?:(?:20\d\d\s*年?\s*)?(?:目标值?|数值|值|数量|金额|执行|现行|现行额度|额度|标准|日期|时间|内容|v\d+\W*(?:执行)?)\W*)?\W*"
)
_DATE_COLUMN = re.compile(r"日|期|时间|截止|节点|里程|v\d|目标|ga|年审|检验|完成|开始")


@dataclass(frozen=True)
class Mention:
    """One value in a passage: ``start``–``end`` is the quote, ``beside`` the other values of its sentence or row."""

    statement: Statement
    start: int
    end: int
    value: Value
    subject: Subject
    period: Period
    beside: tuple[Value, ...]
    told: Told


def mentions(statement: Statement) -> Iterator[Mention]:
    """The passage's mentions in order."""
    text, title, heading = (level(t) for t in (statement.text, statement.title, statement.heading))
    if standing.document_is_dead(title, heading, text):
        return
    above = [heading, title]
    found = list(parts(text))
    firsts = Counter(next(iter(_labels(p, None)), "") for p in found if isinstance(p, Row))
    repeated = frozenset(label for label, count in firsts.items() if count > 1)
    for part in found:
        if isinstance(part, Row):
            yield from _of_row(statement, text, part, above, repeated)
        elif not standing.sentence_is_dead(text[part.start : part.end]):
            yield from _of_sentence(statement, text, part, above)


def _of_sentence(statement: Statement, text: str, part: Sentence, above: list[str]) -> Iterator[Mention]:
    sentence = text[part.start : part.end]
    values = sorted(_values(sentence), key=lambda v: v.start)
    for value in values:
        at, end = part.start + value.start, part.start + value.end
        first, last = part.clause(text, at)
        clause = text[first : max(last, end)]
        if standing.clause_is_dead(clause, text[end : part.end], is_date=value.kind is Kind.date):
            continue
        measured = [v for v in values if v.kind is not Kind.stance]
        phrase = _phrase(text, part, value, measured, (first, max(last, end)))
        subject = _subject(*phrase, f"{part.before[-60:]} {sentence}", above)
        scopes = [_without(sentence[: value.start], values), " ".join(phrase), *above]
        beside = tuple(v for v in measured if v is not value)
        period = dates.period(scopes, statement.date)
        told = _told(text, part, (first, max(last, end)), (at, end), above)
        dated = dates.in_year(value, sentence, statement.date) if value.kind is Kind.date else value
        yield Mention(statement, part.start, part.end, _moved(dated, part.start), subject, period, beside, told)


def _told(text: str, part: Sentence, clause: tuple[int, int], value: tuple[int, int], above: list[str]) -> Told:
    before = text[max(0, part.start - _BEFORE) : part.start]
    sentence = text[part.start : part.end]
    return Told(text[clause[0] : clause[1]], sentence, before, above[0], above[1], _window(text, part, value))


def _window(text: str, part: Sentence | Row, value: tuple[int, int]) -> tuple[str, str]:
    at, end = value
    return text[max(part.start, at - _AHEAD) : at], text[end : min(part.end, end + _BEHIND)]


def _values(sentence: str) -> list[Value]:
    all_days = list(dates.days(sentence))
    found_days = [d for d in all_days if not _AS_OF.search(sentence[: d.start])]
    measured = [f for f in figures.figures(sentence) if not any(f.start < d.end and d.start < f.end for d in all_days)]
    return [*measured, *found_days, *people.people(sentence), *stances.stances(sentence)]


def _without(text: str, values: list[Value]) -> str:
    """The text with the days that are values themselves blanked: unlike months, they are no period of other figures."""
    for value in values:
        if value.kind is Kind.date and value.end <= len(text) and value.high - value.low < _WHOLE_MONTH:
            text = text[: value.start] + " " * (value.end - value.start) + text[value.end :]
    return text


def _phrase(
    text: str, part: Sentence, value: Value, values: list[Value], clause: tuple[int, int]
) -> tuple[str, str, str]:
    """What stands in front of the noun phrase (its topic, where it is short), the noun phrase, and what follows."""
    at, end = part.start + value.start, part.start + value.end
    first = max([clause[0], *(part.start + v.end for v in values if v.end <= value.start)])
    following = min([clause[1], *(part.start + v.start for v in values if v.start >= value.end)])
    own, tail = text[first:at], text[end : min(following, end + 10)]
    if size(runs(own)) < 2 and first > clause[0]:
        own = _blanked(text, clause[0], at, values, part.start)
    if size(runs(own)) < 2:
        happens = _HAPPENS.match(tail) if value.kind is Kind.date else None
        own, tail = own + " " + (happens[0] if happens else tail), ""
    lead = _blanked(text, part.start, max(first, part.start), values, part.start)[:_TOPIC]
    if not lead.strip() and size(runs(own)) < _SHORT:
        lead = part.before[:_TOPIC]
    return lead, own, tail if value.kind in (Kind.date, Kind.count) else ""


def _blanked(text: str, first: int, last: int, values: list[Value], origin: int) -> str:
    """The text from ``first`` to ``last`` without its values, whose offsets count from ``origin``."""
    for value in values:
        if first <= origin + value.start and origin + value.end <= last:
            text = text[: origin + value.start] + " " * (value.end - value.start) + text[origin + value.end :]
    return text[first:last]


def _subject(lead: str, own: str, tail: str, near: str, far: list[str]) -> Subject:
    lead_runs, own_runs = runs(lead), runs(own)
    above: list[Run] = []
    if size(own_runs) + size(lead_runs) < _SHORT:
        last = _LEVEL.split(far[0])[-1] or far[-1]
        above = [Run(r, _ABOVE) for r in runs(last) if len(r) > 1][:3]
    weight = next(w for least, w in _LEAD if size(own_runs) >= least)
    made = [*above, *(Run(r, weight) for r in lead_runs), *(Run(r) for r in own_runs)]
    made += [Run(r, _TAIL) for r in runs(tail)]
    word = next((r for r in reversed(own_runs) if len(r) > 1), own_runs[-1] if own_runs else "")
    return Subject(tuple(made), word[-2:], tuple(r for f in [near, *far] for r in runs(f)), f"{lead} {own} {tail}")


def _of_row(statement: Statement, text: str, row: Row, above: list[str], repeated: frozenset[str]) -> Iterator[Mention]:
    found = [(cell, value) for cell in row.cells for value in _in_cell(cell, row.cells[0].text)]
    whole = [v for _, v in found] + [_moved(v, c.start) for c in row.cells for v in _values(c.text)]
    for cell, value in found:
        if standing.column_is_dead(cell.column):
            continue
        labels = _labels(row, cell)
        subject = _row_subject(row, cell, value, labels, above, repeated)
        if subject.head:
            window = _window(text, row, (value.start, value.end))
            told = Told(f"{' '.join(labels)} {cell.column}", text[row.start : row.end], "", above[0], above[1], window)
            beside = tuple(v for v in whole if not (v.start < value.end and value.start < v.end))
            scopes = [_YEAR_ALONE.sub(r"\1年", cell.column), " ".join(labels), *above]
            period = dates.of_column(dates.period(scopes, statement.date))
            yield Mention(statement, row.start, row.end, value, subject, period, beside, told)
    for cell in row.cells:
        longest = _REMARK if _SIDE_COLUMN.search(cell.column) else _PROSE
        if len(cell.text) > longest and not standing.column_is_dead(cell.column):
            inner = Sentence(cell.start, cell.start + len(cell.text), " ".join(_labels(row, cell)[:2]))
            yield from _of_sentence(statement, text, inner, above)


def _row_subject(
    row: Row, cell: Cell, value: Value, labels: list[str], above: list[str], repeated: frozenset[str]
) -> Subject:
    """The row's label and the column; where several rows share the label, the next cell is part of it."""
    column = "" if value.kind is Kind.person else _UNIT_IN_NAME.sub("", cell.column)
    near = " ".join(f"{c.column} {c.text}" for c in row.cells if c is not cell)
    own = 2 if labels and (labels[0] in repeated or _is_part(row, labels[-1])) else 1
    named = f"{' '.join(labels[:own])} {'' if _ANY_COLUMN.fullmatch(column) else column}"
    made = _subject(" ".join(labels[own:]), named, "", near, above)
    telling = value.kind is not Kind.date and len(column) > 1 and not _ANY_COLUMN.fullmatch(column)
    needed = tuple(r for n in (*labels[1:own], column if telling else "") for r in runs(n) if len(r) > 1)
    return replace(made, told=f"{made.told} {column}", needed=needed)


def _is_part(row: Row, label: str) -> bool:
    return any(_PART_COLUMN.search(cell.column) for cell in row.cells if cell.text == label)


def _in_cell(cell: Cell, first: str = "") -> list[Value]:
    """The value of a cell; a bare number has the unit that its column names, or the row's ``first`` cell."""
    value = _of_cell(cell.column, cell.text, first)
    return [_moved(value, cell.start)] if value else []


@lru_cache(maxsize=50_000)
def _of_cell(column: str, text: str, first: str) -> Value | None:
    """The same, as if the cell's text began at 0."""
    named = people.in_cell(column, text)
    if named is not None:
        return named
    if _SIDE_COLUMN.search(column) or not text:
        return None
    found = list(dates.days(text, column if _DATE_COLUMN.search(column) else None))
    found += [f for f in figures.figures(text) if not any(f.start < d.end and d.start < f.end for d in found)]
    if not found and (number := figures.bare(text, _unit_of(column) or _unit_of(first))):
        found = [number]
    return next((f for f in found[:1] if f.end - f.start >= len(text) * 0.4 or len(text) <= _PROSE), None)


@lru_cache(maxsize=50_000)
def _is_value(column: str, text: str) -> bool:
    """Whether a cell is nothing but its value: a cell that says what it counts names the row as well."""
    value = _of_cell(column, text, "")
    return value is not None and (value.kind is Kind.person or size(runs(_blanked(text, 0, len(text), [value], 0))) < 2)


def _unit_of(column: str) -> str:
    named = _UNIT_IN_NAME.search(column)
    if named:
        return named[1] or named[2]
    return "人" if "人数" in column else "天" if "天数" in column else ""


def _moved(value: Value, by: int) -> Value:
    return value.moved(by) if by else value


def _labels(row: Row, cell: Cell | None) -> list[str]:
    """What names the row: its first cells that are words, the value's own left out."""
    named = [
        _UNIT_IN_NAME.sub(lambda m: "" if figures.is_unit(m[1] or m[2]) else m[0], c.text)
        for c in row.cells
        if c is not cell
        and 0 < len(c.text) <= 20
        and not (_SIDE_COLUMN.search(c.column) or _is_value(c.column, c.text))
    ]
    return named[:3]
