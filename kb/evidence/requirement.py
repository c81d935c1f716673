"""An acceptance criterion taken apart: what must be there, of what, whether for each item, and who must approve."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_CLAUSE = re.compile(r"[，,；;。]")
_SPLIT = re.compile(r"(、|以及|及其|(?<![涉普提遍以])及(?![时格其])|并(?![购表])|和(?!解(?!决)|[谐约])|(?<!参)与(?!会|\S{1,4}之间)|或(?!有))")  # noqa: E501
_MODAL = re.compile(r"(?:均|都|还|也|各)?(?:必须|需要|应当|须|(?<!所)需(?!求)|(?<![供响对反相时])应(?![用对收付急到])|(?<![纪主重需必])要(?![求点素件务])|已(?=获|经\S{2,10}[批签同审]))")  # noqa: E501
_UNIVERSAL = re.compile(r"每|逐[条项一案笔家人店个名]|分别|全部|所有|(?<![人平户年月日])均(?!衡)|完整(?!陈述)|任何|一律|各(?:事项|任务|岗位|部门|模块|项目|方向|议题|家|项|档)")  # noqa: E501
_DEMAND = re.compile(r"至少|不少于|无空项|均须|均应|均有|均需|全部|一名|指定|明确的|具备|齐全")
_VERB = (
    r"写明|写清|写出|写入|写到|指明|指出|坦陈|作出|做出|编列|填报|阐明|讲明|讲清|讲明白|罗列|标示|报明|列入|点明|交待|核算|附具|设有|设定|约明|载入|写全|列出|"
    r"列明|列示|给出|注明|标明|标注|覆盖|涵盖|包含|包括|说明(?![书会])|记录(?![人员表册])|记载|规定|载明|提供|附有|附上|带有|交代|登记(?![号表证])|"
    r"反映|量化|区分|约定|设定|制定|估算(?!区间|金额|[值额数])|测算|计提|落实到|落实|指定|具备|配有|附带|体现|描述|阐述|划分|评定(?![办方标])|跟踪|留存|提炼|保留(?!意见)|储备|"
    r"签署(?![日人方])|明确|含有(?!效)|设置|建立|设有|拆分到|拆分|分解到|分解|比对|比较(?![数表])|解释|完成(?![期时日情率度值数])|对照|清点|标识|陈述|"
    r"提交|随附|含|附(?![件录条])|列(?![席])|(?<![没所只现持原自已共])有(?![息效关限权的形])"
)
_VERBS = re.compile(
    rf"^(?:{_VERB}|均|都|全部|所有|逐[项条人一案笔家件个名]|分别|完整|清晰|同时|并|且|还|也|能|可(?=执|核|量|操)|要|已(?=获|经)|须|需|至少|是|如实|附近(?=三年)|近(?=三年)|"
    r"一项|一名|一个|一篇|两项|各自的|各自|各|的|以数据|不少于|[一二两三四五]种|其|相关|与|对应)+"
)
_EACH_SUBJECT = re.compile(rf"^(?P<about>(?:对|为|就)?每(?!股|年|月|日|天|周|季)[^、]*?|各(?:项|家|议题)[^、]{{0,8}}?)(?:均|都|{_VERB}|须|应|需)")  # noqa: E501
_WHO = (
    r"CEO|CFO|COO|CHO|CTO|首席执行官|最高管理者|董事长|董事会|总裁办公会|总裁|总经理|法务|财务负责人|财务总监|财务|人事|"
    r"管理层|领导|职工代表大会|监交人|主管领导|分管领导"
)
_ACT = r"审批|批准|批示|签批|核准|签字确认|签字|签发|签署|同意|审核|会签"
_APPROVAL = re.compile(
    rf"(?:且|并)?已?(?:经|由|获|获得|取得|有|报|完成)?\s*(?P<who>{_WHO})(?:\s*[或和、/]\s*(?:{_WHO}))*"
    rf"(?:[级层][^，,。、]{{0,3}})?[^，,。、]{{0,3}}?(?P<written>书面)?\s*(?:{_ACT})(?:生效|批准|确认|记录|手续|文件)*(?!权限|要求|制度|流程|额度|规则|表)"
)
_GOES_ON = re.compile(r"(?:均|都|还|也)?(?:必须|需要|应当|须|需|应)|每|各|逐")
_FOR_EACH = re.compile(r"(?:并|且)*(?:逐|分别|各自|均|都)")
_FOR_EACH_TOO = re.compile(r"并(?=逐[条项一案笔家人店个名]|分别|各自|[为对就]每|[为对就]各)")
_PRONOUN = re.compile(r"^(?:每一?[项轮个条名位家笔档次宗处]|各自|逐[条项一案笔家人店个名]|分别|该|各)$")
_COUNT = re.compile(r"(?:至少|不少于|不低于|不得少于)\s*[\d一二两三四五六七八九十]+\s*[项条个名种类家份档位次轮款处]")
_TAIL = re.compile(r"(?:等)?(?:这)?[二两三四五六七八]个?(?:项|部分|方面|要素|要点|时间节点|时点|内容|环节|层面|维度|[列栏])$|之处$")  # noqa: E501
_ASIDE = re.compile(r"[（(][^）)]*[）)]")
_JOINTLY = re.compile(r"[二两三四五多]方(?:签|会|盖|确认)|[双两]方(?:签|确认)")
_WHEN = re.compile(r"^人?[和、及与]?(?:其)?(?:审批|批准|签批|审议)?的?(?:日期|时间)$")
"""What follows an approval and is part of it: the day, which counts as such only where a day is told."""
_OR_NONE = re.compile(r"^或者?(?:注明|写明|说明|标明)(?:没有|无|暂无|暂缺)$")
_EACH_OF = re.compile(r"、.*各$")
_ABOUT_ENDS = re.compile(r"^(?:写明|说明|注明)在?(?=什么)|(?:至少|单独|逐[条项笔个]|各)+$")
_ENDS_IN_VERB = re.compile(r"(?P<what>\S{2,})(?:单独|逐[条项笔个])(?:标明|列出|列明|登记|列示|注明)$")
_YEAR_ONLY = re.compile(r"^20\d\d ?年?$")
_EMPTY = re.compile(r"^(?:其|的|等|内容|情况|信息|文件|文档|说明|清单|台账|记录|无空项|如实写出|三项|四段|撰写|生效)*$")


@dataclass(frozen=True)
class Approval:
    """That somebody must have approved; ``written`` where a spoken word is not enough.

    ``instead``: whoever may have done so in their place: 「CEO 或董事会」.
    """

    who: str
    written: bool
    instead: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One thing wanted: its name, of what, and whether for each of those and not only somewhere.

    ``choice``: the words that offer it beside others, one of which is enough: 「责任部门或责任人」.
    """

    text: str
    about: str
    each: bool
    clause: int = 0
    choice: str = ""


