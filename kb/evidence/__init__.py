"""Criterion → evidence: what a text says for and against one acceptance criterion. Pure: no database, no network."""
