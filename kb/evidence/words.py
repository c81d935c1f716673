"""Words of requirements and texts, the names that mean the same in handover papers, and kinds of value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from kb import segmentation
from kb.lexical import fold

_SAME: tuple[tuple[str, ...], ...] = (
    ("责任人", "负责人", "承接人", "主责", "牵头", "经办", "owner"),
    ("接任者", "接任", "继任者", "继任", "接替"),
    ("联系方式", "联系", "分机", "电话", "手机", "邮箱", "邮件", "微信"),
    ("联系人", "联系", "对接人", "接口人"),
    ("对口人", "对口", "对接人", "接口人"),
    ("审批", "批准", "签批", "批示", "签发", "核准"),
    ("总额", "合计", "总计", "总价"),
    ("分项", "构成", "明细", "其中", "分别"),
    ("上限", "最高", "不超过", "封顶"),
    ("违约责任", "违约金", "违约", "逾期", "赔偿"),
    ("损失", "赔", "败诉", "全败", "亏"),
    ("估计", "评估", "测算", "约"),
    ("期限", "到期", "截止", "之前", "有效期"),
    ("应对", "对策", "措施", "缓解"),
    ("备选", "预案", "替代", "B 计划"),
    ("原因", "因为", "由于", "理由"),
    ("停用", "失效", "停止", "注销"),
    ("会签", "双签", "同签"),
    ("保管人", "保管", "持有人"),
    ("拍板", "决策人", "决定权", "签字"),
    ("更新", "修订", "截至"),
    ("后备", "继任", "接班"),
    ("取代", "替代", "作废", "旧版"),
    ("利润", "毛利", "净利"),
    ("举措", "重点工作", "任务"),
    ("触发", "一旦", "仍高于", "低于"),
    ("目标值", "目标", "指标", "关键结果"),
    ("量化目标", "目标", "指标"),
)
_NAMES = tuple(dict.fromkeys(name for group in _SAME for name in group))
_GENERIC = frozenset({
    "情况", "内容", "信息", "文件", "文档", "项目", "关键", "核心", "重要", "主要", "相关", "具体", "未来", "当年",
    "年度", "事项", "每个", "每条", "每项", "每位", "每名", "每份", "各个", "数值", "记录", "要求", "清单", "最大",
    "最小", "形成", "执行", "安排", "详细", "层级", "各自", "组织", "明确", "造成", "总体", "正式", "陈述", "将来",
    "今后", "进行", "方面", "覆盖", "涉及", "条款", "写全", "撰写", "四段", "七项", "要素", "两个", "三种", "评价",
    "说明", "人员", "材料", "获得", "上次", "各级", "确切", "按照", "给出", "列出", "写出", "代价", "多少", "相应",
    "各家", "逐一", "当前", "目前", "本年", "下一", "有关", "历史", "一名", "一个", "一项", "唯一", "分年度",
    "两年", "三年", "完整", "其中",
})  # fmt: skip


class ValueKind(StrEnum):
    """What kind of value a wanted thing is, where its name says so."""

    figure = "figure"
    date = "date"
    person = "person"


_KIND_WORDS = {
    ValueKind.figure: (
        "目标值", "量化目标", "目标数值", "金额", "数值", "额度", "总额", "预算", "成本", "比例", "百分比",
    ),
    ValueKind.date: ("日期", "时间", "期限", "到期日", "截止日"),
    ValueKind.person: ("责任人", "承接人", "负责人"),
}  # fmt: skip
_PARTICLES = frozenset("的各每其一与和及或并等之在于为由从到对把被将是有个条项位名份")
_FIGURE = re.compile(r"\d")
_DATE = re.compile(
    r"20\d\d|\d{1,2} ?月|\d{1,2}[-/]\d{1,2}|季度|[Qq][1-4]|[年月]底|[十一二三四五六七八九]月|\d+ ?[日天]|"
    r"周[一二三四五六日]|长期|持续|[十一二三四五六七八九两\d][天年]|春节|元宵|之前"
)
_CODE = re.compile(r"[a-z]+[a-z0-9.-]*|\d{2,}(?:\.\d+)?")
_HAN = re.compile(r"[\u4e00-\u9fff]+")


def kind_of(wanted: str) -> ValueKind | None:
    """What kind of value a thing is by the end of its name; None where the name does not tell."""
    return next((kind for kind, names in _KIND_WORDS.items() if wanted.endswith(names)), None)


def holds(kind: ValueKind | None, text: str) -> bool:
    """Whether a text holds a value of that kind; people cannot be told from their letters, so they pass."""
    if kind is ValueKind.figure:
        return bool(_FIGURE.search(text))
    return kind is not ValueKind.date or bool(_DATE.search(text))


def words(text: str) -> list[str]:
    """Words that carry meaning, each once: of two Chinese characters and more, and Latin or figure codes."""
    folded = fold(text).lower()
    found = _CODE.findall(folded)
    for run in _HAN.findall(folded):
        found += [w for w in _joined(segmentation.cut(run, _NAMES)) if w not in _GENERIC]
    return list(dict.fromkeys(found))


def _joined(cut: Sequence[str]) -> Iterator[str]:
    """Words of two characters and more; single characters side by side count as one word, particles aside."""
    single = ""
    for word in [*cut, "的"]:
        if len(word) == 1 and word not in _PARTICLES:
            single += word
            continue
        if len(single) > 1:
            yield single
        single = ""
        if len(word) > 1:
            yield word


def bigrams(text: str) -> list[str]:
    """Pairs of Chinese characters, for names that the dictionary cuts into single ones."""
    return [run[i : i + 2] for run in _HAN.findall(fold(text)) for i in range(len(run) - 1)]


def same_as(word: str) -> tuple[str, ...]:
    """The word and those that stand for it."""
    others = [name for group in _SAME if word in group for name in group]
    return tuple(dict.fromkeys([word, *others]))


def plain(texts: Iterable[str]) -> str:
    """Texts as they are compared: joined, folded, in lower case."""
    return fold(" ".join(texts)).lower()
