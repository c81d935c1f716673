"""Viewer: who is asking, reduced to what a rule needs to decide. Made anew for every request, never stored."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlmodel import Session

from kb.access import OPERATOR, Permission, Scope, granted_cells, role_may
from kb.errors import NotAllowed
from kb.people import Person, Role


@dataclass(frozen=True)
class Viewer:
    """The one who asks. ``role`` None means the operator of the machine; ``locale`` empty means not chosen."""

    person_id: str
    login: str
    name: str
    role: Role | None
    scope: Scope
    locale: str = ""

    def may(self, permission: Permission) -> bool:
        """Whether this viewer's role has the permission; the operator has all of them."""
        return self.role is None or role_may(self.role, permission)

    def require(self, permission: Permission) -> None:
        """Stop here unless the viewer's role has the permission.

        Raises:
            NotAllowed: it has not.
        """
        if not self.may(permission):
            raise NotAllowed("viewer.not_allowed", "您的角色不能进行此操作。如有需要，请联系人事或管理员。")


OPERATOR_VIEWER = Viewer(
    person_id="operator", login="operator", name="本机管理者", role=None, scope=OPERATOR, locale="zh"
)
"""Whoever owns the machine and types ``kb`` on it: sees everything, and is named so in the operation log."""


def viewer_for(session: Session, person: Person) -> Viewer:
    """The viewer a person is right now: their live grants, none at all when deactivated."""
    return Viewer(
        person_id=person.id, login=person.login, name=person.name, role=person.role,
        scope=Scope(cells=granted_cells(session, person)), locale=person.locale,
    )


def viewer_within(session: Session, person: Person, handover_id: str) -> Viewer:
    """The person as a viewer who sees of their rights only what belongs to one handover."""
    seen = viewer_for(session, person)
    return replace(seen, scope=Scope(frozenset(c for c in seen.scope.cells if c.partition(":")[0] == handover_id)))
