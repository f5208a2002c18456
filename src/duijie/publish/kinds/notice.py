"""Notices: news, calls and events of members."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Choices, Day, Line, LongText, Record, ShortLine, Web, choice, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import SUBSTANCE, TERMS, Count


class NoticeType(Choices):
    NEWS = "news", "动态", "News", ("新闻",)
    CALL = "call", "征集", "Call", ("通知",)
    EVENT = "event", "活动", "Event", ("活动预告",)
    RESULT = "result", "公示", "Result", ("结果",)
    TRAINING = "training", "培训", "Training"


class NoticeFacets(Record):
    """What kind of news it is, where and when, and from whom."""

    notice_type: Annotated[
        choice(NoticeType) | None,
        said("动态类型", "Type", example="活动", group=SUBSTANCE, weight=8, secret=False, aliases=("类型", "信息类型")),
    ] = None
    source: Annotated[
        ShortLine | None,
        said(
            "来源",
            "Source",
            example="联盟秘书处",
            group=SUBSTANCE,
            weight=6,
            secret=False,
            aliases=("信息来源", "发布部门"),
        ),
    ] = None
    author: Annotated[
        ShortLine | None,
        said("作者", "Author", example="秘书处信息组", group=SUBSTANCE, secret=False, aliases=("撰稿",)),
    ] = None
    held_on: Annotated[
        Day | None,
        said(
            "活动日期",
            "Held on",
            example="2026-12-12",
            group=TERMS,
            weight=4,
            secret=False,
            aliases=("举办日期", "活动时间", "时间"),
        ),
    ] = None
    place: Annotated[
        Line | None,
        said(
            "地点",
            "Place",
            example="会展中心3号馆",
            group=TERMS,
            weight=4,
            secret=False,
            aliases=("活动地点", "举办地点"),
        ),
    ] = None
    organiser: Annotated[
        ShortLine | None,
        said("主办单位", "Organiser", example="园区合作联盟", group=TERMS, weight=3, secret=False, aliases=("主办",)),
    ] = None
    seats: Annotated[
        Count | None,
        said(
            "名额",
            "Seats",
            unit=("人", "people"),
            example="120",
            group=TERMS,
            weight=1,
            secret=False,
            aliases=("人数限制",),
        ),
    ] = None
    register_until: Annotated[
        Day | None,
        said(
            "报名截止",
            "Register until",
            example="2026-12-05",
            group=TERMS,
            weight=2,
            secret=False,
            aliases=("截止报名",),
        ),
    ] = None
    how_to_join: Annotated[
        LongText | None,
        said(
            "参加办法",
            "How to join",
            example="在本页报名，名额满即止。",
            group=TERMS,
            weight=3,
            secret=False,
            aliases=("报名方式",),
        ),
    ] = None
    link: Annotated[
        Web | None,
        said(
            "链接",
            "Link",
            example="https://www.example.com/news/1",
            group=TERMS,
            weight=1,
            secret=False,
            aliases=("网址", "原文链接"),
        ),
    ] = None


NOTICE = KindDefinition(
    kind="notice",
    label=Label("动态通知", "Notice"),
    icon="speakerphone",
    colour="notice",
    side="tells",
    schema=NoticeFacets,
    amount_label=Label("金额", "Amount"),
    hint=Label("新闻、征集、活动", "News, calls, events"),
    validity_days=180,
    listed=("notice_type", "source", "held_on"),
    carded=("notice_type", "held_on", "place"),
    filters=("notice_type",),
    example={
        "title": "智能装备供需对接专场报名",
        "summary": "上午路演，下午一对一，限一百二十人。",
        "keywords": "对接会；智能装备",
        "facets": {
            "notice_type": "活动",
            "source": "联盟秘书处",
            "held_on": "2026-12-12",
            "place": "会展中心3号馆",
            "organiser": "园区合作联盟",
            "seats": "120",
            "register_until": "2026-12-05",
        },
    },
)
