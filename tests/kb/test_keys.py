"""Signing keys: only the PIN opens them, wrong ones are counted, and the company's CA certifies them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from sqlmodel import Session

from kb import authority, keys, ledger
from kb.db import now, transaction
from kb.errors import Conflict, Invalid, NotAllowed, NotFound
from kb.people import Person

PIN = "暗号-七上八下"


@pytest.fixture
def person(people: dict[str, Person]) -> Person:
    return people["successor"]


def test_what_is_signed_is_verified_with_the_certificate(session: Session, person: Person) -> None:
    keys.create_key(session, person, PIN)
    opened = keys.unlock(session, person.id, PIN)
    signature = opened.sign("交接清单".encode())
    assert keys.verify(opened.certificate_pem, "交接清单".encode(), signature)
    assert not keys.verify(opened.certificate_pem, "交接清单改".encode(), signature)


def test_the_certificate_comes_from_the_companys_authority(session: Session, person: Person) -> None:
    row = keys.create_key(session, person, PIN)
    found = x509.load_pem_x509_certificate(row.certificate.encode())
    found.verify_directly_issued_by(authority.ca().certificate)
    assert person.login in found.subject.rfc4514_string()


def test_keys_lie_where_only_their_owner_reads(session: Session, person: Person, home: Path) -> None:
    keys.create_key(session, person, PIN)
    authority.seal()
    for file in (home / "keys").iterdir():
        assert file.stat().st_mode & 0o077 == 0
    row = keys.key_of(session, person.id)
    assert row is not None
    assert PIN not in row.wrapped


def test_a_wrong_pin_opens_nothing_and_five_close_the_key(session: Session, person: Person) -> None:
    keys.create_key(session, person, PIN)
    for _ in range(keys.TRIES):
        with pytest.raises(Invalid):
            keys.unlock(session, person.id, "猜一个口令")
    with pytest.raises(NotAllowed):
        keys.unlock(session, person.id, PIN)
    row = session.get_one(keys.SigningKey, person.id)
    row.failed_at = now() - keys.WINDOW
    assert keys.unlock(session, person.id, PIN)
    assert row.failures == 0


def test_changing_the_pin_keeps_the_key(session: Session, person: Person) -> None:
    certificate = keys.create_key(session, person, PIN).certificate
    keys.change_pin(session, person, PIN, "另一个长口令")
    with pytest.raises(Invalid):
        keys.unlock(session, person.id, PIN)
    assert keys.unlock(session, person.id, "另一个长口令").certificate_pem == certificate


@pytest.mark.parametrize("pin", ["12345", "111111", "口" * 129])
def test_a_weak_pin_is_refused(session: Session, person: Person, pin: str) -> None:
    with pytest.raises(Invalid):
        keys.create_key(session, person, pin)


def test_one_key_a_person_and_none_for_who_has_none(session: Session, person: Person) -> None:
    with pytest.raises(NotFound):
        keys.unlock(session, person.id, PIN)
    keys.create_key(session, person, PIN)
    with pytest.raises(Conflict):
        keys.create_key(session, person, PIN)


def test_a_wrong_pin_counts_though_the_request_is_rolled_back(session: Session, person: Person) -> None:
    keys.create_key(session, person, PIN)
    session.commit()
    for tries in range(1, 4):
        with pytest.raises(Invalid), transaction() as request:
            keys.unlock(request, person.id, "猜一个口令")
        session.expire_all()
        assert session.get_one(keys.SigningKey, person.id).failures == tries
        session.commit()
    assert ledger.verify(session) == []


def test_a_revoked_key_signs_no_more_and_its_signatures_stay_valid(session: Session, person: Person) -> None:
    keys.create_key(session, person, PIN)
    opened = keys.unlock(session, person.id, PIN)
    signature = opened.sign("交接清单".encode())
    keys.revoke_key(session, person.id, person.id, "口令可能泄露")
    with pytest.raises(NotFound):
        keys.unlock(session, person.id, PIN)
    assert keys.verify(opened.certificate_pem, "交接清单".encode(), signature)
    assert keys.create_key(session, person, PIN).certificate != opened.certificate_pem
    with pytest.raises(NotFound):
        keys.revoke_key(session, person.id, "per-nobody")
