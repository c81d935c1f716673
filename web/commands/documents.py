"""``kb ingest`` and ``kb search``."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from kb.access import MODULE_NAMES, Module, classification_from, module_from
from kb.errors import Invalid
from kb.receipts import Receipt, Status
from kb.viewing import OPERATOR_VIEWER, Viewer
from web.console import Console

_STATUS_NAMES = {Status.ready: "已收录", Status.refused: "未收录", Status.processing: "处理中", Status.linked: "已关联"}
_SECONDS_BETWEEN_NOTES = 2.0


def ingest(
    console: Console, paths: Sequence[str], handover: str, module: str, tags: Sequence[str] = (),
    classification: str = "internal",
) -> int:
    """Take in files, folders and archives, wait for the end, print a receipt a document; 0 if all were accepted."""
    from ingest import batch, pipeline
    from ingest.intake import Target

    target = Target(handover, module_from(module), classification_from(classification), tuple(tags))
    files = batch.walk([Path(p) for p in paths])
    if not files:
        raise Invalid("file.none", "没有找到可以收录的文件。请检查路径。")
    pipeline.start()
    receipts = batch.accept_files(OPERATOR_VIEWER, files, target)
    receipts = batch.finish(OPERATOR_VIEWER, receipts, tick=_progress(console))
    console.emit([as_json(console, r) for r in receipts])
    for receipt in receipts:
        _print(console, receipt)
    accepted = sum(r.status in (Status.ready, Status.linked) for r in receipts)
    console.say("共 {total} 份，收录 {accepted} 份，未收录 {refused} 份。", total=len(receipts), accepted=accepted,
                refused=len(receipts) - accepted)
    return 0 if accepted == len(receipts) else 1


def as_json(console: Console, receipt: Receipt) -> dict[str, Any]:
    """A receipt for programs: sentences in the console's language, ``reason`` empty unless refused."""
    plain = receipt.as_dict()
    plain["reason_slug"] = receipt.reason.get("slug", "")
    plain["reason"] = _sentence(console, receipt.reason)
    plain["notices"] = [{"slug": n.get("slug", ""), "message": _sentence(console, n)} for n in receipt.notices]
    return plain


def _sentence(console: Console, said: dict[str, Any]) -> str:
    params = {k: console.text(v) if isinstance(v, str) else v for k, v in (said.get("params") or {}).items()}
    return console.text(said["message"], **params) if said.get("message") else ""


def _print(console: Console, receipt: Receipt) -> None:
    console.say("{status}  {id}  {name}", status=console.text(_STATUS_NAMES[receipt.status]),
                id=receipt.document_id or "-", name=receipt.file_name)
    if receipt.reason:
        console.say("    原因：{reason}", reason=_sentence(console, receipt.reason))
    else:
        console.say("    第 {number} 版，页 {done}/{pages}，{characters} 字，{chunks} 段，{vectors} 个向量",
                    number=receipt.version_number, done=receipt.pages_done, pages=receipt.pages,
                    characters=receipt.characters, chunks=receipt.chunks, vectors=receipt.vectors)
    for notice in receipt.notices:
        console.say("    注意：{notice}", notice=_sentence(console, notice))


def _progress(console: Console) -> Callable[[int, int], None]:
    told = time.monotonic()

    def tell(left: int, total: int) -> None:
        nonlocal told
        if time.monotonic() - told >= _SECONDS_BETWEEN_NOTES:
            told = time.monotonic()
            console.note("已完成 {done} / {total}", done=total - left, total=total)

    return tell


def search(
    console: Console, query: str, as_user: str = "", modules: Sequence[str] = (), tags: Sequence[str] = (),
    limit: int = 10, handover: str = "",
) -> int:
    """Find passages as somebody would, or as the operator of the machine, who sees everything."""
    from kb.db import transaction
    from kb.vocabulary import canonical
    from search import Query
    from search import search as find

    wanted = Query(text=query, modules=tuple(module_from(m) for m in modules), limit=limit,
                   tags=tuple(canonical(t) for t in tags), handover_id=handover or None)
    with transaction() as session:
        found = find(session, viewer_named(session, as_user), wanted)
    console.emit({
        "query": query, "reliable": found.reliable, "notice": console.text(found.notice), "total": found.total,
        "lexical_only": found.lexical_only, "took_ms": found.took_ms, "hits": [_hit(h) for h in found.hits],
        "facets": {name: [{"value": c.value, "label": console.text(c.label), "count": c.count} for c in counts]
                   for name, counts in found.facets.items()},
    })  # fmt: skip
    warn_of_gaps(console)
    if found.notice:
        console.say(found.notice)
    for number, hit in enumerate(found.hits, 1):
        _print_hit(console, number, hit)
    return 0


def warn_of_gaps(console: Console) -> None:
    """Say it where the index lacks passages, as nothing may then be found though it is there."""
    from kb import reconciliation

    if reconciliation.is_behind():
        console.note("索引不完整，可能漏掉结果。请运行 kb reconcile。")


def viewer_named(session: Any, login: str) -> Viewer:
    """The viewer of a log-in name; the operator for none."""
    from kb.people import find_person
    from kb.viewing import viewer_for

    return viewer_for(session, find_person(session, login)) if login else OPERATOR_VIEWER


def _hit(hit: Any) -> dict[str, Any]:
    return {
        "document_id": hit.document_id, "version_id": hit.version_id, "version_number": hit.version_number,
        "file_name": hit.file_name, "title": hit.title, "module": hit.module.value, "kind": hit.kind.value,
        "classification": hit.classification.value, "handover_id": hit.handover_id, "author": hit.author,
        "authored_on": hit.authored_on, "tags": list(hit.tags), "score": hit.score, "passage": hit.passage,
        "start": hit.start, "end": hit.end, "heading_path": list(hit.heading_path), "page": hit.page,
        "highlights": [list(h) for h in hit.highlights], "answer": hit.best.answer and list(hit.best.answer),
        "current": hit.current, "superseded_by": hit.superseded_by,
    }  # fmt: skip


def _print_hit(console: Console, number: int, hit: Any) -> None:
    from web.marking import beginning

    place = " › ".join(hit.heading_path)
    page = console.text("第 {page} 页", page=hit.page) if hit.page else ""
    module = console.text(MODULE_NAMES[Module(hit.module)])
    console.say("{number}. {title}  [{module}]  {score}", number=number, title=hit.title, module=module,
                score=f"{hit.score:.2f}")
    console.say("   {where}", where="  ".join(p for p in (hit.document_id, hit.file_name, place, page) if p))
    start = beginning(hit.best)
    console.say("   {passage}", passage="…" * bool(start) + " ".join(hit.passage[start:].split())[:300])
