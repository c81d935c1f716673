"""Notices and where they go: one's own only, masked channels, a real mail server, retries that end and show."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlmodel import Session, select

from kb import directory, notices, posting
from kb.db import now
from kb.errors import Invalid, NotFound
from kb.notices import ChannelKind, Delivery, NoticeKind
from kb.people import Person
from kb.settings import settings
from kb.viewing import Viewer, viewer_for


def _plain(_locale: str, message: str, params: dict[str, object]) -> str:
    return message.format_map(params)


@pytest.fixture
def me(session: Session, people: dict[str, Person]) -> Viewer:
    return viewer_for(session, people["successor"])


def _tell(session: Session, *people: Person) -> None:
    notices.notify(session, [p.id for p in people], NoticeKind.turn, "「{title}」轮到您了。", link="/handovers/hov-1",
                   title="离任交接")
    session.commit()


def test_a_notice_is_ones_own(session: Session, people: dict[str, Person], me: Viewer) -> None:
    _tell(session, people["successor"], people["leaver"])
    other = viewer_for(session, people["leaver"])
    assert notices.unread(session, me) == 1
    foreign = notices.notices_of(session, other)[0]
    with pytest.raises(NotFound):
        notices.mark_read(session, me, foreign.id)
    notices.mark_read(session, me)
    assert (notices.unread(session, me), notices.unread(session, other)) == (0, 1)


@pytest.mark.parametrize(
    ("kind", "address", "kept", "shown"),
    [
        (ChannelKind.email, "ren@example.com", "ren@example.com", "re…@example.com"),
        (ChannelKind.wecom, "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx-4bc4",
         "693a91f6-7xxx-4bc4", "…4bc4"),
        (ChannelKind.dingtalk, "https://oapi.dingtalk.com/robot/send?access_token=abcdef123456", "abcdef123456",
         "…3456"),
        (ChannelKind.feishu, "https://open.feishu.cn/open-apis/bot/v2/hook/1a2b-3c4d-5e6f", "1a2b-3c4d-5e6f", "…5e6f"),
    ],
)
def test_a_channel_keeps_the_key_only_and_shows_its_end(
    session: Session, me: Viewer, kind: ChannelKind, address: str, kept: str, shown: str
) -> None:
    made = notices.add_channel(session, me, kind, address)
    assert (made.address, made.masked) == (kept, shown)


@pytest.mark.parametrize(
    ("kind", "address"),
    [(ChannelKind.email, "ren"), (ChannelKind.email, "a@b.c/../x"), (ChannelKind.wecom, "短"),
     (ChannelKind.feishu, "http://127.0.0.1:8000/admin?x")],
)  # fmt: skip
def test_nothing_else_is_a_channel(session: Session, me: Viewer, kind: ChannelKind, address: str) -> None:
    with pytest.raises(Invalid):
        notices.add_channel(session, me, kind, address)


def test_removing_a_channel_takes_what_waits_for_it(session: Session, people: dict[str, Person], me: Viewer) -> None:
    made = notices.add_channel(session, me, ChannelKind.email, "ren@example.com")
    _tell(session, people["successor"])
    with pytest.raises(NotFound):
        notices.remove_channel(session, viewer_for(session, people["leaver"]), made.id)
    notices.remove_channel(session, me, made.id)
    assert session.exec(select(Delivery)).all() == []


class _Inbox:
    def __init__(self) -> None:
        self.received: list[str] = []
        self.markup: list[str] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:
        from email import message_from_bytes, policy

        mail = message_from_bytes(envelope.content, policy=policy.default)  # type: ignore[attr-defined]
        body = mail.get_body(("plain", "html"))
        self.markup += [part.get_content() for part in mail.walk() if part.get_content_type() == "text/html"]
        self.received.append(f"{mail['To']} {body.get_content() if body else ''}")
        return "250 OK"


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[_Inbox]:
    from aiosmtpd.controller import Controller

    handler = _Inbox()
    server = Controller(handler, hostname="127.0.0.1", port=0)
    server.port = _free_port()
    server.start()
    monkeypatch.setenv("KB_SMTP_URL", f"mailto://127.0.0.1:{server.port}?from=kb@example.com")
    monkeypatch.setenv("KB_PUBLIC_URL", "https://kb.example.com")
    settings.cache_clear()
    yield handler
    server.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.integration
def test_a_mail_goes_through_a_real_server(
    session: Session, people: dict[str, Person], me: Viewer, inbox: _Inbox
) -> None:
    notices.add_channel(session, me, ChannelKind.email, "ren@example.com")
    _tell(session, people["successor"])
    assert posting.deliver_due(_plain).sent == 1
    assert posting.deliver_due(_plain) == posting.Posted()
    deadline = time.monotonic() + 5
    while not inbox.received and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "ren@example.com" in inbox.received[0]
    assert "「离任交接」轮到您了。" in inbox.received[0]
    assert "https://kb.example.com/handovers/hov-1" in inbox.received[0]


def test_nothing_leaves_the_house_for_a_closed_account(
    session: Session, people: dict[str, Person], me: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(posting, "send", lambda _channel, sentence, _link: sent.append(sentence) or "")
    notices.add_channel(session, me, ChannelKind.wecom, "693a91f6-7xxx-4bc4")
    _tell(session, people["successor"])
    directory.deactivate(session, viewer_for(session, people["admin"]), me.person_id)
    _tell(session, people["successor"])
    assert posting.deliver_due(_plain) == posting.Posted(failed=2)
    assert posting.deliver_due(_plain) == posting.Posted()
    assert sent == []
    directory.reactivate(session, viewer_for(session, people["admin"]), me.person_id)
    _tell(session, people["successor"])
    assert (posting.deliver_due(_plain).sent, len(sent)) == (1, 1)


@pytest.mark.integration
def test_a_title_is_no_markup_in_a_mail(session: Session, me: Viewer, inbox: _Inbox) -> None:
    notices.add_channel(session, me, ChannelKind.email, "ren@example.com")
    notices.notify(session, [me.person_id], NoticeKind.turn, "「{title}」", link="/handovers/hov-1",
                   title='<a href="https://evil.example">请登录</a>')
    session.commit()
    assert posting.deliver_due(_plain).sent == 1
    deadline = time.monotonic() + 5
    while not inbox.received and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "请登录" in inbox.received[0]
    assert [html for html in inbox.markup if "<a href" in html] == []


@pytest.mark.integration
def test_a_failing_channel_is_tried_again_and_then_shown(
    session: Session, people: dict[str, Person], me: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KB_SMTP_URL", f"mailto://127.0.0.1:{_free_port()}?from=kb@example.com")
    settings.cache_clear()
    notices.add_channel(session, me, ChannelKind.email, "ren@example.com")
    _tell(session, people["successor"])
    assert posting.deliver_due(_plain).waiting == 1
    for _ in posting.WAITS:
        session.rollback()
        session.expire_all()
        delivery = session.exec(select(Delivery)).one()
        assert delivery.next_at > now()
        delivery.next_at = now()
        session.commit()
        posting.deliver_due(_plain)
    session.rollback()
    session.expire_all()
    delivery, _, channel = posting.failures_of(session, me.person_id)[0]
    assert delivery.failed_at is not None
    assert channel.address not in delivery.error
    posting.retry(session, me.person_id)
    session.commit()
    assert posting.deliver_due(_plain).waiting == 1
