"""Values of a closed vocabulary, and numbers, as they come in addresses and forms."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

Member = TypeVar("Member", bound=StrEnum)


def known(vocabulary: type[Member], values: Iterable[str]) -> tuple[Member, ...]:
    """The members that the values name, in order; unknown values are left out."""
    members = {member.value: member for member in vocabulary}
    return tuple(members[v] for v in values if v in members)


def chosen(value: str, otherwise: Member) -> Member:
    """The member that a value names, of the vocabulary that ``otherwise`` belongs to; that one where it names none."""
    return next(iter(known(type(otherwise), [value])), otherwise)


def number_in(text: str, otherwise: int) -> int:
    """The whole number of up to nine digits that a text is; ``otherwise`` where it is none."""
    stripped = text.strip()
    return int(stripped) if stripped.isdecimal() and len(stripped) < 10 else otherwise
