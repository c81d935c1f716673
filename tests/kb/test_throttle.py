"""The window on log-ins: counted per name and per address, in the database."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, select

from kb import throttle
from kb.db import now
from kb.throttle import LoginAttempt


def test_a_name_must_wait_after_ten(session: Session) -> None:
    waits = [throttle.attempt(session, "苏敏", f"10.0.0.{n}") for n in range(throttle.PER_LOGIN + 1)]
    assert waits[:-1] == [0] * throttle.PER_LOGIN
    assert 0 < waits[-1] <= 900


def test_case_and_blanks_do_not_make_another_name(session: Session) -> None:
    for name in ("hr", "HR", " hr ", "Hr") * 3:
        last = throttle.attempt(session, name, f"10.0.0.{name}")
    assert last > 0


def test_an_address_must_wait_after_fifty(session: Session) -> None:
    waits = [throttle.attempt(session, f"u{n}", "10.0.0.9") for n in range(throttle.PER_ADDRESS + 1)]
    assert waits[-2] == 0
    assert waits[-1] > 0


def test_it_passes(session: Session) -> None:
    for _ in range(throttle.PER_LOGIN):
        throttle.attempt(session, "hr", "10.0.0.1")
    for row in session.exec(select(LoginAttempt)):
        row.at = now() - throttle.WINDOW - timedelta(seconds=1)
    session.flush()
    assert throttle.attempt(session, "hr", "10.0.0.1") == 0


def test_a_success_forgives(session: Session) -> None:
    for _ in range(throttle.PER_LOGIN):
        throttle.attempt(session, "hr", "10.0.0.1")
    throttle.forgive(session, "hr", "10.0.0.1")
    assert throttle.attempt(session, "hr", "10.0.0.1") == 0


def test_names_are_not_kept_readable(session: Session) -> None:
    throttle.attempt(session, "我的密码", "10.0.0.1")
    assert all("我的密码" not in row.key for row in session.exec(select(LoginAttempt)))


def test_refusal_names_minutes() -> None:
    error = throttle.TooManyAttempts(61)
    assert str(error) == "登录尝试太多，请在 2 分钟后再试。"
