"""Files without a layout: Markdown, text and tables in a given encoding, and mails."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path

from web.demo.plan import DemoFile

_CHINA = timezone(timedelta(hours=8))


def write_text(document: DemoFile, source: str, target: Path) -> None:
    """Write the source as it is; the first trait is the encoding, UTF-8 by default. Windows line ends for GB18030."""
    encoding = document.traits[0] if document.traits else "utf-8"
    newline = "\r\n" if encoding == "gb18030" else "\n"
    target.write_bytes(source.replace("\n", newline).encode(encoding))


def write_mail(document: DemoFile, source: str, target: Path, attachments: tuple[Path, ...]) -> None:
    """Write one mail; the source begins with its header lines."""
    head, _, body = source.partition("\n\n")
    headers = dict(line.split(": ", 1) for line in head.splitlines())
    mail = EmailMessage(policy=SMTP)
    for name in ("From", "To", "Cc"):
        mail[name] = [_address(one) for one in headers[name].split(", ")]
    mail["Subject"] = headers["Subject"]
    mail["Date"] = format_datetime(datetime.strptime(headers["Date"], "%Y-%m-%d %H:%M").replace(tzinfo=_CHINA))
    mail["Message-ID"] = f"<{document.key}@linchuan.example>"
    mail.set_content(body, cte="base64")
    for path in attachments:
        mail.add_attachment(path.read_bytes(), "text", "csv", filename=_ATTACHED[path.name])
        mail.set_boundary(f"=={document.key}==")
    target.write_bytes(bytes(mail))


_ATTACHED = {"coo-baizhen-quote.csv": "百珍坊2027年报价表.csv"}


def _address(text: str) -> Address:
    name, address = parseaddr(text)
    return Address(name, addr_spec=address)
