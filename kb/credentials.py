"""How a person proves who they are: password (argon2id), log-in session and API token.

Secrets of 256 bits are given out once and kept only as SHA-256: a stolen database opens nothing. A session or token
lives only while its person is active, and is looked up on every request, so that ending one works at once.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_
from sqlmodel import Field, Session, SQLModel, col, select

from kb import ledger
from kb.db import UtcDateTime, new_id, now
from kb.errors import Invalid, NotFound
from kb.people import Person
from kb.settings import settings

if TYPE_CHECKING:
    from pwdlib import PasswordHash

PASSWORD_LENGTH = 10
"""Fewest characters of a password a person chooses."""
TOKEN_DAYS = (7, 30, 90, 365)
"""How long an API token may be asked to live, in days."""
_LONGEST_PASSWORD = 256
_SESSION_DAYS = 14
_TOUCH = timedelta(minutes=1)
_PREFIX = "kb_"
"""What every API token begins with, so that secret scanners recognise a leaked one."""


class LoginSession(SQLModel, table=True):
    """One browser that logged in. Ends by log-out, by idleness (``session_hours``) or after 14 days."""

    __tablename__ = "login_session"
    token_hash: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    last_used_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)


class ApiToken(SQLModel, table=True):
    """A personal key for programs; it may do what its person may. ``hint`` is its last 4 characters."""

    __tablename__ = "api_token"
    id: str = Field(default_factory=lambda: new_id("tok"), primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    name: str
    hint: str
    token_hash: str = Field(index=True, unique=True)
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@lru_cache(maxsize=1)
def _hasher() -> PasswordHash:
    from pwdlib import PasswordHash

    return PasswordHash.recommended()


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    """A hash that no password matches in practice; checking it costs an unknown log-in the same time as a known one."""
    return _hasher().hash(secrets.token_urlsafe(32))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def hash_password(password: str) -> str:
    """The argon2id hash of a password, without judging the password."""
    return _hasher().hash(password)


def one_time_password() -> str:
    """A password of 16 easily typed characters (79 bits) to be replaced at the first log-in."""
    return new_id("a")[2:] + new_id("a")[2:6]


def check_password(stored_hash: str, password: str) -> bool:
    """Whether the password fits the hash. Takes about 0.25 s also when ``stored_hash`` is empty, which nothing fits."""
    if len(password) > _LONGEST_PASSWORD:
        password = ""
    return _hasher().verify(password, stored_hash or _nobodys_hash()) and bool(stored_hash)


def judge_password(person: Person, password: str) -> None:
    """Refuse a password that is too easy to guess.

    Raises:
        Invalid: shorter than 10 or longer than 256 characters, the log-in name or name inside a short one, or too
            few different characters.
    """
    if not PASSWORD_LENGTH <= len(password) <= _LONGEST_PASSWORD:
        raise Invalid("password.length", "密码至少 {least} 个字符，最多 {most} 个。", least=PASSWORD_LENGTH,
                      most=_LONGEST_PASSWORD)
    lowered = password.lower()
    if len(set(lowered)) < 5 or lowered.replace(person.login.lower(), "").strip("0123456789") == "":
        raise Invalid("password.guessable", "这个密码太容易被猜到，请换一个与登录名无关、字符更丰富的密码。")


def set_password(
    session: Session, actor_id: str, person: Person, password: str, *, temporary: bool = False, judged: bool = True
) -> None:
    """Give a person a new password and end all their log-in sessions. ``temporary`` makes them choose another first.

    A password set by somebody else also revokes the person's API tokens: it is how a lost account is taken back.
    ``judged=False`` takes any password that is not empty.

    Raises:
        Invalid: the password is too easy to guess.
    """
    if judged or not password:
        judge_password(person, password)
    person.password_hash, person.password_temporary = hash_password(password), temporary
    session.add(person)
    end_sessions(session, person.id)
    if actor_id != person.id:
        _revoke_all_tokens(session, person.id)
    ledger.record(session, actor_id, "password.set", person.id, temporary=temporary)


def open_session(session: Session, person: Person) -> str:
    """Log a person in; the secret for the cookie is returned once and not kept. Expired sessions are swept out."""
    purge_sessions(session)
    secret = secrets.token_urlsafe(32)
    session.add(LoginSession(token_hash=_digest(secret), person_id=person.id))
    ledger.record(session, person.id, "session.opened", person.id)
    return secret


def person_of_session(session: Session, secret: str) -> Person | None:
    """The active person a cookie belongs to; None when the session ended, expired or never was."""
    found = session.get(LoginSession, _digest(secret))
    if found is None or _expired(found):
        return None
    return _active(session, found.person_id)


def touch_session(session: Session, secret: str) -> None:
    """Note that a session was used, so that it does not grow idle. Costs a write at most once a minute."""
    found = session.get(LoginSession, _digest(secret))
    if found is not None:
        found.last_used_at = now()
        session.add(found)


def session_needs_touch(session: Session, secret: str) -> bool:
    """Whether ``touch_session`` is due; a read."""
    found = session.get(LoginSession, _digest(secret))
    return found is not None and now() - found.last_used_at > _TOUCH


def end_session(session: Session, secret: str) -> None:
    """Log out: the cookie stops working with the next request, wherever it was copied to."""
    found = session.get(LoginSession, _digest(secret))
    if found is not None:
        session.delete(found)
        ledger.record(session, found.person_id, "session.ended", found.person_id)


def end_sessions(session: Session, person_id: str) -> None:
    """Log a person out everywhere."""
    session.execute(delete(LoginSession).where(col(LoginSession.person_id) == person_id))


def purge_sessions(session: Session) -> None:
    """Remove the sessions that expired; they opened nothing any more."""
    idle, old = now() - timedelta(hours=settings().session_hours), now() - timedelta(days=_SESSION_DAYS)
    session.execute(
        delete(LoginSession).where(or_(col(LoginSession.last_used_at) < idle, col(LoginSession.created_at) < old))
    )


def create_token(session: Session, person_id: str, name: str, *, days: int = 90) -> tuple[ApiToken, str]:
    """Make an API token for oneself. The second value is the secret; it is shown once and not kept.

    Raises:
        Invalid: the name is empty or over 60 characters, or ``days`` is not one of ``TOKEN_DAYS``.
    """
    name = name.strip()
    if not name or len(name) > 60:
        raise Invalid("token.bad_name", "请给令牌起一个名字（最多 60 个字），以便日后辨认。")
    if days not in TOKEN_DAYS:
        raise Invalid("token.bad_days", "令牌有效期只能是 {choices} 天。", choices="、".join(map(str, TOKEN_DAYS)))
    secret = _PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(person_id=person_id, name=name, hint=secret[-4:], token_hash=_digest(secret),
                     expires_at=now() + timedelta(days=days))
    session.add(token)
    ledger.record(session, person_id, "token.created", token.id, name=name, days=days)
    return token, secret


def list_tokens(session: Session, person_id: str) -> list[ApiToken]:
    """A person's tokens that still work, newest first."""
    return list(session.exec(
        select(ApiToken)
        .where(ApiToken.person_id == person_id, col(ApiToken.revoked_at).is_(None), ApiToken.expires_at > now())
        .order_by(col(ApiToken.created_at).desc())
    ))


