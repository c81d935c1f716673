"""The company's own certificate authority and its seal: files in ``KB_HOME/keys``, made on first use.

The CA certifies people's signing keys and the company's seal, and nothing else. Whoever checks evidence later needs
one thing from outside: the fingerprint of the CA's certificate, which every certificate and bundle prints.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kb.db import now
from kb.settings import settings

_YEARS = timedelta(days=3650)
_ORGANISATION = "交接知识库"


@dataclass(frozen=True)
class Identity:
    """A private key with its certificate."""

    private_key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate


def folder() -> Path:
    """Where the company's keys lie; only the owner of the process may read it."""
    return settings().home / "keys"


def ca() -> Identity:
    """The certificate authority; made on first use."""
    return _load_or_make("ca", lambda key: _build(key.public_key(), "交接知识库 根证书", key, None, authority=True))


def seal() -> Identity:
    """The company's seal, which signs certificates of handover; made on first use."""
    issuer = ca()
    return _load_or_make("seal", lambda key: _build(key.public_key(), "交接知识库 系统签章", issuer.private_key,
                                                    issuer.certificate.subject))


def certify(public_key: ec.EllipticCurvePublicKey, *, name: str, login: str) -> str:
    """A certificate (PEM) for a person's key."""
    issuer = ca()
    made = _build(public_key, f"{name}（{login}）"[:64], issuer.private_key, issuer.certificate.subject, login=login)
    return made.public_bytes(serialization.Encoding.PEM).decode()


def ca_pem() -> str:
    """The CA's certificate (PEM)."""
    return ca().certificate.public_bytes(serialization.Encoding.PEM).decode()


def fingerprint(certificate_pem: str) -> str:
    """SHA-256 (hex) of a certificate's DER bytes."""
    found = x509.load_pem_x509_certificate(certificate_pem.encode())
    return hashlib.sha256(found.public_bytes(serialization.Encoding.DER)).hexdigest()


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read, durably; whoever is first wins.

    Raises:
        FileExistsError: it is there already.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        os.write(handle, content)
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, path)  # fails where another process made one in the meantime
    finally:
        draft.unlink()


def _load_or_make(name: str, certificate_for: Callable[[ec.EllipticCurvePrivateKey], x509.Certificate]) -> Identity:
    path = folder() / f"{name}.pem"
    if not path.exists():
        key = ec.generate_private_key(ec.SECP256R1())
        made = certificate_for(key)
        content = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ) + made.public_bytes(serialization.Encoding.PEM)
        with contextlib.suppress(FileExistsError):
            write_private(path, content)
    content = path.read_bytes()
    private = serialization.load_pem_private_key(content, None)
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{name}: not an elliptic curve key")
    return Identity(private, x509.load_pem_x509_certificate(content[content.index(b"-----BEGIN CERT"):]))


def _build(
    public_key: ec.EllipticCurvePublicKey, name: str, signer: ec.EllipticCurvePrivateKey, issuer: x509.Name | None, *,
    authority: bool = False, login: str = "",
) -> x509.Certificate:
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANISATION),
                  x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if login:
        attributes.append(x509.NameAttribute(NameOID.USER_ID, login))
    subject = x509.Name(attributes)
    usage = x509.KeyUsage(
        digital_signature=not authority, content_commitment=not authority, key_cert_sign=authority,
        crl_sign=authority, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(issuer or subject).public_key(public_key)
        .serial_number(x509.random_serial_number()).not_valid_before(now() - timedelta(minutes=5))
        .not_valid_after(now() + (2 * _YEARS if authority else _YEARS))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    )  # fmt: skip
    if not authority:
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False
        )
    return builder.sign(signer, hashes.SHA256())
