"""Role templates: what a leaver of a given post owes, read from ``roles/*.toml``.

A file is one role; its name is the role's key::

    title = "首席运营官"          title_en = "Chief Operating Officer"
    [[deliverable]]
    key = "okr"                  # unique in the file, stable: submissions refer to it
    module = "strategy"          # one of kb.access.Module
    title / title_en, guidance / guidance_en
    weight = 3                   # 1 (useful) … 5 (the handover fails without it)
    due_in_working_days = 3      # counted from the opening, at least 1
    criteria = [{ text = "…", text_en = "…" }, …]    # each a single statement that is met or not
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from kb.access import Module
from kb.errors import Invalid, NotFound
from kb.settings import settings

BUILT_IN = Path(__file__).parent / "roles"
"""The templates that come with the product."""

_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_ROLE_FIELDS = frozenset({"title", "title_en", "deliverable"})
_FIELDS = frozenset({
    "key", "module", "title", "title_en", "guidance", "guidance_en", "criteria", "weight", "due_in_working_days",
})


@dataclass(frozen=True)
class Criterion:
    """One acceptance criterion: a single statement that a reader can call met or not met, in Chinese and English."""

    text: str
    text_en: str


@dataclass(frozen=True)
class DeliverableSpec:
    """One thing that is owed. ``weight`` is 1–5; ``due_in_working_days`` counts from the handover's opening (≥ 1)."""

    key: str
    module: Module
    title: str
    title_en: str
    guidance: str
    guidance_en: str
    criteria: tuple[Criterion, ...]
    weight: int = 1
    due_in_working_days: int = 5


@dataclass(frozen=True)
class Template:
    """What the leaver of one post owes, in the order in which it is shown; every module has at least one item."""

    key: str
    title: str
    title_en: str
    deliverables: tuple[DeliverableSpec, ...]

    def of_module(self, module: Module) -> tuple[DeliverableSpec, ...]:
        """The deliverables of one module, in order."""
        return tuple(d for d in self.deliverables if d.module is module)


def own_templates() -> Path:
    """Where the company keeps its own role files; the folder need not exist."""
    return settings().home / "roles"


def roles(extra: Path | None = None) -> list[str]:
    """The keys of every template, sorted; ``extra`` is a folder with the company's own copies, None for none."""
    return sorted({path.stem for folder in _folders(extra) for path in folder.glob("*.toml")})


def load(role: str, extra: Path | None = None) -> Template:
    """The template of a role; a copy in ``extra`` wins over the built-in one. Cached until the file changes.

    Raises:
        NotFound: there is no such template.
        Invalid: the file breaks the format; the message names the file, the deliverable and what to do.
    """
    path = file_of(role, extra)
    return _read(path, path.stat().st_mtime_ns)


def file_of(role: str, extra: Path | None = None) -> Path:
    """The file of a role's template; a copy in ``extra`` wins over the built-in one.

    Raises:
        NotFound: there is none.
    """
    for folder in _folders(extra):
        path = folder / f"{role}.toml"
        if _KEY.fullmatch(role) and path.is_file():
            return path
    known = "、".join(roles(extra))
    raise NotFound("template.unknown", "没有「{role}」的交接模板。可用：{known}。", role=role, known=known)


def parse(role: str, source: str) -> Template:
    """Read a template from TOML text; ``role`` becomes its key.

    Raises:
        Invalid: ``template.not_toml``, ``template.bad_key``, ``template.missing``, ``template.unknown_field``,
            ``template.unknown_module``, ``template.bad_number``, ``template.no_criteria``, ``template.duplicate_key``
            or ``template.empty_module``.
    """
    try:
        raw = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise Invalid("template.not_toml", "模板 {where} 不是有效的 TOML，请修正：{detail}。",
                      where=role, detail=str(error)) from None
    _check_key(role, role)
    _refuse_unknown(role, raw, _ROLE_FIELDS)
    specs = tuple(_spec(role, entry) for entry in _tables(role, raw, "deliverable"))
    _check_whole(role, specs)
    return Template(role, _text(role, raw, "title"), _text(role, raw, "title_en"), specs)


