"""A small company for benchmarks and tests: rows in SQL and points in the index, without files or ingestion."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import islice

import numpy as np
from sqlmodel import Session, SQLModel

from kb import db, lexical, vectors
from kb.access import Classification, Module, Scope, cell_of
from kb.chunks import Chunk, passage_text, point_id
from kb.documents import Document, Kind, Stage, Version
from kb.embedding import Vectors
from kb.tags import DocumentTag
from kb.vectors import IndexedPassage
from kb.viewing import Viewer

_WORDS = (
    "客户合同续约付款验收华北江川重工年框预算裁员绩效股权项目风险进度交期灯塔审批权限共管账户印章违约赔偿仲裁竞业试点"
    "德国工厂数据平台研发招聘继任轮岗薪酬预提回款发票税务诉讼和解专利商标战略目标季度复盘纪要融资估值渠道报价"
)
WORDS = tuple(_WORDS[n : n + 2] for n in range(0, len(_WORDS), 2))
_EDITIONS = ("（v1）", "（v2）", "（现行）", "（草稿）")


@dataclass(frozen=True)
class Paper:
    """One document to build: its passages by version, the last version being the current one."""

    id: str
    title: str
    handover_id: str
    module: Module
    classification: Classification
    versions: tuple[tuple[str, ...], ...]
    kind: Kind = Kind.other
    author: str = ""
    authored_on: date | None = None
    tags: tuple[str, ...] = ()

    @property
    def cell(self) -> str:
        return cell_of(self.handover_id, self.module, self.classification)


@dataclass
class Dice:
    """Seeded choices; the same seed makes the same company."""

    seed: int
    random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

    def phrase(self, least: int, most: int) -> str:
        chosen = self.random.choices(WORDS, k=self.random.randint(least, most))
        return "".join(w + self.random.choice(("", "", "的", "，", "。")) for w in chosen)

    def papers(self, count: int, handovers: int) -> list[Paper]:
        made = []
        for n in range(count):
            title = self.phrase(1, 3) + self.random.choice(("", "", *_EDITIONS))
            if made and self.random.random() < 0.15:
                title = self.random.choice(made).title.split("（")[0] + self.random.choice(_EDITIONS)
            versions = tuple(
                tuple(self._passage(made) for _ in range(self.random.randint(1, 5)))
                for _ in range(self.random.choice((1, 1, 1, 2)))
            )
            made.append(Paper(
                id=f"doc-{self.random.getrandbits(48):012x}", title=title,
                handover_id=f"hov-{self.random.randrange(handovers)}", module=self.random.choice(list(Module)),
                classification=self.random.choice(list(Classification)), versions=versions,
                kind=self.random.choice(list(Kind)), author=self.random.choice(("何静远", "沈若兰", "周启明", "")),
                authored_on=self.random.choice((None, date(2025, 3, 1 + n % 28), date(2026, 1, 1 + n % 28))),
                tags=tuple(sorted(set(self.random.choices(WORDS, k=self.random.randint(0, 3))))),
            ))
        return made

    def _passage(self, made: Sequence[Paper]) -> str:
        if made and self.random.random() < 0.1:  # copied passages: equal scores have to be settled without a leak
            return self.random.choice(self.random.choice(made).versions[-1])
        return self.phrase(5, 60)

    def scope(self, papers: Sequence[Paper]) -> Scope:
        cells = sorted({p.cell for p in papers})
        return Scope(cells=frozenset(self.random.sample(cells, self.random.randint(1, max(1, len(cells) // 2)))))


class HashedMeaning:
    """Stands in for a model where only its being a function of the text counts: projected characters and pairs."""

    name = "hashed"
    dimension = 384

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_query(t) for t in texts]) if texts else np.zeros((0, 384), np.float32)

    def embed_query(self, text: str) -> Vectors:
        made = np.full(384, 0.01)
        for term in lexical.terms(text):
            number = lexical.term_number(term)
            made[number % 384] += 1 if number & 1024 else -1
        return (made / np.linalg.norm(made)).astype(np.float32)


def viewer(scope: Scope, person_id: str = "per-bench") -> Viewer:
    return Viewer(person_id=person_id, login="bench", name="考官", role=None, scope=scope, locale="zh")


def build(papers: Iterable[Paper], model: HashedMeaning) -> None:
    """Write the papers into the configured home, which must be new."""
    SQLModel.metadata.create_all(db.engine())
    waiting = iter(papers)
    while group := tuple(islice(waiting, 100)):
        with Session(db.engine()) as session:
            for paper in group:
                for row in _rows(paper):
                    session.add(row)
                    session.flush() if isinstance(row, Document | Version) else None
            session.commit()
        index = vectors.index()
        index.write([p for paper in group for p in _points(paper, model)])
        for paper in group:
            for n in range(len(paper.versions)):
                index.publish(paper.id, f"ver-{paper.id}-{n}")


def _rows(paper: Paper) -> Iterable[SQLModel]:
    last = len(paper.versions) - 1
    yield Document(
        id=paper.id, handover_id=paper.handover_id, module=paper.module, classification=paper.classification,
        cell=paper.cell, title=paper.title, kind=paper.kind, author=paper.author, authored_on=paper.authored_on,
        file_name=f"{paper.id}.md", current_version_id=f"ver-{paper.id}-{last}",
        created_at=datetime(2026, 1, 1 + int(paper.id[-2:], 16) % 28, tzinfo=UTC),
    )
    for n, passages in enumerate(paper.versions):
        version_id = f"ver-{paper.id}-{n}"
        yield Version(
            id=version_id, document_id=paper.id, number=n + 1, sha256=paper.id, file_name=f"{paper.id}.md",
            size_bytes=1, stage=Stage.ready,
        )
        at = 0
        for ordinal, text in enumerate(passages):
            yield Chunk(
                point_id=point_id(paper.id, version_id, ordinal), version_id=version_id, document_id=paper.id,
                ordinal=ordinal, start=at, end=at + len(text), text=text,
            )
            at += len(text) + 1
    for tag in paper.tags:
        yield DocumentTag(document_id=paper.id, tag=tag)


def _points(paper: Paper, model: HashedMeaning) -> Iterable[IndexedPassage]:
    for n, passages in enumerate(paper.versions):
        version_id = f"ver-{paper.id}-{n}"
        dense = model.embed_passages([passage_text(paper.title, (), text) for text in passages])
        for ordinal, text in enumerate(passages):
            yield IndexedPassage(
                point_id=point_id(paper.id, version_id, ordinal), document_id=paper.id, version_id=version_id,
                cell=paper.cell, dense=dense[ordinal], terms=lexical.passage_terms(paper.title, (), text),
                handover_id=paper.handover_id, module=paper.module.value, classification=paper.classification.value,
                kind=paper.kind.value, author=paper.author, authored_on=paper.authored_on, tags=paper.tags,
            )
