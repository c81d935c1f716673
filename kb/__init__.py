"""The ground floor: what the company knows, who owes it, and who may see it."""
