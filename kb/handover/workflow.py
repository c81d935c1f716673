"""The flow of a handover as one table: nodes, what is done at each, by whom, and where it leads. Pure, no database.

发起 → 交付 → 部门负责人审核 → HR 确认 → 接收方按模块签收 → 归档, and the ways back. ``TRANSITIONS`` is all there is to
know: the services ask it, the page draws it (``stations``), the tests walk it. Pausing is a flag on top of a node,
because a paused handover goes on where it stood.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kb.errors import Conflict


class Node(StrEnum):
    """Where a handover stands. The last two are ends."""

    delivering = "delivering"
    head_review = "head_review"
    hr_confirmation = "hr_confirmation"
    receiving = "receiving"
    archived = "archived"
    cancelled = "cancelled"


NODE_NAMES = {
    Node.delivering: "交付", Node.head_review: "部门负责人审核", Node.hr_confirmation: "HR 确认",
    Node.receiving: "接收方签收", Node.archived: "已归档", Node.cancelled: "已取消",
}  # fmt: skip

ENDS = frozenset({Node.archived, Node.cancelled})

NODE_DAYS = {Node.delivering: 10, Node.head_review: 3, Node.hr_confirmation: 2, Node.receiving: 3}
"""Working days a node may take. Delivering ends with its last deliverable where that is later."""


class Action(StrEnum):
    """What moves a handover from one node to another."""

    submit = "submit"
    approve = "approve"
    send_back = "send_back"
    confirm = "confirm"
    receive = "receive"
    reject = "reject"
    archive = "archive"
    cancel = "cancel"


ACTION_NAMES = {
    Action.submit: "提交审核", Action.approve: "审核通过", Action.send_back: "退回补充", Action.confirm: "HR 确认",
    Action.receive: "按模块签收", Action.reject: "拒收退回", Action.archive: "归档", Action.cancel: "取消交接",
}  # fmt: skip


class Actor(StrEnum):
    """Who may act, as a part in this handover rather than a role in the company."""

    leaver = "leaver"
    head = "head"
    hr = "hr"
    receiver = "receiver"


@dataclass(frozen=True)
class Transition:
    """One row of the table. ``signed`` means that the actor must sign; ``restarts`` begins a new round of review."""

    source: Node
    action: Action
    actor: Actor
    target: Node
    signed: bool = True
    restarts: bool = False
    needs: str = ""


TRANSITIONS: tuple[Transition, ...] = (
    Transition(Node.delivering, Action.submit, Actor.leaver, Node.head_review, needs="每项交付物都已提交文件"),
    Transition(Node.head_review, Action.approve, Actor.head, Node.hr_confirmation, needs="每条验收标准都有结论"),
    Transition(Node.head_review, Action.send_back, Actor.head, Node.delivering, signed=False, restarts=True,
               needs="至少退回一项并写明原因"),
    Transition(Node.hr_confirmation, Action.confirm, Actor.hr, Node.receiving, needs="每个模块都有接收方"),
    Transition(Node.hr_confirmation, Action.send_back, Actor.hr, Node.delivering, signed=False, restarts=True,
               needs="写明原因"),
    Transition(Node.receiving, Action.receive, Actor.receiver, Node.receiving, needs="读过并答对本模块每条高风险"),
    Transition(Node.receiving, Action.reject, Actor.receiver, Node.delivering, signed=False, restarts=True,
               needs="写明原因"),
    Transition(Node.receiving, Action.archive, Actor.hr, Node.archived, needs="每个模块都已签收"),
    *(
        Transition(node, Action.cancel, Actor.hr, Node.cancelled, signed=False, needs="写明原因")
        for node in (Node.delivering, Node.head_review, Node.hr_confirmation, Node.receiving)
    ),
)


def transition(node: Node, action: Action) -> Transition:
    """The row of the table for an action at a node.

    Raises:
        Conflict: the action is not possible at this node.
    """
    for row in TRANSITIONS:
        if (row.source, row.action) == (node, action):
            return row
    raise Conflict("handover.wrong_node", "交接现在处于「{node}」，不能{action}。请刷新页面查看当前步骤。",
                   node=NODE_NAMES[node], action=ACTION_NAMES[action])


def actions_at(node: Node) -> tuple[Transition, ...]:
    """Every row that leaves a node, in the table's order; none at an end."""
    return tuple(row for row in TRANSITIONS if row.source is node)


def way_back(step: Transition) -> Transition | None:
    """What whoever may take a step may do instead if it is not right; None where there is no way back."""
    return next((row for row in actions_at(step.source) if row.restarts and row.actor is step.actor), None)


def days_for(node: Node, *, urgent: bool = False) -> int:
    """Working days for a node, half of them (rounded up) in urgent mode; 0 at an end."""
    days = NODE_DAYS.get(node, 0)
    return -(-days // 2) if urgent else days


def offset_for(days: int, *, urgent: bool = False) -> int:
    """A deliverable's due offset in working days, halved (rounded up, at least 1) in urgent mode."""
    return max(1, -(-days // 2)) if urgent else days


@dataclass(frozen=True)
class Station:
    """A node as the page draws it: done, current or ahead, and the ways back that start there."""

    node: Node
    done: bool
    current: bool
    ways_back: tuple[Transition, ...]


def stations(node: Node) -> tuple[Station, ...]:
    """The main line from delivering to archived, seen from ``node``; a cancelled handover has none done."""
    line = [n for n in Node if n is not Node.cancelled]
    at = line.index(node) if node in line else -1
    return tuple(
        Station(n, i < at or node is Node.archived, n is node, tuple(
            row for row in actions_at(n) if row.restarts
        )) for i, n in enumerate(line)
    )  # fmt: skip
