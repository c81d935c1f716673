"""Signing keys: one P-256 key a person, wrapped by a PIN that only they know, certified by the company's own CA.

The private key is encrypted with AES-256-GCM under a key derived from the PIN by argon2id; the PIN is kept nowhere, so
that nobody, an administrator included, can sign for somebody else. The CA's key lies in ``KB_HOME/keys`` and signs
certificates only. Source: 电子签名法 Art. 13; OWASP's argon2id parameters (19 MiB, 2 passes).
"""

from __future__ import annotations

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.x509 import load_pem_x509_certificate
from sqlalchemy import event
from sqlalchemy.orm import SessionTransaction
from sqlmodel import Field, Session, SQLModel

from kb import authority, ledger
from kb.db import UtcDateTime, now, transaction
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.people import Person

SHORTEST_PIN, LONGEST_PIN = 6, 128
TRIES, WINDOW = 5, timedelta(minutes=15)
"""Wrong PINs in a row before the key is closed, and for how long after the last of them."""
MEMORY_KIB, PASSES = 19_456, 2
"""Cost of deriving the wrapping key; tests make it cheap."""


class SigningKey(SQLModel, table=True):
    """A person's key. ``wrapped`` is base64 of nonce and ciphertext, ``certificate`` PEM; ``failures`` counts wrong
    PINs since the last right one. The cost parameters are kept, so that raising them later breaks no key."""

    __tablename__ = "signing_key"
    person_id: str = Field(primary_key=True, foreign_key="person.id")
    certificate: str
    wrapped: str
    salt: str
    memory_kib: int
    passes: int
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)
    failures: int = 0
    failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


@dataclass(frozen=True)
class UnlockedKey:
    """An opened key: it signs, and never leaves memory. ``certificate_pem`` is who it belongs to."""

    sign: Callable[[bytes], bytes]
    certificate_pem: str
    private_key: ec.EllipticCurvePrivateKey


def key_of(session: Session, person_id: str) -> SigningKey | None:
    """The person's key; None where they have none yet."""
    return session.get(SigningKey, person_id)


def has_key(session: Session, person_id: str) -> bool:
    """Whether the person has a key."""
    return key_of(session, person_id) is not None


def create_key(session: Session, person: Person, pin: str) -> SigningKey:
    """Make a person's key and its certificate.

    Raises:
        Conflict: they have one already.
        Invalid: the PIN is shorter than 6 or longer than 128 characters, or one character repeated.
    """
    if has_key(session, person.id):
        raise Conflict("key.exists", "您已经有签名密钥了。要换口令，请输入原口令。")
    _check_pin(pin)
    private = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.certify(private.public_key(), name=person.name, login=person.login)
    salt, wrapped = _wrap(private, pin)
    row = SigningKey(person_id=person.id, certificate=certificate, wrapped=wrapped, salt=salt, memory_kib=MEMORY_KIB,
                     passes=PASSES)
    session.add(row)
    ledger.record(session, person.id, "key.created", person.id, fingerprint=authority.fingerprint(certificate))
    return row


def change_pin(session: Session, person: Person, old: str, new: str) -> SigningKey:
    """Wrap the same key anew; signatures made so far stay valid.

    Raises:
        NotFound, Invalid, NotAllowed: as ``unlock``.
        Invalid: the new PIN is too short or too long.
    """
    opened = unlock(session, person.id, old)
    _check_pin(new)
    row = session.get_one(SigningKey, person.id)
    row.salt, row.wrapped = _wrap(opened.private_key, new)
    row.memory_kib, row.passes = MEMORY_KIB, PASSES
    ledger.record(session, person.id, "key.pin_changed", person.id)
    return row


