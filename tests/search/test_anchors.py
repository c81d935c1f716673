"""What a question names has to be spoken of."""

from __future__ import annotations

import pytest

from search.anchors import names_something_else

CHANGZHOU = "常州团队今年的指标\n常州销售团队 2026 年背 3,000 万。"


@pytest.mark.parametrize(("question", "passages", "doubtful", "elsewhere"), [
    ("常州销售团队今年背多少指标？", [CHANGZHOU], True, False),
    ("深圳销售团队今年背多少指标？", [CHANGZHOU], True, True),
    ("FB-300 什么时候上市？", ["FB-200 边缘盒已于 2025 年上市。"], False, True),
    ("视界科技去年的收入是多少？", ["我司 2025 年营业收入 3.42 亿。"], False, True),
    ("手下不肯讲坏消息怎么办？", ["每周三固定问一句有什么不想告诉我的。"], True, False),
    ("随便问一句", [], True, True),
])
def test_names(question: str, passages: list[str], doubtful: bool, elsewhere: bool) -> None:
    assert names_something_else(question, passages, doubtful=doubtful) is elsewhere
