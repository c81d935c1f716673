"""Where two current documents differ about one thing: figures, dates, people, yes and no. Rules only, no model."""

from kb.contradictions.pairing import THRESHOLD, contradictions
from kb.contradictions.statement import Claim, Contradiction, Kind, Statement

__all__ = ["THRESHOLD", "Claim", "Contradiction", "Kind", "Statement", "contradictions"]
