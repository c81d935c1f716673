"""Role templates: the five that come with the product, a company's own copies, and every refusal."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.access import Module
from kb.errors import Invalid, NotFound
from kb.handover import template

GOOD = """
title = "采购总监"
title_en = "Head of Purchasing"
""" + "".join(
    f"""
[[deliverable]]
key = "{module}_one"
module = "{module}"
title = "清单"
title_en = "List"
guidance = "写清楚。"
guidance_en = "Be clear."
criteria = [{{ text = "写明日期", text_en = "States the date" }}]
"""
    for module in Module
)


def test_seven_roles_come_with_the_product() -> None:
    assert template.roles() == ["ceo", "cfo", "cho", "coo", "cto", "plant_gm", "sales_vp"]


@pytest.mark.parametrize("role", template.roles())
def test_every_template_is_whole(role: str) -> None:
    plan = template.load(role)
    assert plan.key == role
    for module in Module:
        assert plan.of_module(module), module
    for spec in plan.deliverables:
        assert len(spec.criteria) >= 2, spec.key
        assert len(spec.guidance) >= 20, spec.key
        assert all("\u4e00" <= c.text[0] <= "\u9fff" or c.text[0].isdigit() for c in spec.criteria), spec.key
        english = (spec.title_en, spec.guidance_en, *(c.text_en for c in spec.criteria))
        assert not any("\u4e00" <= character <= "\u9fff" for text in english for character in text), spec.key


def test_an_operating_officer_owes_the_twelve_things_of_the_mission() -> None:
    titles = " ".join(d.title for d in template.load("coo").deliverables)
    assert len(template.load("coo").deliverables) == 12
    for named in ("年度战略目标分解表", "年度 OKR 分解表", "战略地图", "资源分配台账", "研发项目进度台账", "项目进度表",
                  "风险清单", "stakeholders 联系方式", "销售团队绩效评估表", "关键客户沟通记录", "财务权限表"):
        assert named in titles


def test_the_quantified_criteria_of_the_mission_are_there() -> None:
    by_key = {d.key: " ".join(c.text for c in d.criteria) for d in template.load("coo").deliverables}
    for wanted in ("3 年", "年度关键举措", "资源投入预算", "CEO 审批"):
        assert wanted in by_key["okr"]
    for wanted in ("风险等级", "应对措施", "责任部门"):
        assert wanted in by_key["risks"]


def test_an_unknown_role_is_not_found() -> None:
    for role in ("cio", "../roles/coo", "", "COO"):
        with pytest.raises(NotFound) as refused:
            template.load(role)
        assert "coo" in str(refused.value)


def test_a_companys_copy_wins_and_is_read_again_when_edited(tmp_path: Path) -> None:
    copy = tmp_path / "coo.toml"
    copy.write_text(GOOD, "utf-8")
    (tmp_path / "buyer.toml").write_text(GOOD, "utf-8")
    assert "buyer" in template.roles(tmp_path)
    assert template.load("coo", tmp_path).title == "采购总监"
    assert template.load("coo", tmp_path) is template.load("coo", tmp_path)
    copy.write_text(GOOD.replace("采购总监", "采购副总裁"), "utf-8")
    os.utime(copy, ns=(1, 1))
    assert template.load("coo", tmp_path).title == "采购副总裁"
    assert template.load("coo").title == "首席运营官"
    assert template.load("cfo", tmp_path).title == "首席财务官"


@pytest.mark.parametrize(("slug", "old", "new"), [
    ("template.not_toml", "title_en", "title_en = "),
    ("template.missing", 'title = "采购总监"', ""),
    ("template.missing", 'guidance = "写清楚。"', 'guidance = " "'),
    ("template.unknown_field", 'guidance_en = "Be clear."', 'guidance_en = "x"\nguidence = "y"'),
    ("template.unknown_field", 'text_en = "States the date"', 'text_en = "x", note = "y"'),
    ("template.unknown_module", 'module = "legal"', 'module = "lawyers"'),
    ("template.no_criteria", '[{ text = "写明日期", text_en = "States the date" }]', "[]"),
    ("template.bad_number", 'guidance = "写清楚。"', 'guidance = "x"\nweight = 6'),
    ("template.bad_number", 'guidance = "写清楚。"', 'guidance = "x"\ndue_in_working_days = true'),
    ("template.bad_key", 'key = "team_one"', 'key = "Team One"'),
    ("template.duplicate_key", 'key = "team_one"', 'key = "legal_one"'),
    ("template.empty_module", 'module = "legal"', 'module = "team"'),
])
def test_every_refusal_names_its_reason(slug: str, old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(Invalid) as refused:
        template.parse("buyer", GOOD.replace(old, new))
    assert refused.value.slug == slug
    assert "buyer" in str(refused.value)


def test_a_template_without_deliverables_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        template.parse("buyer", 'title = "采购总监"\ntitle_en = "Buyer"')
    assert refused.value.slug == "template.missing"
