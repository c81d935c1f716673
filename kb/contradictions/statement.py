"""What goes in and what comes out: passages, the claims found in them, and two claims that cannot both hold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """What kind of thing is claimed."""

    amount = "amount"
    percent = "percent"
    count = "count"  # type: ignore[assignment]
    date = "date"
    person = "person"
    stance = "stance"


@dataclass(frozen=True)
class Statement:
    """A passage of a document; ``heading`` is its heading path as one line, ``date`` the document's day if known."""

    document_id: str
    title: str
    heading: str
    text: str
    date: date | None


@dataclass(frozen=True)
class Claim:
    """One side: the sentence or table row (a substring of the statement's text) and the value in it.

    ``value`` is normalised (``4860000 元``, ``2026-04-18``), ``written`` is the value as it stands in the text.
    """

    statement: Statement
    quote: str
    value: str
    written: str


@dataclass(frozen=True)
class Contradiction:
    """Two documents that differ about ``subject``; ``score`` 0–1, how surely both speak of the same thing."""

    subject: str
    kind: Kind
    left: Claim
    right: Claim
    score: float
