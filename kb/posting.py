"""Sending notices out: by e-mail or a chat robot through ``apprise``, retried, and visible where it fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from sqlmodel import Session, col, select

from kb.db import now, transaction
from kb.notices import Channel, ChannelKind, Delivery, Notice
from kb.people import Person
from kb.settings import settings

WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))
"""How long to wait after each failure; after the last one a delivery has failed for good."""
_AT_ONCE = 50
Wording = Callable[[str, str, dict[str, object]], str]
"""(locale, msgid, params) → the sentence; the words of other languages live with the pages."""


@dataclass(frozen=True)
class Posted:
    """How many were sent, put off and given up."""

    sent: int = 0
    waiting: int = 0
    failed: int = 0


def deliver_due(wording: Wording) -> Posted:
    """Send what is due. Each delivery is its own transaction, and the network is never waited for inside one."""
    with transaction(writes=False) as session:
        due = [d.id for d in session.exec(
            select(Delivery).where(col(Delivery.sent_at).is_(None), col(Delivery.failed_at).is_(None),
                                   col(Delivery.next_at) <= now())
            .order_by(col(Delivery.next_at)).limit(_AT_ONCE)
        )]
    ends = [_deliver(delivery_id, wording) for delivery_id in due]
    return Posted(ends.count("sent"), ends.count("waiting"), ends.count("failed"))


def _deliver(delivery_id: str, wording: Wording) -> str:
    with transaction(writes=False) as session:
        found = _whole(session, delivery_id)
        if found is None:
            return "gone"
        notice, channel, person = found
    if not person.active:
        return _given_up(delivery_id)
    sentence = wording(person.locale or settings().locale, notice.message, dict(notice.params))
    house = settings().public_url.rstrip("/")
    problem = send(channel, sentence, f"{house}{notice.link}" if house else "")
    with transaction() as session:
        row = session.get(Delivery, delivery_id)
        return _noted(row, problem) if row is not None else "gone"


def _given_up(delivery_id: str) -> str:
    """What waits for somebody whose account was closed leaves the house no more."""
    with transaction() as session:
        row = session.get(Delivery, delivery_id)
        if row is not None:
            row.failed_at, row.error = now(), "账号已停用，没有发出。"
    return "failed"


def _whole(session: Session, delivery_id: str) -> tuple[Notice, Channel, Person] | None:
    row = session.get(Delivery, delivery_id)
    notice = session.get(Notice, row.notice_id) if row else None
    channel = session.get(Channel, row.channel_id) if row else None
    person = session.get(Person, notice.person_id) if notice else None
    return (notice, channel, person) if notice and channel and person else None


def _noted(row: Delivery, problem: str) -> str:
    row.attempts += 1
    row.error = problem[:300]
    if not problem:
        row.sent_at = now()
        return "sent"
    if row.attempts > len(WAITS):
        row.failed_at = now()
        return "failed"
    row.next_at = now() + WAITS[row.attempts - 1]
    return "waiting"


def send(channel: Channel, sentence: str, link: str) -> str:
    """Send one message; empty when it went out, else why not (never with the channel's key in it)."""
    address = _address(channel)
    if not address:
        return "没有配置发信服务器（KB_SMTP_URL），邮件无法发出。"
    import apprise

    post = apprise.Apprise()
    if not post.add(address):
        return "渠道地址无法使用，请删除后重新添加。"
    # Said to be plain text, or a mail would carry the names and titles in it as markup.
    done = post.notify(title="交接知识库", body=f"{sentence}\n{link}".strip(), body_format=apprise.NotifyFormat.TEXT)
    return "" if done else "对方服务器没有接受这条消息。"


def _address(channel: Channel) -> str:
    """The channel as apprise writes it; empty where nothing is configured for it."""
    if channel.kind is not ChannelKind.email:
        scheme = {ChannelKind.wecom: "wecombot", ChannelKind.dingtalk: "dingtalk", ChannelKind.feishu: "feishu"}
        return f"{scheme[channel.kind]}://{quote(channel.address, safe='')}"
    base = settings().smtp_url
    joint = "&" if "?" in base else "?"
    return f"{base}{joint}to={quote(channel.address)}" if base else ""


def failures_of(session: Session, person_id: str) -> list[tuple[Delivery, Notice, Channel]]:
    """What could not be sent to a person, or waits for another try after a failure, the newest first."""
    rows = session.exec(
        select(Delivery, Notice, Channel).join(Notice, col(Notice.id) == col(Delivery.notice_id))
        .join(Channel, col(Channel.id) == col(Delivery.channel_id))
        .where(Notice.person_id == person_id, Delivery.error != "", col(Delivery.sent_at).is_(None))
        .order_by(col(Delivery.next_at).desc()).limit(20)
    )
    return [(delivery, notice, channel) for delivery, notice, channel in rows]


def retry(session: Session, person_id: str) -> None:
    """Try everything that failed for a person once more, now."""
    for delivery, _, _ in failures_of(session, person_id):
        delivery.failed_at, delivery.attempts, delivery.next_at = None, 0, now()