@dataclass(frozen=True)
class Requirement:
    """A criterion's parts. ``demands``: the thing itself must be there, a remark that it is lacking is not enough."""

    text: str
    parts: tuple[Part, ...]
    each: bool
    demands: bool
    approval: Approval | None

    @property
    def wanted(self) -> tuple[str, ...]:
        """The names of the parts."""
        return tuple(part.text for part in self.parts)


def read(criterion: str) -> Requirement:
    """A criterion's parts; one that cannot be taken apart is wanted as a whole."""
    text = criterion.strip().rstrip("。.；;")
    plain = _ASIDE.sub("", text)
    modal = _MODAL.search(plain)
    asked = None if _JOINTLY.search(plain) else _APPROVAL.search(plain, modal.start() if modal else 0)
    approval = _approval(asked) if asked else None
    rest = f"{plain[: asked.start()]}，{_WHEN.sub('', plain[asked.end() :])}" if asked else plain
    parts = _parts_of(rest)
    if not parts and approval is None:
        parts = [Part(plain, "", bool(_UNIVERSAL.search(plain)))]
    each = bool(_UNIVERSAL.search(plain))
    return Requirement(text, tuple(dict.fromkeys(parts)), each, bool(_DEMAND.search(plain)), approval)


def _approval(asked: re.Match[str]) -> Approval:
    instead = re.findall(rf"或\s*({_WHO})", asked.group())
    return Approval(asked["who"], bool(asked["written"]), tuple(instead))


