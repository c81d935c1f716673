"""Cells as they go into a CSV that somebody opens with a spreadsheet."""

from __future__ import annotations


def harmless(cell: str) -> str:
    """The cell, quoted where a spreadsheet would take it for a formula and run it (OWASP: CSV injection)."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
