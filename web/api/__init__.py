"""The REST API of Handover KB, version 1.

Send `Authorization: Bearer kb_…` with a personal token (page Settings, API tokens).
A request may do what its person may.
Lists answer `{"items": […], "total": n, "limit": n, "offset": n}` and take `limit` (1–200) and `offset`.
Refusals are `application/problem+json` with a stable `slug`.
What the person may not see answers 404, exactly like what is not there.
Times are UTC (ISO 8601); sizes are bytes; offsets into text are characters; scores run from 0 to 1.
"""
