"""Settings: environment variables named TARGETWATCH_*, typed, with defaults that work in a fresh checkout."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Everything that differs from one installation to the next."""

    model_config = SettingsConfigDict(env_prefix="TARGETWATCH_", env_file=None, extra="ignore", frozen=True)

    home: Path = Field(CHECKOUT / "var", description="Folder of all state: inbox, landing, warehouse, snapshots, keys.")
    programme: Path = Field(CHECKOUT, description="Folder with the catalogue/, expectations/ and sql/ of what is watched.")
    slack_token: SecretStr | None = Field(None, description="Bot token of a real Slack. Without one: the stand-in.")
    slack_url: str | None = Field(None, description="Base address of Slack's Web API, where it is not Slack's own.")
    standin_port: int = Field(8642, ge=0, le=65535, description="Port of the Slack stand-in.")
    airflow_port: int = Field(8080, ge=1, le=65535, description="Port of the Airflow UI that `up` and `demo` start.")
    host: str = Field("127.0.0.1", description="Address that they listen on. 0.0.0.0 only inside a container.")
    board_url: str | None = Field(None, description="Address of the board, for links in messages. None: no links.")
    clock: Path | None = Field(None, description="File that holds the present moment (ISO 8601). Only a demo sets it.")
    snapshots_kept: int = Field(3, ge=1, description="How many snapshots of each database are kept.")
    originals_kept_days: int = Field(90, ge=0, description="Days that delivered originals are kept.")

    @property
    def inbox(self) -> Path:
        """Where deliveries are dropped: a folder for each source."""
        return self.home / "inbox"

    @property
    def catalogue(self) -> Path:
        """The catalogue's folder."""
        return self.programme / "catalogue"

    @property
    def expectations(self) -> Path:
        """The folder of the programme's expectation suites."""
        return self.programme / "expectations"

    @property
    def product_sql(self) -> Path:
        """The product's own SQL: migrations, views, macros, queries."""
        return CHECKOUT / "sql"

    @property
    def programme_sql(self) -> Path:
        """The programme's SQL: records and metrics."""
        return self.programme / "sql"
