"""/templates: role templates to read, to copy and to edit; every edition is kept."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from kb.access import MODULE_NAMES, Module, Permission
from kb.errors import Conflict, Invalid, KbError, NotFound
from kb.handover import drafting, editions, samples, template
from kb.handover.drafting import Draft
from kb.people import names_of
from kb.viewing import Viewer
from web.deps import Db, Locale, Me, Sent, allowed
from web.i18n import phrase
from web.templating import render

router = APIRouter(prefix="/templates")
Editor = Annotated[Viewer, Depends(allowed(Permission.open_handover))]
_LABELS = {
    "title": "名称", "title_en": "名称（英文）", "key": "编号", "module": "模块", "guidance": "填写说明",
    "guidance_en": "填写说明（英文）", "criteria": "验收标准，一行一条", "text": "验收标准，一行一条",
    "text_en": "验收标准（英文，逐行对应）", "weight": "权重（1–5）", "due_in_working_days": "几个工作日内",
    "deliverable": "交付物",
}  # fmt: skip
"""The fields of a template's text as the form calls them."""
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("")
def list_page(request: Request, db: Db, me: Me) -> HTMLResponse:
    """Every role template with its newest version."""
    found = [(editions.current(db, role), editions.newest(db, role)) for role in editions.roles(db)]
    return render(request, "templates/list.html", templates=found)


@router.get("/{role}")
def page(request: Request, role: str, db: Db, me: Me, version: str | None = None) -> HTMLResponse:
    """One template, readable, with its editions."""
    source = editions.source_of(db, role, version)
    history = editions.editions(db, role)
    return render(
        request, "templates/page.html", found=template.parse(role, source), history=history, version=version,
        names=names_of(db, [e.edited_by for e in history]),
        changes=editions.differences(source, editions.source_of(db, role)) if version is not None else [],
    )  # fmt: skip


@router.get("/{role}/source")
def source(role: str, db: Db, me: Me) -> Response:
    """The TOML, to keep or to carry elsewhere."""
    return Response(editions.source_of(db, role), media_type="application/toml; charset=utf-8",
                    headers={"Content-Disposition": f'attachment; filename="{role}.toml"'})


@router.get("/{role}/samples/{key}")
def sample(role: str, key: str, db: Db, me: Me, locale: Locale) -> Response:
    """A sample file for one deliverable."""
    found = [s for s in editions.current(db, role).deliverables if s.key == key]
    if not found:
        raise NotFound("deliverable.unknown", "没有这项交付物，请检查链接。")
    name = quote(f"{found[0].title if locale == 'zh' else found[0].title_en}.docx", safe="")
    return Response(samples.sample(found[0], locale), media_type=_DOCX,
                    headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"})


@router.get("/{role}/edit")
def edit_page(
    request: Request, role: str, db: Db, me: Editor, copy: str = "", version: str | None = None
) -> HTMLResponse:
    """The form; ``copy`` starts a new role from this one, ``version`` brings an older edition back as a draft."""
    found = template.parse(role, editions.source_of(db, role, version))
    return _form(request, db, role, drafting.draft_of(found), based_on=editions.current_version(db, role), copy=copy)


def _form(
    request: Request, db: Session, role: str, draft: Draft, *, based_on: str, copy: str = "", note: str = "",
    status: int = 200, error: str = "", changes: list[str] | None = None, wrong: str = "",
) -> HTMLResponse:
    return render(request, "templates/edit.html", role=role, draft=draft, based_on=based_on, copy=copy, note=note,
                  status=status, error=error, changes=changes or [], wrong=wrong)


def _wrong(error: KbError) -> str:
    """The key of the deliverable that an error is about; empty where it is about the whole."""
    return str(error.params.get("where", "")).partition("/")[2]


def _in_words(locale: str, error: KbError, draft: Draft) -> str:
    """What an error says to somebody who sees the form and not its text: by the names that stand on the page."""
    titles = {d["key"]: d["title"] for d in draft.deliverables}
    params = dict(error.params)
    if "where" in params:
        params["where"] = titles.get(_wrong(error)) or _wrong(error) or draft.title or params["where"]
    if "field" in params:
        params["field"] = _LABELS.get(str(params["field"]), params["field"])
    if params.get("module") in list(Module):
        params["module"] = MODULE_NAMES[Module(str(params["module"]))]
    return phrase(locale, error.message, params)


@router.post("/{role}/edit")
def edit(request: Request, role: str, db: Db, me: Editor, sent: Sent) -> Response:
    """Add, drop or move a deliverable, show the differences, or publish."""
    form = {name: str(value) for name, value in sent.items()}
    editions.source_of(db, role)  # whoever edits what is not there learns it before anything else
    draft, based_on = drafting.from_form(form), form.get("based_on", "")
    key = form.get("new_key", "").strip() or role
    copy = "1" if form.get("copy") else ""
    text = drafting.to_toml(draft)
    if form.get("publish"):
        try:
            if copy and key in editions.roles(db):
                raise Conflict("template.taken", "「{role}」已经有了，请换一个编号。", role=key)
            editions.publish(db, me, key, text, note=form.get("note", ""), based_on="" if copy else based_on)
        except (Invalid, Conflict) as error:
            db.rollback()
            newest = editions.current_version(db, role)
            return _form(request, db, role, draft, based_on=newest, copy=copy, note=form.get("note", ""), status=422,
                         error=_in_words(request.state.locale, error, draft), wrong=_wrong(error))
        return RedirectResponse(f"/templates/{key}", 303)
    changes = editions.differences(_canonical(db, role), text) if form.get("compare") else []
    return _form(request, db, role, draft, based_on=based_on, copy=copy, note=form.get("note", ""), changes=changes)


def _canonical(db: Session, role: str) -> str:
    """The newest text in the form's own layout, so that only what was edited differs."""
    return drafting.to_toml(drafting.draft_of(editions.current(db, role)))
