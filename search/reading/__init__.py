"""Reads a question together with a passage and says how likely the passage answers it.

Two vectors made apart tell what a passage is about, not whether it answers: 「锐付的提现费率」 lies next to everything
else that is written of 锐付. Here the bundled model's encoder, its upper half tuned, reads both as one text (a
cross-encoder: Nogueira and Cho, Passage Re-ranking with BERT, 2019) in the ONNX runtime, in 8 bits and without torch.
"""
