"""``kb evidence export``: the evidence bundle of a handover as a file."""

from __future__ import annotations

from pathlib import Path

from kb.db import transaction
from kb.viewing import OPERATOR_VIEWER
from web.console import Console


def export_evidence(console: Console, handover: str, to: str, files: bool = True) -> int:
    """Write the bundle; 0."""
    from kb.handover import bundle

    with transaction() as session:
        packed = bundle.export(session, OPERATOR_VIEWER, handover, with_files=files)
    Path(to).write_bytes(packed)
    console.emit({"handover": handover, "file": to, "bytes": len(packed)})
    console.say("证据包已写入 {file}（{kilobytes} KB）。", file=to, kilobytes=len(packed) // 1024)
    return 0
