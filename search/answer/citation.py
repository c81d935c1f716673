"""What an answer consists of: numbered quotes with everything that is needed to find each again."""

from __future__ import annotations

from dataclasses import dataclass

from kb.access import Classification, Module
from search.query import Passage


@dataclass(frozen=True)
class Citation:
    """A numbered quote (from 1) with its source: ``passage.text`` stands in that version's text, to the character.

    ``sha256`` is the original file's digest in hex. ``current`` False means an older edition or version.
    """

    number: int
    document_id: str
    version_id: str
    version_number: int
    sha256: str
    title: str
    file_name: str
    handover_id: str
    module: Module
    classification: Classification
    current: bool
    passage: Passage

    @property
    def words(self) -> str:
        """All that is shown of it and may support a sentence: title, headings and the quote, a line each."""
        return "\n".join((self.title, *self.passage.heading_path, self.passage.text))


@dataclass(frozen=True)
class Answer:
    """The quotes that answer a question, the best first; empty where nothing was found.

    ``reliable`` False means a refusal: the quotes are only what lies nearest. ``notice`` is a Chinese msgid, or empty.
    """

    question: str
    citations: tuple[Citation, ...]
    reliable: bool
    notice: str = ""
