"""Signing keys (first version)."""
from __future__ import annotations

import base64
import os
from dataclasses import dataclass
from datetime import datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlmodel import Field, Session, SQLModel

from kb import ledger
from kb.db import UtcDateTime, now
from kb.errors import Invalid, NotFound
from kb.people import Person


class SigningKey(SQLModel, table=True):
    """A person's key."""
    __tablename__ = "signing_key"
    person_id: str = Field(primary_key=True)
    certificate: str
    wrapped: str
    salt: str
    created_at: datetime = Field(default_factory=now, sa_type=UtcDateTime)

@dataclass(frozen=True)
class UnlockedKey:
    """Open."""
    key: ec.EllipticCurvePrivateKey
    certificate_pem: str
    def sign(self, data: bytes) -> bytes:
        """DER."""
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))

def _derive(pin: str, salt: bytes) -> bytes:
    from argon2.low_level import Type, hash_secret_raw
    return hash_secret_raw(pin.encode(), salt, 2, 65536, 1, 32, Type.ID)

def key_of(session: Session, person_id: str) -> SigningKey | None:
    """Key row."""
    return session.get(SigningKey, person_id)

def has_key(session: Session, person_id: str) -> bool:
    """Whether."""
    return key_of(session, person_id) is not None

def create_key(session: Session, person: Person, pin: str) -> SigningKey:
    """Create."""
    if len(pin) < 6:
        raise Invalid("key.weak_pin", "签名口令至少 6 位，请重新设置。")
    key = ec.generate_private_key(ec.SECP256R1()); salt = os.urandom(16); nonce = os.urandom(12)
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
    row = SigningKey(person_id=person.id, certificate=pem, wrapped=base64.b64encode(nonce + AESGCM(_derive(pin, salt)).encrypt(nonce, der, None)).decode(), salt=base64.b64encode(salt).decode())
    session.add(row); session.flush()
    ledger.record(session, person.id, "key.created", person.id)
    return row

def change_pin(session: Session, person: Person, old: str, new: str) -> SigningKey:
    """Change."""
    raise NotImplementedError

def unlock(session: Session, person_id: str, pin: str) -> UnlockedKey:
    """Unlock."""
    row = session.get(SigningKey, person_id)
    if row is None:
        raise NotFound("key.none", "您还没有签名密钥，请先在设置里生成。")
    raw = base64.b64decode(row.wrapped)
    try:
        der = AESGCM(_derive(pin, base64.b64decode(row.salt))).decrypt(raw[:12], raw[12:], None)
    except Exception:
        raise Invalid("key.wrong_pin", "签名口令不对，请重新输入。") from None
    key = serialization.load_der_private_key(der, None)
    return UnlockedKey(key, row.certificate)
