"""Settings of the server, from the environment (prefix GUIWEI_); refuses what would be unsafe to start with."""

from __future__ import annotations

import ipaddress
import os
import secrets
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

MIN_SECRET = 32
_DEFAULTS = frozenset({"changeme", "changethis", "secret", "password", "guiwei"})


class Settings(BaseSettings):
    """What the server needs to know. Raises pydantic.ValidationError when a value is unsafe or unknown."""

    model_config = SettingsConfigDict(env_prefix="GUIWEI_", extra="ignore", frozen=True)

    data_dir: Path = Field(default=Path("guiwei-data"), description="Folder of database, evidence and secret key.")
    database_url: str = Field(default="", description="sqlite:///FILE or postgresql://…; empty: SQLite in data_dir.")
    evidence_dir: Path | None = Field(default=None, description="Folder of evidence files; default data_dir/evidence.")
    secret_key: SecretStr | None = Field(
        default=None, description="Signs evidence links, at least 32 characters; default: generated into data_dir."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    allowed_hosts: tuple[str, ...] = Field(
        default=("127.0.0.1", "localhost", "::1"), description='Host names answered for (JSON list); ["*"] for any.'
    )
    secure_cookies: bool = Field(
        default=True, description="Session cookies over HTTPS only (plain HTTP on this very machine is exempt)."
    )
    json_limit_bytes: int = Field(default=256 * 1024, gt=0, description="Largest JSON body.")
    file_limit_bytes: int = Field(default=30 * 1024 * 1024, gt=0, description="Largest evidence file or picture.")
    body_timeout_s: float = Field(default=30.0, gt=0, description="Longest wait for the next piece of a body.")
    link_seconds: int = Field(default=300, ge=10, le=3600, description="How long a signed evidence link is good for.")
    metrics_token: SecretStr | None = Field(
        default=None, description="Bearer token for GET /metrics; without it only a person with ADMINISTER reads them."
    )
    demo: bool = Field(default=False, description="Started by `guiwei demo`: a weak secret is allowed.")

    @field_validator("host")
    @classmethod
    def _an_address(cls, host: str) -> str:
        if host != "localhost":
            ipaddress.ip_address(host)
        return host

    @model_validator(mode="after")
    def _strong_secrets(self) -> Self:
        for name in ("secret_key", "metrics_token"):
            given = getattr(self, name)
            if given is None or self.demo:
                continue
            value = given.get_secret_value()
            if len(value) < MIN_SECRET or len(set(value)) < 10 or value.lower() in _DEFAULTS:
                raise ValueError(
                    f"GUIWEI_{name.upper()} is short or guessable: use at least {MIN_SECRET} random characters"
                )
        return self

    @property
    def store_url(self) -> str:
        return self.database_url or f"sqlite:///{self.data_dir / 'guiwei.sqlite'}"

    @property
    def evidence_folder(self) -> Path:
        return self.evidence_dir or self.data_dir / "evidence"

    def secret(self) -> bytes:
        """The signing key: the given one, else the one in data_dir/secret.key, made once with mode 0600."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value().encode()
        return _kept_secret(self.data_dir / "secret.key")


def _kept_secret(file: Path) -> bytes:
    """Two processes that start at once end with the same key: the file appears whole or not at all."""
    if not file.exists():
        fresh = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            os.write(handle, secrets.token_hex(32).encode())
            os.fsync(handle)
        finally:
            os.close(handle)
        try:
            file.hardlink_to(fresh)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    return file.read_bytes()
