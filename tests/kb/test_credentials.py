"""Passwords, log-in sessions and API tokens: what works, what ends, and that no secret is stored."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from kb import credentials
from kb.credentials import ApiToken, LoginSession
from kb.db import now
from kb.errors import Invalid, NotFound
from kb.ledger import LedgerEntry, verify
from kb.people import Person

People = dict[str, Person]
GOOD = "云帆-交接-2026"


class TestPassword:
    def test_is_argon2id_and_checked(self, session: Session, people: People) -> None:
        credentials.set_password(session, people["hr"].id, people["hr"], GOOD)
        assert people["hr"].password_hash.startswith("$argon2id$")
        assert credentials.check_password(people["hr"].password_hash, GOOD)
        assert not credentials.check_password(people["hr"].password_hash, GOOD + " ")

    def test_nothing_fits_an_account_without_one(self) -> None:
        assert not credentials.check_password("", "")
        assert not credentials.check_password("", "任何密码都不行")

    def test_an_endless_one_is_refused_quickly(self) -> None:
        assert not credentials.check_password(credentials.hash_password(GOOD), "长" * 10_000_000)

    @pytest.mark.parametrize("weak", ["", "短", "123456789", "aaaaaaaaaaaa", "hr12345678", "字" * 300])
    def test_guessable_ones_are_refused(self, people: People, weak: str) -> None:
        with pytest.raises(Invalid):
            credentials.judge_password(people["hr"], weak)

    def test_one_time_ones_differ_and_are_acceptable(self, people: People) -> None:
        first, second = credentials.one_time_password(), credentials.one_time_password()
        assert first != second
        assert len(first) == 16
        credentials.judge_password(people["hr"], first)

    def test_a_new_one_ends_sessions_but_keeps_own_tokens(self, session: Session, people: People) -> None:
        cookie = credentials.open_session(session, people["hr"])
        _, token = credentials.create_token(session, people["hr"].id, "报表")
        credentials.set_password(session, people["hr"].id, people["hr"], GOOD)
        assert credentials.person_of_session(session, cookie) is None
        assert credentials.person_of_token(session, token) == people["hr"]

    def test_a_reset_by_another_revokes_tokens_too(self, session: Session, people: People) -> None:
        _, token = credentials.create_token(session, people["hr"].id, "报表")
        credentials.set_password(session, people["admin"].id, people["hr"], GOOD, temporary=True)
        assert credentials.person_of_token(session, token) is None
        assert people["hr"].password_temporary


class TestSession:
    def test_belongs_to_its_person_until_it_ends(self, session: Session, people: People) -> None:
        cookie = credentials.open_session(session, people["leaver"])
        assert credentials.person_of_session(session, cookie) == people["leaver"]
        credentials.end_session(session, cookie)
        assert credentials.person_of_session(session, cookie) is None

    def test_secret_is_not_stored(self, session: Session, people: People) -> None:
        cookie = credentials.open_session(session, people["leaver"])
        session.flush()
        row = session.exec(select(LoginSession)).one()
        assert cookie not in str(row.model_dump())
        assert len(cookie) >= 43, "256 bits"

    def test_dies_of_idleness_and_of_age(self, session: Session, people: People) -> None:
        cookie = credentials.open_session(session, people["leaver"])
        session.flush()
        row = session.exec(select(LoginSession)).one()
        row.last_used_at = now() - timedelta(hours=13)
        session.flush()
        assert credentials.person_of_session(session, cookie) is None
        row.last_used_at, row.created_at = now(), now() - timedelta(days=15)
        session.flush()
        assert credentials.person_of_session(session, cookie) is None
        credentials.purge_sessions(session)
        assert session.exec(select(LoginSession)).all() == []

    def test_use_keeps_it_alive(self, session: Session, people: People) -> None:
        cookie = credentials.open_session(session, people["leaver"])
        session.flush()
        assert not credentials.session_needs_touch(session, cookie)
        row = session.exec(select(LoginSession)).one()
        row.last_used_at = now() - timedelta(hours=11)
        session.flush()
        assert credentials.session_needs_touch(session, cookie)
        credentials.touch_session(session, cookie)
        assert now() - row.last_used_at < timedelta(seconds=5)

    def test_a_deactivated_person_has_none(self, session: Session, people: People) -> None:
        cookie = credentials.open_session(session, people["leaver"])
        people["leaver"].active = False
        session.flush()
        assert credentials.person_of_session(session, cookie) is None


class TestToken:
    def test_opens_until_revoked(self, session: Session, people: People) -> None:
        row, secret = credentials.create_token(session, people["hr"].id, "人力系统")
        assert secret.startswith("kb_")
        assert secret not in str(row.model_dump())
        assert credentials.person_of_token(session, secret) == people["hr"]
        credentials.revoke_token(session, people["hr"].id, row.id)
        assert credentials.person_of_token(session, secret) is None
        assert credentials.list_tokens(session, people["hr"].id) == []

    def test_expires(self, session: Session, people: People) -> None:
        row, secret = credentials.create_token(session, people["hr"].id, "人力系统", days=7)
        row.expires_at = now() - timedelta(seconds=1)
        session.flush()
        assert credentials.person_of_token(session, secret) is None

    def test_last_use_is_noted(self, session: Session, people: People) -> None:
        row, secret = credentials.create_token(session, people["hr"].id, "人力系统")
        session.flush()
        assert credentials.token_needs_touch(session, secret)
        credentials.touch_token(session, secret)
        assert row.last_used_at is not None
        assert not credentials.token_needs_touch(session, secret)

    def test_of_another_cannot_be_revoked(self, session: Session, people: People) -> None:
        row, _ = credentials.create_token(session, people["hr"].id, "人力系统")
        with pytest.raises(NotFound):
            credentials.revoke_token(session, people["admin"].id, row.id)

    @pytest.mark.parametrize(("name", "days"), [("", 90), ("字" * 61, 90), ("永久", 100_000)])
    def test_needs_a_name_and_an_end(self, session: Session, people: People, name: str, days: int) -> None:
        with pytest.raises(Invalid):
            credentials.create_token(session, people["hr"].id, name, days=days)
        assert session.exec(select(ApiToken)).all() == []


def test_everything_is_in_the_log_and_no_secret_is(session: Session, people: People) -> None:
    person = people["hr"]
    credentials.set_password(session, person.id, person, GOOD)
    cookie = credentials.open_session(session, person)
    row, secret = credentials.create_token(session, person.id, "人力系统")
    credentials.revoke_token(session, person.id, row.id)
    credentials.end_session(session, cookie)
    entries = session.exec(select(LedgerEntry)).all()
    assert [e.action for e in entries] == [
        "password.set", "session.opened", "token.created", "token.revoked", "session.ended",
    ]
    assert not any(hidden in e.body for e in entries for hidden in (GOOD, cookie, secret))
    assert verify(session) == []
