from __future__ import annotations

import pytest

from search.answer.sentences import sentences


@pytest.mark.parametrize(
    ("prose", "expected"),
    [
        ("收入增长 3.5%。[1] 成本下降[2]。", [("收入增长 3.5%。", (1,)), ("成本下降。", (2,))]),
        ("- 客户换了负责人［1］\n- 账户共管【2】", [("客户换了负责人", (1,)), ("账户共管", (2,))]),
        ("他说：“不签。”[1]随后停了。[2]", [("他说：“不签。”", (1,)), ("随后停了。", (2,))]),
        ("Up 3.5 million. [1][2] It grew! [2, 3]", [("Up 3.5 million.", (1, 2)), ("It grew!", (2, 3))]),
        ("Ask e.g. Mr. Lin of Kanghe Co. first. [1]", [("Ask e.g. Mr. Lin of Kanghe Co. first.", (1,))]),
        ("See No. 5 first. [1]", [("See No. 5 first.", (1,))]),
        ("没有出处。", [("没有出处。", ())]),
        ("1. 先付款。[1]\n2. 后发货。[1]", [("先付款。", (1,)), ("后发货。", (1,))]),
        ("", []),
    ],
)
def test_cut_and_cited(prose: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(s.text, s.cites) for s in sentences(prose)] == expected
