"""``kb evidence export`` and ``kb evidence check``."""

from __future__ import annotations

from pathlib import Path

from kb import authority, checkpoints
from kb.db import transaction
from kb.errors import NotFound
from kb.viewing import OPERATOR_VIEWER
from web.console import Console


def export_evidence(console: Console, handover: str, to: str, files: bool = True) -> int:
    """Write a handover's evidence bundle; only the owner may read it."""
    from kb.handover import bundle

    with transaction() as session:
        packed = bundle.export(session, OPERATOR_VIEWER, handover, with_files=files)
    path = Path(to)
    path.touch(mode=0o600)
    path.write_bytes(packed)
    found = {"handover": handover, "file": to, "bytes": len(packed),
             "root": authority.fingerprint(authority.ca_pem()), "checkpoint_key": checkpoints.fingerprint()}
    console.emit(found)
    console.say("证据包已写入 {file}（{kilobytes} KB）。", file=to, kilobytes=len(packed) // 1024)
    console.say("根证书指纹 {root}，检查点公钥指纹 {checkpoint_key}。请与证据包分开保存。", **found)
    return 0


def check_evidence(console: Console, file: str, trust: str = "", entry: str = "") -> int:
    """Check a bundle as its standalone verifier does; 0 when everything holds.

    Raises:
        NotFound: there is no such file.
    """
    from kb.handover import verifier

    if not Path(file).is_file():
        raise NotFound("evidence.no_file", "没有这个文件：{file}", file=file)
    found = list(verifier.results(Path(file), trust, entry))
    problems = [problem for _, said in found for problem in said]
    console.emit({"ok": not problems, "checks": [{"check": name, "problems": said} for name, said in found]})
    for name, said in found:
        console.say("× {check}" if said else "✓ {check}", check=name)
        for problem in said:
            console.say("    {problem}", problem=problem)
    if not problems:
        console.say("全部有效。" if trust else "内容前后一致。没有给出 --trust 指纹，无法排除整包伪造。")
    return 1 if problems else 0
