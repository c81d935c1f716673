"""Is every tampering found and its place named? ``python -m tests.bench.tamper --times 100 --flips 10000``.

Bundles are checked by the standalone verifier, half of them after the list of members was brought up to date; homes by
what ``kb verify`` runs. Prints a line a kind, and every one that was missed; exit code 1 where one was.
"""

from __future__ import annotations

import argparse
import io
import random
import tempfile
import time
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session

from kb import authority, db, ledger_check, originals, verification
from kb.handover import verifier
from kb.ledger import GENESIS
from tests.bench import forging, tamper_bundle, tamper_database
from tests.bench.evidence import Evidence, build, cheap_home


@dataclass(frozen=True)
class Result:
    """How often a kind was tried and found; ``missed`` are the seeds at which it was not, or not by its place."""

    where: str
    kind: str
    tried: int
    missed: tuple[int, ...]


def opened(packed: bytes) -> dict[str, bytes]:
    """The members of a bundle."""
    with zipfile.ZipFile(io.BytesIO(packed)) as found:
        return {name: found.read(name) for name in found.namelist()}


def closed(path: Path, members: dict[str, bytes]) -> Path:
    """Write members as a bundle."""
    with zipfile.ZipFile(path, "w") as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


def on_bundles(evidence: Evidence, folder: Path, times: int) -> Iterator[Result]:
    """Every kind of bundle tampering, then the whole bundle made anew with other keys."""
    trust = authority.fingerprint(authority.ca_pem())
    whole, other = opened(evidence.bundles[0]), opened(evidence.bundles[1])
    assert verifier.check(closed(folder / "b.zip", whole), trust) == []
    for name, damage in tamper_bundle.KINDS.items():
        missed = []
        for seed in range(times):
            chance, members = random.Random(seed), dict(whole)
            places = {damage(members, other, chance)}
            if seed % 2:
                tamper_bundle.relist(members)
                places.add(tamper_bundle.LIST_ONLY)
            found = verifier.check(closed(folder / "b.zip", members), trust)
            if not any(place in problem for place in places for problem in found):
                missed.append(seed)
        yield Result("bundle", name, times, tuple(missed))
    yield _forged(whole, folder, times, trust)


def _forged(whole: dict[str, bytes], folder: Path, times: int, trust: str) -> Result:
    forger, missed = forging.forger(), []
    for seed in range(times):
        members = dict(whole)
        place = forging.forged_anew(members, random.Random(seed), forger)
        path = closed(folder / "b.zip", members)
        assert verifier.check(path) == []  # without the fingerprint it looks genuine: the forgery is a good one
        if not any(place in problem for problem in verifier.check(path, trust)):
            missed.append(seed)
    return Result("bundle", "whole bundle forged with other keys", times, tuple(missed))


def on_certificate(evidence: Evidence, flips: int) -> Result:
    """Single changed bytes of the handover certificate inside a bundle."""
    members = opened(evidence.bundles[0])
    digests = {n: verifier.hashlib.sha256(c).hexdigest() for n, c in members.items()}
    pdf, missed = members["certificate.pdf"], []
    for seed in range(flips):
        changed = tamper_bundle._spoil(pdf, random.Random(seed))
        bundle = verifier.Bundle({**members, "certificate.pdf": changed}, {
            **digests, "certificate.pdf": verifier.hashlib.sha256(changed).hexdigest(),
        })  # fmt: skip
        if not any("certificate.pdf" in problem for problem in verifier._agreement(bundle)):
            missed.append(seed)
    return Result("bundle", "byte of the certificate flipped", flips, tuple(missed))


def on_home(evidence: Evidence, folder: Path, times: int) -> Iterator[Result]:
    """Every kind of tampering with the database and the files beside it."""
    spare = folder / "spare"
    for name, damage in tamper_database.KINDS.items():
        missed = []
        for seed in range(times):
            with tamper_database.put_back(evidence.home, spare), Session(db.engine()) as session:
                place = damage(session, evidence.home, random.Random(seed))
                if not any(place in words for words in found_at_home(session)):
                    missed.append(seed)
                session.rollback()
        yield Result("home", name, times, tuple(missed))


def found_at_home(session: Session) -> list[str]:
    """What ``kb verify`` says, in the words of the command."""
    found = verification.verify(session)
    kinds = [f"第 {f.number} 条 {f.kind}" for f in ledger_check.faults(session.connection(), GENESIS)]
    assert {int(k.split()[1]) for k in kinds} == set(found.broken)
    return [*kinds, *found.pinned, *found.signed, *found.damaged]


def measure(times: int, flips: int) -> list[Result]:
    """Build the evidence, damage it, and tell."""
    with tempfile.TemporaryDirectory() as name, cheap_home(Path(name) / "home"):
        evidence = build(Path(name) / "home")
        with Session(db.engine()) as session:
            assert found_at_home(session) == []
        assert list(originals.stored_hashes())
        return [*on_bundles(evidence, Path(name), times), on_certificate(evidence, flips),
                *on_home(evidence, Path(name), times)]


def main() -> int:
    """The command line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--times", type=int, default=100)
    options.add_argument("--flips", type=int, default=10_000)
    given = options.parse_args()
    start = time.monotonic()
    results = measure(given.times, given.flips)
    for result in results:
        print(f"{result.where:7} {result.kind:50} {result.tried - len(result.missed)}/{result.tried}",
              f"missed at seeds {result.missed[:8]}" if result.missed else "")
    tried, missed = sum(r.tried for r in results), sum(len(r.missed) for r in results)
    print(f"{len(results)} kinds, {tried - missed} of {tried} found and named, {time.monotonic() - start:.0f} s")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
