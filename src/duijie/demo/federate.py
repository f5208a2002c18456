"""The demonstration's interfaces: a park's brand and the sites that may embed it, a source plugged in with a run behind it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.schema import parse
from duijie.federate.actions import change_interface
from duijie.federate.gather import Gathered
from duijie.federate.models import Run, Source
from duijie.federate.out.catalogue import heal
from duijie.federate.running import Desk
from duijie.federate.schemas import InterfaceRecord
from duijie.members.models import Member

_POLICIES = (
    ("zc-101", "关于加快先进制造业集群发展的若干政策（2026 年修订）", "对首台套装备按销售额的 20% 给予奖励，单个企业年度最高 500 万元；对产线智能化改造按设备投入的 12% 补助。"),
    ("zc-102", "高层次人才创新创业项目申报指南", "面向集成电路、生物医药、新材料领域，入选团队给予 200 万至 800 万元启动资金，三年内免租办公场地 300 平方米。"),
    ("zc-103", "技术合同认定登记与成果转化奖励办法", "企业购买高校院所成果，按实际支付额的 15% 奖励，单项最高 100 万元；技术经纪人按成交额的 1% 奖励。"),
    ("zc-104", "工业用地弹性出让实施细则", "先租后让、租让结合，首期租赁不超过 10 年；亩均税收达标的可直接转为出让。"),
)  # fmt: skip


def load(*, tell: Callable[[str], object] = lambda line: None, today: dt.date | None = None) -> None:
    """Needs members; the source's address is an example and is never called."""
    member = Member.objects.filter(slug="nanhu").first() or Member.objects.order_by("pk").first()
    if member is None or Source.objects.unscoped("the demonstration loads once").filter(member=member).exists():
        return
    change_interface(
        actor=SYSTEM, member=member,
        record=parse(InterfaceRecord, {"origins": ["https://www.example.cn"], "colour": member.colour}),
    )  # fmt: skip
    source = Source.objects.create(
        member=member, name="园区政策公开栏", kind=Source.Kind.FEED, url="https://www.example.cn/policy/feed.xml",
        schedule=Source.Schedule.BY_HAND, listing_kind="policy", publish=True,
        mapping={"defaults": {"regions": [member.region], "keywords": ["惠企政策"]}, "fields": {}},
    )  # fmt: skip
    run = Run.objects.create(source=source, status=Run.Status.RUNNING)
    items = [
        Gathered(f"https://www.example.cn/policy/{number}", title=title, url=f"https://www.example.cn/policy/{number}", data={"title": title, "body": body})
        for number, title, body in _POLICIES
    ]  # fmt: skip
    items.append(Gathered("https://www.example.cn/policy/zc-105", title="", data={"title": ""}))
    with transaction.atomic():
        Desk(run, source).take(items)
    run.status, run.finished_at = Run.Status.DONE, timezone.now()
    run.save(update_fields=["status", "finished_at"])
    heal()
    tell(f"一个数据来源，{run.created} 条政策由它写入")
