"""One file a family of formats; each has ``read(path, draft, …)`` that appends what it finds to a draft."""
