"""The figures that deals and projects give: registered by name, for plans, indicators, reports and the cockpit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from duijie.core.access import Viewer
from duijie.core.language import Label
from duijie.core.measures import Counted, Measure, Question, register
from duijie.core.schema import Amount, IndustryCodes, Line, Record, RegionCode, YesNo, choice, said
from duijie.land import measuring
from duijie.land.choices import DealKind, Source
from duijie.land.counting import Code


class LandFilters(Record):
    """What a figure of deals or projects can be narrowed to."""

    kind: Annotated[choice(DealKind) | None, said("类型", "Kind", example="产业投资")] = None  # type: ignore[valid-type]
    industry: Annotated[IndustryCodes | None, said("行业", "Industry", example="汽车制造业", help_zh="含其下各类", help_en="With everything inside it")] = None  # fmt: skip
    origin: Annotated[RegionCode | None, said("来自", "From", example="上海", help_zh="资金和项目的来源地", help_en="Where it comes from")] = None  # fmt: skip
    region: Annotated[RegionCode | None, said("落在", "Site in", example="嘉兴")] = None
    minimum: Annotated[Amount, said("总投资不低于", "Total investment at least", example="1亿元")] = None
    foreign: Annotated[YesNo | None, said("外资", "Foreign", help_zh="是：只计外资；否：只计内资", help_en="Yes: foreign only; no: domestic only")] = None  # fmt: skip
    technology: Annotated[YesNo | None, said("技术合作", "Technology cooperation")] = None
    zone: Annotated[Line | None, said("共建区", "Joint zone", help_zh="网址简称", help_en="Its short name")] = None
    source: Annotated[choice(Source) | None, said("来源", "Source", example="活动")] = None  # type: ignore[valid-type]
    source_key: Annotated[Line | None, said("来源名称", "Name of the source", example="2017海盐县接轨上海活动周", help_zh="活动的名称或编号", help_en="Name or id of the event")] = None  # fmt: skip


def plain(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Filters as the ledger reads them, from a parsed `LandFilters`, its dump, or plain values."""
    values = dict(filters)
    industry = values.get("industry")
    if isinstance(industry, list | tuple):
        values["industry"] = industry[0] if industry else None
    minimum = values.pop("minimum", None)
    if minimum is not None:
        low = minimum.get("low_minor") if isinstance(minimum, Mapping) else getattr(minimum, "low_minor", minimum)
        values["minimum_minor"] = low
    return {name: value for name, value in values.items() if value not in (None, "", [])}


def _asked(question: Question) -> Question:
    return Question(
        question.start, question.end, question.member_ids, question.alliance_id, question.known_at,
        plain(question.filters),
    )  # fmt: skip


def _measure(name: str, code: Code, unit: str, zh: str, en: str, said_zh: str, said_en: str, **fixed: Any) -> Measure:
    def totals(question: Question) -> dict[int | None, int]:
        return measuring.totals(code, _asked(question), fixed)

    def records(question: Question, viewer: Viewer) -> Iterable[Counted]:
        return measuring.records(code, _asked(question), viewer, fixed)

    return register(
        Measure(
            code=f"land.{name}", label=Label(zh, en), definition=Label(said_zh, said_en), unit=unit,
            totals=totals, records=records, filters=LandFilters,
        )
    )  # fmt: skip


_STAGES = (
    ("leads", Code.LEADS, "项目线索数", "Leads", "期内进入平台的项目线索，一条计一次。", "Deals that came in as a lead or further, each once."),
    ("contacts", Code.CONTACTS, "接洽项目数", "Deals in contact", "期内首次到达“接洽”或更后阶段的项目。", "Deals that first came to contact or beyond."),
    ("negotiations", Code.NEGOTIATIONS, "洽谈项目数", "Deals in negotiation", "期内首次到达“洽谈”或更后阶段的项目。", "Deals that first came to negotiation or beyond."),
    ("intents", Code.INTENTS, "意向项目数", "Deals with an intent", "期内首次签订意向或到达更后阶段的项目。", "Deals that first came to an intent or beyond."),
    ("deals_signed", Code.DEALS_SIGNED, "签约对接数", "Deals signed", "期内首次签约的对接，从线索算起的漏斗口径。", "Deals that first came to signing, for the funnel."),
)  # fmt: skip
for _name, _code, _zh, _en, _said_zh, _said_en in _STAGES:
    _measure(_name, _code, "count", _zh, _en, _said_zh, _said_en)