def _parts_of(text: str) -> list[Part]:
    made: list[Part] = []
    subject = ""
    clauses = [c.strip() for c in _CLAUSE.split(_FOR_EACH_TOO.sub("，", text))]
    for number, clause in enumerate(clauses):
        if _only_names(clause, clauses[number + 1 :]):
            subject = clause
            continue
        if number and (clause.startswith("不得") or _OR_NONE.match(clause)):
            continue
        about, predicate = _subject_and_rest(clause, first=number == 0)
        subject = (subject or about) if _PRONOUN.match(about) else about or subject
        if made and _FOR_EACH.match(clause) and (not about or _PRONOUN.match(about)):
            subject = made[-1].text
        own_subject = number > 0 and bool(about) and not about.startswith("至少")
        each = own_subject or bool(_UNIVERSAL.search(clause) or (_UNIVERSAL.search(subject) and not about))
        made += [Part(name, "", False, number) for name in _listed_subjects(about)]
        subject = _ABOUT_ENDS.sub("", subject)
        made += [Part(name, subject, each, number, choice) for name, choice in _names(predicate)]
    return made


def _listed_subjects(about: str) -> list[str]:
    """The things that a duty names one by one: 「资金、税务、总账岗位各有…」."""
    return [name for name in about.removesuffix("各").split("、") if len(name) > 1] if _EACH_OF.search(about) else []


def _only_names(clause: str, later: Sequence[str]) -> bool:
    """Whether a clause says no more than of what the next one asks: 「风险等级被调低的，须…」."""
    if not later or _MODAL.search(clause) or _VERBS.match(clause) or _COUNT.search(clause):
        return False
    return clause.endswith("的") or bool(_GOES_ON.match(later[0]))


def _subject_and_rest(clause: str, *, first: bool) -> tuple[str, str]:
    """What a clause speaks of, empty where it goes on with the one before it; and what it asks."""
    clause = re.sub(r"^(?:且|并|同时|以及|还|如实)+", "", clause)
    found = _MODAL.search(clause)
    if found:
        about, rest = clause[: found.start()], clause[found.end() :]
        inner = _EACH_SUBJECT.match(rest)
        return (inner["about"], rest[inner.end("about") :]) if inner else (about, rest)
    alone = _ENDS_IN_VERB.match(clause)
    if alone:
        return "", alone["what"]
    inner = _EACH_SUBJECT.match(clause)
    if inner:
        return inner["about"], clause[inner.end("about") :]
    verb = re.search(_VERB, clause)
    told = verb is not None and (first or (verb.start() and "、" not in clause[: verb.start()]))
    return (clause[: verb.start()], clause[verb.start() :]) if verb and told else ("", clause)


def _names(predicate: str) -> list[tuple[str, str]]:
    """The names of what is wanted, each with the choice that it is offered in, empty where it is none."""
    if _JOINTLY.search(predicate):
        return [(_VERBS.sub("", predicate.strip()), "")]
    offered: list[list[str]] = []
    carried = ""
    pieces = _SPLIT.split(predicate)
    for piece, before in zip(pieces[::2], ["", *pieces[1::2]], strict=True):
        name = _TAIL.sub("", _VERBS.sub("", piece.strip()).strip().lstrip("的"))
        if _YEAR_ONLY.match(name):
            carried += f"{name} "
            continue
        if len(carried + name) >= 2 and not _EMPTY.match(carried + name):
            if before == "或" and offered:
                offered[-1].append(carried + name)
            else:
                offered.append([carried + name])
        carried = ""
    return [(name, "或".join(names) if len(names) > 1 else "") for names in offered for name in _in_full(names)]


def _in_full(names: Sequence[str]) -> list[str]:
    """Names of a choice, each with the noun that only the last one bears: 「停用或移交的日期」."""
    _, of, noun = names[-1].rpartition("的")
    return [name if "的" in name or not of else f"{name}的{noun}" for name in names]
