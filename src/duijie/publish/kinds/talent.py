"""Talent: posts that are open, or people who are free."""

from __future__ import annotations

from typing import Annotated

from duijie.core.language import Label
from duijie.core.schema import Choices, Day, LongText, Record, ShortLine, Words, YesNo, choice, said
from duijie.publish.kinds.definition import KindDefinition
from duijie.publish.kinds.fields import SUBSTANCE, TERMS, Count


class TalentForm(Choices):
    POST = "post", "招聘岗位", "Open post", ("岗位",)
    PERSON = (
        "person",
        "人才求职",
        "Person seeking a post",
        (
            "人才",
            "求职",
        ),
    )


class Education(Choices):
    ANY = "any", "不限", "Any"
    VOCATIONAL = "vocational", "中专", "Vocational school", ("技校",)
    COLLEGE = "college", "大专", "College"
    BACHELOR = "bachelor", "本科", "Bachelor"
    MASTER = "master", "硕士", "Master"
    DOCTOR = "doctor", "博士", "Doctor"


class Employment(Choices):
    FULL_TIME = "full_time", "全职", "Full time"
    PART_TIME = "part_time", "兼职", "Part time", ("柔性引进",)
    SHARED = "shared", "共享用工", "Shared staff", ("季节工",)
    SECONDMENT = "secondment", "挂职", "Secondment"
    INTERNSHIP = "internship", "实习", "Internship"


class TalentStage(Choices):
    OPEN = "open", "招聘中", "Open", ("求职中",)
    INTERVIEWS = "interviews", "面试中", "Interviewing"
    FILLED = "filled", "已招到", "Filled", ("已入职",)


class TalentFacets(Record):
    """A post with its demands and pay, or a person with what they can do."""

    form: Annotated[
        choice(TalentForm),
        said("形式", "Form", example="招聘岗位", group=SUBSTANCE, secret=False, aliases=("类型", "供需")),
    ] = "post"
    post: Annotated[
        ShortLine | None,
        said(
            "岗位",
            "Post",
            example="视觉算法工程师",
            group=SUBSTANCE,
            weight=8,
            secret=False,
            aliases=("岗位名称", "职位", "意向岗位"),
        ),
    ] = None
    headcount: Annotated[
        Count | None,
        said(
            "人数",
            "Number",
            unit=("人", "people"),
            example="3",
            group=SUBSTANCE,
            weight=4,
            secret=False,
            aliases=("招聘人数", "需求人数"),
        ),
    ] = None
    duties: Annotated[
        LongText | None,
        said(
            "工作内容",
            "Duties",
            example="负责产线检测算法的开发和现场调试。",
            group=SUBSTANCE,
            weight=8,
            secret=False,
            aliases=("岗位职责", "职责"),
        ),
    ] = None
    skills: Annotated[
        Words,
        said(
            "技能",
            "Skills",
            example="OpenCV；C++；相机标定",
            group=SUBSTANCE,
            weight=8,
            secret=False,
            aliases=("技能要求", "专业技能", "专业"),
        ),
    ] = []
    education: Annotated[
        choice(Education) | None,
        said("学历", "Education", example="硕士", group=SUBSTANCE, weight=4, secret=False, aliases=("学历要求",)),
    ] = None
    years_of_experience: Annotated[
        Count | None,
        said(
            "工作年限",
            "Years of experience",
            unit=("年", "years"),
            example="3",
            group=SUBSTANCE,
            weight=3,
            secret=False,
            aliases=("经验", "工作经验", "经验年限"),
        ),
    ] = None
    employment: Annotated[
        choice(Employment) | None,
        said("用工方式", "Employment", example="全职", group=TERMS, weight=3, secret=False, aliases=("工作性质",)),
    ] = None
    pay: Annotated[
        ShortLine | None,
        said(
            "薪酬",
            "Pay",
            example="25-40万元/年",
            group=TERMS,
            weight=7,
            secret=False,
            aliases=("工资", "薪资", "年薪", "期望薪酬"),
        ),
    ] = None
    benefits: Annotated[
        LongText | None,
        said(
            "待遇",
            "Benefits",
            example="人才公寓，子女就近入学",
            group=TERMS,
            weight=3,
            secret=False,
            aliases=("福利待遇",),
        ),
    ] = None
    start_by: Annotated[
        Day | None,
        said("到岗时间", "Start by", example="2027-02-20", group=TERMS, weight=2, secret=False, aliases=("到岗日期",)),
    ] = None
    achievements: Annotated[
        LongText | None,
        said(
            "经历业绩",
            "Achievements",
            example="主导过三条产线的视觉检测项目。",
            group=SUBSTANCE,
            weight=4,
            aliases=("个人经历", "工作经历", "业绩"),
        ),
    ] = None
    relocates: Annotated[
        YesNo | None, said("可异地", "Relocates", example="是", group=TERMS, secret=False, aliases=("是否接受异地",))
    ] = None


TALENT = KindDefinition(
    kind="talent",
    label=Label("人才", "Talent"),
    icon="users",
    colour="talent",
    side="wants",
    schema=TalentFacets,
    amount_label=Label("年薪", "Yearly pay"),
    hint=Label("招人，或者找岗位", "Posts to fill, people to place"),
    complements=("talent", "expert", "need"),
    stages=TalentStage,
    validity_days=180,
    listed=("form", "post", "pay"),
    carded=("post", "headcount", "pay"),
    filters=("form", "education", "employment"),
    example={
        "title": "招视觉算法工程师",
        "summary": "在产线上做检测，能出差，年薪25到40万。",
        "amount": "25-40万",
        "keywords": "机器视觉；算法；产线",
        "stage": "招聘中",
        "facets": {
            "form": "招聘岗位",
            "post": "视觉算法工程师",
            "headcount": "3人",
            "duties": "检测算法开发和现场调试",
            "skills": "OpenCV、C++、相机标定",
            "education": "硕士",
            "years_of_experience": "3",
            "employment": "全职",
            "pay": "25-40万元/年",
            "benefits": "人才公寓",
        },
    },
)
