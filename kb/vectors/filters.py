"""Scope and narrowing → the engine's filter. Both engines name their filter classes alike: one function serves both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kb.access import Scope


@dataclass(frozen=True)
class Narrowing:
    """What a viewer asked to see only. Values of one field are alternatives, fields add up; empty asks for nothing.

    ``tags`` must all be present. A date bound leaves out undated passages. ``include_old`` admits older versions.
    """

    handover_ids: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    classifications: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    document_ids: tuple[str, ...] | None = None
    date_from: date | None = None
    date_to: date | None = None
    include_old: bool = False


def compile_filter(api: Any, scope: Scope, narrowing: Narrowing) -> Any:
    """The filter of an engine: scope first, then live passages only, then what was asked for."""
    must = [*_scope(api, scope), _live(api, include_old=narrowing.include_old)]
    fields = {
        "handover_id": narrowing.handover_ids, "module": narrowing.modules, "kind": narrowing.kinds,
        "classification": narrowing.classifications, "author": narrowing.authors,
    }  # fmt: skip
    must += [_any(api, key, values) for key, values in fields.items() if values]
    must += [_any(api, "tags", (tag,)) for tag in narrowing.tags]
    if narrowing.document_ids is not None:
        must.append(_any(api, "document_id", narrowing.document_ids or ("-",)))
    if narrowing.date_from or narrowing.date_to:
        span = getattr(api, "RangeFloat", None) or api.Range
        low = float(narrowing.date_from.toordinal()) if narrowing.date_from else None
        high = float(narrowing.date_to.toordinal()) if narrowing.date_to else None
        must.append(api.FieldCondition(key="authored_on", range=span(gte=low, lte=high)))
    return api.Filter(must=must)


def compile_corpus(api: Any, scope: Scope) -> Any:
    """The population over which rarity is counted: every current passage the viewer may see."""
    return api.Filter(must=[*_scope(api, scope), _live(api, include_old=False)])


def by_field(api: Any, **fields: str) -> Any:
    """Points whose payload has each value, live or not."""
    return api.Filter(must=[_any(api, key, (value,)) for key, value in fields.items()])


def others_of(api: Any, document_id: str, version_id: str) -> Any:
    """The points of a document's other versions that have been published."""
    must = [_any(api, "document_id", (document_id,)), _live(api, include_old=True)]
    return api.Filter(must=must, must_not=[_any(api, "version_id", (version_id,))])


def _scope(api: Any, scope: Scope) -> list[Any]:
    return [] if scope.everything else [_any(api, "cell", tuple(sorted(scope.cells)))]


def _live(api: Any, *, include_old: bool) -> Any:
    return _any(api, "state", ("current", "old") if include_old else ("current",))


def _any(api: Any, key: str, values: tuple[str, ...]) -> Any:
    return api.FieldCondition(key=key, match=api.MatchAny(any=list(values)))
