"""Makes ``search/usual_question.json``, the mean vector of the question banks: ``python -m tests.bench.usual``."""

from __future__ import annotations

import json
import os
import tempfile

import numpy as np

from kb import embedding
from kb.bundled_model import NAME
from kb.embedding import Vectors
from kb.handover.questions import COMMON, FOLDER, questions_of
from kb.settings import settings
from search.usual import FILE


def mean_question() -> Vectors:
    """The mean of the bundled model's vectors of every role's questions in Chinese, each once."""
    roles = [path.stem for path in FOLDER.glob("*.toml") if path.stem != COMMON]
    texts = sorted({question.zh for role in roles for question in questions_of(role)})
    model = embedding.embedder(NAME)
    return np.stack([model.embed_query(text) for text in texts]).mean(axis=0)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ["KB_HOME"] = home
        settings.cache_clear()
        vector = [round(float(x), 5) for x in mean_question()]
    FILE.write_text(json.dumps({"model": NAME, "vector": vector}) + "\n", "utf-8")


if __name__ == "__main__":
    main()
