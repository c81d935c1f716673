"""Title, author, date and kind of a document, from what it says first and what its file properties say second."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath

from ingest.authorship import author_beside, author_in, date_in
from ingest.draft import Draft
from ingest.parsed import Block, BlockKind
from kb.documents import Kind

TITLE_CHARACTERS = 120
_HEAD_BLOCKS = 5
_HEAD_LINE = 200
"""Author and date stand in a document's first lines; further down they are somebody else's."""

_COPY = re.compile(r"(?:[（(]\d+[)）]|\s*-\s*副本|[_-]?(?:最终版|终稿))+$")
_GENERIC = re.compile(
    r"^(?:PowerPoint 演示文稿|PowerPoint Presentation|Microsoft Word.*|文档\d*|Document\d*|Untitled.*|未命名.*|"
    r"Sheet\d*|工作簿\d*|Book\d*|无标题.*|幻灯片 ?\d*|slide ?\d*|第 \d+ 页)$",
    re.I,
)
_NOBODY = re.compile(
    r"^(?:admin.*|user.*|microsoft.*|windows.*|python-docx|openpyxl|unknown|未知|作者|apache poi|pc|lenovo.*|dell.*|"
    r"hp|wps.*|steve canny|.*@.*)$",
    re.I,
)
_LIST = re.compile(r"(?:表|台账|清单|名录|一览|明细|登记)(?:[（(].*)?$")

_WORDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    (Kind.five_w2h, ("5W2H", "Why", "How much", "决策记录", "决策说明")),
    (Kind.star, ("STAR", "情境", "任务", "行动", "复盘", "经验总结", "Situation", "Action", "Result")),
    (Kind.minutes, ("会议纪要", "纪要", "例会", "参会", "会议记录", "总结会", "记录人", "出席", "列席", "主持")),
    (Kind.contract, ("合同编号", "甲方", "乙方", "协议书", "违约责任", "合同义务", "合同总价", "免责")),
    (Kind.strategy_doc, ("战略规划", "三年规划", "三年目标", "战略地图", "战略选择", "关键举措", "愿景", "年度战略")),
    (Kind.client_note, ("联系人", "微信", "拜访", "决策习惯", "客户手记", "便签", "采购总监", "找人的门道")),
    (Kind.ledger, ("台账", "清单", "进度表", "名录", "分解表", "权限表", "一览表", "登记表", "明细")),
)


@dataclass(frozen=True)
class Told:
    """What a document says about itself; an empty author and a date of None mean that it does not say."""

    title: str
    author: str
    authored_on: date | None
    kind: Kind


def infer(file_name: str, draft: Draft) -> Told:
    """Read title, author, date and kind off a finished draft."""
    head = "\n".join(draft.said(block)[:_HEAD_LINE] for block in draft.blocks[:_HEAD_BLOCKS] if _is_prose(block))
    title = _title(file_name, draft)
    return Told(
        title=title,
        author=_author(head, draft),
        authored_on=draft.authored_on or date_in(head) or _property_date(draft),
        kind=_kind(title, draft),
    )


def _is_prose(block: Block) -> bool:
    return block.kind is not BlockKind.table  # dates and names in a table are its data


def _property_date(draft: Draft) -> date | None:
    stored = draft.properties.get("date", "")
    try:
        return datetime.fromisoformat(stored.replace("Z", "+00:00")).date()
    except ValueError:
        return date_in(stored)


def _title(file_name: str, draft: Draft) -> str:
    """The first heading where it stands at the top, else the title property, else the file's name."""
    candidates = [draft.properties.get("title", ""), title_from(file_name)]
    for block in draft.blocks[:4]:
        if block.kind is BlockKind.heading and block.level == 1:
            candidates.insert(0, draft.said(block))
            break
    chosen = next((c.strip() for c in candidates if c.strip() and not _GENERIC.match(c.strip())), "")
    return (chosen or title_from(file_name))[:TITLE_CHARACTERS].strip()


def title_from(file_name: str) -> str:
    """A file name as a title: no folder, no extension, no copy marks, underscores as blanks."""
    stem = PurePath(file_name.replace("\\", "/")).stem
    return _COPY.sub("", stem.replace("_", " ")).strip() or stem or file_name


def _author(head: str, draft: Draft) -> str:
    stored = draft.properties.get("author", "").strip()
    last = next((draft.said(block) for block in reversed(draft.blocks) if block.kind is BlockKind.paragraph), "")
    return author_in(head) or ("" if _NOBODY.match(stored) else stored[:60]) or author_beside(head, last)


def _kind(title: str, draft: Draft) -> Kind:
    """The kind with the most evidence; a word in the title weighs as much as six in the text."""
    text = draft.text[:6_000]
    scores = {kind: sum(6 * (w in title) + min(text.count(w), 2) for w in words) for kind, words in _WORDS}
    scores[Kind.ledger] += 5 * bool(_LIST.search(title))
    scores[Kind.strategy_doc] += 4 * ("战略" in title)
    tables = sum(b.end - b.start for b in draft.blocks if b.kind is BlockKind.table)
    if tables > 0.6 * max(1, len(draft.text)):
        scores[Kind.ledger] += 4
    best = max(scores, key=lambda kind: scores[kind])
    return best if scores[best] >= 4 else Kind.other
