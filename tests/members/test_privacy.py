"""Personal data: every field is in the inventory, and goes everywhere when a person is erased."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from duijie.core.events import dispatch_all
from duijie.core.models import Notification
from duijie.core.notifications import tell
from duijie.members import actions, mails, queries
from duijie.members.handlers import forget_old_notices
from duijie.members.models import Mails, User
from duijie.publish.models import SavedSearch
from tests.factories import make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db
INVENTORY = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")


def test_every_field_about_people_stands_in_the_inventory() -> None:
    fields = {f.name for f in User._meta.concrete_fields}
    assert sorted(name for name in fields if f"`{name}`" not in INVENTORY) == []


def test_other_apps_give_and_take_away_what_they_keep() -> None:
    firm = make_organisation()
    someone = make_user("organisation", firm)
    SavedSearch.objects.create(user=someone, name="找轴承", query={"q": "轴承"})
    found = queries.export_person(viewer(someone), someone)
    assert [s["name"] for s in found["saved_searches"]] == ["找轴承"]
    assert {"interests", "messages", "channels", "listings_as_contact"} <= set(found)
    actions.erase_person(actor=viewer(someone), person=someone)
    dispatch_all()
    assert SavedSearch.objects.count() == 0


def test_notices_are_mailed_at_each_persons_pace_once(mailoutbox: list[object]) -> None:
    at_once, daily, never = make_user(), make_user(), make_user()
    User.objects.filter(pk=daily.pk).update(mails=Mails.DAILY)
    User.objects.filter(pk=never.pk).update(mails=Mails.NEVER)
    people = [at_once.pk, daily.pk, never.pk]
    tell(people, kind="x", zh="甲有消息", en="News of A", address="/members/", key="k")
    assert tell(people, kind="x", zh="甲有消息", en="News of A", key="k") == 0
    dispatch_all()
    assert [m.to for m in mailoutbox] == [[at_once.email]]  # type: ignore[attr-defined]
    assert "甲有消息" in mailoutbox[0].body  # type: ignore[attr-defined]
    assert (mails.send_daily(), mails.send_daily()) == (1, 0)
    assert [m.to for m in mailoutbox][1:] == [[daily.email]]  # type: ignore[attr-defined]


def test_old_notices_are_forgotten() -> None:
    someone = make_user()
    tell([someone.pk], kind="x", zh="旧", en="old")
    tell([someone.pk], kind="x", zh="新", en="new")
    first = Notification.objects.order_by("id")[0]
    Notification.objects.filter(pk=first.pk).update(created_at=timezone.now() - timedelta(days=401))
    forget_old_notices()
    assert list(Notification.objects.values_list("zh", flat=True)) == ["新"]


def test_an_invitation_opens_the_account_and_nothing_else_does(client: object, mailoutbox: list[object]) -> None:
    import re

    from django.test import Client

    from duijie.core.schema import parse
    from duijie.members.schemas import PersonRecord

    firm = make_organisation("禾城精密")
    record = parse(PersonRecord, {"name": "沈禾", "email": "shen@example.cn"})
    actions.invite_person(
        actor=viewer("organisation", firm), record=record, role="expert", scope="organisation", scope_id=firm.pk
    )
    dispatch_all()
    address = re.search(r"http://[^\s]+", mailoutbox[0].body)  # type: ignore[attr-defined]
    assert address is not None
    browser = Client()
    page = browser.get(address.group(0).split("8000", 1)[1], follow=True)
    done = browser.post(
        page.redirect_chain[-1][0] if page.redirect_chain else address.group(0),
        {"password1": "mountain-tea-29", "password2": "mountain-tea-29"},
    )
    assert done.status_code == 302
    assert User.objects.get(email="shen@example.cn").check_password("mountain-tea-29")
