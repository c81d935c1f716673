"""Where two current documents give different figures, dates or people for the same thing. Rules only, no model."""

from kb.contradictions.pairing import THRESHOLD, contradictions
from kb.contradictions.statement import Claim, Contradiction, Kind, Statement

__all__ = ["THRESHOLD", "Claim", "Contradiction", "Kind", "Statement", "contradictions"]
