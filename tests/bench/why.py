"""Do 'why' questions get the reason first? ``python -m tests.bench.why DIR [--files D] [--home H]``.

Of the judged questions that ask for reasons: how often the first hit is a document graded 2, and how often the passage
shown first overlaps the very words that were graded 2. Beside it a plain hybrid: the same passages, both sides' scores
added by their distribution with equal weights, nothing else. DIR and the home are those of ``tests.bench.quality``.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections import defaultdict
from pathlib import Path

from sqlmodel import Session

from kb import db, embedding, lexical, vectors
from kb.access import OPERATOR
from kb.settings import settings
from kb.vectors import Narrowing
from search import Query, search
from search.fuse import fuse
from search.rank import asks_why
from search.retrieve import DEPTH
from search.sources import visible_sources, wordings
from tests.bench.quality import Golden, build, lines, read_golden
from tests.bench.world import viewer

Quotes = dict[str, set[str]]
"""Document id → what in it was graded 2, verbatim."""


def fully(folder: Path) -> dict[str, Quotes]:
    """Question id → what answers it fully."""
    found: dict[str, Quotes] = defaultdict(lambda: defaultdict(set))
    for row in lines(folder / "qrels.jsonl"):
        if row["grade"] == 2:
            found[row["qid"]][row["doc_id"]].add(row["passage"])
    return found


def shares(golden: Golden, wanted: dict[str, Quotes]) -> dict[str, int]:
    """How many 'why' questions there are, and of how many each way puts the right document and passage first."""
    counts = dict.fromkeys(("questions", "document", "passage", "plain document", "plain passage"), 0)
    with Session(db.engine()) as session:
        for question in golden.questions:
            right = wanted.get(question["qid"])
            if not right or not asks_why(question["text"]):
                continue
            counts["questions"] += 1
            hits = search(session, viewer(OPERATOR), Query(text=question["text"]), record=False).hits
            first = (hits[0].document_id, hits[0].passage) if hits else ("", "")
            for name, (document, passage) in (("", first), ("plain ", _plainly(session, question["text"]))):
                counts[f"{name}document"] += document in right
                counts[f"{name}passage"] += any(_overlap(passage, quote) for quote in right.get(document, ()))
    return counts


def _plainly(session: Session, text: str) -> tuple[str, str]:
    """Document and passage that a plain hybrid puts first."""
    index, nothing = vectors.index(), Narrowing()
    dense = index.nearest(embedding.embedder().embed_query(text), OPERATOR, nothing, DEPTH)
    words = index.matching(lexical.query_terms(text), OPERATOR, nothing, DEPTH)
    points = fuse(dense, words).points
    best = max(sorted(points), key=lambda point: points[point])
    source = visible_sources(session, OPERATOR, [best], include_old=False)[best]
    return source.document.id, wordings(session, [best])[best].text


def _overlap(passage: str, quote: str) -> bool:
    """Whether a passage holds a quote, or half of one that was cut in two."""
    half = len(quote) // 2
    return quote[:half] in passage or quote[half:] in passage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=Path, help="where the files lie, if not in DIR")
    parser.add_argument("--home", type=Path, help="keep the index here and use it again")
    given = parser.parse_args()
    golden = read_golden(given.folder, files=given.files)
    with tempfile.TemporaryDirectory(prefix="kb-why-") as folder:
        os.environ["KB_HOME"] = str(given.home or folder)
        settings.cache_clear()
        build(golden)
        print(json.dumps(shares(golden, fully(given.folder))))
        vectors.close()


if __name__ == "__main__":
    main()
