"""Who is named in a role: 由 X 负责, 签字人是 X, and columns of responsible people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.contradictions.statement import Kind
from kb.contradictions.value import Value

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟"
    "卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文"
    "安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴伍覃骆关焦柳欧祝纪尚毕耿芦左季管符辛苗詹曲欧靳祁路涂兰甘裴梅童翁霍游阮尤岳"
    "柯牟滕谷舒卜饶宁凌盛查单冉鲍华包屈房喻解蒲卫简时连车项闵邬吉党阳费蒙卓佟佘晏席冼敖宗柏"
)
_DOUBLE = ("欧阳", "司马", "上官", "诸葛", "慕容", "皇甫", "令狐", "尉迟")
_ROLES = {
    "负责": "负责人 责任人 承接人 主责人 牵头人 主责 负责 牵头 归口 统筹 承担 责任 承接 经办人 总协调 owner",
    "签字": "签字人 签批人 签署人 签字 签发人", "保管": "保管人 保管", "审批": "审批人 批准人 终审人 审批",
    "对接": "对接人 联系人 接口人 对接", "代管": "代管 代理人 代理", "担任": "担任",
}  # fmt: skip
_ROLE_OF = {name: role for role, names in _ROLES.items() for name in names.split()}
_VERBS = "全权负责|统一负责|负责|牵头|保管|签字|审批|代管|担任|主责|承担|统筹|对接|管(?=[,。;]|$)"
_BY = re.compile(rf"(?:由|归)(?P<who>[^,。;:由归|\n]{{2,16}}?)(?:来|统一)?(?P<verb>{_VERBS})")
_IS = re.compile(
    r"(?P<role>(?:负责|责任|承接|主责|牵头|签字|签批|签署|签发|保管|审批|批准|对接|联系|接口|经办)人)(?:是|为|:)\s*(?P<who>[^,。;()|\n]{2,14})"
)
_DOES = re.compile(rf"(?::|是)(?P<who>[^,。;:|\n]{{2,4}})(?P<verb>{_VERBS})")
_COLUMN = re.compile(
    r"负责人|责任人|承接人|签字人|保管人|审批人|对接人|联系人|经办人|牵头人|主责人|安全员|^负责$|^责任$|^主责$"
)
_APART = re.compile(r"[、/,和与\s→+]+")


def people(text: str) -> Iterator[Value]:
    """The people a levelled sentence names in a role; ``unit`` is the role."""
    taken: set[int] = set()
    for pattern in (_BY, _IS, _DOES):
        for found in pattern.finditer(text):
            role = _ROLE_OF.get(re.sub("全权|统一", "", found[2] if pattern is not _IS else found["role"]), "负责")
            names = _names(found["who"] if pattern is not _IS else found[2])
            if names and found.start() not in taken:
                taken.add(found.start())
                start, end = found.span("who")
                yield Value(Kind.person, start, end, "、".join(sorted(names)), unit=role, names=names)


def in_cell(column: str, text: str) -> Value | None:
    """The people of a table cell whose column names a role; None for other columns and for what is no name."""
    named = _COLUMN.search(column)
    parts = [p for p in _APART.split(re.sub(r"\(.*?\)", "", text)) if p]
    names = frozenset(p for p in parts if _is_name(p))
    if not named or not names or len(names) < len(parts):
        return None
    role = _ROLE_OF.get(named[0], named[0])
    return Value(Kind.person, 0, len(text), "、".join(sorted(names)), unit=role, names=names)


def _names(written: str) -> frozenset[str]:
    parts = [p for p in _APART.split(written.strip()) if p]
    return frozenset(name for part in parts if (name := _last_name(part)))


def _last_name(part: str) -> str:
    """The name a phrase ends in, after a title: 保卫科科长段志刚 → 段志刚. Empty where there is none."""
    for size in (4, 3, 2):
        tail = part[-size:]
        if len(tail) == size and _is_name(tail):
            return tail
    return ""


def _is_name(text: str) -> bool:
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,4}", text) or text[-1] in "部组处室科员人长理司方队":
        return False
    return text.startswith(_DOUBLE) if len(text) == 4 else text[0] in _SURNAMES
