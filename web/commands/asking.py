"""``kb ask``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kb.access import module_from
from web.commands.documents import viewer_named, warn_of_gaps
from web.console import Console

if TYPE_CHECKING:
    from search.answer import Answer, Citation, Prose


def ask(
    console: Console, question: str, as_user: str = "", handover: str = "", modules: Sequence[str] = ()
) -> int:
    """Print the quotes that answer, as somebody would get them or as the operator, then the prose if there is any."""
    from kb.db import transaction
    from search import Query
    from web import answering

    query = Query(text=question, handover_id=handover or None, modules=tuple(module_from(m) for m in modules))
    with transaction(writes=False) as session:
        viewer = viewer_named(session, as_user)
    answered = answering.ask(viewer, query)
    prose = answering.write(viewer, answered)
    console.emit(_plain(console, answered, prose))
    _print(console, answered, prose)
    warn_of_gaps(console)
    return 0


def _plain(console: Console, answered: Answer, prose: Prose) -> dict[str, Any]:
    from web.answering import reader_link

    quotes = [asdict(c) | {"link": reader_link(c, answered.question)} for c in answered.citations]
    return {
        "question": answered.question, "reliable": answered.reliable, "notice": console.text(answered.notice),
        "quotes": quotes, "outcome": prose.outcome.value, "prose": [asdict(s) for s in prose.sentences],
        "withheld": prose.withheld, "kept_back": prose.kept_back,
        "prose_notice": console.text(prose.notice),
    }  # fmt: skip


def _print(console: Console, answered: Answer, prose: Prose) -> None:
    if answered.notice:
        console.say(answered.notice)
    for cited in answered.citations:
        _print_quote(console, cited)
    for sentence in prose.sentences:
        console.say("{text} {cites}", text=sentence.text, cites="".join(f"[{n}]" for n in sentence.cites))
    if prose.notice:
        console.say(prose.notice)
    if prose.withheld:
        console.say("有 {n} 句没有出处，已略去。", n=prose.withheld)
    if prose.kept_back:
        console.say("有 {n} 段因密级没有发给作答接口，请直接阅读原文。", n=prose.kept_back)


def _print_quote(console: Console, cited: Citation) -> None:
    passage = cited.passage
    page = console.text("第 {page} 页", page=passage.page) if passage.page else ""
    place = (f"v{cited.version_number}", cited.document_id, cited.file_name, " › ".join(passage.heading_path), page)
    console.say("[{number}] {title}", number=cited.number, title=cited.title)
    console.say("   {where}", where="  ".join(p for p in place if p))
    console.say("   {passage}", passage=" ".join(passage.text.split()))
