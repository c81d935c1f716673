"""How often a log-in may be tried: a sliding window in the database, so that a restart forgets nothing.

Two counts run side by side: per log-in name (guessing one person's password) and per address (trying many names); a
third one counts the old password where it is asked for again, so that a stolen session does not open the account. An
attempt is counted before the password is checked, so that parallel guesses cannot slip through together.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import Field, Session, SQLModel, col, select

from kb.db import UtcDateTime, now
from kb.errors import NotAllowed

WINDOW = timedelta(minutes=15)
PER_LOGIN = 10
"""Failed attempts for one log-in name within the window."""
PER_ADDRESS = 50
"""Failed attempts from one address within the window."""


class TooManyAttempts(NotAllowed):
    """Log-ins were tried too often; ``seconds`` until the next is worth it."""

    def __init__(self, seconds: int) -> None:
        super().__init__("login.throttled", "登录尝试太多，请在 {minutes} 分钟后再试。", minutes=-(-seconds // 60))
        self.seconds = seconds


class LoginAttempt(SQLModel, table=True):
    """One attempt, by hashed key: names that people mistype into the wrong field (passwords) are not kept readable."""

    __tablename__ = "login_attempt"
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(index=True)
    at: datetime = Field(default_factory=now, sa_type=UtcDateTime, index=True)


def attempt(session: Session, login: str, address: str) -> int:
    """Count an attempt; returns the seconds to wait, 0 when it may go on. The caller commits in both cases."""
    _sweep(session)
    waits = [_count(session, _login_key(login), PER_LOGIN), _count(session, _key(f"address:{address}"), PER_ADDRESS)]
    return max(waits)


def attempt_again(session: Session, person_id: str) -> int:
    """Count a try at the password of somebody who is logged in; returns and commits as ``attempt``."""
    _sweep(session)
    return _count(session, _key(f"again:{person_id}"), PER_LOGIN)


def forgive_again(session: Session, person_id: str) -> None:
    """Forget the tries of somebody who gave the right password."""
    session.execute(delete(LoginAttempt).where(col(LoginAttempt.key) == _key(f"again:{person_id}")))


def forgive(session: Session, login: str, address: str) -> None:
    """Forget a person's attempts after they logged in, and the one that succeeded from the address's count."""
    session.execute(delete(LoginAttempt).where(col(LoginAttempt.key) == _login_key(login)))
    wanted = select(LoginAttempt).where(LoginAttempt.key == _key(f"address:{address}"))
    last = session.exec(wanted.order_by(col(LoginAttempt.id).desc()).limit(1)).first()
    if last is not None:
        session.delete(last)


def _sweep(session: Session) -> None:
    session.execute(delete(LoginAttempt).where(col(LoginAttempt.at) < now() - WINDOW))


def _count(session: Session, key: str, limit: int) -> int:
    times = session.exec(select(func.count(), func.min(LoginAttempt.at)).where(LoginAttempt.key == key)).one()
    count, oldest = times[0], times[1]
    if count >= limit:
        return max(1, int((oldest + WINDOW - now()).total_seconds()))
    session.add(LoginAttempt(key=key))
    session.flush()
    return 0


def _login_key(login: str) -> str:
    return _key(f"login:{login.strip().casefold()}")


def _key(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
