"""Checkpoints (first version)."""
from sqlmodel import Session


def checkpoint_now(session: Session) -> None:
    """Later."""
