"""Words of Chinese text, and that one caller's names change nothing for another."""

from __future__ import annotations

from kb import segmentation


def test_names_are_kept_whole_for_whoever_gave_them_only() -> None:
    text = "七天上线包已经交付"
    before = list(segmentation.tagged(text)), segmentation.cut(text)
    assert "七天上线包" in segmentation.cut(text, ("七天上线包",))
    assert (list(segmentation.tagged(text)), segmentation.cut(text)) == before
    assert "".join(segmentation.cut(text)) == text
