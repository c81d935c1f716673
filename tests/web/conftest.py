"""Fixtures of the web tests: a program that calls the API with a token, and an opened handover."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlmodel import Session
from starlette.testclient import TestClient

from kb import credentials
from kb.handover.case import Handover
from kb.handover.opening import open_handover
from kb.people import Person, find_person
from kb.viewing import OPERATOR_VIEWER


@pytest.fixture
def program_for(app: FastAPI, session: Session) -> Callable[[str], TestClient]:
    """program_for("hr") → a client without cookies that sends that person's API token."""

    def program(login: str) -> TestClient:
        _, secret = credentials.create_token(session, find_person(session, login).id, "测试程序")
        session.commit()
        return TestClient(app, follow_redirects=False, headers={"Authorization": f"Bearer {secret}"})

    return program


@pytest.fixture
def handover(session: Session, people: dict[str, Person]) -> Handover:
    """A COO's handover with leaver, successor and head named; only the leaver has grants. Committed."""
    made = open_handover(session, OPERATOR_VIEWER, "coo", people["leaver"], people["successor"], head=people["head"])
    session.commit()
    return made
