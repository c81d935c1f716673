"""The Jinja environment and ``render``: every page gets the viewer, the language, the CSRF token and ``_``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kb.access import CLASSIFICATION_NAMES, MODULE_NAMES, Module, Permission, usual_classification
from kb.clock import moment, today
from kb.documents import KIND_NAMES, STAGE_NAMES
from kb.evidence.verdict import VERDICT_NAMES
from kb.handover import workflow
from kb.handover.examination import OUTCOME_NAMES
from kb.handover.risks import RISK_LEVEL_NAMES
from kb.handover.signing import PURPOSE_NAMES
from kb.handover.standing import TASK_NAMES
from kb.vocabulary import vocabulary
from web.i18n import phrase, translations
from web.marking import marked, quotation
from web.reading import reader_address
from web.security import page_of

_HERE = Path(__file__).parent
_ICON_SIZE = 18


@lru_cache(maxsize=256)
def icon(name: str, size: int = _ICON_SIZE) -> Markup:
    """An inline SVG of the Lucide set, hidden from screen readers; the text beside it says what it means."""
    from lucide import lucide_icon

    drawn = lucide_icon(name, width=str(size), height=str(size), stroke_width="1.75")
    return Markup(drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1))  # noqa: S704 - our own


@lru_cache(maxsize=64)
def asset(path: str) -> str:
    """The address of a static file with its content's hash, so that browsers may keep it forever."""
    content = (_HERE / "static" / path).read_bytes()
    return f"/static/{path}?v={sha256(content).hexdigest()[:10]}"


def day(value: date | datetime | None) -> str:
    """A day as people write it in tables: 2026-03-12; of a time it is the company's day. Empty for None."""
    if isinstance(value, datetime):
        return today(value).isoformat()
    return value.isoformat() if value else ""


def size(count: int) -> str:
    """A file's size for people: 38 KB, 1.2 MB."""
    return f"{count / 2**20:.1f} MB" if count >= 2**20 else f"{max(1, round(count / 1024))} KB"


def tag_label(locale: str, tag: str) -> str:
    """A tag as people read it in their language; a free tag as it was typed."""
    known = vocabulary().tags.get(tag)
    return known.label(locale) if known else tag


@lru_cache(maxsize=2)
def environment(locale: str) -> Environment:
    """The templates in one language."""
    env = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=select_autoescape(), undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    env.install_gettext_translations(translations(locale), newstyle=True)  # type: ignore[attr-defined]
    env.globals |= {
        "icon": icon, "asset": asset, "Permission": Permission, "module_names": MODULE_NAMES,
        "classification_names": CLASSIFICATION_NAMES, "usual_classification": usual_classification,
        "kind_names": KIND_NAMES, "stage_names": STAGE_NAMES,
        "say": _speaker(locale), "module_keys": frozenset(Module), "stations": workflow.stations,
        "node_names": workflow.NODE_NAMES, "action_names": workflow.ACTION_NAMES, "verdict_names": VERDICT_NAMES,
        "risk_level_names": RISK_LEVEL_NAMES, "purpose_names": PURPOSE_NAMES, "task_names": TASK_NAMES,
        "outcome_names": OUTCOME_NAMES, "today": today, "reader_address": reader_address,
    }  # fmt: skip
    env.filters |= {
        "day": day, "moment": moment, "size": size, "marked": marked, "quotation": quotation,
        "tag": lambda tag: tag_label(locale, tag),
    }  # fmt: skip
    env.tests["within"] = lambda span, limit: span[1] <= limit
    return env


def _speaker(locale: str) -> Callable[..., str]:
    def say(msgid: str, params: dict[str, Any] | None = None) -> str:
        """A sentence that a service chose, in the reader's language, its ``{name}`` placeholders filled."""
        return phrase(locale, msgid, params or {})

    return say


def render(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """The page of a template as an answer."""
    state = request.state
    page = environment(state.locale).get_template(template)
    content = page.render(
        request=request, viewer=state.viewer, locale=state.locale, csrf_token=state.csrf_token,
        path=request.url.path, here=page_of(request), unread_count=getattr(state, "unread", 0), **context,
    )  # fmt: skip
    return HTMLResponse(content, status)
