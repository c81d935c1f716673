"""Who is named in a role: 由 X 负责, 签字人是 X, 由某部牵头, and columns of people or departments responsible."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.contradictions.matching import Read, values
from kb.contradictions.person_names import is_name, last_name
from kb.contradictions.statement import Kind
from kb.contradictions.value import Value

_ROLES = {
    "负责": (
        "负责人 责任人 承接人 主责人 牵头人 总负责人 项目经理 项目总监 主责 负责 牵头 领头 主导 主抓 挂帅 扛 "
        "总指挥 组长 交给 移交给 管着 管 跟进 接手 接管 拍板 说了算 总负责 统管 兜底 带队 在管 在跟 分管 盯 催 "
        "讨 催收 归口 统筹 承担 责任 承接 经办人 总协调 owner "
    ),
    "签字": "签字人 签批人 签署人 签字 签发人", "保管": "保管人 保管", "审批": "审批人 批准人 终审人 审批",
    "对接": "对接人 联系人 接口人 对接", "代管": "代管 代理人 代理", "担任": "担任",
}  # fmt: skip
_ROLE_OF = {name: role for role, names in _ROLES.items() for name in names.split()}
_VERBS = "全权负责|统一负责|负责|牵头|保管|签字|审批|代管|担任|主责|承担|统筹|对接|管(?=[,。;]|$)"
_BY = re.compile(rf"(?:由|归)(?P<who>[^,。;:由归|\n]{{2,16}}?)(?:来|统一|总|全面)?(?P<verb>{_VERBS})")
_HOW = "(?:总|全面|全权|统一|一直|从头到尾|现在|目前|亲自|来|去|在|是|着|继续|单独|直接)*"
_DIRECT = re.compile(
    rf"(?P<who>[\u4e00-\u9fff]{{2,4}}?){_HOW}(?P<verb>领头|牵头|主导|主抓|挂帅|扛|盯|催|讨|负责|任负责人|(?:做|当|任|担任)(?:项目)?(?:经理|组长|负责人)|管着|管(?=[,。;]|$)|跟进|接手|接管|对接|拍板|说了算|总负责|统管|兜底|带队|在管|在跟|分管)"
)
_PAPERS = ("方案", "报告", "材料", "合同", "协议", "清单", "名单", "文件", "原件", "资料", "数据", "表格", "钥匙")
_NO_PAPER = "".join(f"(?<!{paper})" for paper in _PAPERS)
"""Whoever gets a paper is not in charge of what it is about: 把方案交给宁敏."""
_TITLED = re.compile(
    rf"(?P<role>项目经理|项目总监|总负责人|负责人|牵头人|责任人|主责人|总指挥|组长|{_NO_PAPER}(?:移交|交)给|接手人是?|对接人|联系人|接班人|继任者?|代班人?)(?:是|为|由|定的是|选的是|:)?(?P<who>[\u4e00-\u9fff]{{2,9}})(?![\u4e00-\u9fff])"
)
_IS = re.compile(
    r"(?P<role>(?:负责|责任|承接|主责|牵头|签字|签批|签署|签发|保管|审批|批准|对接|联系|接口|经办)人)(?:是|为|:)\s*(?P<who>[^,。;()|\n]{2,14})"
)
_DOES = re.compile(rf"(?::|是)(?P<who>[^,。;:|\n]{{2,4}})(?P<verb>{_VERBS})")
_DEPARTMENT = (
    r"[\u4e00-\u9fffa-z]{1,8}(?:部门?|处|科|科室|办公室|中心|委员会|事业部|[分子]公司|车间|研究[院所]|项目组|小组)"
)
_BY_DEPARTMENT = re.compile(
    rf"(?:由|归)(?:公司|集团|总部|我们|我司)?(?P<who>{_DEPARTMENT})(?:来|统一|总|全面|单独|直接)*(?:{_VERBS}|管)"
)
_DEPARTMENT_IS = re.compile(
    rf"(?:责任|负责|归口|主责|牵头|承办|主办|归属)(?:部门|单位|科室)(?:是|为|:)\s*(?P<who>{_DEPARTMENT})"
)
_DEPARTMENT_COLUMN = re.compile(r"(?:责任|负责|归口|主责|牵头|承办|主办|归属)(?:部门|单位|科室)")
_OF_DEPARTMENT = "负责部门"
_COLUMN = re.compile(
    r"负责人|责任人|承接人|签字人|保管人|审批人|对接人|联系人|经办人|牵头人|主责人|安全员|^负责$|^责任$|^主责$"
)
_APART = re.compile(r"[、/,和与\s→+]+")


def people(text: str) -> Iterator[Value]:
    """The people and departments a levelled sentence names in a role; ``unit`` is the role."""
    yield from values(text, _READERS)


def in_cell(column: str, text: str) -> Value | None:
    """The people or departments of a cell whose column names a role; None for other columns and where none is named."""
    parts = [p for p in _APART.split(re.sub(r"\(.*?\)", "", text)) if p]
    if _DEPARTMENT_COLUMN.search(column):
        names = frozenset(p for p in parts if re.fullmatch(_DEPARTMENT, p))
        return _value((0, len(text)), names, _OF_DEPARTMENT) if names and len(names) == len(parts) else None
    named, names = _COLUMN.search(column), frozenset(p for p in parts if is_name(p))
    if not named or not names or len(names) < len(parts):
        return None
    return _value((0, len(text)), names, _ROLE_OF.get(named[0], named[0]))


def _person(text: str, found: re.Match[str]) -> Value | None:
    groups = found.groupdict()
    role = _ROLE_OF.get(re.sub("全权|统一", "", groups.get("role") or groups.get("verb") or ""), "负责")
    written = re.sub(f"{_HOW}$", "", found["who"])
    names = frozenset(name for part in _APART.split(written.strip()) if (name := last_name(part)))
    if not names:
        return None
    start, end = found.start("who"), found.start("who") + len(written)
    return _value((end - len(min(names)) if len(names) == 1 else start, end), names, role)


def _department(text: str, found: re.Match[str]) -> Value:
    return _value(found.span("who"), frozenset({found["who"]}), _OF_DEPARTMENT)


def _value(span: tuple[int, int], names: frozenset[str], role: str) -> Value:
    return Value(Kind.person, *span, "、".join(sorted(names)), unit=role, names=names)


_READERS: dict[re.Pattern[str], Read] = {
    _BY_DEPARTMENT: _department, _DEPARTMENT_IS: _department,
    _BY: _person, _IS: _person, _DOES: _person, _TITLED: _person, _DIRECT: _person,
}  # fmt: skip