def revoke_token(session: Session, person_id: str, token_id: str) -> None:
    """Revoke one of one's own tokens; it stops working with the next request.

    Raises:
        NotFound: the person has no such token.
    """
    token = session.get(ApiToken, token_id)
    if token is None or token.person_id != person_id or token.revoked_at is not None:
        raise NotFound("token.unknown", "没有这个令牌，可能已被吊销。")
    token.revoked_at = now()
    session.add(token)
    ledger.record(session, person_id, "token.revoked", token.id)


def person_of_token(session: Session, secret: str) -> Person | None:
    """The active person an API token belongs to; None when it is revoked, expired or unknown."""
    token = session.exec(select(ApiToken).where(ApiToken.token_hash == _digest(secret))).first()
    if token is None or token.revoked_at is not None or token.expires_at <= now():
        return None
    return _active(session, token.person_id)


def token_needs_touch(session: Session, secret: str) -> bool:
    """Whether ``touch_token`` is due; a read."""
    token = session.exec(select(ApiToken).where(ApiToken.token_hash == _digest(secret))).first()
    return token is not None and (token.last_used_at is None or now() - token.last_used_at > _TOUCH)


def touch_token(session: Session, secret: str) -> None:
    """Note when a token was last used, to the minute."""
    token = session.exec(select(ApiToken).where(ApiToken.token_hash == _digest(secret))).first()
    if token is not None:
        token.last_used_at = now()
        session.add(token)


def end_everything(session: Session, person_id: str) -> None:
    """Close every door of a person who was deactivated: sessions are removed, tokens revoked."""
    end_sessions(session, person_id)
    _revoke_all_tokens(session, person_id)


def _expired(found: LoginSession) -> bool:
    idle, age = now() - found.last_used_at, now() - found.created_at
    return idle > timedelta(hours=settings().session_hours) or age > timedelta(days=_SESSION_DAYS)


def _active(session: Session, person_id: str) -> Person | None:
    person = session.get(Person, person_id)
    return person if person is not None and person.active else None


def _revoke_all_tokens(session: Session, person_id: str) -> None:
    for token in session.exec(
        select(ApiToken).where(ApiToken.person_id == person_id, col(ApiToken.revoked_at).is_(None))
    ):
        token.revoked_at = now()
        session.add(token)
