"""Yes and no in sentences, and the shortcut that rules out pairs before they are weighed one by one."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest

from kb.contradictions import Kind, Statement
from kb.contradictions.ceiling import likely
from kb.contradictions.evidence import differ, likelihood, pool_of
from kb.contradictions.mentions import Mention, mentions
from kb.contradictions.names import Names
from kb.contradictions.overlap import numbers, sets, shared, sharing
from kb.contradictions.stances import stances
from kb.contradictions.telling import Told
from kb.contradictions.weights import LIKELY, bound, logit
from kb.contradictions.writing import level
from tests.bench import company_conflicts
from tests.bench.quality import COMPANIES, trained_on


def said(text: str) -> dict[str, bool]:
    return {v.unit: v.low > 0 for v in stances(level(text))}


class TestStances:
    @pytest.mark.parametrize(
        ("text", "deed", "holds"),
        [
            ("补充协议已经签署", "签", True),
            ("补充协议尚未签署", "签", False),
            ("尾款已付清。", "付", True),
            ("尾款没有付清。", "付", False),
            ("系统已经上线", "上线", True),
            ("系统暂缓上线", "上线", False),
            ("验收没通过", "批", False),
        ],
    )
    def test_deeds(self, text: str, deed: str, holds: bool) -> None:
        assert said(text)[deed] is holds

    @pytest.mark.parametrize(
        ("text", "state", "holds"),
        [
            ("独家代理仍然有效", "是否有效", True),
            ("独家代理已经终止", "是否有效", False),
            ("现场培训免费", "是否收费", False),
            ("现场培训另行计费", "是否收费", True),
            ("外购件允许让步接收", "是否许", True),
            ("外购件严禁让步接收", "是否许", False),
        ],
    )
    def test_states(self, text: str, state: str, holds: bool) -> None:
        assert said(text)[state] is holds

    @pytest.mark.parametrize("text", ["补充协议是否已经签署", "如果已经签署", "补充协议签了没有？", "争取尽快签署", ""])
    def test_what_is_left_open(self, text: str) -> None:
        assert said(text) == {}

    def test_stand_where_they_are_said(self) -> None:
        text = level("合同寄出，补充协议尚未签署。")
        assert [(text[v.start : v.end], v.kind, v.shown) for v in stances(text)] == [("签署", Kind.stance, "签：否")]


def _pool() -> tuple[list[Statement], list[Mention]]:
    rows = company_conflicts.read_company(COMPANIES / trained_on()[0]).rows
    statements = [side for row in rows for side in row.sides]
    return statements, [m for s in statements for m in mentions(s)]


@pytest.mark.parametrize("kind", [Kind.amount, Kind.percent, Kind.date, Kind.stance])
def test_no_likely_pair_is_ruled_out_beforehand(kind: Kind) -> None:
    statements, every = _pool()
    pool = pool_of(statements)
    unit = {Kind.amount: "元", Kind.percent: "%", Kind.date: "日"}.get(kind)
    found = [m for m in every if m.value.kind is kind and unit in (None, m.value.unit)]
    kept = set(likely(found, pool.rarity, pool.names, LIKELY))
    for i, j in combinations(range(len(found)), 2):
        a, b = found[i], found[j]
        nats = pool.rarity.sum(p for p in a.told.whole & b.told.whole if pool.rarity.of(p) > 2)
        if nats > 20 and differ(a, b) and likelihood(a, b, pool) >= LIKELY:
            assert (i, j) in kept


class TestOverlap:
    def test_weights_of_the_words_both_have(self) -> None:
        given = [frozenset("ab"), frozenset("bc"), frozenset("abc"), frozenset[str]()]
        number = numbers(given)
        weights = np.array([{"a": 1.0, "b": 2.0, "c": 4.0}[word] for word in number])
        of = sets(given, number)
        assert shared(of, of, weights, range(1, 4)).tolist() == [[2, 6, 6, 0], [3, 6, 7, 0], [0, 0, 0, 0]]

    def test_common_words_lead_nowhere(self) -> None:
        given = [frozenset("xab"), frozenset("xab"), frozenset("xa"), frozenset("x")]
        assert list(sharing(given, least=2, common=3)) == [(0, 1)]
        assert list(sharing([], least=2, common=3)) == []


def test_logit_turns_a_likelihood_around() -> None:
    assert 1 / (1 + math.exp(-logit(0.35))) == pytest.approx(0.35)


def test_more_is_asked_for_among_many_passages() -> None:
    assert bound(0.35, 20) == pytest.approx(0.35)
    assert bound(0.35, 80) < bound(0.35, 300) < bound(0.35, 5000) < 1


class TestStancesInOtherWords:
    @pytest.mark.parametrize("text", ["不验收不给", "看门店签字单", "三成递延到明年", "销售提成不按开票发"])
    def test_are_not_taken_for_deeds(self, text: str) -> None:
        assert not {"验收", "签", "递"} & said(text).keys()
        assert said(text).get("开票") is not False


def test_the_names_of_a_company_are_found_without_a_list() -> None:
    told = ["云栈的账期是月结。", "云栈下月来对账。", "望城的门店要开业。", "望城还缺人。", "下月对账，门店缺人。"]
    names = Names([Statement(str(n), f"文件{n}", "", text, None) for n, text in enumerate(told)])
    one, other = (Told(level(t), level(t), "", "", "") for t in told[:3:2])
    assert (names.scope(one), names.scope(other)) == (frozenset({"云栈"}), frozenset({"望城"}))
