"""The closed lists of this app with their names in both languages; the stored words are those of the models."""

from __future__ import annotations

from duijie.core.schema import Choices


class MemberKind(Choices):
    PARK = "park", "园区", "Park"
    DISTRICT = "district", "区县", "District"
    CITY = "city", "城市", "City"
    TOWN = "town", "镇街", "Town"
    THINK_TANK = "think_tank", "智库", "Think tank"
    SCIENCE_CENTRE = "science_centre", "科学中心", "Science centre"


class Standing(Choices):
    FOUNDER = "founder", "发起成员", "Founder"
    MEMBER = "member", "成员", "Member"
    PARTNER = "partner", "伙伴", "Partner"


class OrganisationKind(Choices):
    FIRM = "firm", "企业", "Firm"
    UNIVERSITY = "university", "高校", "University"
    INSTITUTE = "institute", "科研院所", "Institute"
    FUND = "fund", "基金/金融机构", "Fund or bank"
    HOSPITAL = "hospital", "医院", "Hospital"
    OFFICE = "office", "机关/事业单位", "Public office"
    SCHOOL = "school", "学校", "School", ("中小学", "中学", "小学", "职业学校")


class OrganisationSize(Choices):
    """By the national rule for statistics on large, medium, small and micro enterprises (2017)."""

    LARGE = "large", "大型", "Large"
    MEDIUM = "medium", "中型", "Medium"
    SMALL = "small", "小型", "Small"
    MICRO = "micro", "微型", "Micro"


class AgreementKind(Choices):
    STRATEGIC = "strategic", "战略合作", "Strategic"
    PROJECT = "project", "项目合作", "Project"
    PLATFORM = "platform", "平台合作", "Platform"
    TALENT = "talent", "人才合作", "Talent"
    MEDICAL = "medical", "医疗协作", "Medical"
    EDUCATION = "education", "教育协作", "Education"
    ENVIRONMENT = "environment", "环保联防", "Environment"
    SERVICE = "service", "公共服务", "Public service"


class BodyKind(Choices):
    """What kind of body an outside party to an agreement is."""

    CITY = "city", "城市", "City", ("市", "区县", "区", "县")
    PARK = "park", "园区", "Park", ("开发区", "产业园")
    TOWN = "town", "镇街", "Town", ("镇", "街道", "乡")
    HOSPITAL = "hospital", "医院", "Hospital"
    SCHOOL = "school", "学校", "School", ("中学", "小学")
    UNIVERSITY = "university", "高校", "University", ("大学",)
    INSTITUTE = "institute", "科研院所", "Institute", ("研究院", "研究所")
    FIRM = "firm", "企业", "Firm", ("公司",)
    ASSOCIATION = "association", "协会", "Association", ("商会", "联盟")
    OFFICE = "office", "机关", "Public office", ("部门",)


class AgreementState(Choices):
    """Worked out from the days of an agreement; never written."""

    NOT_YET = "not_yet", "未生效", "Not yet"
    IN_FORCE = "in_force", "有效", "In force"
    TO_RENEW = "to_renew", "待续签", "Renewal due"
    RENEWED = "renewed", "已续签", "Renewed"
    OVER = "over", "已到期", "Over"
    ENDED = "ended", "提前终止", "Ended early"


class OrganisationStanding(Choices):
    FOUNDER = "founder", "发起单位", "Founder"
    MEMBER = "member", "成员单位", "Member"
    OBSERVER = "observer", "观察员", "Observer"


class WishKind(Choices):
    PREFERS = "prefers", "希望值办", "Would like to host"
    EXCLUDED = "excluded", "不能值办", "Cannot host"


class RoundLength(Choices):
    """How long one turn of hosting lasts; the word is the number of months."""

    YEAR = "12", "一年", "A year", ("年", "按年")
    HALF = "6", "半年", "Half a year"
    QUARTER = "3", "一季度", "A quarter", ("季度", "按季")
    MONTH = "1", "一个月", "A month", ("月", "按月")


class Role(Choices):
    PLATFORM = "platform", "平台管理员", "Platform administrator"
    SECRETARIAT = "secretariat", "联盟秘书处", "Secretariat"
    LEADER = "leader", "领导", "Leader"
    MEMBER_ADMIN = "member_admin", "成员管理员", "Member administrator"
    LIAISON = "liaison", "联络员", "Liaison officer"
    EDITOR = "editor", "编辑", "Editor"
    EVENT_PLANNER = "event_planner", "活动策划", "Event planner"
    APPROVER = "approver", "审批人", "Approver"
    AUDITOR = "auditor", "审计", "Auditor"
    ORGANISATION = "organisation", "单位代表", "Organisation's representative"
    EXPERT = "expert", "专家", "Expert"
    INVESTOR = "investor", "投资人", "Investor"
    CITIZEN = "citizen", "市民", "Citizen"


class Scope(Choices):
    PLATFORM = "platform", "平台", "Platform"
    ALLIANCE = "alliance", "联盟", "Alliance"
    MEMBER = "member", "成员", "Member"
    ORGANISATION = "organisation", "单位", "Organisation"


class KeyScope(Choices):
    """What an API key may do."""

    LISTINGS_READ = "listings:read", "读取供需", "Read listings"
    LISTINGS_WRITE = "listings:write", "写入供需", "Write listings"
    MATCHES_READ = "matches:read", "读取匹配", "Read matches"
    MATCHES_WRITE = "matches:write", "答复匹配和对接", "Answer matches and introductions"
    ORGANISATIONS_READ = "organisations:read", "读取单位", "Read organisations"
    ORGANISATIONS_WRITE = "organisations:write", "写入单位", "Write organisations"
    ATLAS_WRITE = "atlas:write", "写入地图数据", "Write the map's data"
    FEEDS_READ = "feeds:read", "读取订阅源", "Read feeds"
    DEALS_READ = "deals:read", "读取项目", "Read deals and projects"
    DEALS_WRITE = "deals:write", "写入项目", "Write deals and projects"
    EXCHANGES_WRITE = "exchanges:write", "登记交流", "Record exchanges"
    EVENTS_READ = "events:read", "读取活动", "Read events"
    EVENTS_WRITE = "events:write", "写入活动、报名和意愿", "Write events, registrations and wishes"
    SOURCES_WRITE = "sources:write", "管理数据来源", "Manage sources"
    MEASURES_READ = "measures:read", "读取指标和指数", "Read indicators and indices"
    MEASURES_WRITE = "measures:write", "填报指标", "Fill in rounds of indicators"
    PLANS_READ = "plans:read", "读取计划", "Read plans"
    PLANS_WRITE = "plans:write", "编制计划、上报数据", "Write plans and report on them"


class MailPace(Choices):
    AT_ONCE = "at_once", "随时发送", "At once"
    DAILY = "daily", "每天汇总一次", "Once a day"
    WEEKLY = "weekly", "每周汇总一次", "Once a week"
    NEVER = "never", "不发邮件", "No mail"


class Language(Choices):
    CHINESE = "zh-hans", "中文", "Chinese"
    ENGLISH = "en", "English", "English"
