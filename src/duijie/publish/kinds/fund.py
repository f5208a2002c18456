"""Funds: money that looks for projects, and how it decides."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Amount, Choices, LongText, Record, ShortLine, Words, choice, choices, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import SUBSTANCE, TERMS, Count


class FundType(Choices):
    GUIDANCE = "guidance", "政府引导基金", "Government guidance fund", ("引导基金",)
    VENTURE = (
        "venture",
        "创投基金",
        "Venture fund",
        (
            "创业投资",
            "天使",
        ),
    )
    EQUITY = "equity", "股权基金", "Private equity", ("产业基金",)
    MERGER = "merger", "并购基金", "M&A fund"
    BANK = "bank", "银行", "Bank", ("信贷",)
    GUARANTEE = "guarantee", "担保", "Guarantee"
    LEASING = "leasing", "融资租赁", "Leasing"


class InvestedStage(Choices):
    SEED = "seed", "种子", "Seed"
    ANGEL = "angel", "天使", "Angel", ("天使轮",)
    EARLY = "early", "初创", "Early", ("A轮前后", "A轮", "Pre-A轮")
    GROWTH = "growth", "成长", "Growth", ("B轮", "成长期")
    MATURE = "mature", "成熟", "Mature", ("Pre-IPO", "C轮及以后")
    MERGER = "merger", "并购重组", "Mergers"
    REFORM = "reform", "国企混改", "Reform of state firms"


class FundInstrument(Choices):
    EQUITY = "equity", "股权", "Equity"
    CONVERTIBLE = "convertible", "可转债", "Convertible"
    LOAN = "loan", "贷款", "Loan"
    IP_PLEDGE = "ip_pledge", "知识产权质押", "Loan on intellectual property"
    GUARANTEE = "guarantee", "担保", "Guarantee"
    LEASE = "lease", "融资租赁", "Finance lease"
    INVEST_LOAN = "invest_loan", "投贷联动", "Investment with loan"


class FundStage(Choices):
    RAISING = "raising", "募集中", "Raising"
    INVESTING = "investing", "投资期", "Investing"
    EXITING = "exiting", "退出期", "Exiting"


class FundFacets(Record):
    """How much money, for whom, in what shape and for how long."""

    fund_type: Annotated[
        choice(FundType) | None,
        said(
            "资金类型",
            "Type",
            example="股权基金",
            group=SUBSTANCE,
            weight=6,
            secret=False,
            aliases=("基金类型", "机构类型"),
        ),
    ] = None
    fund_size: Annotated[
        Amount,
        said(
            "资金规模",
            "Size",
            example="5亿",
            group=SUBSTANCE,
            weight=6,
            secret=False,
            aliases=("基金规模", "管理规模", "总规模"),
        ),
    ] = None
    mandate_fields: Annotated[
        Words,
        said(
            "投资方向",
            "Mandate",
            example="机器人；新材料",
            group=SUBSTANCE,
            weight=12,
            secret=False,
            aliases=("投资领域", "关注领域", "重点方向", "支持领域"),
        ),
    ] = []
    invested_stages: Annotated[
        choices(InvestedStage),
        said(
            "投资阶段", "Stages", example="天使；初创", group=SUBSTANCE, weight=7, secret=False, aliases=("偏好阶段",)
        ),
    ] = []
    ticket: Annotated[
        Amount,
        said(
            "单笔金额",
            "Ticket",
            example="500-3000万",
            group=TERMS,
            weight=8,
            secret=False,
            aliases=("单笔投资", "单笔额度", "额度", "单项目金额"),
        ),
    ] = None
    instruments: Annotated[
        choices(FundInstrument),
        said(
            "方式",
            "Instruments",
            example="股权；可转债",
            group=TERMS,
            weight=4,
            secret=False,
            aliases=("投资方式", "融资方式"),
        ),
    ] = []
    term: Annotated[
        ShortLine | None,
        said("期限", "Term", example="5+2年", group=TERMS, weight=3, secret=False, aliases=("存续期", "贷款期限")),
    ] = None
    cost: Annotated[
        ShortLine | None,
        said(
            "利率或费用",
            "Interest or fee",
            example="年化3.65%起",
            group=TERMS,
            weight=2,
            secret=False,
            aliases=("利率", "费率"),
        ),
    ] = None
    conditions: Annotated[
        LongText | None,
        said(
            "基本条件",
            "Conditions",
            example="上年营收1000万元以上；有发明专利",
            group=TERMS,
            weight=5,
            secret=False,
            aliases=("准入条件", "投资条件", "申请条件"),
        ),
    ] = None
    return_investment: Annotated[
        LongText | None,
        said("返投要求", "Local return", example="1.2倍返投", group=TERMS, weight=1, aliases=("落地要求",)),
    ] = None
    decision_days: Annotated[
        Count | None,
        said("决策周期", "Days to decide", unit=("天", "days"), example="45", group=TERMS, weight=2, secret=False),
    ] = None
    portfolio: Annotated[
        LongText | None,
        said(
            "已投案例",
            "Portfolio",
            example="已投23家，其中机器人6家",
            group=SUBSTANCE,
            weight=4,
            aliases=("投资案例", "服务案例"),
        ),
    ] = None
    value_added: Annotated[
        LongText | None,
        said(
            "投后服务",
            "After the investment",
            example="对接整车厂订单",
            group=TERMS,
            weight=1,
            secret=False,
            aliases=("增值服务",),
        ),
    ] = None


FUND = KindDefinition(
    kind="fund",
    label=Label("基金资金", "Fund"),
    icon="coins",
    colour="fund",
    side="offers",
    schema=FundFacets,
    amount_label=Label("单笔金额", "Ticket"),
    hint=Label("找项目的钱", "Money that looks for projects"),
    complements=("project", "need"),
    stages=FundStage,
    validity_days=365,
    listed=("fund_type", "mandate_fields", "ticket"),
    carded=("mandate_fields", "ticket", "invested_stages"),
    filters=("fund_type", "invested_stages", "instruments"),
    example={
        "title": "智能制造成长基金寻找A轮项目",
        "summary": "只看机器人、传感器和工业软件，单笔一到三千万。",
        "amount": "1000-3000万",
        "keywords": "机器人；传感器；股权投资",
        "stage": "投资期",
        "facets": {
            "fund_type": "股权基金",
            "fund_size": "8亿",
            "mandate_fields": "机器人、传感器、工业软件",
            "invested_stages": "初创、成长",
            "ticket": "1000-3000万",
            "instruments": "股权",
            "term": "5+2年",
            "conditions": "有批量订单",
            "decision_days": "45",
        },
    },
)
