"""A short answer over shown quotes: only what may leave the house is sent, only what the quotes prove is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from threading import BoundedSemaphore
from urllib.parse import urlsplit

from sqlmodel import Session

from kb import ledger
from kb.access import Classification
from kb.errors import Unavailable
from kb.settings import settings
from kb.viewing import Viewer
from search.answer import endpoint
from search.answer.citation import Answer, Citation
from search.answer.prompt import payload
from search.answer.sentences import Sentence, sentences
from search.answer.support import is_supported

_MOST_SENTENCES = 12
_AT_ONCE = BoundedSemaphore(4)
"""A slow endpoint must not hold every thread of the server."""


class Outcome(StrEnum):
    """What came of asking for prose."""

    off = "off"
    unreliable = "unreliable"
    closed = "closed"
    written = "written"
    unsupported = "unsupported"
    failed = "failed"


NOTICES = {
    Outcome.off: "",
    Outcome.unreliable: "没有可靠的依据，不作回答。",
    Outcome.closed: "这些段落的密级不允许发给作答接口，请直接阅读原文。",
    Outcome.written: "",
    Outcome.unsupported: "所示段落不足以支持一个回答，请直接阅读原文。",
    Outcome.failed: "作答接口暂时没有给出回答，段落不受影响。",
}
"""The sentence for the reader, a msgid; empty where there is nothing to say."""


@dataclass(frozen=True)
class Prose:
    """The sentences that hold, in order; ``withheld`` counts those that do not, ``kept_back`` the quotes not sent."""

    outcome: Outcome
    sentences: tuple[Sentence, ...] = ()
    withheld: int = 0
    kept_back: int = 0

    @property
    def notice(self) -> str:
        """What the reader is told beside it; a msgid, or empty."""
        return NOTICES[self.outcome]


def sendable(answer: Answer) -> tuple[Citation, ...]:
    """The quotes that may be sent: none without an endpoint, none of an unreliable answer, none above the limit."""
    if not settings().answer_url or not answer.reliable:
        return ()
    allowed = Classification(settings().answer_up_to).up_to()
    return tuple(c for c in answer.citations if c.classification in allowed)


def note_sent(session: Session, viewer: Viewer, answer: Answer) -> bool:
    """Write into the operation log which documents are about to be sent, and to whom; False where none are.

    Commit before calling ``write``: what left the house must be on record even if this process dies.
    """
    documents = sorted({c.document_id for c in sendable(answer)})
    if documents:
        to = urlsplit(settings().answer_url).hostname or ""
        ledger.record(session, viewer.person_id, "answer.sent", documents=documents, to=to)
    return bool(documents)


def write(answer: Answer) -> Prose:
    """Ask the endpoint and keep what the quotes support. Nothing is sent unless ``sendable`` says what."""
    sent = sendable(answer)
    if not sent:
        return Prose(_unsent(answer))
    if not _AT_ONCE.acquire(blocking=False):
        return Prose(Outcome.failed)
    try:
        written = endpoint.complete(payload(settings().answer_model, answer.question, sent))
    except Unavailable:
        return Prose(Outcome.failed)
    finally:
        _AT_ONCE.release()
    return replace(proved(written, sent), kept_back=len(answer.citations) - len(sent))


def proved(written: str, sent: Sequence[Citation]) -> Prose:
    """The sentences of a reply that cite only quotes that were sent and are supported by them."""
    by_number = {c.number: c for c in sent}
    said = [s for s in sentences(written) if s.text or s.cites]
    kept = tuple(s for s in said[:_MOST_SENTENCES] if _holds(s, by_number))
    outcome = Outcome.written if kept else Outcome.unsupported
    return Prose(outcome, kept, len(said) - len(kept))


def _holds(sentence: Sentence, by_number: dict[int, Citation]) -> bool:
    if not sentence.cites or any(n not in by_number for n in sentence.cites):
        return False
    return is_supported(sentence.text, [by_number[n].words for n in sentence.cites])


def _unsent(answer: Answer) -> Outcome:
    if not settings().answer_url:
        return Outcome.off
    return Outcome.closed if answer.reliable else Outcome.unreliable
