"""What people fill in here: a source, a member's interface, another node."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import (
    Choices,
    IndustryCodes,
    LongText,
    Record,
    RegionCodes,
    ShortLine,
    Words,
    YesNo,
    choice,
    said,
)
from duijie.core.schema.types import line
from duijie.publish.kinds import KindChoice


class SourceKind(Choices):
    SHEET = "sheet", "表格地址（Excel、CSV）", "A sheet at an address (Excel, CSV)", ("表格", "excel", "csv")
    FEED = "feed", "Atom 或 RSS", "Atom or RSS", ("rss", "atom")
    CKAN = "ckan", "CKAN 数据门户", "CKAN portal"
    OAI = "oai", "OAI-PMH 仓库", "OAI-PMH repository", ("oai-pmh",)
    DCAT = "dcat", "DCAT-AP 目录", "DCAT-AP catalogue", ("dcat-ap",)


class Schedule(Choices):
    BY_HAND = "by_hand", "手动", "By hand"
    HOURLY = "hourly", "每小时", "Every hour"
    DAILY = "daily", "每天", "Every day"
    WEEKLY = "weekly", "每周", "Every week"


_WHERE, _WHAT, _ACCESS = (
    Label("从哪里来", "Where from"),
    Label("怎样写入", "How it is written"),
    Label("访问凭据", "Access"),
)


class SourceRecord(Record):
    """Where a member's listings come from by themselves."""

    name: Annotated[line(80), said("名称", "Name", example="南湖政策公开栏", group=_WHERE)]
    kind: Annotated[choice(SourceKind), said("来源类型", "Kind of source", example="Atom 或 RSS", group=_WHERE)]
    url: Annotated[line(500), said("地址", "Address", example="https://www.example.cn/feed.xml", group=_WHERE,
        help_zh="必须是 https 公网地址；CKAN 填门户首页，OAI-PMH 填 baseURL", help_en="Public https; the portal's home for CKAN, the baseURL for OAI-PMH")]  # fmt: skip
    schedule: Annotated[choice(Schedule) | None, said("多久取一次", "How often", example="每天", group=_WHERE)] = (
        "daily"
    )
    subset: Annotated[line(200) | None, said("只取一部分", "Only a part", group=_WHERE,
        help_zh="OAI-PMH 填 set，CKAN 填检索式，其他留空", help_en="A set of OAI-PMH or a query of CKAN; else empty")] = None  # fmt: skip
    listing_kind: Annotated[
        choice(KindChoice), said("写成哪一类", "As which kind of listing", example="政策", group=_WHAT)
    ] = "notice"
    publish: Annotated[YesNo | None, said("直接发布", "Publish at once", group=_WHAT,
        help_zh="关闭则存为草稿，由编辑补全后再发布", help_en="Off: kept as drafts for an editor to complete")] = None  # fmt: skip
    fields: Annotated[LongText | None, said("字段对应", "Fields", example="金额=budget", group=_WHAT,
        help_zh="每行一条“本平台字段=对方字段”，预览里列有对方的字段名；不写就按标准对应", help_en="A line each: field here=field there; the preview names those there")] = None  # fmt: skip
    default_regions: Annotated[RegionCodes, said("缺省地区", "Default regions", group=_WHAT)] = []
    default_industries: Annotated[IndustryCodes, said("缺省行业", "Default industries", group=_WHAT)] = []
    default_keywords: Annotated[Words, said("补充关键词", "Keywords to add", group=_WHAT)] = []
    credential_header: Annotated[ShortLine | None, said("凭据请求头", "Header of the credential", example="Authorization", group=_ACCESS)] = None  # fmt: skip
    credential: Annotated[line(500) | None, said("凭据", "Credential", group=_ACCESS,
        help_zh="加密保存，不再显示；留空表示不变", help_en="Kept encrypted and never shown again; empty leaves it as it is")] = None  # fmt: skip


class InterfaceRecord(Record):
    """How a member shows itself to other sites."""

    colour: Annotated[line(7) | None, said("标识色", "Brand colour", example="#1f5a8a",
        help_zh="白字写在上面要看得清（对比度至少 4.5）", help_en="White words on it must be legible (contrast 4.5 at least)")] = None  # fmt: skip
    host: Annotated[line(120) | None, said("自有域名", "Own host name", example="duijie.nanhu.example.cn",
        help_zh="先把域名解析到本平台，再填在这里", help_en="Point the name at this installation first")] = None  # fmt: skip
    origins: Annotated[Words, said("可嵌入的网站", "Sites that may embed", example="https://www.nanhu.example.cn",
        help_zh="写到域名为止，例如 https://www.example.cn；不写则任何网站都不能嵌入", help_en="Scheme and host only; none means that no site may")] = []  # fmt: skip


class PeerRecord(Record):
    """Another Duijie installation to exchange with."""

    name: Annotated[line(80), said("平台名称", "Name", example="江南对接平台")]
    slug: Annotated[line(40), said("网址简称", "Short name", example="jiangnan")]
    url: Annotated[line(300), said("平台地址", "Address", example="https://duijie.example.org")]
    region: Annotated[line(40), said("所在地区", "Region", example="江苏省")] = "浙江省"
    fingerprint: Annotated[line(80) | None, said("对方密钥指纹", "Fingerprint of its key",
        help_zh="向对方电话核对；填写后与取到的密钥比对，不一致则拒绝", help_en="As told by telephone; a key that differs is refused")] = None  # fmt: skip
