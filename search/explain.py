"""One plain sentence on why a passage was found. The sentences are msgids."""

from __future__ import annotations

from kb.lexical import fold
from search.highlight import content_terms
from search.naming import is_file, is_title
from search.query import Passage
from search.retrieve import Retrieved

NEWEST = "未输入问题，按上传时间排列。"
TITLE = "标题与您的问题一致。"
FILE = "文件名与您的问题一致。"
TITLE_WORDS = "标题和正文都有您问到的词。"
TITLE_ALONE = "标题里有您问到的词。"
WORDS_AND_MEANING = "字词与含义都与您的问题相符。"
WORDS = "正文里有您问到的词。"
SOUND = "读音相近：可能是同音字或拼音写法。"
MEANING = "用词不同，但含义与您的问题接近。"


def why(text: str, title: str, file_name: str, passage: Passage, point_id: str, retrieved: Retrieved) -> str:
    """Why this passage stands here, as a Chinese msgid."""
    if not text.strip():
        return NEWEST
    if is_title(text, title):
        return TITLE
    if is_file(text, file_name):
        return FILE
    asked = content_terms(text)
    folded_title = fold(title)
    matched = bool(passage.highlights)
    if sum(term in folded_title for term in asked) >= max(1, len(asked) // 3):
        return TITLE_WORDS if matched else TITLE_ALONE
    if matched:
        return WORDS_AND_MEANING if retrieved.cosine(point_id) > -1 else WORDS
    return SOUND if retrieved.cosine(point_id) == -1 else MEANING
