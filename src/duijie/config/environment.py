"""What an installation may choose, read from the environment once, in one place.

Every setting has a default with which the embedded installation (SQLite, one command, no service) works.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path


def _flag(name: str, default: bool = False) -> bool:
    return os.environ.get(name, "1" if default else "0").strip().lower() in {"1", "true", "yes", "on"}


def _data_dir() -> Path:
    return Path(os.environ.get("DUIJIE_DATA_DIR", "var")).resolve()


def _secret_key(data_dir: Path) -> str:
    """The installation's secret: given, or made once and kept beside the data, readable by its owner only."""
    given = os.environ.get("DUIJIE_SECRET_KEY")
    if given:
        return given
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:  # another process of the same installation was faster
            return path.read_text(encoding="ascii").strip()
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii").strip()


@dataclass(frozen=True)
class Environment:
    data_dir: Path = field(default_factory=_data_dir)
    secure: bool = field(default_factory=lambda: _flag("DUIJIE_SECURE"))
    debug: bool = field(default_factory=lambda: _flag("DUIJIE_DEBUG"))
    base_url: str = field(
        default_factory=lambda: os.environ.get("DUIJIE_BASE_URL", "http://127.0.0.1:8000").rstrip("/")
    )
    allowed_hosts: tuple[str, ...] = field(
        default_factory=lambda: tuple(
            host.strip()
            for host in os.environ.get("DUIJIE_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1],testserver").split(",")
        )
    )
    mail_url: str = field(default_factory=lambda: os.environ.get("DUIJIE_MAIL_URL", ""))
    mail_from: str = field(
        default_factory=lambda: os.environ.get("DUIJIE_MAIL_FROM", "Duijie 对接 <no-reply@localhost>")
    )
    admin_email: str = field(default_factory=lambda: os.environ.get("DUIJIE_ADMIN_EMAIL", ""))
    allow_private_webhooks: bool = field(default_factory=lambda: _flag("DUIJIE_ALLOW_PRIVATE_WEBHOOKS"))
    oidc_url: str = field(default_factory=lambda: os.environ.get("DUIJIE_OIDC_URL", ""))
    oidc_name: str = field(default_factory=lambda: os.environ.get("DUIJIE_OIDC_NAME", "统一身份认证"))
    oidc_client_id: str = field(default_factory=lambda: os.environ.get("DUIJIE_OIDC_CLIENT_ID", ""))
    oidc_secret: str = field(default_factory=lambda: os.environ.get("DUIJIE_OIDC_SECRET", ""))

    @property
    def database_url(self) -> str:
        return os.environ.get("DUIJIE_DATABASE_URL") or f"sqlite:///{self.data_dir / 'duijie.sqlite3'}"

    @property
    def secret_key(self) -> str:
        return _secret_key(self.data_dir)


environment = Environment()
