"""What a search asks and what it answers: plain values, shared by pages, API and command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kb.access import Classification, Module, cell_of
from kb.documents import Kind

MAX_CHARACTERS = 500


@dataclass(frozen=True)
class Query:
    """A question with its filters; see FILTERS.md. Empty ``text`` lists what the filters leave, the newest first."""

    text: str = ""
    handover_id: str | None = None
    modules: tuple[Module, ...] = ()
    tags: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()
    authors: tuple[str, ...] = ()
    classifications: tuple[Classification, ...] = ()
    date_from: date | None = None
    date_to: date | None = None
    deliverable_id: str | None = None
    include_old: bool = False
    limit: int = 10
    offset: int = 0


@dataclass(frozen=True)
class Passage:
    """An exact substring of a source: ``text == parsed_text[start:end]``. ``highlights`` are ranges within it.

    ``page`` counts from 1, None where the format has no pages. ``answer`` is the range of the sentence that answers,
    None where the passage was not read or is not likely to answer.
    """

    point_id: str
    text: str
    start: int
    end: int
    heading_path: tuple[str, ...]
    page: int | None
    highlights: tuple[tuple[int, int], ...] = ()
    answer: tuple[int, int] | None = None


@dataclass(frozen=True)
class Hit:
    """A document that was found, with its best passage; ``more`` are further passages in reading order.

    ``score`` is 0–1. ``why`` is a Chinese msgid. ``current`` False means an older edition or version;
    ``superseded_by`` is then the id of the newer document, empty where there is none to name.
    """

    document_id: str
    version_id: str
    version_number: int
    file_name: str
    title: str
    module: Module
    kind: Kind
    classification: Classification
    handover_id: str
    author: str
    authored_on: date | None
    tags: tuple[str, ...]
    score: float
    best: Passage
    why: str
    more: tuple[Passage, ...] = ()
    current: bool = True
    superseded_by: str = ""

    @property
    def cell(self) -> str:
        """The cell its document lies in."""
        return cell_of(self.handover_id, self.module, self.classification)

    @property
    def passage(self) -> str:
        """The best passage's text."""
        return self.best.text

    @property
    def start(self) -> int:
        """Where the best passage begins in the parsed text, in characters."""
        return self.best.start

    @property
    def end(self) -> int:
        """Where the best passage ends in the parsed text, in characters."""
        return self.best.end

    @property
    def heading_path(self) -> tuple[str, ...]:
        """The best passage's headings from the outermost in."""
        return self.best.heading_path

    @property
    def page(self) -> int | None:
        """The best passage's page from 1; None where the format has none."""
        return self.best.page

    @property
    def highlights(self) -> tuple[tuple[int, int], ...]:
        """Ranges of the best passage that the question's words match."""
        return self.best.highlights


@dataclass(frozen=True)
class FacetCount:
    """How many of the found documents have a value; ``label`` is a Chinese msgid or the value itself."""

    value: str
    label: str
    count: int


@dataclass(frozen=True)
class Results:
    """What was found. ``total`` counts documents; ``reliable`` False means that only the nearest are shown.

    ``sure`` False means that somebody should hold the passage against the question before relying on it.
    """

    hits: tuple[Hit, ...] = ()
    facets: dict[str, tuple[FacetCount, ...]] = field(default_factory=dict)
    total: int = 0
    reliable: bool = True
    sure: bool = True
    notice: str = ""
    lexical_only: bool = False
    took_ms: float = 0.0
