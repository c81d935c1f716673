"""Which documents replaced which, by what their beginnings say; precise rather than complete.

A statement counts where it can be tied to one visible document of the same handover: by a title in quotation marks, or
by a version or date it names, between documents of one module whose titles are about one thing. 「替代 2024 年政策」
ties the policies of two years; without it they are two things.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from kb.lexical import fold
from search.editions.statement import Dated, Reference, Statement, dates_in, reference, versions_in
from search.editions.titles import Titled, core, marked_newer, of_other_periods, pairs_of

_NEARLY = 6
"""The core of one title may be part of the other's if it has as many characters: often a company's name is in front."""


def replacements(documents: Iterable[Titled], said: Mapping[str, Statement]) -> dict[str, str]:
    """Document id → id of the one that replaced it, by the statements (by document id) of these documents."""
    if not said:
        return {}
    handovers: dict[str, list[Titled]] = defaultdict(list)
    for document in documents:
        handovers[document.handover_id].append(document)
    found: dict[str, Titled] = {}
    for together in handovers.values():
        for old, new in _pairs(together, said):
            if old.document_id not in found or _order(new) > _order(found[old.document_id]):
                found[old.document_id] = new
    return {old: new.document_id for old, new in found.items()}


def newest(*told: Mapping[str, str]) -> dict[str, str]:
    """Several maps old → newer as one old → newest; the first map counts where they differ, circles name nobody."""
    newer: dict[str, str] = {}
    for more in told:
        newer = {**more, **newer}
    last = {}
    for old in newer:
        passed, step = {old}, newer[old]
        while step in newer and step not in passed:
            passed.add(step)
            step = newer[step]
        if step not in passed:
            last[old] = step
    return last


def doubtful(
    documents: Iterable[Titled], said: Mapping[str, Statement], newer: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Document id → later ones of its module that may be its newer edition under another title: their texts must tell.

    Something has to speak for it: the older one says it is out of date, the newer one names its version or date, or
    their titles carry marks such as 讨论稿 and 正式版. Only titles that have anything in common are compared.
    """
    places: dict[tuple[str, str], list[Titled]] = defaultdict(list)
    for document in documents:
        places[document.handover_id, document.module].append(document)
    found: dict[str, tuple[str, ...]] = {}
    for together in places.values():
        for old in (d for d in together if d.document_id not in newer):
            if likely := tuple(new.document_id for new in together if _may_replace(new, old, said)):
                found[old.document_id] = likely
    return found


def _may_replace(new: Titled, old: Titled, said: Mapping[str, Statement]) -> bool:
    if not (new.authored_on and old.authored_on and new.authored_on > old.authored_on):
        return False
    of_new, of_old = said.get(new.document_id), said.get(old.document_id)
    if of_new and of_new.old:
        return False
    if of_other_periods(new.title, old.title) or pairs_of(core(new.title)).isdisjoint(pairs_of(core(old.title))):
        return False
    spoken = (of_old and of_old.old) or (of_new and any(_agrees(named, old) for named in of_new.replaces))
    return bool(spoken or marked_newer(new.title, old.title))


def _pairs(together: list[Titled], said: Mapping[str, Statement]) -> Iterator[tuple[Titled, Titled]]:
    """Old and new, for every statement of these documents of one handover."""
    for document in together:
        if statement := said.get(document.document_id):
            others = [other for other in together if other is not document]
            for named in statement.replaces:
                yield from ((other, document) for other in _named(named, document, others) if _follows(document, other))
            if statement.old and (new := _successor(document, statement, others, said)):
                yield document, new


def _successor(
    old: Titled, statement: Statement, others: list[Titled], said: Mapping[str, Statement]
) -> Titled | None:
    """What replaced a document that says it is out of date: what it names, else the newest later one of its name."""
    current = [o for o in others if not ((s := said.get(o.document_id)) and s.old) and _follows(o, old)]
    named = [other for by in statement.replaced_by for other in _named(by, old, current)]
    alike = [o for o in current if o.module == old.module and _same(o, old) and _order(o) > _order(old)]
    return max(named or alike, key=_order, default=None)


def _named(named: Reference, by: Titled, others: list[Titled]) -> list[Titled]:
    """Those among the others that a reference in a document means."""
    if named.titles:
        return [other for other in others for title in named.titles if _called(other, title)]
    near = [other for other in others if other.module == by.module]
    same = [other for other in near if _same(other, by)]
    if found := [other for other in same if _means(named, other, by)]:
        return found
    if named.vague and not named.dates and not named.versions:
        return [other for other in same if not of_other_periods(other.title, by.title)]
    found = [other for other in near if _akin(other, by) and _means(named, other, by)]
    return found if len(found) == 1 else []


def _means(named: Reference, document: Titled, by: Titled) -> bool:
    """Whether a reference in a document means another; a version alone does not reach into another year."""
    return _agrees(named, document) and (_dated(named, document) or not of_other_periods(document.title, by.title))


def _called(document: Titled, title: str) -> bool:
    """Whether a title in quotation marks is the document's: about the same thing, and of no other version or year."""
    folded = fold(title)
    if not core(title) or core(title) != core(document.title):
        return False
    marked = reference(folded)
    return not (marked.versions or marked.dates) or _agrees(marked, document)


def _agrees(named: Reference, document: Titled) -> bool:
    """Whether a version or date that is named is the document's."""
    versions = versions_in(fold(document.title))
    if named.versions and versions:
        return not named.versions.isdisjoint(versions)
    return _dated(named, document)


def _dated(named: Reference, document: Titled) -> bool:
    return any(_within(wanted, dated) for wanted in named.dates for dated in _dates(document))


def _dates(document: Titled) -> list[Dated]:
    """The dates in a title, and when it was written."""
    written = document.authored_on
    return [*dates_in(fold(document.title)), *([(written.year, written.month, written.day)] if written else ())]


def _within(wanted: Dated, dated: Dated) -> bool:
    """Whether a date is all that a less exact one says."""
    return all(part in (0, other) for part, other in zip(wanted, dated, strict=True))


def _same(one: Titled, other: Titled) -> bool:
    return core(one.title) == core(other.title) != ""


def _akin(one: Titled, other: Titled) -> bool:
    short, long = sorted((core(one.title), core(other.title)), key=len)
    return len(short) >= _NEARLY and short in long


def _follows(new: Titled, old: Titled) -> bool:
    """Whether nothing says that the new one is older."""
    return not (new.authored_on and old.authored_on) or new.authored_on >= old.authored_on


def _order(document: Titled) -> tuple[date, tuple[Dated, ...], str]:
    """The later of two is the newer one."""
    return (document.authored_on or date.min, dates_in(fold(document.title)), document.document_id)
