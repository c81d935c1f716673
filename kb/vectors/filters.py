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


HIDDEN, CURRENT, OLD = "hidden", "current", "old"
"""The states of a point: not yet published, of its document's current version, of an older one."""


def place_of(cell: str, state: str) -> str:
    """Cell and state in one value, so that scope and liveness are one condition: a second one triples the time."""
    return {CURRENT: cell, OLD: f"old:{cell}"}.get(state, HIDDEN)


def open_cells(scope: Scope, narrowing: Narrowing) -> frozenset[str]:
    """The cells of a scope that the wanted handovers, modules and classifications leave; none for the operator."""
    wanted = (narrowing.handover_ids, narrowing.modules, narrowing.classifications)
    if not any(wanted):
        return scope.cells
    return frozenset(
        cell for cell in scope.cells
        if all(not values or part in values for part, values in zip(cell.split(":"), wanted, strict=True))
    )  # fmt: skip


def compile_filter(api: Any, scope: Scope, narrowing: Narrowing) -> Any:
    """The filter of an engine: what is open and live first, then what was asked for."""
    must, must_not = _open(api, scope, narrowing)
    must += [_any(api, key, values) for key, values in
             (("kind", narrowing.kinds), ("author", narrowing.authors)) if values]  # fmt: skip
    must += [_any(api, "tags", (tag,)) for tag in narrowing.tags]
    if narrowing.document_ids is not None:
        must.append(_any(api, "document_id", narrowing.document_ids or ("-",)))
    if narrowing.date_from or narrowing.date_to:
        span = getattr(api, "RangeFloat", None) or api.Range
        low = float(narrowing.date_from.toordinal()) if narrowing.date_from else None
        high = float(narrowing.date_to.toordinal()) if narrowing.date_to else None
        must.append(api.FieldCondition(key="authored_on", range=span(gte=low, lte=high)))
    return api.Filter(must=must, must_not=must_not)


def compile_corpus(api: Any, scope: Scope, within: Narrowing) -> Any:
    """The population over which rarity is counted: every current passage the viewer may see in the wanted handovers."""
    must, must_not = _open(api, scope, within)
    return api.Filter(must=must, must_not=must_not)


def _open(api: Any, scope: Scope, narrowing: Narrowing) -> tuple[list[Any], list[Any]]:
    """The conditions that must and must not hold for a live point of an open cell."""
    states = (CURRENT, OLD) if narrowing.include_old else (CURRENT,)
    if not scope.everything:
        places = sorted(place_of(cell, state) for cell in open_cells(scope, narrowing) for state in states)
        return [_any(api, "place", tuple(places) or ("-",))], []
    fields = (
        ("handover_id", narrowing.handover_ids), ("module", narrowing.modules),
        ("classification", narrowing.classifications),
    )  # fmt: skip
    closed = tuple(state for state in (HIDDEN, OLD) if state not in states)
    return [_any(api, key, values) for key, values in fields if values], [_any(api, "state", closed)]


def by_field(api: Any, **fields: str) -> Any:
    """Points whose payload has each value, live or not."""
    return api.Filter(must=[_any(api, key, (value,)) for key, value in fields.items()])


def others_of(api: Any, document_id: str, version_id: str) -> Any:
    """The points of a document's other versions that have been published."""
    must = [_any(api, "document_id", (document_id,)), _any(api, "state", (CURRENT, OLD))]
    return api.Filter(must=must, must_not=[_any(api, "version_id", (version_id,))])


def _any(api: Any, key: str, values: tuple[str, ...]) -> Any:
    return api.FieldCondition(key=key, match=api.MatchAny(any=list(values)))
