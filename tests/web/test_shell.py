"""The frame of every page: name, navigation, theme, language, bell."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client, RequestFactory

from duijie.core.access import GUEST, Viewer
from duijie.core.language import Label, speaking
from duijie.core.models import Notification
from duijie.web import navigation
from duijie.web.context import Shell
from duijie.web.navigation import NavigationItem, signed_in
from tests.factories import make_alliance, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def only() -> Iterator[None]:
    """The navigation empty for the test, and afterwards as it was."""
    before = dict(navigation._items)
    navigation._items.clear()
    yield
    navigation._items.clear()
    navigation._items.update(before)


def request_for(path: str = "/", viewer: Viewer = GUEST, **cookies: str) -> Any:
    request = RequestFactory().get(path)
    request.viewer = viewer  # type: ignore[attr-defined]
    request.COOKIES.update(cookies)
    return request


def item(key: str, url_name: str, order: int = 10, **how: Any) -> NavigationItem:
    return NavigationItem(key, Label(key, key), "home", url_name, order, **how)


@pytest.mark.usefixtures("only")
def test_entries_stand_in_order_and_only_where_they_lead_somewhere() -> None:
    navigation.register(item("second", "account_login", 20))
    navigation.register(item("first", "account_signup", 10))
    navigation.register(item("nowhere", "no-such-page"))
    sections = Shell(request_for()).navigation
    assert [(name, [one.key for one in items]) for name, _, items in sections] == [("flow", ["first", "second"])]


@pytest.mark.usefixtures("only")
def test_an_entry_is_shown_to_whom_it_is_for() -> None:
    navigation.register(item("mine", "mfa_index", visible=signed_in, section="own", count=lambda viewer: 3))
    assert Shell(request_for()).navigation == []
    ((_, _, (shown,)),) = Shell(request_for(viewer=Viewer(user_id=1))).navigation
    assert (shown.key, shown.count, shown.current) == ("mine", 3, False)


@pytest.mark.usefixtures("only")
def test_the_entry_under_which_a_page_lies_is_current() -> None:
    navigation.register(item("login", "account_login"))
    navigation.register(item("reset", "account_reset_password"))
    ((_, _, items),) = Shell(request_for("/accounts/password/reset/done/")).navigation
    assert [one.key for one in items if one.current] == ["reset"]


@pytest.mark.usefixtures("only")
def test_the_four_first_places_of_a_phone() -> None:
    for place, key in enumerate("edcba", 1):
        navigation.register(item(key, "account_login", phone_place=place))
    navigation.register(item("never", "account_login"))
    assert [one.key for one in Shell(request_for()).tabs] == ["e", "d", "c", "b"]


def test_a_section_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="basement"):
        navigation.register(item("x", "account_login", section="basement"))


def test_the_house_bears_the_name_of_the_alliance() -> None:
    assert Shell(request_for()).name == "对接"
    first = make_alliance("沿江合作联盟")
    make_alliance("新材料子联盟", parent=first)
    assert Shell(request_for()).name == "沿江合作联盟"
    with speaking("en"):
        assert Shell(request_for()).name == "沿江合作联盟"


def test_the_theme_is_one_of_two_or_the_systems() -> None:
    assert [Shell(request_for(theme=word)).theme for word in ("dark", "light", "pink")] == ["dark", "light", ""]


def test_the_bell_counts_what_is_unread() -> None:
    person = make_user("guest")
    for n in range(3):
        Notification.objects.create(user_id=person.pk, kind="x", zh=str(n), en=str(n))
    Notification.objects.create(user_id=person.pk + 1, kind="x", zh="别人的", en="another's")
    assert Shell(request_for(viewer=Viewer(user_id=person.pk))).unread == 3
    assert Shell(request_for()).unread == 0


def test_a_page_says_its_language_and_has_no_inline_script(client: Client) -> None:
    page = client.get("/accounts/login/", {"lang": "en"}).content.decode()
    assert '<html lang="en"' in page
    assert "<script>" not in page
    assert "onclick" not in page
