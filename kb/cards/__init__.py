"""Cards: what somebody knows, written down with a form that helps them think. A saved card becomes a document."""
