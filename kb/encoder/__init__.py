"""The bundled model's encoder in the ONNX runtime, without torch: for one text at a time, where a person waits.

``network`` makes the graph, ``pieces`` the tokenizer, ``running`` loads both, ``tuned`` reads
what was trained here.
"""
