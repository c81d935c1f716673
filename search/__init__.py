"""From a question to passages: query, filter, retrieve, fuse, present."""
