"""Text → sparse terms, the same for index and question.

Terms are single Han characters, pairs of neighbouring ones, Latin words and numbers, and – so that a name is found when
it is mistyped or spelled in Latin letters – pairs of toneless syllables (``江川`` and ``江穿``: ``~jiang chuan``).
Full-width and traditional writing is folded first. The passage's side carries the saturation and length part of BM25
with a constant average length, so that no other document moves a weight; the inverse document frequency is added by
the engine over what the viewer may see.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from itertools import pairwise

_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUN = re.compile(rf"[{_HAN}]+|[A-Za-zÀ-ɏ]+|\d+(?:[.,]\d+)*")
_HAN_ONLY = re.compile(rf"[{_HAN}]")
_K1, _B, _AVERAGE_LENGTH = 1.2, 0.6, 450.0
GRAIN = 64
"""Weights are multiples of 1/64, so that their sums in single precision are exact in any order."""
MOST_OF_A_TERM = _K1 + 1
"""What a term weighs at most in a passage, however often it occurs."""
SOUND_WEIGHT = 0.35
"""What a matching pair of syllables counts, where a matching pair of characters counts 1."""
SINGLE_WEIGHT = 0.6
"""What a matching single character counts: it says less than a word."""

_STOP_CHARACTERS = frozenset(
    "的了是在和与或我们你他她它这那有没不为什么多少哪谁吗呢吧啊就都也还要会能可以上下个到从被把对当初时候怎样如何"
)
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an the is are was were be been of to in on at for and or by with from as it its this that what why when "
        "where who whom whose which how do does did can could should would will shall may has have had we our you "
        "your they their i my he she not no if",
    )
)


@dataclass(frozen=True)
class SparseTerms:
    """A sparse vector: distinct term numbers (0 … 2³²−1) and their weights, of one length; both empty for no terms."""

    indices: list[int]
    values: list[float]


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    """Traditional → simplified, character by character: a hundred times faster than by phrase, and offsets stay."""
    source = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in source.splitlines() if "\t" in line)
    return {ord(traditional): simplified.split()[0] for traditional, simplified in pairs if len(traditional) == 1}


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    from pypinyin.constants import PINYIN_DICT
    from pypinyin.contrib.tone_convert import to_normal

    return frozenset(to_normal(p.split(",")[0]) for p in PINYIN_DICT.values())


def fold(text: str) -> str:
    """NFKC, lower case, simplified characters: the form in which two writings of one word are equal."""
    return unicodedata.normalize("NFKC", text).lower().translate(_simplified())


def has_han(text: str) -> bool:
    """Whether any Han character occurs."""
    return bool(_HAN_ONLY.search(text))


@lru_cache(maxsize=50_000)
def _sound(character: str) -> str:
    from pypinyin import Style, pinyin

    found = pinyin(character, style=Style.NORMAL, errors="ignore", heteronym=False)
    return str(found[0][0]) if found else character  # a rare character without a known reading sounds like itself


@lru_cache(maxsize=20_000)
def _spelled(word: str) -> tuple[str, ...]:
    """The syllables of a Latin word that is pinyin throughout (``jiangnan`` → jiang, nan); empty where it is not."""
    known = _syllables()
    best: dict[int, tuple[str, ...]] = {0: ()}
    for end in range(1, len(word) + 1):
        options = [
            (*best[start], word[start:end])
            for start in range(max(0, end - 6), end)
            if start in best and word[start:end] in known
        ]
        if options:
            best[end] = min(options, key=len)
    return best.get(len(word), ())


def is_spelled(text: str) -> bool:
    """Whether a text is Chinese spelled in Latin letters: every word of it is pinyin throughout."""
    runs = _RUN.findall(fold(text))
    return bool(runs) and all(run.isalpha() and len(run) > 1 and not has_han(run) and _spelled(run) for run in runs)


def _sounds(run: Sequence[str]) -> Iterator[str]:
    return (f"~{a} {b}" for a, b in pairwise(run))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def terms(text: str) -> Iterator[str]:
    """The terms of a text in order, with repetitions."""
    latin: list[str] = []
    for run in _RUN.findall(fold(text)):
        if has_han(run):
            yield from run
            yield from (run[i : i + 2] for i in range(len(run) - 1))
            yield from _sounds([_sound(c) for c in run])
        else:
            yield _stem(run)
            latin.extend(_spelled(run) or [""])
    yield from (t for t in _sounds(latin) if not t.startswith("~ ") and not t.endswith(" "))


@lru_cache(maxsize=200_000)
def term_number(term: str) -> int:
    """The term's dimension: 32 bits of its BLAKE2b digest."""
    return int.from_bytes(blake2b(term.encode(), digest_size=4).digest(), "big")


def term_weight(term: str) -> float:
    """How much a term of the question counts before its rarity: a word 1, a lone character and a sound less."""
    if term.startswith("~"):
        return SOUND_WEIGHT
    return SINGLE_WEIGHT if len(term) == 1 and has_han(term) else 1.0


def _sparse(weights: Iterable[tuple[str, float]]) -> SparseTerms:
    merged: dict[int, float] = {}
    for term, weight in weights:
        number = term_number(term)
        merged[number] = merged.get(number, 0.0) + weight
    ordered = sorted(merged.items())
    return SparseTerms([n for n, _ in ordered], [w for _, w in ordered])


def passage_terms(title: str, heading_path: Sequence[str], text: str) -> SparseTerms:
    """The weights of a passage with its title and headings: BM25's term-frequency part (k1 1.2, b 0.6)."""
    counts = Counter(terms("\n".join((title, *heading_path, text))))
    length = sum(counts.values())
    norm = _K1 * (1 - _B + _B * length / _AVERAGE_LENGTH)
    return _sparse((t, max(1, round(n * (_K1 + 1) / (n + norm) * GRAIN)) / GRAIN) for t, n in counts.items())


def says_nothing(term: str) -> bool:
    """Whether a term of a question only holds the sentence together: 的, 为什, the."""
    return term in _STOP_WORDS or (not term.startswith("~") and set(term) <= _STOP_CHARACTERS)


def query_terms(text: str) -> SparseTerms:
    """The weights of a question's distinct terms; those that say nothing only where there is nothing else."""
    distinct = list(dict.fromkeys(terms(text)))
    telling = [t for t in distinct if not says_nothing(t)]
    return _sparse((t, term_weight(t)) for t in telling or distinct)
