"""The common part of every listing, as people give it, and parsing of the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from duijie.core.errors import Fault, Faults
from duijie.core.schema import (
    Amount,
    Choices,
    Day,
    IndustryCodes,
    Line,
    LongText,
    Record,
    RegionCodes,
    ShortLine,
    Words,
    YesNo,
    choice,
    describe,
    parse,
    said,
)
from duijie.core.schema.types import line

if TYPE_CHECKING:  # the kinds are readable without Django
    from duijie.publish.models import Listing


class KindChoice(Choices):
    """The twelve kinds by name; what each one holds stands in `KINDS`."""

    NEED = (
        "need",
        "需求",
        "Need",
        (
            "技术需求",
            "企业需求",
        ),
    )
    TECHNOLOGY = (
        "technology",
        "成果",
        "Technology",
        (
            "技术成果",
            "技术",
        ),
    )
    EXPERT = "expert", "专家", "Expert"
    INSTRUMENT = (
        "instrument",
        "仪器设备",
        "Instrument",
        (
            "仪器",
            "大型仪器",
        ),
    )
    CAPACITY = (
        "capacity",
        "产能",
        "Capacity",
        (
            "共享产能",
            "代工",
        ),
    )
    SITE = (
        "site",
        "载体",
        "Site",
        (
            "厂房",
            "用地",
            "场地",
        ),
    )
    FUND = "fund", "资金", "Fund", ("基金",)
    PROJECT = (
        "project",
        "项目",
        "Project seeking partners",
        (
            "招商项目",
            "融资项目",
        ),
    )
    POLICY = "policy", "政策", "Policy"
    TALENT = "talent", "人才", "Talent", ("岗位",)
    TOPIC = "topic", "课题", "Research topic"
    NOTICE = (
        "notice",
        "动态",
        "Notice",
        (
            "通知",
            "公告",
        ),
    )


class VisibilityChoice(Choices):
    """Who may see a published listing."""

    PUBLIC = "public", "公开", "Everybody"
    ALLIANCE = "alliance", "联盟内", "A named alliance", ("指定联盟",)
    MEMBERS = "members", "指定成员", "Named members"
    MEMBER = "member", "本园区", "Own member", ("本成员",)
    OWNER = "owner", "仅自己", "Owner only", ("仅本单位",)


class ListingDraft(Record):
    """What every kind of listing has. Title, kind and owner are needed; completeness asks for the rest."""

    kind: Annotated[choice(KindChoice), said("类别", "Kind", aliases=("类型", "种类", "信息类别"))]
    title: Annotated[
        Line,
        said("标题", "Title", example="铝合金压铸件内部气孔在线检测", aliases=("名称", "题目", "需求名称", "成果名称", "项目名称"),
             help_zh="一句话说清要什么或有什么", help_en="One line that says what is wanted or offered"),
    ]  # fmt: skip
    summary: Annotated[
        line(500) | None,
        said("摘要", "Summary", aliases=("简介", "概述", "一句话介绍"), weight=8, widget="text",
             help_zh="两三句话，列表里看得到", help_en="Two or three sentences, shown in lists"),
    ] = None  # fmt: skip
    body: Annotated[
        LongText | None,
        said("内容", "Details", aliases=("正文", "详细内容", "描述", "说明", "详情", "需求描述", "具体内容", "content", "description"), weight=12,
             help_zh="写得越具体，找得越准", help_en="The more exact, the better the matches"),
    ] = None  # fmt: skip
    keywords: Annotated[
        Words,
        said("关键词", "Keywords", example="压铸；气孔；X射线检测", aliases=("关键字", "标签", "主题词"), weight=6, secret=False,
             help_zh="三到八个，用顿号或分号隔开", help_en="Three to eight, separated by semicolons"),
    ] = []  # fmt: skip
    regions: Annotated[
        RegionCodes,
        said("地区", "Regions", example="嘉兴市南湖区", aliases=("所在地", "区域", "所在地区", "适用地区"), weight=5, secret=False,
             help_zh="写到区县，可以多个", help_en="Down to the county; several may be given"),
    ] = []  # fmt: skip
    industries: Annotated[
        IndustryCodes,
        said("行业", "Industries", example="C3670", aliases=("所属行业", "行业代码", "产业", "领域", "行业领域"), weight=7, secret=False,
             help_zh="国民经济行业分类的代码或名称", help_en="Codes or names of GB/T 4754"),
    ] = []  # fmt: skip
    amount: Annotated[
        Amount,
        said("金额", "Amount", example="50-80万", aliases=("预算", "价格", "投资额", "总投资", "经费", "规模", "报价", "意向金额"),
             weight=6, secret=False, help_zh="写一个数或一个范围，不定就空着", help_en="A figure or a range; leave it empty if open"),
    ] = None  # fmt: skip
    stage: Annotated[
        ShortLine | None, said("阶段", "Stage", aliases=("进展", "状态", "所处阶段"), weight=3, secret=False)
    ] = None
    starts_on: Annotated[
        Day | None,
        said("开始日期", "Starts on", example="2026-11-21", aliases=("起始日期", "生效日期", "开始时间"), secret=False),
    ] = None
    expires_on: Annotated[
        Day | None,
        said("截止日期", "Expires on", example="2027-05-31", aliases=("有效期至", "截止时间", "到期日", "有效期"), weight=3,
             secret=False, help_zh="不写就按这一类的默认有效期", help_en="Left empty, the kind's default applies"),
    ] = None  # fmt: skip
    visibility: Annotated[
        choice(VisibilityChoice), said("可见范围", "Visibility", example="公开", aliases=("公开范围", "是否公开"))
    ] = "public"
    visible_alliance: Annotated[
        ShortLine | None, said("可见联盟", "Visible to alliance", example="yangtze-parks", aliases=("联盟",))
    ] = None
    visible_members: Annotated[
        Words, said("可见成员", "Visible to members", example="zhangjiang；donghu", aliases=("指定成员",))
    ] = []
    confidential: Annotated[
        YesNo,
        said("保密", "Confidential", example="否", aliases=("是否保密", "匿名"),
             help_zh="对方只看到匿名摘要，双方同意后才看到全文",
             help_en="Others see an anonymous teaser until both sides agree"),
    ] = False  # fmt: skip
    teaser: Annotated[
        line(300) | None,
        said("匿名摘要", "Teaser", aliases=("对外摘要", "脱敏摘要"), widget="text", secret=False,
             help_zh="不写单位名、人名、地址和联系方式", help_en="No names, addresses or contacts"),
    ] = None  # fmt: skip
    external_id: Annotated[
        line(120) | None,
        said(
            "编号",
            "External id",
            example="XQ-2026-018",
            aliases=("外部编号", "需求编号", "成果编号", "编码", "ID", "need_id", "offer_id"),
        ),
    ] = None
    owner_organisation: Annotated[
        line(120) | None,
        said("单位", "Organisation", example="91330402MA2B8K5R7E", aliases=("单位名称", "企业名称", "发布单位", "所属单位", "公司"),
             help_zh="单位编号、统一社会信用代码或全称", help_en="Its id, credit code or full name"),
    ] = None  # fmt: skip


@dataclass(frozen=True)
class ParsedListing:
    """A listing that has been understood: its common part and its facets, both as typed records."""

    draft: ListingDraft
    facets: Record

    @property
    def facet_values(self) -> dict[str, Any]:
        """The facets that were filled in, ready to be stored as JSON."""
        return self.facets.model_dump(mode="json", exclude_defaults=True)


def parse_listing(data: Mapping[str, Any]) -> ParsedListing:
    """Understand a listing whose facets stand under "facets" or flat beside the common fields.

    Raises `Faults` with every field at fault; places are field names, "facets.<name>" for facets.
    """
    from duijie.publish.kinds.registry import KINDS

    common = {d.name for d in describe(ListingDraft)}
    given = data.get("facets")
    if given is not None and not isinstance(given, Mapping):
        raise Faults(
            [Fault("dict_type", "这里要写一个对象。", "An object is wanted here.", place="facets", status=422)]
        )
    draft_values = {name: value for name, value in data.items() if name in common}
    facet_values = {name: value for name, value in data.items() if name not in common and name != "facets"}
    facet_values.update(given or {})
    faults: list[Fault] = []
    draft: ListingDraft | None = None
    try:
        draft = parse(ListingDraft, draft_values)
    except Faults as refused:
        faults += refused.faults
    kind = draft.kind if draft else _kind_of(draft_values)
    definition = KINDS.get(kind or "")
    facets: Record | None = None
    if definition is not None:
        try:
            facets = parse(definition.schema, facet_values, prefix="facets.")
        except Faults as refused:
            faults += refused.faults
        if draft is not None and draft.stage:
            try:
                draft.stage = definition.stage_of(draft.stage)
            except Fault as refused:
                faults.append(refused.at("stage"))
    if draft is None or facets is None or faults:
        raise Faults(faults)
    return ParsedListing(draft, facets)


def _kind_of(values: Mapping[str, Any]) -> str | None:
    """The kind where it can be read although other fields are at fault, so that the facets' faults are told at once."""
    from duijie.core.schema.types import read_choice

    try:
        return read_choice(KindChoice, values.get("kind"))
    except Fault:
        return None


def draft_of(listing: Listing) -> dict[str, Any]:
    """The common part of a stored listing in the shape of `ListingDraft`, for editing, export and comparison."""
    amount = None
    if listing.amount_low_minor is not None or listing.amount_high_minor is not None:
        amount = {
            "low_minor": listing.amount_low_minor,
            "high_minor": listing.amount_high_minor,
            "currency": listing.currency,
        }
    owner = listing.owner_organisation
    return {
        **{name: getattr(listing, name) for name in _PLAIN_FIELDS},
        "amount": amount,
        "visible_alliance": listing.visible_alliance.slug if listing.visible_alliance else None,
        "visible_members": sorted(member.slug for member in listing.visible_members.all()) if listing.pk else [],
        "owner_organisation": (owner.external_id or owner.credit_code or owner.uid) if owner else None,
    }


_PLAIN_FIELDS = (
    "kind", "title", "summary", "body", "keywords", "regions", "industries", "stage", "starts_on", "expires_on",
    "visibility", "confidential", "teaser", "external_id",
)  # fmt: skip
