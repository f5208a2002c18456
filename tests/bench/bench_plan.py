"""The cockpit, a plan's page and its reports over 200,000 deals and 2,000,000 monthly figures: seconds and processor seconds.

usage: PYTHONPATH=src:. python tests/bench/bench_plan.py [--deals 200000] [--figures 2000000] [--rounds 20]

Works like bench_land.py, over the same rows: in the database named by DUIJIE_DATABASE_URL (empty, or filled before with as many), or in
a new SQLite file. Pages are asked for through the whole stack (middleware, views, templates), the cockpit twice: with nothing kept, so
that every figure is computed at each look, and as people get it, kept for a minute where it is dear.
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from land_rows import begin, fill

YEAR = 2025
MEASURES = (
    ("签约项目", "count", "land.projects_signed"), ("总投资", "CNY", "land.total_investment"),
    ("合同外资", "USD", "land.contracted_foreign"), ("实到资金", "CNY", "land.paid_in"),
    ("开工项目", "count", "land.projects_started"), ("投产项目", "count", "land.projects_in_production"),
)  # fmt: skip


def timed(deed: Callable[[], Any]) -> tuple[float, float]:
    """(seconds, processor seconds) of a deed."""
    wall, cpu = time.perf_counter(), time.process_time()
    deed()
    return time.perf_counter() - wall, time.process_time() - cpu


def line(name: str, deed: Callable[[], Any], rounds: int) -> str:
    """A row of the table: median and 95th percentile of wall time, median of processor time, in ms; the first round is not counted."""
    deed()
    found = [timed(deed) for _ in range(rounds)]
    wall = sorted(x[0] * 1000 for x in found)
    late = wall[max(math.ceil(len(wall) * 0.95) - 1, 0)]
    return (
        f"| {name} | {statistics.median(wall):.0f} | {late:.0f} | {statistics.median(x[1] for x in found) * 1000:.0f} |"
    )


def plan_over() -> Any:
    """A published plan with six headline indicators of what lands."""
    from duijie.core.access import SYSTEM
    from duijie.plan import actions
    from duijie.plan.loading import load_plan

    indicators = [
        {"code": f"1-{n}", "item": "1", "title": title, "unit": unit, "measure": measure, "headline": True}
        for n, (title, unit, measure) in enumerate(MEASURES, start=1)
    ]
    document = {
        "plan": {"title": "基准计划", "alliance": "bench", "starts_on": f"{YEAR}-01-01", "ends_on": f"{YEAR}-12-31"},
        "periods": [{"code": str(YEAR)}],
        "items": [{"code": "1", "kind": "goal", "title": "总目标"}],
        "indicators": indicators,
        "targets": [{"indicator": "1-1", "period": str(YEAR), "value": "1000"}],
    }
    plan = load_plan(actor=SYSTEM, document=document)
    actions.submit_plan(actor=SYSTEM, plan=plan)
    actions.approve_plan(actor=SYSTEM, plan=plan)
    return actions.publish_plan(actor=SYSTEM, plan=plan)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=200_000)
    parser.add_argument("--figures", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=20)
    given = parser.parse_args()
    begin()
    from django.conf import settings
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client

    from duijie.core.access import SYSTEM
    from duijie.core.jobs import run_job
    from duijie.core.models import Job
    from duijie.core.schema import parse
    from duijie.plan import actions
    from duijie.plan.schemas import ReportRecord

    settings.ALLOWED_HOSTS = ["*"]
    spent = fill(given.deals, given.figures)
    plan = plan_over()
    client, address = Client(), f"/cockpit/?plan={plan.uid}"
    print(f"{connection.vendor}: {given.deals} deals, {given.figures} monthly figures; filled in {spent}; load {os.getloadavg()[0]:.1f}")  # fmt: skip

    def anew() -> None:
        cache.clear()
        assert client.get(address).status_code == 200

    print("| page | median ms | p95 ms | processor ms |\n|---|---|---|---|")
    print(line("cockpit, every figure computed", anew, given.rounds))
    print(line("cockpit, as people get it", lambda: client.get(address), given.rounds))
    print(line("the plan's page", lambda: client.get(f"/plans/{plan.uid}/"), given.rounds))
    complete = True
    for period in (f"{YEAR}Q3", str(YEAR)):
        made = actions.make_report(actor=SYSTEM, plan=plan, record=parse(ReportRecord, {"period": period}))
        job = Job.objects.get(uid=made.job)
        seconds = timed(lambda job=job: run_job(job.pk))  # type: ignore[misc]
        made.refresh_from_db()
        complete = complete and len(made.files) == 4
        listed = len(made.content["projects"]["rows"])
        print(f"report of {period}: {seconds[0]:.1f} s ({seconds[1]:.1f} s of processor), {len(made.files)} files, {listed} projects listed")  # fmt: skip
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
