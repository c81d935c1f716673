"""The encoder without torch agrees with torch, whatever is asked, and its tokenizer with the whole one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb import bundled_model
from kb.embedding import embedder
from kb.encoder.pieces import cut_down
from kb.encoder.running import words_of

QUESTIONS = [
    "当初为什么退出华北市场", "Why did we leave the north?", "ＡＢＣ-３００ 什麼時候上市", "Кто подписал договор?",
    "誰がサインしますか", "", "😀 预算", "回款" * 700,
]  # fmt: skip


@pytest.mark.integration
def test_questions_agree_with_torch(home: Path) -> None:
    from sentence_transformers import SentenceTransformer

    asked = embedder()
    asked.embed_passages(["预热"])
    torch = SentenceTransformer(str(home / "models" / bundled_model.NAME), device="cpu")
    theirs = torch.encode([f"query: {q}" for q in QUESTIONS], normalize_embeddings=True)
    ours = np.array([asked.embed_query(q) for q in QUESTIONS])
    same = dict(zip(QUESTIONS, (ours * theirs).sum(axis=1), strict=True))
    assert min(same[question] for question in QUESTIONS[:3]) > 0.9999
    assert min(same.values()) > 0.75, "other scripts are cut into smaller pieces"


@pytest.mark.integration
def test_threads_get_the_same(home: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        vectors = list(pool.map(embedder().embed_query, ["谁签字"] * 12))
    assert all(np.array_equal(vectors[0], vector) for vector in vectors)


@pytest.mark.integration
def test_a_pair_is_cut_at_its_end(tmp_path: Path) -> None:
    words = words_of(tmp_path)
    whole, inside, places = words.pair("谁签字", "王总只在月底签字。", 288)
    cut, short, _ = words.pair("谁签字", "王总只在月底签字。" * 200, 64)
    assert len(cut) == 64
    assert short == slice(inside.start, 63)
    assert inside.stop == len(whole) - 1
    assert places[0][0] == 0
    assert places[-1][1] == len("王总只在月底签字。")
    assert len(words.pair("问" * 900, "答", 64)[0]) <= 64


@pytest.mark.integration
def test_the_smaller_tokenizer_cuts_chinese_as_the_whole_one() -> None:
    from tokenizers import Tokenizer

    small, numbers = cut_down(bundled_model.tokenizer_file())
    ours, theirs = Tokenizer.from_str(small), Tokenizer.from_file(str(bundled_model.tokenizer_file()))
    text = "二〇二五年第三季度，华北市场（含天津）回款率 63.5%，负责人 Zhang Wei。"
    assert [numbers[n] for n in ours.encode(text, "为什么").ids] == theirs.encode(text, "为什么").ids
    assert 3 not in ours.encode("Кто? 誰が 누구 mañana").ids, "nothing is unknown that was known"
