from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from duijie.core.ids import new_id


class Mails(models.TextChoices):
    """How often a person wants mail about what happened."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    NEVER = "never"


class User(AbstractUser):
    """A person who signs in. Contact data is personal: shown only after both sides agree, every reading on record."""

    uid = models.CharField(max_length=26, unique=True, default=new_id)
    name = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=80, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8, default="zh-hans")
    organisation = models.ForeignKey(
        "members.Organisation", null=True, blank=True, on_delete=models.SET_NULL, related_name="people"
    )
    mails = models.CharField(max_length=8, choices=Mails.choices, default=Mails.AT_ONCE)
    quiet_from = models.PositiveSmallIntegerField(
        default=21, help_text="hour in Asia/Shanghai from which no mail is sent"
    )
    quiet_until = models.PositiveSmallIntegerField(default=8)
    invited_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name or self.username


class RoleGrant(models.Model):
    """A role that a person holds in a scope: the platform, an alliance, a member or an organisation."""

    class Role(models.TextChoices):
        PLATFORM = "platform", "平台管理员"
        SECRETARIAT = "secretariat", "联盟秘书处"
        LEADER = "leader", "领导"
        MEMBER_ADMIN = "member_admin", "成员管理员"
        LIAISON = "liaison", "联络员"
        EDITOR = "editor", "编辑"
        EVENT_PLANNER = "event_planner", "活动策划"
        APPROVER = "approver", "审批人"
        AUDITOR = "auditor", "审计"
        ORGANISATION = "organisation", "单位代表"
        EXPERT = "expert", "专家"
        INVESTOR = "investor", "投资人"
        CITIZEN = "citizen", "市民"

    class Scope(models.TextChoices):
        PLATFORM = "platform", "平台"
        ALLIANCE = "alliance", "联盟"
        MEMBER = "member", "成员"
        ORGANISATION = "organisation", "单位"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=16, choices=Role.choices)
    scope = models.CharField(max_length=12, choices=Scope.choices)
    scope_id = models.BigIntegerField(default=0)
    granted_at = models.DateTimeField(auto_now_add=True)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "scope", "scope_id"], name="one_grant_per_role_and_scope")
        ]
        indexes = [models.Index(fields=["scope", "scope_id", "role"])]