def unlock(session: Session, person_id: str, pin: str) -> UnlockedKey:
    """Open a key with its PIN. A wrong one is counted, also where the caller rolls its work back for it.

    Raises:
        NotFound: the person has no key (``key.none``).
        Invalid: the PIN is wrong (``key.wrong_pin``).
        NotAllowed: too many wrong PINs; the key is closed for a quarter of an hour (``key.closed``).
    """
    row = key_of(session, person_id)
    if row is None:
        raise NotFound("key.none", "您还没有签名密钥，请先设置签名口令。")
    if row.failures >= TRIES and row.failed_at is not None and now() - row.failed_at < WINDOW:
        raise NotAllowed("key.closed", "签名口令输错太多次，请 15 分钟后再试。")
    raw = base64.b64decode(row.wrapped)
    try:
        plain = AESGCM(_derive(pin, base64.b64decode(row.salt), row.memory_kib, row.passes)).decrypt(
            raw[:12], raw[12:], None
        )
    except InvalidTag:
        _count_failure(session, person_id)
        raise Invalid("key.wrong_pin", "签名口令不对，请重新输入。") from None
    row.failures, row.failed_at = 0, None
    private = serialization.load_der_private_key(plain, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):  # never written by this module
        raise Invalid("key.wrong_pin", "签名口令不对，请重新输入。")
    return UnlockedKey(lambda data: private.sign(data, ec.ECDSA(hashes.SHA256())), row.certificate, private)


def revoke_key(session: Session, actor_id: str, person_id: str, reason: str = "") -> None:
    """Take a person's key away: nothing more is signed with it, what was signed stays valid, a new key may be made.

    Whether the actor may do so – one's own key, or as who manages people – is the caller's business.

    Raises:
        NotFound: the person has no key (``key.none_to_revoke``).
    """
    row = key_of(session, person_id)
    if row is None:
        raise NotFound("key.none_to_revoke", "这个人没有签名密钥，无需吊销。")
    fingerprint = authority.fingerprint(row.certificate)
    session.delete(row)
    ledger.record(session, actor_id, "key.revoked", person_id, fingerprint=fingerprint, reason=reason.strip()[:500])


def _count_failure(session: Session, person_id: str) -> None:
    """Count a wrong PIN in this transaction and, should it be rolled back, once more in one of its own."""
    outcome: list[bool] = []

    def ended(_: object, done: SessionTransaction) -> None:
        # Only now has the session given its connection and its locks back.
        if done.parent is None and outcome and not any(outcome):
            outcome.append(True)
            with transaction() as own:
                _note_failure(own, person_id)

    event.listen(session, "after_commit", lambda _: outcome.append(True))
    event.listen(session, "after_rollback", lambda _: outcome.append(False))
    event.listen(session, "after_transaction_end", ended)
    _note_failure(session, person_id)


def _note_failure(session: Session, person_id: str) -> None:
    row = session.get(SigningKey, person_id, with_for_update=True, populate_existing=True)
    if row is not None:
        row.failures, row.failed_at = row.failures + 1, now()
        ledger.record(session, person_id, "key.wrong_pin", person_id, failures=row.failures)


def verify(certificate_pem: str, data: bytes, signature: bytes) -> bool:
    """Whether a DER signature over the data was made with the certificate's key."""
    public = load_pem_x509_certificate(certificate_pem.encode()).public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return False
    try:
        public.verify(signature, data, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _wrap(private: ec.EllipticCurvePrivateKey, pin: str) -> tuple[str, str]:
    plain = private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    salt, nonce = os.urandom(16), os.urandom(12)
    sealed = nonce + AESGCM(_derive(pin, salt, MEMORY_KIB, PASSES)).encrypt(nonce, plain, None)
    return base64.b64encode(salt).decode(), base64.b64encode(sealed).decode()


def _derive(pin: str, salt: bytes, memory_kib: int, passes: int) -> bytes:
    from argon2.low_level import Type, hash_secret_raw

    return hash_secret_raw(pin.encode(), salt, passes, memory_kib, 1, 32, Type.ID)


def _check_pin(pin: str) -> None:
    if not SHORTEST_PIN <= len(pin) <= LONGEST_PIN or len(set(pin)) < 2:
        raise Invalid("key.weak_pin", "签名口令要有 6 到 128 个字符，不能是同一个字符重复。请换一个。")