_ONCE = "一个项目只在首次签约时计一次；升级、增资、重复登记和已撤销的不计。"
_ONCE_EN = (
    "A project counts once, at its first signing; upgrades, capital increases, repeats and what was called off don't."
)
_measure("projects_signed", Code.SIGNED, "count", "签约项目数", "Projects signed", f"期内首次签约的项目。{_ONCE}", f"Projects first signed in the period. {_ONCE_EN}")  # fmt: skip
_measure("projects_100m", Code.SIGNED, "count", "亿元以上签约项目数", "Projects signed of CNY 100 m or more", f"总投资 1 亿元及以上的首次签约项目。{_ONCE}", f"Projects first signed with a total investment of at least CNY 100 m. {_ONCE_EN}", minimum_minor=measuring.LARGE_MINOR)  # fmt: skip
_measure("technology_projects", Code.SIGNED, "count", "签约科技合作项目数", "Technology cooperation projects signed", f"以技术合作为内容或基础的首次签约项目。{_ONCE}", f"Projects first signed that are or rest on technology cooperation. {_ONCE_EN}", technology=True)  # fmt: skip
_measure("foreign_projects", Code.SIGNED, "count", "签约外资项目数", "Foreign projects signed", f"外商投资的首次签约项目。{_ONCE}", f"Projects first signed with foreign capital. {_ONCE_EN}", foreign=True)  # fmt: skip
_measure("projects_registered", Code.REGISTERED, "count", "注册项目数", "Projects registered", "期内完成工商登记的项目。", "Projects whose firm was registered in the period.")  # fmt: skip
_measure("projects_started", Code.STARTED, "count", "开工项目数", "Projects started", "期内开工的项目。", "Projects whose construction began in the period.")  # fmt: skip
_measure("projects_completed", Code.COMPLETED, "count", "竣工项目数", "Projects completed", "期内竣工的项目。", "Projects completed in the period.")  # fmt: skip
_measure("projects_in_production", Code.PRODUCING, "count", "投产项目数", "Projects in production", "期内投产的项目。", "Projects that began production in the period.")  # fmt: skip
_measure("projects_full_output", Code.FULL_OUTPUT, "count", "达产项目数", "Projects at full output", "期内达产的项目。", "Projects that came to full output in the period.")  # fmt: skip
_measure("upgrades", Code.UPGRADES, "count", "升级项目数", "Upgrades", "期内签约的升级项目，不计新项目、不计新增投资。", "Upgrades signed in the period; no new project and no new money.")  # fmt: skip
_measure("capital_increases", Code.INCREASES, "count", "增资项目数", "Capital increases", "期内签约的增资，不计新项目，其投资计入总投资。", "Capital increases signed in the period; no new project, though their money counts.")  # fmt: skip
_measure("projects_cancelled", Code.CANCELLED, "count", "撤销项目数", "Projects called off", "期内撤销的已签约项目。", "Signed projects that were called off in the period.")  # fmt: skip
_measure("relocations", Code.RELOCATIONS, "count", "迁移项目数", "Relocations", "期内从一地迁往另一地的项目。", "Projects that moved their site from one region to another.")  # fmt: skip
_measure("total_investment", Code.TOTAL, "CNY", "总投资", "Total investment", "签约项目的计划总投资，外币按签约日汇率折算并留存；与合同外资、协议资金、实到资金互不混计。", "Planned total investment of signed projects; foreign currency at the kept rate of the day. Never mixed with contracted, agreed or paid-in sums.")  # fmt: skip
_measure("contracted_foreign", Code.CONTRACTED_USD, "USD", "合同外资", "Contracted foreign capital", "签约项目的合同外资，以美元计。", "Foreign capital contracted in signed projects, in US dollars.")  # fmt: skip
_measure("agreed_investment", Code.AGREED, "CNY", "协议资金", "Agreed investment", "签约协议约定投入的资金，内外资合计，外币按当日汇率折算。", "Money promised in signed agreements, domestic and foreign, in yuan at the rate of the day.")  # fmt: skip
_measure("agreed_foreign", Code.AGREED_FOREIGN_USD, "USD", "协议外资", "Agreed foreign investment", "签约协议约定投入的外资，以美元计。", "Foreign money promised in signed agreements, in US dollars.")  # fmt: skip
_measure("paid_in", Code.PAID_IN, "CNY", "实到资金", "Paid-in investment", "期内实际到位的资金，内外资合计，外币按到资日汇率折算。", "Money paid in during the period, domestic and foreign, in yuan at the rate of the day.")  # fmt: skip
_measure("paid_in_foreign", Code.PAID_IN_FOREIGN_USD, "USD", "实到外资", "Paid-in foreign capital", "期内实际到位的外资，以美元计。", "Foreign money paid in during the period, in US dollars.")  # fmt: skip
_measure("capital_introduced", Code.CAPITAL_INTRODUCED, "CNY", "引进市外资金", "Capital introduced", "期内实到资金中来自本市以外的部分。", "The part of what was paid in that comes from outside the city of the site.")  # fmt: skip
_measure(
    "output",
    Code.OUTPUT,
    "CNY",
    "项目产值",
    "Output",
    "落地项目期内的产值。",
    "Output of landed projects in the period.",
)
_measure(
    "tax", Code.TAX, "CNY", "项目税收", "Tax", "落地项目期内的税收。", "Tax paid by landed projects in the period."
)
_measure(
    "jobs",
    Code.JOBS,
    "persons",
    "新增就业",
    "Jobs",
    "落地项目期内新增的就业人数。",
    "Jobs that landed projects brought in the period.",
)
_measure("land_used", Code.LAND, "square_metres", "项目用地", "Land used", "落地项目期内供应的用地面积。", "Land supplied to projects in the period.")  # fmt: skip
