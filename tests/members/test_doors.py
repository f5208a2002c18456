"""One registration, three doors: page, REST and command line refuse with the same sentence at the same place, in both languages."""

from __future__ import annotations

import html
import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from duijie.cli.main import main
from duijie.core.language import speaking
from duijie.core.schema import describe
from duijie.members.models import Organisation
from duijie.members.schemas import OrganisationRecord
from tests.factories import credit_code, make_member, make_organisation, make_user

pytestmark = pytest.mark.django_db(transaction=True)
GOOD = {"name": "禾城精密", "kind": "firm", "home_member": "nanhu", "credit_code": "", "region": ""}
BAD: dict[str, tuple[dict[str, Any], str]] = {
    "wrong credit code": ({"credit_code": "91330402MA28A1234X"}, "credit_code"),
    "short credit code": ({"credit_code": "9133"}, "credit_code"),
    "unknown region": ({"region": "亚特兰蒂斯市"}, "region"),
    "unknown kind": ({"kind": "小店"}, "kind"),
    "unknown member": ({"home_member": "月球基地"}, "home_member"),
    "no name": ({"name": "  "}, "name"),
    "a name too long": ({"name": "长" * 121}, "name"),
    "a code registered elsewhere": ({"credit_code": "TAKEN"}, "credit_code"),
    "a name registered already": ({"name": "已有的厂"}, "name"),
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("case", sorted(BAD))
def test_the_same_sentence_at_the_same_place(case: str, language: str, client: Client) -> None:
    park = make_member("南湖高新区", slug="nanhu")
    taken = make_organisation("已有的厂", member=park, code=credit_code(77))
    changes, place = BAD[case]
    data = GOOD | {name: taken.credit_code if value == "TAKEN" else value for name, value in changes.items()}
    client.force_login(make_user())
    lang = "en" if language == "en" else "zh-hans"

    page = client.post(f"{reverse('members:register')}?lang={lang}", data)
    api = client.post(
        "/api/v1/organisations", json.dumps(data), content_type="application/json", headers={"Accept-Language": lang}
    )
    options = {"kind": "--kind", "home_member": "--member", "credit_code": "--credit-code", "region": "--region"}
    arguments = [part for name, option in options.items() for part in (option, str(data[name]))]
    command = CliRunner(env={"DUIJIE_LANG": language}).invoke(
        main, ["organisation", "register", str(data["name"]), *arguments]
    )

    (fault,) = api.json()["errors"]
    assert (fault["place"], api.status_code >= 400, command.exit_code) == (place, True, 1)
    assert command.stderr.strip() == f"{place}: {fault['detail']}"
    shown = html.unescape(page.content.decode())
    assert page.status_code in {409, 422}
    assert f'href="#f-{place}"' in shown
    with speaking(language):
        labels = [f"{d.label}{mark}" for d in describe(OrganisationRecord) for mark in ("：", ": ") if d.name == place]
    bare = fault["detail"]
    for label in labels:
        bare = bare.removeprefix(label)
    assert bare in shown  # under its field, where the label stands already
    assert Organisation.objects.count() == 1


def test_what_people_write_is_understood_at_every_door(client: Client) -> None:
    make_member("南湖高新区", slug="nanhu")
    client.force_login(make_user())
    wide = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
    codes = [credit_code(n) for n in (801, 802, 803)]
    base = {"kind": "企業", "home_member": "南湖高新區", "region": "嘉興市南湖區"}
    client.post(reverse("members:register"), base | {"name": "页面厂", "credit_code": codes[0].lower().translate(wide)})
    body = json.dumps(base | {"name": "接口厂", "credit_code": f"{codes[1][:9]} {codes[1][9:]}"})
    client.post("/api/v1/organisations", body, content_type="application/json")
    CliRunner().invoke(
        main, ["organisation", "register", "命令厂", "--kind", "企業", "--member", "南湖高新區", "--region", "嘉興市南湖區", "--credit-code", codes[2]]
    )  # fmt: skip
    found = Organisation.objects.order_by("pk").values_list("name", "kind", "region", "credit_code")
    assert list(found) == [
        (name, "firm", "330402", code) for name, code in zip(["页面厂", "接口厂", "命令厂"], codes, strict=True)
    ]
