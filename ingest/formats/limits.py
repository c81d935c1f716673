"""Bounds that keep one file from taking the machine; each is far beyond what people hand over."""

from __future__ import annotations

ZIP_ENTRIES = 20_000
ZIP_INFLATED_BYTES = 1024 * 1024 * 1024
ZIP_SUSPECT_BYTES = 24 * 1024 * 1024
"""An entry below this size is harmless whatever its ratio."""
ZIP_RATIO = 200
"""Inflated to stored size; Office XML of real documents stays below 60."""
TEXT_CHARACTERS = 20_000_000
"""Characters of text in one document, about forty long novels."""
SHEET_CELLS = 3_000_000
"""Stored cells read from one workbook."""
PDF_PAGES = 3_000
ATTACHMENTS = 50
"""Attachments taken out of one message, those of messages inside it included."""
MAIL_DEPTH = 5
"""Messages inside messages that are followed."""
IMAGE_PIXELS = 120_000_000
PICTURES = 40
"""Pictures recognised inside one Office file; each takes a second or a few."""
PICTURE_PIXELS = 50_000_000
PICTURE_BYTES = 48 * 1024 * 1024
