"""Mail: Chinese headers, the best body, attachments under harmless paths, nesting within bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.formats import limits
from ingest.parsed import BlockKind
from kb.errors import Invalid
from tests.ingest.samples import headings, mail, nested_mail, read_here, texts, written


def test_subject_addresses_and_date(tmp_path: Path) -> None:
    message = mail("锐光的返点", "林总、牧之：\n\n第一，预付比例要谈回三成。\n")
    parsed = read_here(written(tmp_path / "a.eml", bytes(message)))
    assert parsed.title == "锐光的返点"
    assert parsed.author == "何静远"
    assert str(parsed.authored_on) == "2026-03-11"
    assert "发件人：何静远\n收件人：唐牧之\n日期：2026-03-11 21:47" in parsed.text
    assert "第一，预付比例要谈回三成。" in parsed.text


def test_raw_gb18030_headers_and_body(tmp_path: Path) -> None:
    raw = "From: 何静远 <he@example.com>\r\nSubject: 合同与账户\r\nContent-Type: text/plain; charset=gb2312\r\n"
    raw += "Content-Transfer-Encoding: 8bit\r\n\r\n锁价到九月三十日，䶮先生经办。\r\n"
    parsed = read_here(written(tmp_path / "a.eml", raw.encode("gb18030")))
    assert parsed.title == "合同与账户"
    assert "锁价到九月三十日，䶮先生经办。" in parsed.text


def test_the_html_body_is_taken_once_for_its_table(tmp_path: Path) -> None:
    page = "<p>数字如下：</p><table><tr><th>项</th><th>额</th></tr><tr><td>预付</td><td>35%</td></tr></table>"
    parsed = read_here(written(tmp_path / "a.eml", bytes(mail("数字", "数字如下：预付 35%", html=page))))
    assert texts(parsed, BlockKind.table) == ["项 | 额\n预付 | 35%"]
    assert parsed.text.count("数字如下") == 1


def test_attachments_are_written_out_under_harmless_paths(tmp_path: Path) -> None:
    named = ["台账.xlsx", "../../etc/passwd", "..%2f..%2fetc%2fpasswd.md", "a\u202etxt.exe", "长" * 300 + ".docx"]
    message = mail("附件", "见附件。", attachments=[(name, name.encode("utf-8", "replace")) for name in named])
    parsed = read_here(written(tmp_path / "a.eml", bytes(message)))
    assert len(parsed.attachments) == len(named)
    assert all(attachment.path.parent == tmp_path / "work" for attachment in parsed.attachments)
    assert all(attachment.path.is_file() for attachment in parsed.attachments)
    shown = [attachment.file_name for attachment in parsed.attachments]
    assert shown[0] == "台账.xlsx"
    assert shown[1] == "passwd"
    assert not any("/" in name or "\u202e" in name or len(name) > 200 for name in shown)
    assert [notice["slug"] for notice in parsed.notices] == ["document.attachments"]


def test_messages_inside_messages_are_followed_within_bounds(tmp_path: Path) -> None:
    parsed = read_here(written(tmp_path / "a.eml", bytes(nested_mail(12))))
    assert [text for _, text in headings(parsed)] == [f"第 {n} 层" for n in range(1, limits.MAIL_DEPTH + 1)]
    assert "NEST-1" in parsed.text
    assert {notice["slug"] for notice in parsed.notices} == {"document.attachments", "document.nested_mail"}


def test_attachments_beyond_the_limit_are_counted_not_taken(tmp_path: Path) -> None:
    message = mail("很多附件", "见附件。", attachments=[(f"{n}.txt", b"x") for n in range(limits.ATTACHMENTS + 3)])
    parsed = read_here(written(tmp_path / "a.eml", bytes(message)))
    assert len(parsed.attachments) == limits.ATTACHMENTS
    assert parsed.notices[-1]["params"] == {"limit": limits.ATTACHMENTS, "count": 3}


def test_text_that_is_no_mail_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as refused:
        read_here(written(tmp_path / "a.eml", "只是一段话。".encode()))
    assert refused.value.slug == "document.wrong_type"
