"""The command line's commands as plain functions: ``(console, **arguments) -> exit code``.

Arguments are plain JSON values, so that a command can be carried out by the process that serves the same home.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from web.console import Console

Command = Callable[..., int]


@dataclass(frozen=True)
class _Place:
    module: str
    needs_index: bool = False
    alone: bool = False


_COMMANDS = {
    "ingest": _Place("documents", needs_index=True),
    "import_files": _Place("importing", needs_index=True),
    "search": _Place("documents", needs_index=True),
    "ask": _Place("asking", needs_index=True),
    "evaluate": _Place("evaluation"),
    "add_user": _Place("people"),
    "list_users": _Place("people"),
    "revoke_key": _Place("people"),
    "open_handover": _Place("people"),
    "list_handovers": _Place("people"),
    "grant": _Place("people"),
    "revoke": _Place("people"),
    "reconcile": _Place("upkeep", needs_index=True),
    "verify": _Place("upkeep"),
    "backup": _Place("upkeep"),
    "restore": _Place("upkeep", alone=True),
    "upgrade": _Place("upkeep"),
    "sweep": _Place("sweep"),
    "export_evidence": _Place("evidence"),
    "check_evidence": _Place("evidence"),
}


def needs_index(name: str) -> bool:
    """Whether a command opens the index, which in embedded mode one process may do at a time."""
    return _COMMANDS[name].needs_index


def wants_home_alone(name: str) -> bool:
    """Whether a command must not run beside, or inside, a process that uses the home."""
    return _COMMANDS[name].alone


def run(name: str, console: Console, arguments: dict[str, object]) -> int:
    """Carry out a command in this process; returns its exit code.

    Raises:
        KbError: the command was refused.
    """
    function: Command = getattr(import_module(f"web.commands.{_COMMANDS[name].module}"), name)
    return function(console, **arguments)
