"""The tables of all modules in one place, and bringing a database up to them."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData
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
    """Create the home, and bring its database to the newest schema; several processes may start at once.

    Raises:
        alembic.util.CommandError: the database was made by a newer version of the product.
    """
    settings().home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with engine().execution_options(kb_writes=True).begin() as connection:
        command.upgrade(_configuration(connection), "head")


def _configuration(connection: Connection) -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    configuration.attributes["connection"] = connection
    return configuration
