"""What of a quoted text is marked: the words that were asked for, and the sentence that answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup, escape

from kb.encoder.running import Span
from search import Passage
from search.reading.sentence import sentences

_FAR = 60
"""An answer that begins after so many characters might not be seen: the quotation then begins near it."""


def marked(text: str, words: Sequence[Span], answer: Span | None = None) -> Markup:
    """The text, escaped, with the words in ``<mark>`` and the answer in ``<em class="answer">``.

    Ranges are in characters of the text and may reach beyond it; words are in order and disjoint.
    """
    first, last = answer or (0, 0)
    first, last = max(0, first), min(len(text), last)
    if first >= last:
        return _words(text, 0, len(text), words)
    inner = _words(text, first, last, words)
    return (
        _words(text, 0, first, words) + Markup('<em class="answer">{}</em>').format(inner)
        + _words(text, last, len(text), words)
    )  # fmt: skip


def quotation(passage: Passage, *, whole: bool = False) -> Markup:
    """A passage's words, marked; unless ``whole``, from near the answer on. Empty lines are left out."""
    start = 0 if whole else beginning(passage)
    shown = marked(passage.text[start:], moved(passage.highlights, start), *moved([passage.answer], start))
    return (Markup("…") if start else Markup()) + shown.replace("\n\n", "\n")


def moved(ranges: Sequence[Span | None], start: int) -> list[Span]:
    """Ranges of a text as those of what is left of it from ``start`` on; None falls out."""
    return [(first - start, last - start) for first, last in filter(None, ranges)]


def beginning(passage: Passage) -> int:
    """Where a short quotation begins that is to show the answer: with the sentence before it, if that is short."""
    if passage.answer is None or passage.answer[0] <= _FAR:
        return 0
    first = passage.answer[0]
    return next((start for start, _ in sentences(passage.text) if start >= first - _FAR), first)


def _words(text: str, low: int, high: int, words: Sequence[Span]) -> Markup:
    return Markup("").join(_parts(text, low, high, words))


def _parts(text: str, low: int, high: int, words: Sequence[Span]) -> Iterator[Markup]:
    at = low
    for first, last in words:
        begin, finish = max(at, first), min(high, last)
        if begin < finish:
            yield escape(text[at:begin])
            yield Markup("<mark>{}</mark>").format(text[begin:finish])
            at = finish
    yield escape(text[at:high])
