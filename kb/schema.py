"""The tables of all modules in one place, and bringing a database up to them."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from kb.db import engine
from kb.settings import settings


def metadata() -> MetaData:
    """The metadata of every table of the product."""
    for room in ("kb", "search", "ingest"):
        package = importlib.import_module(room)
        for found in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not found.ispkg and ".migrations" not in found.name and _defines_table(found):
                importlib.import_module(found.name)
    return SQLModel.metadata


def _defines_table(found: pkgutil.ModuleInfo) -> bool:
    folder = Path(getattr(found.module_finder, "path", ""))
    return "table=True" in (folder / f"{found.name.rpartition('.')[2]}.py").read_text("utf-8")


def upgrade() -> None:
    """Create the home and whatever tables are missing."""
    settings().home.mkdir(parents=True, exist_ok=True, mode=0o700)
    metadata().create_all(engine())
