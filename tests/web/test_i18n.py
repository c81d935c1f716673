"""Languages: negotiation, and that no Chinese sentence of the product is left without its English."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po

from kb.errors import Invalid
from web.i18n import explain, negotiate, translate, translations

ROOT = Path(__file__).resolve().parent.parent.parent
ROOMS = ("kb", "ingest", "search", "web")
ERRORS = {"NotFound", "NotAllowed", "Conflict", "Invalid", "Unavailable", "__init__"}
GETTEXT = {"_": None, "gettext": None, "ngettext": (1, 2), "translate": (2,)}
NOT_SAID = {"先看第四节。再看第八节。"}
"""Sentences that nobody reads: the parser's test of its own tokenizer."""
CHINESE = re.compile(r"[\u3400-\u9fff]")


@cache
def sentences() -> dict[str, str]:
    """Every msgid of the product → where it stands."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            found.update(dict.fromkeys(_of_python(ast.parse(path.read_text("utf-8"))), str(path.relative_to(ROOT))))
    for path in sorted((ROOT / "web/templates").rglob("*.html")):
        for _line, message, _comments, _context in extract_from_file(
            "jinja2", path, keywords=GETTEXT, options={"trimmed": "true", "silent": "false"}
        ):
            for msgid in [message] if isinstance(message, str) else message[:1]:
                found[msgid] = str(path.relative_to(ROOT))
    return {msgid: where for msgid, where in found.items() if CHINESE.search(msgid or "") and msgid not in NOT_SAID}


def _of_python(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node)
        elif isinstance(node, ast.Dict):
            yield from _of_dict(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            yield from _of_names(node)
        if not isinstance(node, ast.Expr | ast.JoinedStr):
            yield from _whole_sentences(ast.iter_child_nodes(node))


def _whole_sentences(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Any other string that is a Chinese sentence: a constant such as ``WORDS = "正文里有您问到的词。"``."""
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"[^\n]{4,}。", node.value):
            yield node.value


def _of_call(node: ast.Call) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in ERRORS or name.endswith(("Error", "Refusal")):
        yield from _texts(node.args[1:2])
    elif name in ("_", "gettext"):
        yield from _texts(node.args[:1])
    elif name in ("translate", "Rule"):
        yield from _texts(node.args[1:2])
    elif name == "Transition":
        yield from _texts([k.value for k in node.keywords if k.arg == "needs"])


def _of_dict(node: ast.Dict) -> Iterator[str]:
    """The ``message`` of a notice: ``{"slug": …, "message": …}``."""
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "message":
            yield from _texts([value])


def _of_names(node: ast.Assign | ast.AnnAssign) -> Iterator[str]:
    """The values of a table of labels such as ``ROLE_NAMES``."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    named = any(isinstance(t, ast.Name) and t.id.endswith(("_NAMES", "_LABELS", "_SENTENCES")) for t in targets)
    if named and isinstance(node.value, ast.Dict):
        yield from _texts(node.value.values)


def _texts(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.IfExp):
            yield from _texts([node.body, node.orelse])


def _catalogue() -> dict[str, str]:
    with (ROOT / "web/locale/en.po").open("rb") as po:
        return {
            (m.id if isinstance(m.id, str) else m.id[0]): (m.string if isinstance(m.string, str) else m.string[0])
            for m in read_po(po) if m.id
        }


def test_every_sentence_has_its_english() -> None:
    catalogue = _catalogue()
    missing = {msgid: where for msgid, where in sentences().items() if not catalogue.get(msgid)}
    listing = "\n".join(f'{where}\nmsgid "{msgid}"\nmsgstr ""\n' for msgid, where in missing.items())
    assert not missing, f"{len(missing)} sentences lack English in web/locale/en.po:\n{listing}"


def test_english_is_english_and_has_the_same_placeholders() -> None:
    for msgid, english in _catalogue().items():
        assert not CHINESE.search(english), english
        assert _placeholders(msgid) == _placeholders(english), msgid


def test_no_translation_is_left_over() -> None:
    assert set(_catalogue()) - set(sentences()) == set(), "remove these from en.po, nothing says them any more"


def _placeholders(text: str) -> set[str]:
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name} if "{" in text else set()
    return braces | set(re.findall(r"%\((\w+)\)", text))


@pytest.mark.parametrize(
    ("person", "chosen", "accept", "expected"),
    [
        ("", "", "zh-Hans-CN,en;q=0.8", "zh"),
        ("", "", "zh-TW,zh;q=0.9,en;q=0.8", "zh"),
        ("", "", "en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("", "", "fr-FR,de;q=0.9,en;q=0.2", "en"),
        ("", "", "zh;q=0.3,en;q=0.9", "en"),
        ("", "", "en;q=0,zh;q=0.1", "zh"),
        ("", "", "", "zh"),
        ("", "", "fr", "zh"),
        ("", "", "坏;q=坏,,;q=", "zh"),
        ("", "en", "zh-CN", "en"),
        ("zh", "en", "en", "zh"),
        ("xx", "yy", "en", "en"),
    ],
)
def test_negotiation(home: Path, person: str, chosen: str, accept: str, expected: str) -> None:
    assert negotiate(chosen, person, accept) == expected


def test_chinese_is_the_msgid_and_parameters_are_filled() -> None:
    error = Invalid("person.bad", "登录名「{login}」已被使用，请换一个。", login="hr")
    assert explain("zh", error) == "登录名「hr」已被使用，请换一个。"
    assert "hr" in explain("en", error)
    assert not CHINESE.search(explain("en", error))
    assert translate("zh", "没有参数 {x}") == "没有参数 {x}"
    assert translate("zh", "少了 {x}", y=1) == "少了 x"
    assert translations("fr").gettext("登录") == "登录"
