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
EDITORS = frozenset({"leaver"})
"""Who may change it: the leaver; HR would have to see it first."""
CONTRIBUTORS = frozenset({"leaver", "hr"})
NOBODY: frozenset[str] = frozenset()
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
    "GET /settings/key": EVERYBODY,
    "POST /settings/key": EVERYBODY,
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
    # handovers
    "GET /": EVERYBODY,
    "GET /handovers": EVERYBODY,
    "GET /handovers/new": GRANTERS,
    "POST /handovers/new": GRANTERS,
    "GET /handovers/{handover_id}": EVERYBODY,
    # the flow of a handover
    "GET /handovers/{handover_id}/steps/{action}": frozenset({"leaver"}),  # the step is submitting
    "POST /handovers/{handover_id}/steps/{action}": frozenset({"leaver"}),
    "GET /handovers/{handover_id}/review": frozenset({"head"}),
    "GET /deliverables/{deliverable_id}/review": NOBODY,  # the head was granted nothing, so not this file either
    "POST /deliverables/{deliverable_id}/review": NOBODY,
    "GET /handovers/{handover_id}/risks": EVERYBODY,  # risks of closed modules are left out
    "POST /handovers/{handover_id}/risks": frozenset({"leaver"}),
    "GET /risks/{risk_id}": READERS,
    "POST /risks/{risk_id}/answer": frozenset({"successor"}),
    "POST /risks/{risk_id}/withdraw": frozenset({"leaver"}),
    "GET /handovers/{handover_id}/agreements": EVERYBODY,
    "POST /handovers/{handover_id}/agreements": EVERYBODY,
    "GET /coverage": frozenset({"hr", "auditor"}),
    # cards, notes, examination, gaps
    "GET /handovers/{handover_id}/cards": EVERYBODY,  # one's own cards only
    "POST /handovers/{handover_id}/cards": CONTRIBUTORS,
    "GET /cards/{card_id}": EDITORS,
    "POST /cards/{card_id}": EDITORS,
    "POST /cards/{card_id}/autosave": EDITORS,
    "POST /cards/{card_id}/discard": EDITORS,
    "GET /handovers/{handover_id}/notes/new": CONTRIBUTORS,
    "POST /handovers/{handover_id}/notes/new": CONTRIBUTORS,
    "GET /notes/{notes_id}": EDITORS,
    "POST /notes/{notes_id}": EDITORS,
    "GET /handovers/{handover_id}/exam": EVERYBODY,  # passages of closed modules are not named
    "POST /handovers/{handover_id}/exam": frozenset({"leaver", "successor", "hr", "admin"}),
    "POST /handovers/{handover_id}/exam/gate": GRANTERS,
    "GET /import": EVERYBODY,  # an empty page for whom no handover is open to contribute to
    "GET /import/list.csv": EVERYBODY,
    "POST /import": frozenset({"leaver", "hr"}),
    "POST /import/{staged_id}/go": frozenset({"leaver"}),  # whose trial it was
    "POST /handovers/{handover_id}/exam/check": frozenset({"leaver", "successor"}),
    "GET /handovers/{handover_id}/after": frozenset({"successor", "hr", "auditor", "admin"}),
    "POST /handovers/{handover_id}/after/deputy": GRANTERS,
    "POST /handovers/{handover_id}/after/ask": frozenset({"successor"}),  # nothing is open to HR
    "GET /handovers/{handover_id}/preview": frozenset({"leaver", "successor", "hr", "admin"}),
    "GET /templates/{role}/questions": GRANTERS,
    "POST /templates/{role}/questions": GRANTERS,
    "GET /handovers/{handover_id}/gaps": EVERYBODY,  # others' searches are only counted
    "POST /handovers/{handover_id}/gaps/collect": EDITORS,
    "GET /gaps/{gap_id}": EDITORS,
    "POST /gaps/{gap_id}/answer": EDITORS,
    "POST /gaps/{gap_id}/file": EDITORS,
    "POST /gaps/{gap_id}/unknown": EDITORS,
    "POST /gaps/{gap_id}/point": EDITORS,
    "POST /gaps/{gap_id}/retest": EDITORS,
    "GET /handovers/{handover_id}/contradictions": EVERYBODY,  # within the scope
    "POST /handovers/{handover_id}/contradictions": frozenset({"leaver", "successor", "head"}),
    "GET /handovers/{handover_id}/arrange": GRANTERS,
    "POST /handovers/{handover_id}/arrange/{what}": GRANTERS,
    "GET /handovers/{handover_id}/certificate": NOBODY,  # it is issued at archiving
    "GET /handovers/{handover_id}/evidence": OVERSEERS | {"leaver"},
    "GET /handovers/{handover_id}/log": EVERYBODY,
    "GET /log": OVERSEERS,
    "GET /handovers/{handover_id}/ruling": EVERYBODY,
    "POST /handovers/{handover_id}/ruling": EVERYBODY,
    # role templates
    "GET /templates": EVERYBODY,
    "GET /templates/{role}": EVERYBODY,
    "GET /templates/{role}/source": EVERYBODY,
    "GET /templates/{role}/samples/{key}": EVERYBODY,
    "GET /templates/{role}/edit": GRANTERS,
    "POST /templates/{role}/edit": GRANTERS,
    # notices
    "GET /notices": EVERYBODY,
    "POST /notices/read": EVERYBODY,
    "POST /notices/retry": EVERYBODY,
    "POST /notices/{notice_id}/read": frozenset({"leaver"}),
    "POST /notices/channels": EVERYBODY,
    "POST /notices/channels/{channel_id}/remove": frozenset({"leaver"}),
    "POST /notices/channels/{channel_id}/test": frozenset({"leaver"}),
    # documents
    "GET /upload": EVERYBODY,  # it offers only handovers that the person may contribute to
    "POST /upload": CONTRIBUTORS,
    "GET /upload/receipts": EVERYBODY,  # receipts of documents that are not theirs are left out
    "GET /documents": EVERYBODY,
    "GET /documents/{document_id}": READERS,
    "GET /documents/{document_id}/original": READERS,
    "GET /documents/{document_id}/pages/{number}.png": NOBODY,  # this document has no pages
    "GET /documents/{document_id}/receipt": READERS,
    "GET /documents/{document_id}/delete": READERS,
    "POST /documents/{document_id}/delete": EDITORS,
    "POST /documents/{document_id}/move": EDITORS,
    "POST /documents/{document_id}/suggestions": EDITORS,
    "POST /documents/{document_id}/tags": EDITORS,
    # search
    "GET /search": EVERYBODY,
    "GET /ask": EVERYBODY,
    "GET /ask/prose": EVERYBODY,
    "GET /api/v1/ask": EVERYBODY,
    "GET /search/completions": EVERYBODY,
    "POST /search/recent/delete": EVERYBODY,
    "POST /search/saved": EVERYBODY,
    "POST /search/saved/{saved_id}/delete": frozenset({"leaver"}),
    # API
    "GET /api/v1/search": EVERYBODY,
    "GET /api/v1/search/completions": EVERYBODY,
    "GET /api/v1/tags": EVERYBODY,
    "GET /api/v1/documents": EVERYBODY,
    "POST /api/v1/documents": CONTRIBUTORS,
    "GET /api/v1/documents/{document_id}": READERS,
    "GET /api/v1/documents/{document_id}/text": READERS,
    "GET /api/v1/documents/{document_id}/original": READERS,
    "GET /api/v1/documents/{document_id}/receipt": READERS,
    "PATCH /api/v1/documents/{document_id}": EDITORS,
    "DELETE /api/v1/documents/{document_id}": EDITORS,
    "GET /api/v1/documents/{document_id}/suggestions": READERS,
    "POST /api/v1/documents/{document_id}/suggestions": EDITORS,
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
    "POST /handovers/new": {"role": "coo", "leaver": "{person_id}"},
    "POST /upload": {"handover": "{handover_id}", "module": "strategy", "classification": "internal"},
    "POST /api/v1/documents": {"handover_id": "{handover_id}", "module": "strategy"},
    "POST /documents/{document_id}/move": {"module": "team", "classification": "internal"},
    "POST /documents/{document_id}/suggestions": {"field": "tag", "value": "复盘", "verdict": "accept"},
    "POST /documents/{document_id}/tags": {"tags": "退出,华北"},
    "POST /search/saved": {"name": "我的检索", "query": "q=退出"},
    "POST /login": {"login": "nobody", "password": "x"},
    "POST /language": {"locale": "zh"},
    "POST /settings/password": {"old": "x", "new": "y", "again": "z"},
    "POST /settings/tokens": {"name": "脚本", "days": "30"},
    "POST /people": {"login": "neu", "role": "head"},
    "POST /people/{person_id}/role": {"role": "head"},
    "POST /grants/{handover_id}/people/{person_id}": {"team": "internal"},
    "POST /handovers/{handover_id}/steps/{action}": {"pin": "123456"},
    "POST /handovers/{handover_id}/risks": {
        "module": "team", "title": "储备不足", "level": "high", "countermeasure": "启动储备",
        "department": "人力资源部",
    },
    "POST /risks/{risk_id}/answer": {"choice": "不知道"},
    "POST /risks/{risk_id}/withdraw": {"reason": "重复登记"},
    "POST /handovers/{handover_id}/agreements": {"purpose": "agreement_confidentiality", "pin": "123456"},
    "POST /handovers/{handover_id}/arrange/{what}": {"urgent": "1"},
    "POST /handovers/{handover_id}/ruling": {"words": "关键岗位候选人储备不足"},
    "POST /handovers/{handover_id}/cards": {"form": "decision", "module": "strategy"},
    "POST /cards/{card_id}": {"title": "退出华北", "f-why": "客户换了人", "revision": "1"},
    "POST /cards/{card_id}/autosave": {"title": "退出华北", "revision": "1"},
    "POST /handovers/{handover_id}/notes/new": {"module": "strategy", "text": "第一段\n\n第二段"},
    "POST /notes/{notes_id}": {"p": "0", "into": "decision:why"},
    "POST /handovers/{handover_id}/exam": {"person": "{person_id}"},
    "POST /handovers/{handover_id}/exam/gate": {"percent": "60"},
    "POST /import": {"handover": "{handover_id}"},
    "POST /import/{staged_id}/go": {"handover": "{handover_id}", "module": "strategy"},
    "POST /templates/{role}/questions": {"module": "strategy", "zh": "为什么退出？"},
    "POST /gaps/{gap_id}/answer": {"text": "客户换了采购负责人，续约没有把握。"},
    "POST /gaps/{gap_id}/file": {"classification": "internal"},
    "POST /gaps/{gap_id}/unknown": {"reason": "不归我管"},
    "POST /notices/channels": {"kind": "email", "address": "ren@example.com"},
    "POST /settings/key": {"pin": "口令-2026", "again": "口令-2026"},
}

