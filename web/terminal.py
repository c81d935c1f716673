"""The terminal: its two streams, for us alone and fit for Chinese whatever the locale says, and its language."""

from __future__ import annotations

import io
import os
import sys

_QUIET = dict.fromkeys(("TQDM_DISABLE", "HF_HUB_DISABLE_PROGRESS_BARS", "DO_NOT_TRACK"), "1")
_QUIET["TRANSFORMERS_VERBOSITY"] = "error"


def prepare() -> None:
    """Libraries below are told to keep their progress bars and reports to themselves.

    A stream that knows no Chinese is written in UTF-8, as JSON is anyway; no character ends a command.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if _knows_chinese(stream.encoding) else "utf-8", errors="replace")


def _knows_chinese(encoding: str) -> bool:
    try:
        return bool("交接".encode(encoding))
    except (UnicodeEncodeError, LookupError):
        return False


def legible(text: str) -> str:
    """A word of the command line read as UTF-8 whatever the locale says; what is not, is replaced."""
    return os.fsencode(text).decode("utf-8", "replace")


def locale() -> str:
    """The language of the terminal: KB_LOCALE, else English where LANG says so, else Chinese."""
    chosen = os.environ.get("KB_LOCALE", "")
    if chosen in ("zh", "en"):
        return chosen
    spoken = next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), "")
    return "en" if spoken.lower().startswith("en") else "zh"
