"""Notices: what waits for a person, in the application and, where they chose so, by e-mail or a chat robot.

``notify`` writes rows in the caller's transaction; ``kb.posting`` sends them later, with retries. What leaves the house
says who, what and by when, with a link; never the content of a document.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Column
from sqlmodel import Field, Session, SQLModel, col, func, select

from kb import ledger
from kb.db import UtcDateTime, new_id, now
from kb.errors import Invalid, NotFound
from kb.viewing import Viewer


class NoticeKind(StrEnum):
    """Why somebody is told."""

    turn = "turn"
    due = "due"
    overdue = "overdue"
    escalation = "escalation"
    test = "test"


class ChannelKind(StrEnum):
    """How a notice leaves the house; the vendors' own hosts only, so that no address can point inside."""

    email = "email"
    wecom = "wecom"
    dingtalk = "dingtalk"
    feishu = "feishu"


CHANNEL_NAMES = {
    ChannelKind.email: "电子邮件", ChannelKind.wecom: "企业微信群机器人", ChannelKind.dingtalk: "钉钉群机器人",
    ChannelKind.feishu: "飞书群机器人",
}  # fmt: skip


class Notice(SQLModel, table=True):
    """One notice for one person; ``message`` is a msgid, ``params`` fill it. ``read_at`` None means unread."""

    __tablename__ = "notice"
    id: str = Field(default_factory=lambda: new_id("ntc"), primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    kind: NoticeKind
    handover_id: str = Field(default="", index=True)
    message: str
    params: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    link: str = ""
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    read_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class Channel(SQLModel, table=True):
    """Where else a person wants their notices: an e-mail address, or a robot's key. Never shown again in full."""

    __tablename__ = "channel"
    id: str = Field(default_factory=lambda: new_id("chn"), primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    kind: ChannelKind
    address: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

    @property
    def masked(self) -> str:
        """Enough to recognise it by."""
        if self.kind is ChannelKind.email:
            name, _, host = self.address.partition("@")
            return f"{name[:2]}…@{host}"
        return f"…{self.address[-4:]}"


class Delivery(SQLModel, table=True):
    """One notice on its way through one channel. ``sent_at`` and ``failed_at`` both None: still to be sent."""

    __tablename__ = "delivery"
    id: str = Field(default_factory=lambda: new_id("dlv"), primary_key=True)
    notice_id: str = Field(foreign_key="notice.id", index=True)
    channel_id: str = Field(foreign_key="channel.id", index=True)
    attempts: int = 0
    next_at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    error: str = ""


def notify(
    session: Session, person_ids: Iterable[str], kind: NoticeKind, message: str, *, link: str, handover_id: str = "",
    **params: Any,
) -> None:
    """Put a notice before people, and onto the channels they chose."""
    people = sorted(set(person_ids))
    channels = session.exec(select(Channel).where(col(Channel.person_id).in_(people))).all() if people else []
    for person_id in people:
        notice = Notice(person_id=person_id, kind=kind, handover_id=handover_id, message=message, params=params,
                        link=link)
        session.add(notice)
        session.flush()
        session.add_all([Delivery(notice_id=notice.id, channel_id=c.id) for c in channels if c.person_id == person_id])


def notices_of(session: Session, viewer: Viewer, *, limit: int = 100) -> list[Notice]:
    """The viewer's own notices: unread ones first, then the newest."""
    order = (col(Notice.read_at).is_not(None), col(Notice.at).desc(), col(Notice.id))
    return list(session.exec(select(Notice).where(Notice.person_id == viewer.person_id).order_by(*order).limit(limit)))


def unread(session: Session, viewer: Viewer) -> int:
    """How many of the viewer's notices are unread."""
    wanted = select(func.count()).select_from(Notice).where(
        Notice.person_id == viewer.person_id, col(Notice.read_at).is_(None)
    )
    return int(session.exec(wanted).one())


def mark_read(session: Session, viewer: Viewer, notice_id: str = "") -> Notice | None:
    """Mark one notice read, or all of them where no id is given.

    Raises:
        NotFound: it is not one of the viewer's.
    """
    if notice_id:
        found = session.get(Notice, notice_id)
        if found is None or found.person_id != viewer.person_id:
            raise NotFound("notice.unknown", "没有这条通知。")
        found.read_at = found.read_at or now()
        return found
    for notice in session.exec(select(Notice).where(
        Notice.person_id == viewer.person_id, col(Notice.read_at).is_(None)
    )):
        notice.read_at = now()
    return None


def channels_of(session: Session, viewer: Viewer) -> list[Channel]:
    """The viewer's own channels, the first first."""
    return list(session.exec(
        select(Channel).where(Channel.person_id == viewer.person_id).order_by(col(Channel.created_at), col(Channel.id))
    ))


def add_channel(session: Session, viewer: Viewer, kind: ChannelKind, address: str) -> Channel:
    """Add a channel: an e-mail address, or the key of a robot (what follows ``key=`` or ``access_token=`` or the last
    part of its address; the whole address may be pasted).

    Raises:
        Invalid: it is no e-mail address or key, or there are ten already.
    """
    cleaned = _email(address) if kind is ChannelKind.email else _robot_key(address)
    if len(channels_of(session, viewer)) >= 10:
        raise Invalid("channel.many", "最多十个通知渠道，请先删除不用的。")
    made = Channel(person_id=viewer.person_id, kind=kind, address=cleaned)
    session.add(made)
    ledger.record(session, viewer.person_id, "channel.added", made.id, kind=kind.value)
    return made


def remove_channel(session: Session, viewer: Viewer, channel_id: str) -> None:
    """Remove one of the viewer's channels, with what was still to be sent through it.

    Raises:
        NotFound: it is not one of the viewer's.
    """
    found = own_channel(session, viewer, channel_id)
    for delivery in session.exec(select(Delivery).where(Delivery.channel_id == found.id)):
        session.delete(delivery)
    session.flush()
    session.delete(found)
    ledger.record(session, viewer.person_id, "channel.removed", channel_id, kind=found.kind.value)


def own_channel(session: Session, viewer: Viewer, channel_id: str) -> Channel:
    """One of the viewer's channels.

    Raises:
        NotFound: it is not.
    """
    found = session.get(Channel, channel_id)
    if found is None or found.person_id != viewer.person_id:
        raise NotFound("channel.unknown", "没有这个通知渠道。")
    return found


def _email(address: str) -> str:
    name, _, host = address.strip().partition("@")
    if not name or "." not in host or any(c.isspace() or c in "<>\"',;:/\\" for c in address.strip()):
        raise Invalid("channel.bad_email", "这不是有效的邮箱地址，请检查。")
    return address.strip()


def _robot_key(address: str) -> str:
    key = address.strip().rstrip("/").rpartition("=")[2].rpartition("/")[2]
    if not 8 <= len(key) <= 200 or not all(c.isalnum() or c in "-_" for c in key):
        raise Invalid("channel.bad_key", "请粘贴机器人的 Webhook 地址，或其中的密钥部分。")
    return key
