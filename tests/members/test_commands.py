"""The command line does what the pages do, says the same sentences, and shows secrets once."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from duijie.cli.main import main
from duijie.core.models import AuditLine
from duijie.members.actions import authenticate_key
from duijie.members.models import Member, Organisation, RoleGrant, User
from tests.factories import make_alliance, make_member

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str, language: str = "zh") -> Result:
    return CliRunner(env={"DUIJIE_LANG": language}).invoke(main, list(arguments))


def test_a_member_is_added_and_listed() -> None:
    make_alliance(slug="parks")
    done = run("member", "add", "南湖高新区", "--slug", "nanhu", "--kind", "园区", "--region", "嘉兴市南湖区",
               "--alliance", "parks", "--standing", "founder")  # fmt: skip
    assert (done.exit_code, done.output.strip()) == (0, Member.objects.get().uid)
    assert Member.objects.get().memberships.get().standing == "founder"
    assert json.loads(run("member", "list", "--json").output) == [
        {"slug": "nanhu", "name": "南湖高新区", "kind": "park", "region": "330402", "organisations": 0}
    ]
    assert AuditLine.objects.values_list("actor", "via").distinct().get() == ("system", "cli")


def test_nothing_half_done_where_an_alliance_is_unknown() -> None:
    done = run("member", "add", "甲", "--slug", "jia", "--kind", "park", "--region", "330402", "--alliance", "无")
    assert (done.exit_code, done.stderr.strip()) == (1, "alliance: 没有名为“无”的联盟。")
    assert Member.objects.count() == 0


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "region: 行政区：没有“亚特兰蒂斯”"), ("en", "region: Region: ")],
)
def test_a_fault_is_said_in_the_callers_language_with_its_place(language: str, said: str) -> None:
    make_member("南湖高新区")
    done = run("organisation", "register", "禾城精密", "--kind", "企业", "--member", "南湖高新区", "--region", "亚特兰蒂斯",
               language=language)  # fmt: skip
    assert done.exit_code == 1
    assert done.stderr.startswith(said[: 8 if language == "zh" else 16])
    assert Organisation.objects.count() == 0


def test_a_key_is_shown_once_rotated_and_revoked() -> None:
    make_member("南湖高新区")
    secret = run("key", "create", "政务系统", "--member", "南湖高新区", "--scope", "listings:write").output.strip()
    prefix = authenticate_key(secret).prefix
    assert secret not in run("key", "list").output
    assert prefix in run("key", "list", "--member", "南湖高新区").output
    fresh = run("key", "rotate", prefix, "--overlap-days", "1").output.strip()
    assert authenticate_key(fresh).replaces == authenticate_key(secret)
    assert run("key", "revoke", prefix).output == "ok\n"
    assert run("key", "revoke", "nope").exit_code == 1


def test_a_person_is_made_with_a_role_and_the_role_is_taken_back() -> None:
    park = make_member("南湖高新区")
    done = run("user", "create", "shen@example.cn", "--name", "沈禾", "--role", "联络员", "--where", "南湖高新区")
    username, password = done.output.strip().split("\t")
    assert User.objects.get(username=username).check_password(password)
    assert RoleGrant.objects.values_list("role", "scope", "scope_id").get() == ("liaison", "member", park.id)
    assert run("user", "role", "shen@example.cn", "liaison", "--where", "南湖高新区", "--revoke").exit_code == 0
    assert RoleGrant.objects.count() == 0


def test_agreements_admissions_and_verification_from_the_command_line() -> None:
    from duijie.members.models import Membership
    from tests.factories import make_organisation

    whole = make_member("南湖区", slug="nanhu")
    part = make_member("七星街道", slug="qixing", parent=whole)
    make_alliance(slug="parks")
    firm = make_organisation("禾城精密", member=part, verified=False)
    signed = run(
        "agreement",
        "sign",
        "医联体协议",
        "--kind",
        "医疗协作",
        "--member",
        "qixing",
        "--other",
        "瑞金医院",
        "--from",
        "2024-01-01",
    )
    assert signed.exit_code == 0
    assert (
        run("agreement", "coverage", "--on", "2024-06-01").output
        == "2024-06-01，南湖区的 1 个组成部分中有 1 个已有有效协议\n"
    )
    assert (
        run("agreement", "coverage", "--on", "2023-06-01").output
        == "2023-06-01，南湖区的 1 个组成部分中有 0 个已有有效协议\n"
    )
    one = run("agreement", "sign", "单方", "--kind", "project", "--member", "qixing", "--from", "2024-01-01")
    assert (one.exit_code, one.stderr.split("：")[0][:8]) == (1, "members:")
    assert run("member", "admit", "南湖区", "--alliance", "parks", "--standing", "founder").output == "ok\n"
    assert Membership.objects.get().standing == "founder"
    assert run("organisation", "verify", "禾城精密").output == "ok\n"
    firm.refresh_from_db()
    assert firm.is_verified
    assert run("organisation", "verify", "禾城精密", "--withdraw", "执照注销").output == "ok\n"
    firm.refresh_from_db()
    assert firm.verification_remark == "执照注销"
