"""Is everything well? Records, derived indexes, events, jobs and the audit trail, against each other."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count
from django.utils import timezone

from duijie.core import jobs
from duijie.core.audit import verify
from duijie.core.installing import bring_up_to_date
from duijie.core.language import t
from duijie.core.models import AuditLine, Delivery, Job
from duijie.core.workdays import is_announced
from duijie.engines.matching.index import Discrepancies
from duijie.land import replay
from duijie.match.index import close_match_index, match_index
from duijie.match.upkeep import compare_match_index, expected, repair_match_index
from duijie.publish.search import forget_search_index, is_damage, search_index, syncing

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    name: str
    well: bool
    sentence: str


def examine(*, chain: bool = True) -> list[Finding]:
    """Look at everything. `chain` walks the whole audit chain, which takes a while on a large installation."""
    findings = [_migrations(), _search(), _matching(), _ledger(), _deliveries(), _jobs(), _working_days()]
    if chain:
        findings.append(_audit())
    return findings


def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    sentence = t("数据库结构是最新的。", "The database is up to date.")
    if plan:
        sentence = t(
            "有 {n} 个数据库升级未执行，请运行 duijie upgrade。",
            "{n} migrations wait; run duijie upgrade.",
            n=len(plan),
        )
    return Finding("migrations", not plan, sentence)


def _search() -> Finding:
    try:
        difference = syncing.compare()
    except BaseException as error:
        if not is_damage(error):
            raise
        sentence = t(
            "搜索索引已损坏，请运行 duijie doctor --rebuild。",
            "The search index is damaged; run duijie doctor --rebuild.",
        )
        return Finding("search", False, sentence)
    if not difference.total:
        return Finding("search", True, t("搜索索引与记录一致。", "The search index agrees with the records."))
    return Finding(
        "search",
        False,
        t(
            "搜索索引与记录不一致：缺 {a}，旧 {b}，多 {c}。服务运行时会自己补齐，也可以运行 duijie doctor --repair。",
            "The search index disagrees: {a} missing, {b} stale, {c} extra. A running server heals it; so does duijie doctor --repair.",
            a=len(difference.missing),
            b=len(difference.stale),
            c=len(difference.extra),
        ),
    )


def _matching() -> Finding:
    try:
        found = compare_match_index()
    except Exception:
        logger.exception("the match index cannot be read")
        sentence = t(
            "匹配索引已损坏，请运行 duijie doctor --rebuild。",
            "The match index is damaged; run duijie doctor --rebuild.",
        )
        return Finding("matching", False, sentence)
    if not found:
        return Finding("matching", True, t("匹配索引与记录一致。", "The match index agrees with the records."))
    return Finding(
        "matching",
        False,
        t(
            "匹配索引与记录不一致：缺 {a}，旧 {b}，多 {c}。服务运行时会自己补齐，也可以运行 duijie doctor --repair。",
            "The match index disagrees: {a} missing, {b} stale, {c} extra. A running server heals it; so does duijie doctor --repair.",
            a=len(found.missing),
            b=len(found.stale),
            c=len(found.extra),
        ),
    )


def _ledger() -> Finding:
    """What counts of deals and projects, against their histories."""
    faults = replay.check()
    sentence = t("项目账与历史一致。", "The ledger of deals and projects agrees with their histories.")
    if faults:
        sentence = t(
            "项目账有 {n} 处与历史不符，请运行 duijie doctor --repair。",
            "The ledger disagrees with the histories in {n} places; run duijie doctor --repair.",
            n=len(faults),
        )
    return Finding("ledger", not faults, sentence)


def _working_days() -> Finding:
    """Whether the holidays of this year are known as announced; where they are not, days are counted all the same."""
    year = timezone.localdate().year
    if is_announced(year):
        return Finding(
            "working days", True, t("{y}年的放假和调休已计入工作日。", "Working days know the holidays of {y}.", y=year)
        )
    sentence = t(
        "不知道{y}年的放假和调休，工作日按周末和法定公历节日计；请更新 chinesecalendar。",
        "The holidays of {y} are not known: weekends and fixed holidays are left out; bring chinesecalendar up to date.",
        y=year,
    )
    return Finding("working days", True, sentence)


def _deliveries() -> Finding:
    counts = dict(Delivery.objects.values_list("status").annotate(n=Count("id")))
    failed, waiting = counts.get("failed", 0), counts.get("waiting", 0) + counts.get("claimed", 0)
    return Finding(
        "events",
        not failed,
        t("事件：{w} 个待投递，{f} 个失败。", "Events: {w} waiting, {f} failed.", w=waiting, f=failed),
    )


def _jobs() -> Finding:
    counts = dict(Job.objects.values_list("status").annotate(n=Count("id")))
    sentence = t(
        "任务：{r} 个运行中，{w} 个等待，{f} 个失败。",
        "Jobs: {r} running, {w} waiting, {f} failed.",
        r=counts.get("running", 0),
        w=counts.get("waiting", 0),
        f=counts.get("failed", 0),
    )
    return Finding("jobs", True, sentence)


def _audit() -> Finding:
    faults = sum(1 for _ in verify())
    unsealed = AuditLine.objects.filter(seal__isnull=True).count()
    return Finding(
        "audit",
        not faults,
        t("审计链：{f} 处不符，{u} 条待封。", "Audit chain: {f} faults, {u} lines to seal.", f=faults, u=unsealed),
    )


def mend(*, rebuild: bool, tell: Callable[[str], None]) -> None:
    """Mend what can be mended: migrate, make the index agree, try failed deliveries again, take up dead jobs."""
    bring_up_to_date()
    if rebuild:
        tell(t("重建搜索索引……", "Rebuilding the search index…"))
        forget_search_index()
        syncing.rebuild(lambda done, total: tell(f"{done}/{total}"))
    else:
        syncing.repair(syncing.compare(), lambda done, total: tell(f"{done}/{total}"))
    syncing.search_index().close()
    _mend_matching(rebuild=rebuild, tell=tell)
    if rebuild or replay.check():
        tell(t("重建项目账……", "Rebuilding the ledger of deals and projects…"))
        replay.rebuild(lambda done, total: tell(f"{done}/{total}"))
    Delivery.objects.filter(status=Delivery.Status.FAILED).update(status=Delivery.Status.WAITING, attempts=0)
    jobs.revive_dead()


def _mend_matching(*, rebuild: bool, tell: Callable[[str], None]) -> None:
    try:
        index = match_index(writable=True)  # one that cannot be read is begun anew here
        found = index.verify(expected())
        if rebuild:
            tell(t("重建匹配索引……", "Rebuilding the match index…"))
            found = Discrepancies(missing=tuple(expected()), stale=(), extra=found.extra)
        if found:
            repair_match_index(found, lambda done, total: tell(f"{done}/{total}"))
    except BlockingIOError:
        tell(t("匹配索引由正在运行的服务自己补齐。", "The running server heals the match index itself."))
    finally:
        close_match_index()


def readiness() -> list[str]:
    """What stands in the way of serving: names of faults, none where all is well. Quick: nothing is compared in full."""
    faults = []
    try:
        if not _migrations().well:
            faults.append("migrations")
    except DatabaseError:
        return ["database"]
    try:
        search_index().searcher()
    except (OSError, ValueError):
        faults.append("search")
    return faults
