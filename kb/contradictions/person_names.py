"""Which characters are a person's name: a surname, one or two more, and no word of everyday business."""

from __future__ import annotations

import re

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
    "文员 文档 应用 国资 广州 广东 年底 年中 任免 任命 任职 任期 封顶 封存 "
    "计划 计算 计提 车辆 时候 时限 项下 应付 应对 易耗 包装 包括 常规 常务 常驻 路径 单据 单店 "
    "单价 顾客 顾问 高层 高级 高峰 高新 黄牌 温度 温控 石材 林业 金额 金融 "
)
_COMMON_WORDS = frozenset(_NO_NAMES.split())
_NO_PART = re.compile("[的了吗呢吧是和与或不就都也被把这那其们]|在$")
_WORDS_ACROSS = (
    "公司 上司 办公 责任 主任 担任 信任 学历 家常 正常 日常 平常 方向 走向 单元 清单 订单 账单 名单 区分 部分 "
)
_WORD_BEFORE = frozenset(_WORDS_ACROSS.split())
"""Words whose second character would begin the name."""
_DOUBLE = ("欧阳", "司马", "上官", "诸葛", "慕容", "皇甫", "令狐", "尉迟")


def is_name(text: str) -> bool:
    """Whether a text of two to four characters reads as a full name."""
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,4}", text) or text[-1] in "部组处室科员人长理司方队":
        return False
    if text in _COMMON_WORDS or text[:2] in _COMMON_WORDS or _NO_PART.search(text):
        return False
    return text.startswith(_DOUBLE) if len(text) == 4 else text[0] in _SURNAMES


def last_name(phrase: str) -> str:
    """The name a phrase ends in, after a title: 保卫科科长段志刚 → 段志刚. Empty where there is none."""
    for size in (4, 3, 2):
        tail, before = phrase[-size:], phrase[-size - 1 : -size]
        if len(tail) == size and is_name(tail) and before + tail[0] not in _WORD_BEFORE:
            return tail
    return ""
