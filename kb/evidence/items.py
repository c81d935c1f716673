"""The items of running text that a duty must hold for: lines about the subject, a numbered list, or sections."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from kb.evidence.concepts import named_in
from kb.evidence.presence import Cue, cues_of
from kb.evidence.requirement import Part
from kb.evidence.units import Passage, Unit
from kb.evidence.words import plain

_NUMBERED = re.compile(
    r"^\s*(?:\d+[.、)]|[(][一二三四五六七八九十\d]+[)]|第[一二三四五六七八九十](?![年批次轮届])|[一二三四五六七八九十]、|"
    r"[①-⑩]|[-·•])"
)
_ORDINAL_HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]+|\d+)[、.]|说明|备注|其他|注意|背景|附")


def items_for(about: str, parts: Sequence[Part], units: Sequence[Unit]) -> list[str]:
    """The items, folded, that a duty about ``about`` must hold for; empty where the text has none to count."""
    lines = _lines(units)
    cues = cues_of(about) if about else ()
    spoken = [text for _, text in lines if cues and any(cue.told.search(text) for cue in cues)]
    listed = [[text for _, text in group if _NUMBERED.match(text)] for _, group in _by_section(lines)]
    wanted = [cue for part in parts for cue in cues_of(part.text)]
    papers = _papers(units)
    if len(papers) > 1 and all(cue.told.search(text) for cue in wanted for text in papers):
        return papers
    choices = [choice for choice in (spoken, *listed, _sections(units)) if len(choice) > 1]
    return max(choices, key=lambda choice: _told(wanted, choice), default=[])


def _told(cues: Sequence[Cue], items: Sequence[str]) -> float:
    """How much of what is wanted the items tell, a bigger list before a smaller one."""
    share = sum(any(cue.told.search(text) for text in items) for cue in cues) / max(1, len(cues))
    return share + 0.01 * min(len(items), 20)


def _lines(units: Sequence[Unit]) -> list[tuple[Passage, str]]:
    """Every line of running text with its passage; letterheads and rows are no items."""
    plain_units = [u for u in units if not u.is_row and not u.is_letterhead]
    grouped = groupby(plain_units, key=lambda u: (id(u.passage), u.passage.text.count("\n", 0, u.start)))
    return [(group[0].passage, plain(u.text for u in group)) for group in (list(g) for _, g in grouped)]


def _by_section(lines: Sequence[tuple[Passage, str]]) -> list[tuple[tuple[str, ...], list[tuple[Passage, str]]]]:
    return [(path, list(group)) for path, group in groupby(lines, key=lambda line: line[0].heading_path)]


def _papers(units: Sequence[Unit]) -> list[str]:
    """The texts of the documents: one for each decision or customer is a usual way to hand in."""
    texts: dict[str, list[str]] = {}
    for unit in units:
        texts.setdefault(unit.passage.document_id, []).append(unit.text)
    return [plain(told) for told in texts.values()]


def _are_fields(headings: Sequence[str]) -> bool:
    """Whether headings say what is told of one thing, as a card's do, and are not the names of several things."""
    return 2 * sum(map(_names_a_field, headings)) > len(headings)


def _names_a_field(heading: str) -> bool:
    folded = plain([heading])
    return 2 * sum(one.end - one.start for one in named_in(folded)) >= len(folded)


def _sections(units: Sequence[Unit]) -> list[str]:
    """The texts of sections that stand side by side under names, as those of several customers do."""
    texts: dict[tuple[str, ...], list[str]] = {}
    for unit in units:
        path = unit.passage.heading_path
        if len(path) > 1 and not _ORDINAL_HEADING.search(path[-1]):
            texts.setdefault(path, []).append(unit.text)
    if _are_fields([path[-1] for path in texts]):
        return []
    return [plain([path[-1], *told]) for path, told in texts.items()]
