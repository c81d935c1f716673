"""Ask: the passages that answer a question, and – where an endpoint is configured – prose that cites them."""

from search.answer.citation import Answer, Citation
from search.answer.prose import Outcome, Prose, note_sent, sendable, write
from search.answer.quoting import ask, quoted, wanted

__all__ = ["Answer", "Citation", "Outcome", "Prose", "ask", "note_sent", "quoted", "sendable", "wanted", "write"]
