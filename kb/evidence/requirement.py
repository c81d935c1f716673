"""An acceptance criterion taken apart: what must be there, whether for each item, and whether somebody must approve."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MODAL = re.compile(r"(?:均|都|还|也|各)?(?:必须|需要|应当|须|需(?!求)|应(?![用对收付急])|要(?![求点素]))")
_UNIVERSAL = re.compile(r"每|逐|全部|所有|均|完整|任何|一律|各(?:事项|任务|岗位|部门|模块|项目|方向|投入)")
_VERBS = re.compile(
    r"^(?:都|均|全部|逐[项条人一]|完整|清晰|明确|同时|并|且|能|可|要|至少|有|含|是|需|"
    r"包含|包括|列出|列明|列示|给出|写明|写清|注明|标明|标注|记录|明确|规定|说明|量化|覆盖|附带|附有|附上|附|提供|提交|"
    r"载明|"
    r"具备|具有|指定|签署|签订|设置|制定|建立|分解到|对应|描述|阐述|体现|反映|注释)+"
)
_SPLIT = re.compile(r"[、，,；;]|以及|及其|并(?:逐[项条人一])?|和|与|及")
_YEARS_ONLY = re.compile(r"^\s*(?:20\d\d)\s*$")
_WHO = "CEO|CFO|COO|CHO|CTO|董事长|董事会|总裁|总经理|法务|财务总监|人事"
_APPROVAL = re.compile(
    rf"(?:经|由|获|获得|取得|有|报)?\s*(?P<who>{_WHO})(?:\s*[或和、]\s*(?:{_WHO}))*"
    r"[^，。、]{0,3}?(?P<written>书面)?\s*(?P<act>审批|批准|批示|签批|核准|签字|签发|同意|审核|确认)"
)
_VERB = re.compile(
    r"写明|写清|列出|列明|列示|给出|注明|标明|标注|覆盖|包含|包括|说明|记录|规定|载明|提供|附有|附上|带有|至少有|有"
)
_ASIDE = re.compile(r"[（(][^）)]*[）)]")
_JOINTLY = re.compile(r"[二两三四五多]方(?:签|会|盖|确认)|[双两]方")
_EMPTY = re.compile(r"^(?:其|的|等|内容|情况|信息|文件|文档|说明|清单|台账)*$")


@dataclass(frozen=True)
class Approval:
    """That somebody must have approved; ``written`` where a spoken word is not enough."""

    who: str
    written: bool


@dataclass(frozen=True)
class Requirement:
    """A criterion's parts. ``subject`` is what it speaks of, ``wanted`` what must be found about it.

    ``each`` is True where it must hold for every item and not only somewhere.
    """

    text: str
    subject: str
    wanted: tuple[str, ...]
    each: bool
    approval: Approval | None


def read(criterion: str) -> Requirement:
    """A criterion's parts; one without a modal verb is wanted as a whole."""
    text = criterion.strip().rstrip("。.；;")
    plain = _ASIDE.sub("", text)
    found = _MODAL.search(plain) or _VERB.search(plain)
    subject, predicate = (plain[: found.start()], plain[found.end() :]) if found else ("", plain)
    asked = _APPROVAL.search(predicate)
    approval = Approval(asked["who"], bool(asked["written"])) if asked else None
    rest = predicate.replace(asked.group(0), "") if asked else predicate
    wanted = tuple(_parts(rest))
    if not wanted and approval is None:
        wanted = (predicate.strip() or plain,)
    return Requirement(text, subject.strip(), wanted, bool(_UNIVERSAL.search(text)), approval)


def _parts(predicate: str) -> list[str]:
    if _JOINTLY.search(predicate):
        return [_VERBS.sub("", predicate.strip())]
    parts: list[str] = []
    carried = ""
    for piece in _SPLIT.split(predicate):
        if _YEARS_ONLY.match(_VERBS.sub("", piece.strip())):
            carried += piece.strip() + " "
            continue
        named = _VERBS.sub("", piece.strip()).strip(" 的")
        if len(named) >= 2 and not _EMPTY.match(named):
            parts.append(carried + named)
            carried = ""
    return parts
