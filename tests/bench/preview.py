"""Does the preview show what the successor gets? ``python -m tests.bench.preview --cases 1000``.

Random people with random rights in several handovers; each case is one question within one handover, asked by the
person themself with all of their rights, and previewed by the leaver. Both answers must be equal byte for byte, and of
what is not open to a second previewer with random rights nothing may be shown.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from sqlmodel import Session, select

from kb import db, schema
from kb.access import Classification, Grant, Module
from kb.handover.case import Handover, Receiver
from kb.people import Person, Role
from kb.viewing import Viewer, viewer_for
from search import Query, Results, search
from search.preview import preview
from tests.bench.leak import company, questions
from tests.bench.world import Dice, HashedMeaning, Paper, build

_HANDOVERS, _SUCCESSORS = 4, 12


def people(dice: Dice, session: Session) -> list[Person]:
    """Successors with random grants, each a receiver of a module in every handover; one leaver of all handovers."""
    leaver = Person(id="per-leaver", login="leaver", name="离任者", role=Role.leaver)
    made = [Person(id=f"per-{n}", login=f"s{n}", name=f"接任者{n}", role=Role.successor) for n in range(_SUCCESSORS)]
    session.add_all([leaver, *made])
    session.flush()
    for n in range(_HANDOVERS):
        session.add(Handover(id=f"hov-{n}", template="coo", title=f"交接{n}", leaver_id=leaver.id))
        session.flush()
        grants = [(leaver, m, Classification.restricted) for m in Module]
        for person in made:
            opened = dice.random.sample(list(Module), dice.random.randint(0, 5))
            grants += [(person, m, dice.random.choice(list(Classification))) for m in opened]
        session.add_all(Grant(person_id=p.id, handover_id=f"hov-{n}", module=m, up_to=c) for p, m, c in grants)
    session.flush()
    return made


def told(results: Results) -> str:
    return json.dumps(asdict(replace(results, took_ms=0.0)), default=str, ensure_ascii=False)


def compare(folder: Path, *, seed: int, cases: int, documents: int) -> tuple[int, int, int]:
    """How many cases there were, in how many the preview differed, and in how many it showed something closed."""
    dice = Dice(seed)
    papers = dice.papers(documents, handovers=_HANDOVERS)
    with company(folder), Session(db.engine()) as session:
        schema.upgrade()
        build(papers, HashedMeaning())
        made = people(dice, session)
        return cases, *_run(dice, session, papers, made, cases)


def _run(dice: Dice, session: Session, papers: list[Paper], made: list[Person], cases: int) -> tuple[int, int]:
    leaver = viewer_for(session, session.get_one(Person, "per-leaver"))
    differ = shown = 0
    for asked in questions(dice, papers, cases):
        person, handover = dice.random.choice(made), f"hov-{dice.random.randrange(_HANDOVERS)}"
        _receive(session, handover, person)
        query: Query = replace(asked, handover_id=handover)
        got = search(session, viewer_for(session, person), query, record=False)
        seen = preview(session, leaver, handover, person.id, query)
        differ += told(got) != told(seen.results) or seen.withheld != 0
        other = replace(leaver, scope=dice.scope(papers))
        shown += _shows_closed(other, preview(session, other, handover, person.id, query).results)
    return differ, shown


def _receive(session: Session, handover_id: str, person: Person) -> None:
    """Make the person the receiver of a module of the handover, so that they may be examined for it."""
    for row in session.exec(select(Receiver).where(Receiver.handover_id == handover_id)):
        session.delete(row)
    session.flush()
    session.add(Receiver(handover_id=handover_id, module=Module.strategy, person_id=person.id))
    session.flush()


def _shows_closed(viewer: Viewer, results: Results) -> bool:
    return any(not viewer.scope.sees(h.cell) for h in results.hits)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=150)
    parser.add_argument("--seed", type=int, default=20261124)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-preview-") as folder:
        cases, differ, shown = compare(Path(folder), seed=given.seed, cases=given.cases, documents=given.documents)
    print(f"{cases} cases, {differ} previews differ, {shown} show something closed to the previewer")
    raise SystemExit(bool(differ or shown))


if __name__ == "__main__":
    main()
