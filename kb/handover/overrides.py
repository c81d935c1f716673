"""How often reviewers decided otherwise than they were advised: counts over all handovers, to measure the advice by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session, func, select

from kb.access import Permission
from kb.evidence.verdict import Verdict
from kb.handover.review import CriterionVerdict
from kb.viewing import Viewer


@dataclass(frozen=True)
class Agreement:
    """How many verdicts were given for each advice: ``counts[advised][given]``. Only verdicts that had advice."""

    counts: Mapping[Verdict, Mapping[Verdict, int]]

    @property
    def total(self) -> int:
        """All verdicts that had advice."""
        return sum(sum(row.values()) for row in self.counts.values())

    @property
    def followed(self) -> int:
        """Those that say what was advised."""
        return sum(row[advised] for advised, row in self.counts.items())


def agreement(session: Session, viewer: Viewer) -> Agreement:
    """Every verdict ever given beside the advice on the same files, changed ones included.

    Raises:
        NotAllowed: only HR and auditors may read it.
    """
    viewer.require(Permission.view_search_counts)
    rows = session.exec(
        select(CriterionVerdict.advised, CriterionVerdict.verdict, func.count())
        .where(CriterionVerdict.advised != "").group_by(CriterionVerdict.advised, CriterionVerdict.verdict)
    )
    counts = {advised: dict.fromkeys(Verdict, 0) for advised in Verdict}
    for advised, given, number in rows:
        counts[Verdict(advised)][Verdict(given)] = int(number)
    return Agreement(counts)
