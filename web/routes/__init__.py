"""One file a noun: the pages under /<noun>."""
