"""The records of this app as people give them; forms, API bodies, sheets and the command line are made from these."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from duijie.core.language import Label
from duijie.core.schema import (
    CreditCode,
    Day,
    Decimal2,
    IndustryCodes,
    Line,
    LongText,
    Record,
    RegionCode,
    Web,
    Whole,
    Words,
    YesNo,
    choice,
    choices,
    said,
)
from duijie.core.schema.types import line
from duijie.members.choices import (
    AgreementKind,
    KeyScope,
    Language,
    MailPace,
    MemberKind,
    OrganisationKind,
    OrganisationSize,
    Role,
    RoundLength,
    Scope,
    Standing,
    WishKind,
)
from duijie.members.fields import Colour, Email, Phone, Slug, Username

_NAME, _OFFICE, _PLACE = Label("名称", "Name"), Label("办事机构", "Office"), Label("位置", "Place")
_ABOUT, _ACCOUNT = Label("介绍", "About"), Label("账号", "Account")


class AllianceRecord(Record):
    """An alliance or, with a parent, a sub-alliance."""

    name: Annotated[line(80), said("名称", "Name", example="长江流域园区合作联盟", aliases=("联盟名称",))]
    slug: Annotated[Slug, said("网址简称", "Short name in addresses", example="yangtze-parks")]
    name_en: Annotated[line(120) | None, said("英文名称", "English name")] = None
    parent: Annotated[Slug | None, said("上级联盟", "Parent alliance", help_zh="上级联盟的网址简称，没有就留空", help_en="The parent's short name; empty if none")] = None  # fmt: skip
    purpose: Annotated[LongText | None, said("宗旨", "Purpose")] = None
    industries: Annotated[IndustryCodes | None, said("产业", "Industries", example="C27 医药制造业")] = None
    founded_on: Annotated[Day | None, said("成立日期", "Founded on", example="2018-06-01")] = None


class MemberRecord(Record):
    """A park, district, city or other body with an interface of its own."""

    name: Annotated[line(80), said("名称", "Name", example="南湖高新技术产业园区", aliases=("成员名称",), group=_NAME)]
    kind: Annotated[choice(MemberKind), said("类型", "Kind", example="园区", group=_NAME)]
    slug: Annotated[Slug, said("网址简称", "Short name in addresses", example="nanhu", group=_NAME)]
    region: Annotated[RegionCode, said("行政区", "Region", example="浙江省嘉兴市南湖区", widget="region", group=_PLACE)]  # fmt: skip
    short_name: Annotated[line(20) | None, said("简称", "Short name", example="南湖高新区", group=_NAME)] = None
    name_en: Annotated[line(120) | None, said("英文名称", "English name", group=_NAME)] = None
    parent: Annotated[Slug | None, said("上级成员", "Part of", help_zh="上级成员的网址简称，例如镇街所属的区", help_en="Short name of the member that this one is a part of", group=_NAME)] = None  # fmt: skip
    summary: Annotated[LongText | None, said("简介", "Summary", group=_ABOUT)] = None
    summary_en: Annotated[LongText | None, said("英文简介", "English summary", group=_ABOUT)] = None
    industries: Annotated[IndustryCodes | None, said("主导产业", "Main industries", group=_ABOUT)] = None
    website: Annotated[Web | None, said("网站", "Website", group=_ABOUT)] = None
    colour: Annotated[Colour | None, said("标识色", "Brand colour", example="#1f5a8a", group=_ABOUT)] = None
    address: Annotated[line(200) | None, said("地址", "Address", group=_PLACE)] = None
    longitude: Annotated[Decimal2 | None, Field(ge=-180, le=180), said("经度", "Longitude", example="120.78", group=_PLACE)] = None  # fmt: skip
    latitude: Annotated[Decimal2 | None, Field(ge=-90, le=90), said("纬度", "Latitude", example="30.75", group=_PLACE)] = None  # fmt: skip
    office_name: Annotated[line(80) | None, said("联络处", "Office", example="招商服务中心", group=_OFFICE)] = None
    office_phone: Annotated[Phone | None, said("办公电话", "Office telephone", example="0573-8280 1234", group=_OFFICE)] = None  # fmt: skip
    office_email: Annotated[Email | None, said("办公邮箱", "Office e-mail", group=_OFFICE)] = None
    review_needed: Annotated[YesNo | None, said("发布前需审核", "Review before publishing", help_zh="所属单位发布的供需先由联络员审核", help_en="Listings of its organisations wait for the liaison", group=_OFFICE)] = None  # fmt: skip


class OrganisationRecord(Record):
    """A firm, university, institute, fund, hospital or office with a home member."""

    name: Annotated[line(120), said("单位名称", "Name", example="禾城精密机械有限公司", aliases=("名称", "企业名称", "机构名称", "单位"), group=_NAME)]  # fmt: skip
    kind: Annotated[choice(OrganisationKind), said("单位类型", "Kind", example="企业", aliases=("类型",), group=_NAME)]
    home_member: Annotated[Line | None, said("所属成员", "Home member", example="南湖高新区", help_zh="所在园区或城市的名称", help_en="Name of the park or city it belongs to", aliases=("所属园区", "所在园区"), group=_NAME)] = None  # fmt: skip
    credit_code: Annotated[CreditCode | None, said("统一社会信用代码", "Credit code", example="91330402MA28A1234X", aliases=("信用代码", "社会信用代码"), group=_NAME)] = None  # fmt: skip
    name_en: Annotated[line(160) | None, said("英文名称", "English name", group=_NAME)] = None
    external_id: Annotated[line(80) | None, said("编号", "External id", help_zh="您自己系统里的编号；再次导入时按它更新", help_en="The number in your own system; a second import updates by it", aliases=("外部编号", "单位编号"), group=_NAME)] = None  # fmt: skip
    region: Annotated[RegionCode | None, said("行政区", "Region", example="浙江省嘉兴市南湖区", aliases=("所在地", "地区"), group=_ABOUT)] = None  # fmt: skip
    industries: Annotated[IndustryCodes | None, said("行业", "Industries", example="通用设备制造业", aliases=("所属行业", "产业"), group=_ABOUT)] = None  # fmt: skip
    profile: Annotated[LongText | None, said("简介", "Profile", aliases=("单位简介", "企业简介", "主营业务"), group=_ABOUT)] = None  # fmt: skip
    website: Annotated[Web | None, said("网站", "Website", aliases=("网址", "官网"), group=_ABOUT)] = None
    size: Annotated[choice(OrganisationSize) | None, said("规模", "Size", example="中型", aliases=("企业规模",), group=_ABOUT)] = None  # fmt: skip
    founded_year: Annotated[Whole | None, Field(ge=1800, le=2199), said("成立年份", "Founded in", example="2009", aliases=("成立时间",), group=_ABOUT)] = None  # fmt: skip


class PersonRecord(Record):
    """A person who is invited. What is personal here is kept as docs/privacy.md says."""

    name: Annotated[line(80), said("姓名", "Name", example="沈禾", group=_ACCOUNT)]
    email: Annotated[Email, said("邮箱", "E-mail", example="shen.he@example.cn", aliases=("电子邮箱",), group=_ACCOUNT)]
    username: Annotated[Username | None, said("用户名", "Username", help_zh="留空则用邮箱", help_en="Empty: the e-mail address", group=_ACCOUNT)] = None  # fmt: skip
    title: Annotated[line(80) | None, said("职务", "Title", example="招商科科长", group=_ACCOUNT)] = None
    phone: Annotated[Phone | None, said("电话", "Telephone", aliases=("手机", "联系电话"), group=_ACCOUNT)] = None
    language: Annotated[choice(Language) | None, said("语言", "Language", group=_ACCOUNT)] = None


class ProfileRecord(Record):
    """What people change about themselves."""

    name: Annotated[line(80), said("姓名", "Name", group=_ACCOUNT)]
    email: Annotated[Email, said("邮箱", "E-mail", group=_ACCOUNT)]
    title: Annotated[line(80) | None, said("职务", "Title", group=_ACCOUNT)] = None
    phone: Annotated[Phone | None, said("电话", "Telephone", help_zh="双方同意对接后才会给对方看到", help_en="Shown to the other side only after both agree", group=_ACCOUNT)] = None  # fmt: skip
    language: Annotated[choice(Language) | None, said("语言", "Language", group=_ACCOUNT)] = None
    mails: Annotated[choice(MailPace) | None, said("邮件提醒", "Mail", group=_ACCOUNT)] = None
    quiet_from: Annotated[Whole | None, Field(ge=0, le=23), said("免打扰从几点", "Quiet from", unit=("点", "o'clock"), example="21", help_zh="随时发送的邮件在这段时间里等到早上", help_en="Mail at once waits for the morning", group=_ACCOUNT)] = None  # fmt: skip
    quiet_until: Annotated[Whole | None, Field(ge=0, le=23), said("免打扰到几点", "Quiet until", unit=("点", "o'clock"), example="8", group=_ACCOUNT)] = None  # fmt: skip


class RoleGrantRecord(Record):
    """A role for a person in a scope. `where` names the alliance, member or organisation; empty for the platform."""

    role: Annotated[choice(Role), said("角色", "Role", example="联络员")]
    scope: Annotated[choice(Scope), said("范围", "Scope", example="成员")]
    where: Annotated[Line | None, said("所在", "Where", example="南湖高新区", help_zh="联盟、成员或单位的名称", help_en="Name of the alliance, member or organisation")] = None  # fmt: skip
    ends_on: Annotated[Day | None, said("到期日", "Until", example="2027-12-31")] = None


class AgreementRecord(Record):
    """A partner agreement; parties are members, organisations of theirs, and bodies outside the platform."""

    title: Annotated[line(160), said("名称", "Title", example="共建跨区域产业合作园协议", aliases=("协议名称",))]
    kind: Annotated[choice(AgreementKind), said("类型", "Kind", example="战略合作", aliases=("协议类型",))]
    valid_from: Annotated[Day, said("生效日", "Valid from", example="2024-03-01")]
    valid_until: Annotated[Day | None, said("到期日", "Valid until", help_zh="长期有效就留空", help_en="Empty: no end")] = None  # fmt: skip
    signed_on: Annotated[Day | None, said("签署日", "Signed on")] = None
    field: Annotated[line(120) | None, said("领域", "Field", example="生物医药")] = None
    agreed: Annotated[LongText | None, said("约定事项", "What was agreed")] = None
    members: Annotated[Words | None, said("成员方", "Members", example="南湖高新区、张江高新区", help_zh="平台成员的名称", help_en="Names of members")] = None  # fmt: skip
    organisations: Annotated[Words | None, said("单位方", "Organisations", help_zh="已登记单位的名称、编号或信用代码", help_en="Names, ids or credit codes of registered organisations")] = None  # fmt: skip
    others: Annotated[Words | None, said("平台外的签约方", "Other parties", example="上海三级医院（医院）", help_zh="可在括号里写明是什么单位：城市、园区、镇街、医院、学校、高校、院所、企业、协会、机关", help_en="What kind of body may stand in brackets: city, park, town, hospital, school, university, institute, firm, association, office")] = None  # fmt: skip
    signed_at: Annotated[line(120) | None, said("签约活动", "Signed at", example="2026 长江流域园区大会", help_zh="在什么活动上签的", help_en="The event at which it was signed")] = None  # fmt: skip
    renewal_days: Annotated[Whole | None, Field(ge=0, le=366), said("提前多少天续签", "Renewal due before its end", unit=("天", "days"), example="60")] = None  # fmt: skip
    renews: Annotated[Line | None, said("续签自", "Renews", help_zh="被续签协议的编号", help_en="Id of the agreement that it renews")] = None  # fmt: skip
    external_id: Annotated[line(80) | None, said("编号", "External id", help_zh="您自己系统里的编号；再次导入时按它更新", help_en="The number in your own system; a second import updates by it")] = None  # fmt: skip


class AgreementFilters(Record):
    """What narrows the figures of agreements."""

    kind: Annotated[choice(AgreementKind) | None, said("类型", "Kind")] = None


class ObligationRecord(Record):
    """What a party promised in an agreement, and by when."""

    text: Annotated[line(300), said("约定事项", "What was promised", example="每年互派挂职干部三名")]
    due_on: Annotated[Day, said("期限", "Due", example="2027-03-31")]
    party: Annotated[Line | None, said("由谁履行", "Owed by", example="南湖高新区", help_zh="签约方之一；留空则双方共同", help_en="One of the parties; empty: all")] = None  # fmt: skip


class ApiKeyRecord(Record):
    """A key for a system of a member or an organisation."""

    name: Annotated[line(80), said("用途", "Purpose", example="政务服务系统推送", aliases=("名称",))]
    scopes: Annotated[choices(KeyScope), Field(min_length=1), said("权限", "May do", example="读取供需、写入供需")]
    expires_on: Annotated[Day | None, said("到期日", "Expires on", help_zh="当天结束时失效；留空不过期", help_en="Valid through that day; empty: no end")] = None  # fmt: skip


class PersonRow(Record):
    """A person in a sheet: who, and the role at the member, or at one of its organisations where one is named."""

    name: Annotated[line(80), said("姓名", "Name", example="沈禾")]
    email: Annotated[Email, said("邮箱", "E-mail", example="shen.he@example.cn", aliases=("电子邮箱", "电子邮件"))]
    role: Annotated[choice(Role), said("角色", "Role", example="联络员")]
    organisation: Annotated[line(120) | None, said("单位", "Organisation", help_zh="单位角色才填：已登记单位的全称或信用代码", help_en="For roles in an organisation: its full name or credit code", aliases=("单位名称", "企业名称"))] = None  # fmt: skip
    title: Annotated[line(80) | None, said("职务", "Title", example="招商科科长", aliases=("职位",))] = None
    phone: Annotated[Phone | None, said("电话", "Telephone", aliases=("手机", "联系电话", "手机号"))] = None
    language: Annotated[choice(Language) | None, said("语言", "Language")] = None
    ends_on: Annotated[Day | None, said("到期日", "Until", example="2027-12-31")] = None


class RotaRecord(Record):
    """Who of an alliance hosts what, and how long a turn lasts."""

    title: Annotated[line(80), said("轮值内容", "What is hosted", example="重大活动轮值", aliases=("名称",))]
    starts_on: Annotated[Day, said("从哪天起", "From", example="2024-01-01")]
    length: Annotated[choice(RoundLength) | None, said("每轮多长", "Length of a turn", example="一年")] = None
    standings: Annotated[choices(Standing) | None, said("哪些成员参加", "Who takes part", example="发起成员、成员", help_zh="留空：发起成员和成员", help_en="Empty: founders and members")] = None  # fmt: skip
    purpose: Annotated[LongText | None, said("说明", "About")] = None


class RotaWishRecord(Record):
    """A wish for rounds of a rota, or that a member cannot host in them."""

    member: Annotated[Line, said("成员", "Member", example="南湖高新区")]
    kind: Annotated[choice(WishKind), said("意愿", "Wish", example="希望值办")]
    first_round: Annotated[Whole, Field(ge=1, le=400), said("从第几轮", "From round", example="3")]
    last_round: Annotated[Whole | None, Field(ge=1, le=400), said("到第几轮", "To round", example="3", help_zh="只有一轮就留空", help_en="Empty: only that one")] = None  # fmt: skip
    reason: Annotated[line(200) | None, said("原因", "Reason", example="当年承办全国性会议", help_zh="不能值办时必须写明", help_en="Required where it cannot host")] = None  # fmt: skip


class AbsenceRecord(Record):
    """A liaison officer is away, and who stands in."""

    person: Annotated[Line, said("联络员", "Officer", example="nanhu", help_zh="用户名或邮箱", help_en="Username or e-mail address")]  # fmt: skip
    substitute: Annotated[Line, said("代理人", "Substitute", example="nanhu-admin", help_zh="同一成员的同事；跨成员代理由管理员指定", help_en="A colleague of the same member; others are named by an administrator")]  # fmt: skip
    first_day: Annotated[Day, said("从哪天", "From", example="2026-12-01")]
    last_day: Annotated[Day, said("到哪天", "Until", example="2026-12-11", help_zh="当天仍由代理人办理", help_en="This day is still covered")]  # fmt: skip
    note: Annotated[line(200) | None, said("说明", "Note", example="年休假")] = None
