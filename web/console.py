"""What a command says, wherever it runs: here, or in the serving process for a terminal beyond the relay."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from kb.errors import KbError
from web.i18n import explain, translate

Write = Callable[[str], None]


class Console:
    """Two streams and a language. ``as_json``: results and errors are JSON for programs, not sentences for people."""

    def __init__(self, write_out: Write, write_err: Write, *, locale: str = "zh", as_json: bool = False) -> None:
        self._out, self._err = write_out, write_err
        self.locale, self.as_json = locale, as_json

    def text(self, msgid: str, **params: object) -> str:
        """A sentence in this console's language."""
        return translate(self.locale, msgid, **params)

    def say(self, msgid: str, **params: object) -> None:
        """Print a sentence for people; nothing where programs read."""
        if not self.as_json:
            self._out(self.text(msgid, **params) + "\n")

    def note(self, msgid: str, **params: object) -> None:
        """Tell how it goes, beside the result."""
        self._err(self.text(msgid, **params) + "\n")

    def emit(self, value: Any) -> None:
        """Print the result for programs; nothing where people read."""
        if self.as_json:
            self._out(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")

    def table(self, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print a table for people, its columns aligned though Han characters are two columns wide."""
        if self.as_json:
            return
        cells = [[self.text(h) for h in head], *([str(c) for c in row] for row in rows)]
        widths = [max(_width(row[n]) for row in cells) for n in range(len(head))]
        for row in cells:
            padded = (c + " " * (w - _width(c)) for c, w in zip(row, widths, strict=True))
            self._out("  ".join(padded).rstrip() + "\n")

    def refuse(self, error: KbError) -> None:
        """Say why a command was refused: a sentence, or an object with the slug."""
        sentence = explain(self.locale, error)
        if self.as_json:
            self._err(json.dumps({"error": {"slug": error.slug, "message": sentence}}, ensure_ascii=False) + "\n")
        else:
            self._err(sentence + "\n")


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
