"""What was kept before the database kept one row of each is brought up to date, not refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

BEFORE_AND_AFTER = """
import datetime as dt, json, django
django.setup()
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

first = [("plan", "0001_initial")]
MigrationExecutor(connection).migrate(first)
apps = MigrationExecutor(connection).loader.project_state(first).apps
alliance = apps.get_model("members", "Alliance").objects.create(name="甲", slug="jia")
plans, reports = apps.get_model("plan", "Plan").objects, apps.get_model("plan", "PlanReport").objects
days = {"starts_on": dt.date(2026, 1, 1), "ends_on": dt.date(2026, 12, 31)}
for uid, external_id in (("A", "X"), ("B", "X"), ("C", "Y"), ("D", "")):
    held = plans.create(uid=uid, alliance=alliance, title=uid, external_id=external_id, **days)
for hour, audience, content in ((1, "alliance:7", {}), (2, "alliance:7", {"title": "done"}), (3, "public", {})):
    at = dt.datetime(2026, 6, 1, hour, tzinfo=dt.UTC)
    reports.create(uid=str(hour), plan=held, kind="year", known_at=at, edition=1, language="zh-hans", audience=audience, content=content, **days)
MigrationExecutor(connection).migrate([("plan", "0002_unique_on_every_database")])
print(json.dumps([dict(plans.values_list("uid", "external_id")), dict(reports.values_list("uid", "audience"))]))
"""


def test_plans_of_one_id_and_reports_that_wait(tmp_path: Path) -> None:
    environment = os.environ | {
        "DUIJIE_DATA_DIR": str(tmp_path), "DUIJIE_DATABASE_URL": f"sqlite:///{tmp_path}/old.sqlite3",
        "DJANGO_SETTINGS_MODULE": "duijie.config.settings", "PYTHONPATH": "src",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", BEFORE_AND_AFTER],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [
        {"A": "X", "B": "B", "C": "Y", "D": ""},
        {"1": "officers:7", "2": "alliance:7", "3": "public"},
    ]
