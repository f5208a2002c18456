"""Backup and restore, the same on every database: a consistent copy of the records and the stored files in one archive.

SQLite is copied by its online backup; PostgreSQL by pg_dump in its custom format. Derived indexes are not kept: they are rebuilt.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder

from duijie.core.errors import Conflict, Fault

MANIFEST = "manifest.json"


def _postgres_environment() -> dict[str, str]:
    values = connection.settings_dict
    return os.environ | {
        "PGHOST": str(values["HOST"] or ""),
        "PGPORT": str(values["PORT"] or ""),
        "PGUSER": str(values["USER"] or ""),
        "PGPASSWORD": str(values["PASSWORD"] or ""),
        "PGDATABASE": str(values["NAME"]),
    }


def _run(command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        raise Fault(
            "backup.tool",
            f"找不到 {command[0]}，请安装 PostgreSQL 客户端。",
            f"{command[0]} was not found; install PostgreSQL's client programs.",
            status=500,
        )
    done = subprocess.run(command, env=_postgres_environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Fault("backup.failed", f"{command[0]} 失败：{last}", f"{command[0]} failed: {last}", status=500)


def _dump(target: Path) -> None:
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        copy = sqlite3.connect(target)
        with copy:
            connection.connection.backup(copy)
        copy.close()
        return
    _run(["pg_dump", "--format=custom", "--no-owner", f"--file={target}"])


def _load(source: Path) -> None:
    if connection.vendor == "sqlite":
        name = Path(str(connection.settings_dict["NAME"]))
        connections.close_all()
        name.parent.mkdir(parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
        fresh = name.with_suffix(".restoring")
        shutil.copyfile(source, fresh)
        fresh.replace(name)
        return
    connections.close_all()
    _run(
        [
            "pg_restore",
            "--clean",
            "--if-exists",
            "--no-owner",
            "--single-transaction",
            f"--dbname={connection.settings_dict['NAME']}",
            str(source),
        ]
    )


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _migrations() -> list[str]:
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


def write_backup(target: Path) -> dict[str, Any]:
    """Write the archive (complete or not at all). Returns its manifest."""
    with tempfile.TemporaryDirectory(prefix="duijie-backup-") as folder:
        records = Path(folder) / "records"
        _dump(records)
        manifest = {
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "database": connection.vendor,
            "migrations": _migrations(),
            "records_sha256": _sha256(records),
        }
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(target.name + ".part")
        with tarfile.open(partial, "w:gz") as archive:
            content = json.dumps(manifest).encode()
            entry = tarfile.TarInfo(MANIFEST)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
            archive.add(records, "records")
            files = Path(settings.FILE_DIR)
            if files.exists():
                archive.add(files, "files", filter=lambda e: None if e.name.endswith(".part") else e)
        partial.replace(target)
    return {key: manifest[key] for key in ("made_at", "database", "records_sha256")}


def _put_files(source: Path, files: Path) -> None:
    """Copy beside, then change places: an end while copying leaves the old files whole, one between the two renames leaves both."""
    fresh, old = files.with_name(files.name + ".restoring"), files.with_name(files.name + ".old")
    if old.exists() and not files.exists():
        old.rename(files)
    for leftover in (fresh, old):
        shutil.rmtree(leftover, ignore_errors=True)
    if source.exists():
        shutil.copytree(source, fresh)
    else:
        fresh.mkdir(parents=True)
    if files.exists():
        files.rename(old)
    fresh.rename(files)
    shutil.rmtree(old, ignore_errors=True)


def restore_backup(source: Path, *, replace: bool) -> dict[str, Any]:
    """Put an archive's records and files in place. Refuses to overwrite unless `replace`, and archives of another database."""
    with tempfile.TemporaryDirectory(prefix="duijie-restore-") as folder:
        try:
            with tarfile.open(source, "r:gz") as archive:
                archive.extractall(folder, filter="data")
            manifest = json.loads((Path(folder) / MANIFEST).read_text())
        except (tarfile.TarError, OSError, ValueError, EOFError):
            raise Fault(
                "restore.unreadable", "这不是完整的备份文件。", "This is not a whole backup.", place=str(source)
            ) from None
        records = Path(folder) / "records"
        if manifest.get("records_sha256") != _sha256(records):
            raise Fault("restore.damaged", "备份文件已损坏，校验不符。", "The backup is damaged.", place=str(source))
        if manifest["database"] != connection.vendor:
            raise Conflict(
                "restore.database",
                f"备份来自 {manifest['database']}，当前数据库是 {connection.vendor}。",
                f"The backup is of {manifest['database']}, the present database is {connection.vendor}.",
            )
        if not replace and _migrations():
            raise Conflict(
                "restore.not_empty",
                "当前数据库里已有数据；确认要替换请加 --yes。",
                "The present database is not empty; add --yes to replace it.",
            )
        _load(records)
        _put_files(Path(folder) / "files", Path(settings.FILE_DIR))
        for derived in ("search", "match"):
            shutil.rmtree(Path(settings.INDEX_DIR) / derived, ignore_errors=True)
    return {"made_at": manifest["made_at"], "database": manifest["database"]}
