"""Who may call which route: the one table that ``test_access_matrix`` holds the application to.

Every route of the application stands here, or the test fails. ``PUBLIC`` routes answer visitors. Otherwise the set
names the roles whom the route serves when it concerns handover A, on which leaver, successor and head are named and in
which the leaver sees everything, the successor strategy up to internal, the others nothing. ``FORMS`` and ``BODIES``
hold what a changing route needs to get past its form; ``{…}`` in them is filled from the world like the path.
"""

from __future__ import annotations

from typing import Any

EVERYBODY = frozenset({"leaver", "successor", "head", "hr", "auditor", "admin"})
OVERSEERS = frozenset({"hr", "auditor", "admin"})
GRANTERS = frozenset({"hr", "admin"})
ADMIN = frozenset({"admin"})
READERS = frozenset({"leaver", "successor"})
"""Who sees the strategy document of handover A."""
PUBLIC: frozenset[str] = frozenset({"visitor"})

POLICY: dict[str, frozenset[str]] = {
    # log-in and what a visitor needs
    "GET /healthz": PUBLIC,
    "GET /login": PUBLIC,
    "POST /login": PUBLIC,
    "POST /logout": PUBLIC,
    "POST /language": PUBLIC,
    "GET /api/v1/openapi.json": PUBLIC,
    # one's own
    "GET /settings": EVERYBODY,
    "GET /settings/password": EVERYBODY,
    "POST /settings/password": EVERYBODY,
    "GET /settings/tokens": EVERYBODY,
    "POST /settings/tokens": EVERYBODY,
    "POST /settings/tokens/{token_id}/revoke": frozenset({"leaver"}),
    "GET /settings/api": EVERYBODY,
    # accounts
    "GET /people": ADMIN,
    "POST /people": ADMIN,
    "POST /people/{person_id}/password": ADMIN,
    "POST /people/{person_id}/role": ADMIN,
    "POST /people/{person_id}/deactivate": ADMIN,
    "POST /people/{person_id}/reactivate": ADMIN,
    # grants
    "GET /grants": OVERSEERS,
    "GET /grants/{handover_id}": OVERSEERS,
    "POST /grants/{handover_id}/people/{person_id}": GRANTERS,
    # API
    "GET /api/v1/me": EVERYBODY,
    "PUT /api/v1/me/locale": EVERYBODY,
    "GET /api/v1/people": OVERSEERS,
    "POST /api/v1/people": ADMIN,
    "GET /api/v1/people/{person_id}": OVERSEERS | {"successor"},  # it is the successor's own account
    "PATCH /api/v1/people/{person_id}": ADMIN,
    "POST /api/v1/people/{person_id}/password": ADMIN,
    "GET /api/v1/grants": EVERYBODY,
    "POST /api/v1/grants": GRANTERS,
    "DELETE /api/v1/grants/{grant_id}": GRANTERS,
    "GET /api/v1/handovers": EVERYBODY,
    "POST /api/v1/handovers": GRANTERS,
    "GET /api/v1/handovers/templates": EVERYBODY,
    "GET /api/v1/handovers/{handover_id}": EVERYBODY,
    "GET /api/v1/handovers/{handover_id}/checklist": EVERYBODY,
}

FORMS: dict[str, dict[str, str]] = {
    "POST /login": {"login": "nobody", "password": "x"},
    "POST /language": {"locale": "zh"},
    "POST /settings/password": {"old": "x", "new": "y", "again": "z"},
    "POST /settings/tokens": {"name": "脚本", "days": "30"},
    "POST /people": {"login": "neu", "role": "head"},
    "POST /people/{person_id}/role": {"role": "head"},
    "POST /grants/{handover_id}/people/{person_id}": {"team": "internal"},
}

BODIES: dict[str, Any] = {
    "PUT /api/v1/me/locale": {"locale": "zh"},
    "POST /api/v1/people": {"login": "neu", "role": "head"},
    "PATCH /api/v1/people/{person_id}": {"role": "head"},
    "POST /api/v1/grants": {
        "person": "{person_id}", "handover_id": "{handover_id}", "module": "team", "up_to": "internal",
    },
    "POST /api/v1/handovers": {"template": "coo", "leaver": "{person_id}"},
}

TAKES_A_WRONG_FORM = frozenset({"POST /login", "POST /settings/password"})
"""Routes that answer 422 to the body above on purpose: the right one would need a password."""
