"""Mail: headers, the best of its bodies, messages inside it, and attachments written out to become documents."""

from __future__ import annotations

from datetime import datetime
from email import message_from_binary_file, policy
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from ingest.draft import Draft
from ingest.formats import html, limits, names, text
from kb.errors import Invalid

if TYPE_CHECKING:
    from ingest.reading import Job

_HEADERS = ("From", "To", "Cc", "Subject", "Date", "Received", "MIME-Version", "Message-ID")
_SMALL_IMAGE = 30 * 1024
"""Bytes; a smaller picture in the running text is a logo of a signature."""


def read(job: Job, draft: Draft) -> None:
    """Append an eml file and the messages forwarded in it; attachments go to the job's folder.

    Raises:
        Invalid: ``document.wrong_type``, not a message; ``document.too_deep``.
    """
    with job.path.open("rb") as stream:
        message = message_from_binary_file(stream, policy=policy.compat32)
    if not any(message.get(name) for name in _HEADERS):
        raise Invalid("document.wrong_type", "扩展名是 .eml，内容却不是邮件。请从邮箱重新导出后再上传。")
    reader = _Reader(job, draft)
    reader.message(message, depth=0)
    reader.report()


class _Reader:
    """Walks the parts of one message and of those inside it, within the limits on depth and number."""

    def __init__(self, job: Job, draft: Draft) -> None:
        self._job = job
        self._draft = draft
        self._too_deep = 0
        self._too_many = 0

    def message(self, message: Message, depth: int) -> None:
        """Append one message: its subject as a heading, its addresses, its body, what it carries."""
        subject = header(message, "Subject")
        sent = _sent(message)
        if depth == 0:
            self._draft.properties.update(title=subject, author=_names(message, "From").split("；")[0])
            self._draft.authored_on = sent.date() if sent else None
        self._draft.heading(subject or "（无主题）", min(depth + 1, 6))
        self._draft.paragraph("\n".join(_address_lines(message, sent)))
        self._part(message, depth)

    def report(self) -> None:
        """Say on the receipt what was written out and what was cut off."""
        if self._draft.attachments:
            self._draft.notice(
                "document.attachments", "邮件带有 {count} 个附件，已分别作为资料收录。",
                count=len(self._draft.attachments),
            )
        if self._too_deep:
            self._draft.notice(
                "document.nested_mail", "邮件里层层套着邮件，只读了前 {limit} 层，里面的请单独另存后上传。",
                limit=limits.MAIL_DEPTH,
            )
        if self._too_many:
            self._draft.notice(
                "document.attachment_limit", "附件超过 {limit} 个，其余 {count} 个没有收录，请单独上传。",
                limit=limits.ATTACHMENTS, count=self._too_many,
            )

    def _part(self, part: Message, depth: int) -> None:
        kind = part.get_content_type()
        if kind == "message/rfc822":
            self._inner(part, depth)
        elif kind == "multipart/alternative":
            self._alternatives(part, depth)
        elif part.is_multipart():
            for inner in _parts(part):
                self._part(inner, depth)
        elif _is_attachment(part):
            self._attachment(part)
        else:
            self._body(part)

    def _inner(self, part: Message, depth: int) -> None:
        for inner in _parts(part):
            if depth + 1 >= limits.MAIL_DEPTH:
                self._too_deep += 1
            else:
                self.message(inner, depth + 1)

    def _alternatives(self, part: Message, depth: int) -> None:
        """The HTML body where there is one, for its tables; plain text when that is empty."""
        parts = _parts(part)
        ranked = sorted(parts, key=lambda p: p.get_content_type() == "text/plain")
        for inner in ranked:
            before = len(self._draft.blocks)
            self._part(inner, depth)
            if len(self._draft.blocks) > before:
                break
        for inner in parts:
            if inner not in ranked[: ranked.index(inner) + 1] and _is_attachment(inner):
                self._attachment(inner)

    def _body(self, part: Message) -> None:
        content = part.get_payload(decode=True) or b""
        assert isinstance(content, bytes)
        written = _decoded(content, part.get_content_charset())
        if part.get_content_type() == "text/html":
            html.append_html(written, self._draft)
        else:
            text.append_lines(written, self._draft)

    def _attachment(self, part: Message) -> None:
        content = part.get_payload(decode=True)
        if not isinstance(content, bytes) or not content:
            return
        inline = part.get_content_maintype() == "image" and part.get("Content-ID")
        if inline and len(content) < _SMALL_IMAGE:
            return
        if len(self._draft.attachments) >= limits.ATTACHMENTS:
            self._too_many += 1
            return
        number = len(self._draft.attachments) + 1
        name = names.shown_name(_file_name(part), f"附件 {number}{_guess(part)}")
        attachment = names.place_for(self._job.work_dir, number, name)
        attachment.path.write_bytes(content)
        self._draft.attachments.append(attachment)


def header(message: Message, name: str) -> str:
    """A header's text, encoded words decoded, raw GB18030 bytes as well; empty when absent."""
    value = message.get(name)
    return _words(value).strip() if value is not None else ""


def _words(value: Any) -> str:
    try:
        pieces = decode_header(value)
    except (ValueError, LookupError):
        return str(value)
    written = ""
    for piece, charset in pieces:
        written += piece if isinstance(piece, str) else _decoded(piece, charset)
    return " ".join(written.split())


def _decoded(content: bytes, charset: str | None) -> str:
    name = (charset or "").lower()
    for attempt in ("gb18030" if name.startswith(("gb", "hz")) else name, "utf-8", "gb18030"):
        try:
            return content.decode(attempt) if attempt and attempt != "unknown-8bit" else content.decode("utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return content.decode("gb18030", "replace")


def _names(message: Message, name: str) -> str:
    found = getaddresses([header(message, name)])
    return "；".join(person or address for person, address in found if person or address)


def _address_lines(message: Message, sent: datetime | None) -> list[str]:
    lines = [f"{label}：{who}" for label, name in (("发件人", "From"), ("收件人", "To"), ("抄送", "Cc"))
             if (who := _names(message, name))]  # fmt: skip
    return [*lines, f"日期：{sent:%Y-%m-%d %H:%M}"] if sent else lines


def _sent(message: Message) -> datetime | None:
    try:
        return parsedate_to_datetime(header(message, "Date"))
    except (TypeError, ValueError, IndexError):
        return None


def _parts(part: Message) -> list[Message]:
    payload = part.get_payload()
    return [inner for inner in payload if isinstance(inner, Message)] if isinstance(payload, list) else []


def _is_attachment(part: Message) -> bool:
    disposed = (part.get_content_disposition() or "") == "attachment"
    return disposed or bool(_file_name(part)) or part.get_content_maintype() not in ("text", "multipart")


def _file_name(part: Message) -> str:
    name = part.get_filename()
    return _words(name) if name else ""


def _guess(part: Message) -> str:
    from mimetypes import guess_extension

    return guess_extension(part.get_content_type()) or ""
