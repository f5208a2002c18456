"""A firm's way through an event on its phone, and a planner's work in the grid, in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from duijie.land.models import Deal
from duijie.meet import actions, queries
from duijie.meet.models import Draft, Event, Intent, Meeting, Registration
from tests.e2e.conftest import ready
from tests.factories import make_organisation, make_user
from tests.meet.scene import Scene, work

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_firm_registers_meets_is_checked_in_and_signs_an_intent_that_becomes_a_deal(
    open_page: Any, sign_in: Any, take_picture: Any
) -> None:
    scene = Scene(firms=2)
    event = f"/events/{scene.event.uid}/"
    firm = make_organisation("巡光智能视觉公司", member=scene.host)
    person = make_user("organisation", firm, name="陆巡")
    phone = open_page(width=360)
    sign_in(phone, person)
    phone.goto(event)
    phone.get_by_role("link", name="报名参加").click()
    ready(phone)
    expect(phone.locator("input[name=organisation]")).to_have_value("巡光智能视觉公司")
    phone.locator("[data-name=representatives] .k-chip-input").fill(f"陆巡/总经理/{person.username}")
    phone.keyboard.press("Enter")
    phone.locator("[name=brings]").fill("在线检测设备")
    take_picture(phone, "register-360")
    phone.get_by_role("button", name="提交报名").click()
    expect(phone.locator(".k-head")).to_contain_text("巡光智能视觉公司")
    take_picture(phone, "mine-360")

    phone.get_by_role("link", name="填意愿").click()
    ready(phone)
    wanted = scene.comers[0]
    phone.locator(f"#p-{wanted.uid} [name=level][value=must]").click()
    expect(phone.locator(f"#p-{wanted.uid} [name=level][value=must]")).to_have_attribute("aria-pressed", "true")
    take_picture(phone, "wishes-360")
    own = Registration.objects.get(organisation=firm)
    scene.comers.append(own)
    scene.wish(0, 2)
    scene.wish(0, 1)
    actions.publish_draft(actor=scene.planner, draft=scene.arrange())
    work()

    phone.goto(f"{event}mine/{own.uid}/timetable/")
    expect(phone.locator(".m-next-who")).to_contain_text("甲号公司")
    code = phone.locator(".m-badge .k-num").inner_text()
    take_picture(phone, "timetable-360")

    door = open_page(width=360)
    sign_in(door, make_user("editor", scene.host))
    door.goto(f"{event}check-in/")
    ready(door)
    door.locator("#code").fill(f"{door.url}?code={code}")  # what a camera reads on the badge
    door.keyboard.press("Enter")
    expect(door.locator("[data-checkin-told]")).to_have_text("已签到：陆巡（巡光智能视觉公司）")
    expect(door.locator("[data-checkin-count]")).to_have_text("1")
    door.locator("#code").fill(code.lower())
    door.keyboard.press("Enter")
    expect(door.locator("[data-checkin-told]")).to_contain_text("早就签过")
    take_picture(door, "check-in-360")

    phone.locator(".m-next-who a").click()
    phone.get_by_text("写一份意向").click()
    phone.locator("#intent input[name=title]").fill("压铸件检测产线")
    phone.locator("#intent input[name=amount]").first.fill("300万元")
    phone.get_by_role("button", name="签字并发给对方").click()
    expect(phone.locator("#intent .k-list")).to_contain_text("压铸件检测产线")
    take_picture(phone, "meeting-360")
    intent = Intent.objects.get()
    other = open_page(width=360)
    sign_in(other, scene.people[0])
    other.goto(f"{event}intents/{intent.uid}/")
    other.get_by_role("button", name="签字", exact=True).click()
    expect(other.locator(".k-head")).to_contain_text("已签署")
    work()

    deal = Deal.objects.unscoped("what the signing made").get(source_ref=intent.uid)
    other.reload()
    other.get_by_role("link", name="项目“压铸件检测产线”").click()
    expect(other).to_have_url(f"{other.url.split('/deals/')[0]}/deals/{deal.uid}/")
    expect(other.locator(".k-head")).to_contain_text("压铸件检测产线")


def grid(page: Page, event: Event, draft: Draft) -> None:
    page.goto(f"/events/{event.uid}/drafts/{draft.uid}/")
    ready(page)


def card(page: Page, meeting: Meeting) -> Any:
    return page.locator(f"[data-meeting='{meeting.pk}']")


def test_a_planner_drags_reads_the_conflict_locks_arranges_the_rest_anew_and_undoes(
    open_page: Any, sign_in: Any, take_picture: Any
) -> None:
    scene = Scene(firms=4)
    for one, other in ((0, 1), (1, 0), (0, 2), (2, 0), (2, 3), (3, 2)):
        scene.wish(one, other)
    draft = scene.arrange()
    first, second = sorted(
        queries.draft_meetings(draft).filter(parties__registration=scene.comers[0]), key=lambda m: m.slot.code
    )
    page = open_page()
    sign_in(page, scene.planner_user)
    grid(page, scene.event, draft)

    # By keyboard: where 甲号公司 sits already the move is refused, and the page says with whom.
    card(page, first).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#to-slot")).to_be_focused()
    take_picture(page, "grid-1440")
    taken = {m.place.code for m in queries.draft_meetings(draft) if m.slot_id == second.slot_id}
    page.locator("#to-slot").select_option(second.slot.code)
    page.locator("#to-place").select_option(next(p.code for p in scene.event.places.all() if p.code not in taken))
    page.get_by_role("button", name="移动", exact=True).click()
    expect(page.locator(".k-messages")).to_contain_text("甲号公司")
    assert Meeting.objects.get(pk=first.pk).slot_id == first.slot_id

    # By mouse: what is dragged shows where it fits; dropped there it moves, without the page being opened anew.
    ready(page)
    card(page, first).click()
    page.wait_for_selector("td.is-good")
    free = next(cell for cell in page.locator("td.is-good").all() if not cell.locator("[data-meeting]").count())
    slot, place = free.get_attribute("data-slot"), free.get_attribute("data-place")
    page.keyboard.press("Escape")
    goal = page.locator(f"td[data-slot='{slot}'][data-place='{place}']")
    card(page, first).drag_to(goal)
    expect(goal.locator(f"[data-meeting='{first.pk}']")).to_be_visible()
    moved = Meeting.objects.select_related("slot", "place").get(pk=first.pk)
    assert (moved.slot.code, moved.place.code) == (slot, place)

    card(page, first).click()
    page.get_by_role("button", name="锁定", exact=True).click()
    expect(card(page, first)).to_have_attribute("data-locked", "")
    page.get_by_role("button", name="重新编排").click()
    expect(page).to_have_url(page.url.split("/drafts/")[0] + "/drafts/")
    work()
    anew = Draft.objects.get(number=2)
    kept = next(m for m in queries.draft_meetings(anew) if m.locked)
    sides = [{p.registration_id for p in m.parties.all()} for m in (kept, moved)]
    assert sides[0] == sides[1] and (kept.slot_id, kept.place_id) == (moved.slot_id, moved.place_id)
    page.reload()
    expect(page.locator("main")).to_contain_text("并排比较")
    take_picture(page, "drafts-1440")

    grid(page, scene.event, draft)
    page.get_by_role("button", name="撤销").click()
    ready(page)
    page.get_by_role("button", name="撤销").click()
    expect(page.get_by_role("button", name="撤销")).to_have_count(0)
    assert Meeting.objects.get(pk=first.pk).slot_id == first.slot_id
