"""The documents as people meet them: listed, read, tagged, moved, deleted. What a viewer may not see is not found."""

from kb.library.editing import (
    decide_suggestion,
    delete_document,
    may_edit,
    move_document,
    retag,
)
from kb.library.listing import DocumentPage, DocumentRow, Filters, list_documents
from kb.library.reading import (
    DocumentView,
    attachment_ids,
    read_document,
    receipt,
    receipts,
    visible_document,
)

__all__ = [
    "DocumentPage", "DocumentRow", "DocumentView", "Filters", "attachment_ids", "decide_suggestion", "delete_document",
    "list_documents", "may_edit", "move_document", "read_document", "receipt", "receipts", "retag",
    "visible_document",
]  # fmt: skip
