"""From an uploaded file to found passages: accept, parse, chunk, tag, embed, store."""
