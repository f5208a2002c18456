"""What the style page shows: believable content, so that the look is judged on what it is for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from duijie.core.language import Label, t
from duijie.core.models import Job
from duijie.web.kit import (
    ActiveFilter,
    Branch,
    Cell,
    Column,
    Facet,
    Fact,
    Lane,
    ListingCard,
    MatchCard,
    Moment,
    Option,
    Pages,
    Row,
    Table,
    Ticket,
    marked,
    sort_of,
)
from duijie.web.style import sample_charts, sample_fields
from duijie.web.style.sample_shell import VIEWER, SampleShell

PARTS = ("words", "forms", "lists", "figures", "records", "states")


def everything(request: HttpRequest) -> dict[str, Any]:
    """The context of the page."""
    facets = _facets(request)
    return {
        "shell": SampleShell(request),
        "viewer": VIEWER,
        "crumbs": [(t("首页", "Home"), "/"), (t("样式", "Style"), "")],
        "listings": _listings(),
        "matches": _matches(),
        "table": _table(request),
        "marked_table": _marked_table(),
        "facets": facets,
        "active": ActiveFilter.from_facets(facets) or [ActiveFilter(t("地区：嘉兴市", "Region: Jiaxing"), "?")],
        "jobs": _jobs(),
        "moments": _moments(),
        "branches": _branches(),
        "lanes": _lanes(),
        "before": t(
            "年处理废水 3 万吨，出水 COD 低于 80 mg/L。", "Treat 30,000 t of waste water a year, COD below 80 mg/L."
        ),
        "after": t(
            "年处理高盐废水 5 万吨，出水 COD 低于 50 mg/L。",
            "Treat 50,000 t of saline waste water a year, COD below 50 mg/L.",
        ),
        "dismiss_reasons": _dismiss_reasons(),
        "steps": [t("上传表格", "Upload"), t("核对", "Check"), t("导入", "Import"), t("完成", "Done")],
        **sample_fields.everything(),
        **sample_charts.everything(),
    }


def _listings() -> list[ListingCard]:
    today = timezone.localdate()
    return [
        ListingCard(
            title=marked(
                t("高盐有机废水近零排放处理技术", "Near-zero discharge of saline organic waste water"),
                [t("高盐", "saline"), t("废水", "waste water")],
            ),
            url="#listing-1",
            kind=Label("需求", "Need"),
            owner=t("禾城精细化工有限公司", "Hecheng Fine Chemicals"),
            owner_url="#owner",
            published_on=today - timedelta(days=3),
            text=t(
                "现有蒸发工段每吨废水耗电 62 千瓦时，盐泥作为危废外运。希望把综合成本降到每吨 45 元以内，盐能够回用到氯碱工段。",
                "The evaporators need 62 kWh for each tonne and the brine sludge leaves as hazardous waste. We want to stay below "
                "CNY 45 a tonne and use the salt again in the chlor-alkali unit.",
            ),
            facts=[
                Fact(Label("300万元至500万元", "CNY 3 million to 5 million"), "coin", strong=True),
                Fact(Label("嘉兴·南湖区", "Jiaxing, Nanhu"), "map-pin"),
                Fact(Label("2027-03-31 截止", "until 2027-03-31"), "calendar-event"),
            ],
            why=t(
                "匹配“高盐”“废水”；与您关注的环保行业相同",
                "Matches “saline”, “waste water”; in the industry you follow",
            ),
        ),
        ListingCard(
            title=t("六轴协作机器人柔性打磨工作站", "Flexible grinding cell with a six-axis cobot"),
            url="#listing-2",
            kind=Label("技术成果", "Technology"),
            owner=t("江南理工大学机器人研究所", "Robotics Institute, Jiangnan University of Technology"),
            published_on=today - timedelta(days=40),
            text=t(
                "面向水龙头、门把手等小批量铸件，示教一次 20 分钟，力控精度 ±1 N，已在三家企业连续运行 14 个月。",
                "For small batches of castings: 20 minutes to teach, force within 1 N, running at three firms for 14 months.",
            ),
            facts=[
                Fact("TRL 8", "flask"),
                Fact(Label("苏州市", "Suzhou"), "map-pin"),
                Fact(Label("面议", "Negotiable"), "coin"),
            ],
            tags=[t("柔性制造", "flexible manufacturing"), t("力控", "force control")],
            badges=[("good", Label("联络员已核实", "Verified"))],
        ),
        ListingCard(
            title=t("某上市公司寻求固态电解质合作方", "A listed company seeks a partner for solid electrolytes"),
            url="#listing-3",
            kind=Label("需求", "Need"),
            published_on=today,
            text=t("详细内容在双方同意后可见。", "The details open once both sides agree."),
            facts=[Fact(Label("长三角", "Yangtze Delta"), "map-pin")],
            confidential=True,
            badges=[("warn", Label("7 天后到期", "7 days left"))],
        ),
    ]


def _dismiss_reasons() -> list[tuple[str, Label]]:
    return [
        ("field", Label("领域不对", "Wrong field")),
        ("stage", Label("阶段太早", "Too early")),
        ("price", Label("价格不合适", "Price")),
        ("known", Label("已经在谈", "Already talking")),
    ]


def _matches() -> list[MatchCard]:
    first = t(
        "都在做高盐废水的膜浓缩，出水指标一致", "Both concentrate saline waste water by membrane, with the same target"
    )
    shared: dict[str, Any] = {
        "url": "#match",
        "kind": Label("技术成果", "Technology"),
        "interest_url": "/kit/swallow/",
        "dismiss_url": "/kit/swallow/",
        "forward_url": "#forward",
        "dismiss_reasons": _dismiss_reasons(),
    }
    return [
        MatchCard(
            id="1",
            title=t(
                "高盐废水电渗析与双极膜资源化成套装备",
                "Electrodialysis and bipolar membranes that turn brine into acid and base",
            ),
            owner=t("浙西膜科学研究院", "Zhexi Membrane Institute"),
            facts=[
                Fact(Label("衢州市", "Quzhou"), "map-pin"),
                Fact("TRL 7", "flask"),
                Fact(Label("许可 280万元", "Licence CNY 2.8 million"), "coin", strong=True),
            ],
            reasons=[
                marked(first, [t("高盐废水", "saline waste water")]),
                t("报价在您的预算 300万元至500万元 之内", "The price lies within your budget"),
                t("相距 190 公里，已服务南湖区两家企业", "190 km away; has served two firms in Nanhu"),
            ],
            misfits=[t("交付需 8 个月，您希望 6 个月", "Delivery takes 8 months, you want 6")],
            fit=4,
            **shared,
        ),
        MatchCard(
            id="2",
            title=t("低温热泵蒸发结晶系统", "Low-temperature heat-pump crystalliser"),
            owner=t("皖江节能装备", "Wanjiang Energy Equipment"),
            facts=[Fact(Label("芜湖市", "Wuhu"), "map-pin")],
            reasons=[t("适用含盐 8% 以上的废水", "For brine above 8 %")],
            fit=2,
            state="interested",
            state_text=t("2026-11-20，等待对方答复", "2026-11-20, waiting for an answer"),
            **shared,
        ),
    ]


def _table(request: HttpRequest) -> Table:
    sort = sort_of(request, ["name", "needs", "amount", "joined"], "-amount")
    columns = [
        Column("name", Label("成员", "Member"), sortable=True),
        Column("kind", Label("类别", "Kind")),
        Column("needs", Label("在架需求", "Open needs"), "number", sortable=True),
        Column("amount", Label("意向金额", "Intended"), "number", sortable=True),
        Column("joined", Label("加入", "Joined"), "date", sortable=True),
    ]
    rows = [
        Row((Cell(t(zh, en), "#member"), t(kzh, ken), needs, Cell(amount, exact=exact), joined))
        for zh, en, kzh, ken, needs, amount, exact, joined in (
            (
                "上海紫竹高新区",
                "Shanghai Zizhu",
                "园区",
                "Park",
                "128",
                t("3.42亿元", "CNY 342 m"),
                342_000_000,
                "2009-03-18",
            ),
            (
                "苏州工业园区",
                "Suzhou Industrial Park",
                "园区",
                "Park",
                "96",
                t("2.08亿元", "CNY 208 m"),
                208_000_000,
                "2009-03-18",
            ),
            ("合肥高新区", "Hefei", "园区", "Park", "71", t("9,650万元", "CNY 96.5 m"), 96_500_000, "2010-06-01"),
            ("临沂市", "Linyi", "合作城市", "Partner city", "12", t("830万元", "CNY 8.3 m"), 8_300_000, "2024-09-30"),
        )
    ]
    return Table(
        columns,
        rows,
        request=request,
        pages=Pages.of(request, total=186, size=20),
        sort=sort,
        caption=t("成员一览", "Members"),
        summary=t("共 186 个成员", "186 members"),
        exports={"Excel": "#xlsx", "CSV": "#csv"},
        foot=(t("合计", "Total"), "", "307", t("6.55亿元", "CNY 655 m"), ""),
    )


def _marked_table() -> Table:
    columns = [
        Column("line", Label("行", "Row"), "text"),
        Column("title", Label("标题", "Title")),
        Column("code", Label("信用代码", "Credit code")),
        Column("budget", Label("预算", "Budget"), "number"),
    ]
    rows = [
        ("7", t("铝合金压铸件气孔检测", "Porosity in die castings"), "91330402MA28A1B2C3", t("12万", "120,000")),
        (
            "8",
            t("冷链车温度追溯", "Cold-chain tracing"),
            Cell(
                "9133040",
                problem=t("统一社会信用代码应为 18 位，这里有 7 位。", "A credit code has 18 characters; here are 7."),
            ),
            Cell(t("一大笔", "a lot"), problem=t("金额看不懂，请写成“12万”。", "Not an amount; write 120,000.")),
        ),
    ]
    return Table(columns, rows, caption=t("导入预览", "Import preview"), tight=True, as_cards=False)


def _facets(request: HttpRequest) -> list[Facet]:
    kinds = [
        ("need", "需求", "Need", 1280),
        ("technology", "技术成果", "Technology", 8432),
        ("expert", "专家", "Expert", 96),
    ]
    places = ["上海市", "苏州市", "无锡市", "杭州市", "嘉兴市", "宁波市", "合肥市", "芜湖市", "南京市", "南通市"]
    parts = tuple(
        Option(code, name, 12) for code, name in (("330402", t("南湖区", "Nanhu")), ("330411", t("秀洲区", "Xiuzhou")))
    )
    return [
        Facet.of(request, "kind", Label("类别", "Kind"), [Option(k, Label(zh, en), n) for k, zh, en, n in kinds]),
        Facet.of(
            request,
            "region",
            Label("地区", "Region"),
            [Option(str(i), name, 240 - 17 * i, children=parts if i == 4 else ()) for i, name in enumerate(places)],
        ),
        Facet.of(
            request,
            "mode",
            Label("合作方式", "Mode"),
            [Option("licence", Label("技术许可", "Licence"), 31)],
            is_open=False,
        ),
    ]


def _jobs() -> list[Job]:
    started = timezone.now() - timedelta(seconds=30)
    base: dict[str, Any] = {
        "kind": "import",
        "started_at": started,
        "message_zh": "正在导入需求",
        "message_en": "Importing needs",
    }
    return [
        Job(uid="waiting", status="waiting", **base),
        Job(uid="running", status="running", done=42_000, total=100_000, **base),
        Job(uid="open", status="running", done=900, **base),
        Job(uid="done", status="done", done=10, total=10, **base),
        Job(uid="failed", status="failed", done=4, total=10, **base),
    ]


def _moments() -> list[Moment]:
    now = timezone.now()
    return [
        Moment(
            now - timedelta(minutes=8), Label("已发布", "Published"), who=t("联络员 陈晓梅", "Chen Xiaomei, liaison")
        ),
        Moment(
            now - timedelta(hours=5),
            Label("退回修改", "Sent back"),
            t("请补充目标指标和截止日期。", "Please add the target figures and a deadline."),
            t("联络员 陈晓梅", "Chen Xiaomei, liaison"),
            "bad",
        ),
        Moment(
            now - timedelta(days=2), Label("提交审核", "Submitted"), who=t("禾城精细化工", "Hecheng Fine Chemicals")
        ),
    ]


def _branches() -> list[Branch]:
    c26 = Branch(
        t("26 化学原料和化学制品制造业", "26 Chemicals"),
        "#c26",
        320,
        (
            Branch(t("261 基础化学原料制造", "261 Basic chemicals"), "#c261", 120, current=True),
            Branch(t("265 合成材料制造", "265 Synthetic materials"), "#c265", 88),
        ),
        is_open=True,
    )
    return [
        Branch(
            t("C 制造业", "C Manufacturing"),
            "#c",
            5120,
            (c26, Branch(t("39 电子设备制造业", "39 Electronics"), "#c39", 640)),
            True,
        ),
        Branch(t("M 科学研究和技术服务业", "M Research and technical services"), "#m", 812),
    ]


def _lanes() -> list[Lane]:
    ticket = Ticket(
        "t1",
        t("高盐废水近零排放", "Near-zero discharge"),
        "#t1",
        t("禾城精细化工 ↔ 浙西膜科学研究院", "Hecheng ↔ Zhexi Institute"),
        t("陈晓梅", "Chen Xiaomei"),
        [("warn", Label("逾期 2 天", "2 days late"))],
    )
    other = Ticket("t2", t("柔性打磨工作站", "Grinding cell"), "#t2", who=t("李强", "Li Qiang"))
    return [
        Lane("lead", Label("线索", "Lead"), [ticket]),
        Lane("talk", Label("洽谈", "Talks"), [other]),
        Lane("sign", Label("签约", "Signed")),
    ]
