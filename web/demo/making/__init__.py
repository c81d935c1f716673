"""How the demo company's files are made from their sources: one module per family of formats."""