FILES = frozenset({"POST /upload", "POST /api/v1/documents", "POST /gaps/{gap_id}/file", "POST /import"})
"""Routes to which a file is sent along with the form."""

QUERIES: dict[str, str] = {
    "GET /ask": "q=退出华北&handover={handover_id}",
    "GET /ask/prose": "q=退出华北&handover={handover_id}",
    "GET /api/v1/ask": "q=退出华北&handover_id={handover_id}",
    "GET /search": "q=退出华北&handover={handover_id}",
    "GET /api/v1/search": "q=退出华北&handover_id={handover_id}&deliverable_id={deliverable_id}",
    "GET /search/completions": "q=退出",
    "GET /api/v1/search/completions": "q=退出",
    "GET /documents": "handover={handover_id}",
    "GET /api/v1/documents": "handover_id={handover_id}&deliverable_id={deliverable_id}",
    "GET /api/v1/grants": "handover_id={handover_id}&person_id={person_id}",
    "GET /upload": "handover={handover_id}",
    "GET /upload/receipts": "id={document_id}",
}
"""What stands behind the path; routes with an id here are held to the same rule as those with an id in the path."""

BODIES: dict[str, Any] = {
    "PATCH /api/v1/documents/{document_id}": {"tags": ["退出"], "classification": "confidential"},
    "POST /api/v1/documents/{document_id}/suggestions": {"field": "tag", "value": "复盘", "accept": False},
    "PUT /api/v1/me/locale": {"locale": "zh"},
    "POST /api/v1/people": {"login": "neu", "role": "head"},
    "PATCH /api/v1/people/{person_id}": {"role": "head"},
    "POST /api/v1/grants": {
        "person": "{person_id}", "handover_id": "{handover_id}", "module": "team", "up_to": "internal",
    },
    "POST /api/v1/handovers": {"template": "coo", "leaver": "{person_id}"},
}

TAKES_A_WRONG_FORM = frozenset({
    "POST /login", "POST /settings/password", "POST /handovers/{handover_id}/steps/{action}",
    "POST /handovers/{handover_id}/agreements", "POST /risks/{risk_id}/answer",
    "POST /notices/channels/{channel_id}/test", "POST /import",
    "POST /handovers/{handover_id}/contradictions",
    "POST /handovers/{handover_id}/exam/check", "POST /handovers/{handover_id}/after/ask", "POST /gaps/{gap_id}/point",
})
"""Routes that answer 409 or 422 to the body above on purpose: the right one needs a password, a PIN, a server, an
examination that was held."""
