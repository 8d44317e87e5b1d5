"""Settings: environment variables named TARGETWATCH_*, typed, with defaults that work in a fresh checkout."""

from __future__ import annotations

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parents[2]
PREFIX = "TARGETWATCH_"
TRACEBACK = f"{PREFIX}TRACEBACK"  # asked for where a failure is told, be the settings as wrong as they may


class Settings(BaseSettings):
    """Everything that differs from one installation to the next."""

    # An empty variable is one that was not given: a compose file or a CI hands them on so.
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=None, env_ignore_empty=True, extra="ignore", frozen=True
    )

    home: Path = Field(
        default=CHECKOUT / "var", description="Folder of all state: inbox, landing, warehouse, snapshots, keys."
    )
    programme: Path = Field(
        default=CHECKOUT, description="Folder with the catalogue/, expectations/ and sql/ of what is watched."
    )
    slack_token: SecretStr | None = Field(default=None, description="Bot token of a real Slack. None: the stand-in.")
    slack_app_token: SecretStr | None = Field(
        default=None, description="App-level token of a real Slack, for `targetwatch listen`. None: no buttons."
    )
    slack_url: str | None = Field(default=None, description="Address of Slack's Web API, where it is not Slack's own.")
    standin_port: int = Field(default=8642, ge=0, le=65535, description="Port of the Slack stand-in.")
    airflow_port: int = Field(default=8080, ge=1, le=65535, description="Port of the Airflow UI of `up` and `demo`.")
    host: str = Field(default="127.0.0.1", description="Address that they listen on; 0.0.0.0 only inside a container.")
    board_url: str | None = Field(
        default=None, description="Address of the board, for links in messages. `up` and `demo` set their own."
    )
    clock: Path | None = Field(
        default=None, description="File that holds the present moment. Default: home/clock if it is there (a demo)."
    )
    snapshots_kept: int = Field(default=3, ge=1, description="How many snapshots of each database are kept.")
    delivery_minutes: float = Field(
        default=60, gt=0, description="Minutes that reading and gating one delivery may take; over it, it is refused."
    )
    originals_kept_days: int = Field(default=90, ge=0, description="Days that delivered originals are kept.")

    watchdog_url: SecretStr | None = Field(
        default=None, description="Address that the watchdog calls while all is well: a dead-man's service outside."
    )

    @model_validator(mode="after")
    def _lives_at_its_clock(self) -> Self:
        """A home with a file named `clock` is a demo's: whoever opens it lives at the moment that the file holds."""
        if self.clock is None and (self.home / "clock").is_file():
            object.__setattr__(self, "clock", self.home / "clock")
        return self

    @property
    def has_slack(self) -> bool:
        """Whether messages go to a Slack outside; else they go to the stand-in."""
        return self.slack_token is not None or self.slack_url is not None

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


def variables() -> list[str]:
    """The names of all environment variables that mean something."""
    return [*(f"{PREFIX}{name.upper()}" for name in Settings.model_fields), TRACEBACK]