def _folders(extra: Path | None) -> tuple[Path, ...]:
    return (BUILT_IN,) if extra is None else (extra, BUILT_IN)


@lru_cache(maxsize=64)
def _read(path: Path, changed_ns: int) -> Template:
    """``changed_ns`` is part of the cache's key, so that an edited copy is read again."""
    return parse(path.stem, path.read_text(encoding="utf-8"))


def _spec(role: str, raw: dict[str, Any]) -> DeliverableSpec:
    key = _text(role, raw, "key")
    where = f"{role}/{key}"
    _check_key(where, key)
    _refuse_unknown(where, raw, _FIELDS)
    return DeliverableSpec(
        key, _module(where, raw), _text(where, raw, "title"), _text(where, raw, "title_en"),
        _text(where, raw, "guidance"), _text(where, raw, "guidance_en"), _criteria(where, raw),
        _number(where, raw, "weight", 1, 5), _number(where, raw, "due_in_working_days", 5, 250),
    )


def _check_key(where: str, key: str) -> None:
    if not _KEY.fullmatch(key):
        raise Invalid("template.bad_key", "「{where}」不能作为编号：请用小写字母开头，只含小写字母、数字和下划线。",
                      where=where)


def _text(where: str, raw: dict[str, Any], field: str) -> str:
    value = raw.get(field)
    if not isinstance(value, str) or not value.strip():
        raise Invalid("template.missing", "模板 {where} 缺少「{field}」，请填写文字。", where=where, field=field)
    return value.strip()


def _tables(where: str, raw: dict[str, Any], field: str) -> list[dict[str, Any]]:
    value = raw.get(field)
    if not isinstance(value, list) or not value or not all(isinstance(entry, dict) for entry in value):
        raise Invalid("template.missing", "模板 {where} 缺少「{field}」，请填写文字。", where=where, field=field)
    return value


def _module(where: str, raw: dict[str, Any]) -> Module:
    value = _text(where, raw, "module")
    if value not in list(Module):
        raise Invalid("template.unknown_module", "模板 {where} 的模块「{module}」不存在，可用：{known}。",
                      where=where, module=value, known="、".join(Module))
    return Module(value)


def _criteria(where: str, raw: dict[str, Any]) -> tuple[Criterion, ...]:
    if not raw.get("criteria"):
        raise Invalid("template.no_criteria", "模板 {where} 没有验收标准，请至少写一条可以核对的标准。", where=where)
    entries = _tables(where, raw, "criteria")
    for entry in entries:
        _refuse_unknown(where, entry, frozenset({"text", "text_en"}))
    return tuple(Criterion(_text(where, e, "text"), _text(where, e, "text_en")) for e in entries)


def _number(where: str, raw: dict[str, Any], field: str, default: int, highest: int) -> int:
    value = raw.get(field, default)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest:
        raise Invalid("template.bad_number", "模板 {where} 的「{field}」应是 1 到 {highest} 的整数。",
                      where=where, field=field, highest=highest)
    return value


def _refuse_unknown(where: str, raw: dict[str, Any], known: frozenset[str]) -> None:
    """A misspelt field would silently lose what HR wrote into it."""
    unknown = sorted(raw.keys() - known)
    if unknown:
        raise Invalid("template.unknown_field", "模板 {where} 有不认识的字段：{fields}，请检查拼写。",
                      where=where, fields="、".join(unknown))


def _check_whole(role: str, specs: tuple[DeliverableSpec, ...]) -> None:
    keys = [spec.key for spec in specs]
    for key in keys:
        if keys.count(key) > 1:
            raise Invalid("template.duplicate_key", "模板 {where} 里有两项交付物都叫「{key}」，请改名。",
                          where=role, key=key)
    for module in Module:
        if all(spec.module is not module for spec in specs):
            raise Invalid("template.empty_module", "模板 {where} 的「{module}」模块没有交付物，请至少写一项。",
                          where=role, module=module.value)
