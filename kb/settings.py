"""Environment → one frozen ``Settings``; every ``KB_…`` variable the product reads is a field here."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

_SECRETS = Path("/run/secrets")
"""Where containers mount secrets: a file ``kb_database_url`` there is the setting ``KB_DATABASE_URL``."""


class Settings(BaseSettings):
    """The configuration of one process. Read from ``KB_…`` environment variables, never changed afterwards.

    A variable that is set to nothing counts as not set: ``KB_HOME=`` would else make the current folder the home.
    """

    model_config = SettingsConfigDict(
        env_prefix="KB_", env_ignore_empty=True, frozen=True, extra="ignore",
        secrets_dir=_SECRETS if _SECRETS.is_dir() else None
    )

    home: Path = Field(default=Path("./kb-home"), description="Folder that holds all state of this installation.")
    database_url: str = Field(
        default="", description="SQLAlchemy URL of PostgreSQL; empty means SQLite inside KB_HOME."
    )
    qdrant_url: str = Field(
        default="", description="Address of a Qdrant server; empty means the embedded engine inside KB_HOME."
    )
    qdrant_api_key: str = Field(default="", description="API key of the Qdrant server, if it asks for one.")
    embedding_model: str = Field(
        default="",
        description="Hub id or local path of any sentence-transformers model; empty means the bundled one; "
        "'none' switches dense search off.",
    )
    embedding_threads: int = Field(default=2, ge=1, description="Threads one embedding call may use.")
    host: str = Field(default="127.0.0.1", description="Address the web server listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the web server listens on.")
    public_url: str = Field(default="", description="Address users type, when a proxy stands in front.")
    smtp_url: str = Field(
        default="",
        description="Mail server for notices as apprise writes it (mailtos://user:password@host); empty sends none.",
    )
    answer_url: str = Field(
        default="", pattern="^(https?://.+)?$",
        description="OpenAI-compatible base URL (http://localhost:11434/v1) that writes a short answer from the shown "
        "passages; empty sends nothing anywhere.",
    )
    answer_model: str = Field(default="", description="Model the answering endpoint is asked for.")
    answer_api_key: str = Field(default="", description="API key of the answering endpoint, if it asks for one.")
    answer_seconds: float = Field(
        default=30, ge=0.1, le=300, description="Longest wait for the answering endpoint, in seconds."
    )
    answer_up_to: str = Field(
        default="internal", pattern="^(internal|confidential|restricted)$",
        description="Highest classification whose passages may be sent to the answering endpoint.",
    )
    secure_cookies: bool = Field(default=False, description="Send cookies over HTTPS only; set it behind TLS.")
    session_hours: int = Field(default=12, ge=1, description="Hours a log-in stays valid without being used.")
    max_file_mb: int = Field(default=100, ge=1, description="Largest file accepted, in mebibytes.")
    parse_seconds: int = Field(default=600, ge=5, description="Longest time one file's parsing may take, in seconds.")
    parse_memory_mb: int = Field(default=1536, ge=256, description="Memory one parsing process may hold, in mebibytes.")
    workers: int = Field(
        default=1, ge=0, description="Documents ingested at once by this process; 0 leaves it to others."
    )
    executor_id: str = Field(default="local", description="Stable name of this process among the durable workers.")
    locale: str = Field(default="zh", pattern="^(zh|en)$", description="Language of a visitor who has not chosen one.")

    @property
    def sql_url(self) -> str:
        """The SQLAlchemy URL in force: PostgreSQL when configured, else ``kb.sqlite`` inside ``home``."""
        return self.database_url or f"sqlite:///{(self.home / 'kb.sqlite').absolute()}"

    @property
    def embedded(self) -> bool:
        """True when this process holds the vector index itself, so that no second process may open the home."""
        return not self.qdrant_url


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The process's settings, read once. Tests call ``settings.cache_clear()`` after changing the environment."""
    return Settings()
