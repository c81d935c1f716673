"""The certificate validates in a PDF validator offline, says what was handed over, and any changed byte shows."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from sqlmodel import Session, select

from kb import authority
from kb.access import Grant, Module
from kb.db import now
from kb.handover import appointing, certificate
from kb.ledger import LedgerEntry
from tests.kb.handover.walking import cast, finish, hand_in, opened, owed, see

pytestmark = pytest.mark.integration


@pytest.fixture
def pdf(session: Session) -> bytes:
    people = cast(session)
    handover = opened(session, people)
    finish(session, people, handover)
    found = certificate.issued(handover.id)
    assert found is not None
    return found


def _validate(pdf: bytes) -> list[bool]:
    from asn1crypto import pem, x509
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    root = x509.Certificate.load(pem.unarmor(authority.ca_pem().encode())[2])
    context = ValidationContext(trust_roots=[root], allow_fetching=False)
    return [
        validate_pdf_signature(s, context).bottom_line for s in PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    ]


def test_both_signatures_validate_offline_and_the_log_names_the_file(session: Session, pdf: bytes) -> None:
    assert _validate(pdf) == [True, True]
    entry = session.exec(select(LedgerEntry).where(LedgerEntry.action == "certificate.issued")).one()
    assert json.loads(entry.body)["detail"]["sha256"] == hashlib.sha256(pdf).hexdigest()


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig is not installed (Debian: poppler-utils)")
def test_an_independent_reader_finds_both_signatures_valid(pdf: bytes, tmp_path: Path) -> None:
    (tmp_path / "c.pdf").write_bytes(pdf)
    ran = subprocess.run(["pdfsig", str(tmp_path / "c.pdf")], capture_output=True, text=True, check=False)
    assert ran.stdout.count("Signature is Valid.") == 2, ran.stdout + ran.stderr
    assert ran.stdout.count("Total document signed") == 1


def test_a_changed_byte_under_a_signature_is_refused(pdf: bytes) -> None:
    assert b"595.28" in pdf
    assert _validate(pdf.replace(b"595.28", b"594.28", 1)) == [False, False]


def test_it_reads_as_text_in_chinese(pdf: bytes) -> None:
    import pypdfium2

    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    for said in ("交接证书", "核心技术人员可能在年内离职", "模块签收", "根证书指纹", "检查点公钥指纹"):
        assert said in text


def test_a_receiver_of_one_module_does_not_get_what_speaks_of_all(session: Session) -> None:
    people = cast(session, second=True)
    handover = opened(session, people)
    appointing.name_receivers(session, see(session, people["hr1"]), handover.id, [Module.finance], people["guo"])
    hand_in(session, handover, owed(session, handover)[0])
    for grant in session.exec(select(Grant).where(Grant.person_id == people["guo"].id, Grant.module != Module.finance)):
        grant.revoked_at = now()
    session.flush()
    readers = {n for n, p in people.items() if certificate.readable(session, see(session, p), handover)}
    assert readers == {"han", "qiu", "hr1", "ren"}
