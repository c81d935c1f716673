"""Who wrote a document and when, from its first lines and its signature."""

from __future__ import annotations

import re
from datetime import date

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄穆萧肖尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊"
    "纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫经房裘解应宗丁宣邓郁单杭洪包"
    "诸左石崔吉龚程邢裴陆荣翁荀惠曲封储靳焦巴弓牧山谷车侯全班仰仇宁栾甘厉祖武符刘景詹束龙叶司黎白怀蒲卓蔺屠池乔闻党翟谭贡姬申"
    "扶冉宰雍桑桂牛边燕冀尚农温庄晏柴瞿阎慕连习艾鱼容向古易廖终居衡步都耿满匡文寇广东欧沃利越隆师巩聂晁勾敖冷辛那简饶曾沙养鞠"
    "须丰关查荆游权盖益桓公付佟佘佴逄闫覃向"
)
_COMPOUND = "欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|司徒|端木"
_NAME = rf"(?:(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
_NAMES = rf"({_NAME}(?:[、,，/和]{_NAME})*)"
_END = r"(?![\u4e00-\u9fff])"
_LABEL = (
    r"(?:作者|撰写人?|撰稿人?|编制人?|编写人?|拟稿人?|起草人?|制作人?|记录人?|整理人?|填写人|填报人|制表人?|发件人|汇报人|"
    r"执笔人?|交接人|移交人|主笔|From)"
)
_LABELLED = re.compile(rf"{_LABEL}\s*[:：]?\s*(?:[^\s：:；;，,|。]{{2,12}}\s+)?{_NAMES}{_END}")
_FROM = re.compile(rf"(?:^|[|｜；;\s])自\s*[:：]\s*{_NAMES}{_END}")
_OTHER_SCRIPT = re.compile(r"(?:作者|发件人|Author|From)\s*[:：]\s*([A-Za-z][A-Za-z.\- ]{1,40}[A-Za-z])")
_DOES = r"(?:编写?|撰写?|口述|执笔|汇总|抄写|整理|记录|导出|微信)"
_DOER = re.compile(rf"(?:^|[（(，,；;|·\s])({_NAME}?)(?:[（(][^（）()]{{1,8}}[)）])?{_DOES}")
_DAY = r"(?:20|19)\d{2}\s*(?:年|[-./])\s*\d{1,2}\s*(?:月|[-./])\s*\d{1,2}"
_BY_DATE = re.compile(rf"(?:^|[。|｜（(\s]){_NAMES}\s*[，,|｜·；;\s]\s*{_DAY}\s*日?(?!\s*(?:批|签))")
_TO = re.compile(rf"^{_NAMES}\s*(?:→|->|致)\s*[\u4e00-\u9fff]")
_SIGNED = re.compile(rf"^(?:——|—|--)?\s*({_NAME})\s*(?:[，,\s]*{_DAY}\s*日?)?$")

_DATE = re.compile(r"(?<!\d)((?:20|19)\d{2})\s*(?:年|[-./])\s*(\d{1,2})\s*(?:月|[-./])\s*(\d{1,2})(?:\s*日)?(?!\d)")
_OWN = re.compile(
    r"(?<![\u4e00-\u9fff])(?:日期|时间|更新|发布|编制|完成|Date|Sent)(?:于|日期|时间)?\s*[:：]?\s*$", re.I
)
_FOREIGN = re.compile(r"(?:取代|替代|开庭\S{0,4}|自|至|到|截止|随|与|会议|起|前|—|–|~)\s*$")
_LEADS = re.compile(r"(?:^|[|｜，,·；;（(\s。])\s*$")
_LAST_TOUCHED = re.compile(r"^\s*(?:交接)?(?:修订|定稿|补记|整理|更新|汇总|编|撰)")
_OTHER_EVENT = re.compile(r"^\s*(?:起|生效|之?前|到期|截止|批准|签批|签发|批示|版|讨论稿|名录|止)")


def author_in(head: str) -> str:
    """The writers that the first lines name by a label (``撰写：何静远、佟雷``, ``发件人：…``); empty for none."""
    for pattern in (_LABELLED, _FROM, _OTHER_SCRIPT):
        found = pattern.search(head)
        if found:
            return found.group(1).replace("，", "、").replace(",", "、").strip()
    return ""


def author_beside(head: str, last_line: str) -> str:
    """The writer named without a label: who compiled it, a name beside a date, or the signature; empty for none."""
    for line in head.split("\n"):
        for pattern in (_DOER, _TO, _BY_DATE):
            found = pattern.search(line)
            if found:
                return found.group(1)
    signed = _SIGNED.match(last_line.strip())
    return signed.group(1) if signed else ""


def date_in(text: str) -> date | None:
    """The date a text gives as its own: labelled, or leading its line; dates of other events do not count."""
    best: tuple[int, date] | None = None
    for match in _DATE.finditer(text):
        made = _made(match)
        if made is None:
            continue
        score = _score(text[max(0, match.start() - 16) : match.start()], text[match.end() : match.end() + 8])
        if score >= 0 and (best is None or score > best[0]):
            best = score, made
    return best[1] if best else None


def _score(before: str, after: str) -> int:
    line = before.rsplit("\n", 1)[-1]
    score = 3 * bool(_OWN.search(line)) + 2 * bool(_LEADS.search(line)) + 2 * bool(_LAST_TOUCHED.match(after))
    return score - 4 * bool(_OTHER_EVENT.match(after)) - 4 * bool(_FOREIGN.search(line) and not _OWN.search(line))


def _made(match: re.Match[str]) -> date | None:
    try:
        return date(int(match.group(1)), int(match.group(2)), int(match.group(3)))
    except ValueError:
        return None
