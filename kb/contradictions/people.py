"""Who is named in a role: 由 X 负责, 签字人是 X, and columns of responsible people."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kb.contradictions.statement import Kind
from kb.contradictions.value import Value

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖"
    "武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴伍覃骆关焦柳欧祝纪尚毕耿芦左季管符辛苗詹曲靳祁路涂兰甘裴梅童翁霍游阮尤岳柯牟滕谷舒卜饶宁凌盛查单冉鲍华包屈"
    "房喻解蒲卫简时连车项闵邬吉党阳费蒙卓佟佘晏席冼敖宗柏池屠娄仝苍闻莘翦璩濮扈燕冀郏浦农晁勾融冷訾阚沙乜养鞠丰巢蒯荆竺逯盖桓仉督帅缑亢况郈佴伯赏墨哈谯笪爱危昌支昝裘缪干宣贲郁杭诸钮嵇滑"
    "荣荀羊於惠甄封芮羿储汲邴糜松井富巫乌巴弓牧隗山宓蓬郗班仰仲伊宫仇栾暴斜厉戎祖景幸司韶郜蓟薄印宿怀邰鄂索咸籍蔺阴胥双贡劳逄姬扶堵宰郦雍郤桑桂寿边瞿充慕茹习宦艾鱼容古慎戈庾终暨衡弘匡寇"
    "广禄阙卞殳沃蔚夔隆巩厍毋"
)
_NO_NAMES = (
    "项目 经理 经营 管理 高管 主管 安排 方案 方面 方式 公司 公关 全部 全体 全程 国内 国际 广告 文化 应该 "
    "应急 应收 通过 通知 利润 家长 师傅 年度 有人 有关 有限 后勤 能源 从头 从此 于是 相关 相应 权利 经济 "
    "经销 商务 别人 管家 东区 东南 都是 都由 全权 全面 全国 那边 那位 养老 终端 向上 向来 须由 沙盘 后续 "
    "后面 空调 空间 车间 车队 单位 单独 万一 石油 时间 党委 党群 支部 支行 盖章 平台 平时 房产 房东 水电 "
    "水务 路线 黄金 白天 成本 成都 安全 安保 华东 华南 华北 华中 江苏 江西 江州 贵方 牛奶 利益 家属 师资 "
    "文员 文档 应用 国资 广州 广东 年底 年中 "
)
_COMMON_WORDS = frozenset(_NO_NAMES.split())
_DOUBLE = ("欧阳", "司马", "上官", "诸葛", "慕容", "皇甫", "令狐", "尉迟")
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
_TITLED = re.compile(
    r"(?P<role>项目经理|项目总监|总负责人|负责人|牵头人|责任人|主责人|总指挥|组长|交给|移交给|接手人是?|对接人|联系人|接班人|继任者?|代班人?)(?:是|为|由|定的是|选的是|:)?(?P<who>[\u4e00-\u9fff]{2,9})(?![\u4e00-\u9fff])"
)
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
    for pattern in (_BY, _IS, _DOES, _TITLED, _DIRECT):
        for found in pattern.finditer(text):
            groups = found.groupdict()
            role = _ROLE_OF.get(re.sub("全权|统一", "", groups.get("role") or groups.get("verb") or ""), "负责")
            names = _names(re.sub(f"{_HOW}$", "", found["who"]))
            start, end = found.span("who")
            start = (
                max(start, end - len(min(names))) if len(names) == 1 and found["who"].endswith(min(names)) else start
            )
            if names and end not in taken and not any(start <= t < end for t in taken):
                taken.add(end)
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
    if text in _COMMON_WORDS or text[:2] in _COMMON_WORDS:
        return False
    return text.startswith(_DOUBLE) if len(text) == 4 else text[0] in _SURNAMES
