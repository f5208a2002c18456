"""Publishing finds partners; both desks see them with reasons from what each may read; both agree and contacts open."""

from __future__ import annotations

import datetime as dt

import pytest

from duijie.core.access import GUEST, SYSTEM
from duijie.core.errors import Conflict, NotAllowed, NotFound
from duijie.core.events import dispatch_all
from duijie.core.jobs import run_all
from duijie.core.models import AuditLine, Job, Notification
from duijie.match import queries
from duijie.match.actions import (
    accept_interest,
    decline_interest,
    end_introduction,
    express_interest,
    give_verdict,
    run_service_level,
    say,
)
from duijie.match.models import Introduction, Suggestion
from duijie.match.upkeep import compare_match_index, learn_anew_if_due
from duijie.members.models import Organisation
from duijie.publish.actions import change_listing, close_listing, create_listing
from duijie.publish.models import Listing
from duijie.publish.queries import get_listing
from tests.factories import make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db


def work() -> None:
    dispatch_all()
    run_all()
    dispatch_all()


def publish(
    kind: str, title: str, body: str = "", *, organisation: Organisation | None = None, **data: object
) -> Listing:
    organisation = organisation or make_organisation()
    return create_listing(
        actor=viewer("liaison", organisation.home_member),
        member=organisation.home_member,
        organisation=organisation,
        data={"kind": kind, "title": title, "body": body} | data,
        put_forward=True,
    )


def need_and_technology(**data: object) -> tuple[Listing, Listing]:
    need = publish("need", "铝合金压铸件气孔在线检测", "壳体压铸后内部气孔靠人工抽检，希望在线检出", **data)
    right = publish("technology", "压铸件内部气孔X射线在线检测系统", "面向铝合金压铸件，自动识别气孔")
    for title in ("水稻病虫害防治无人机", "污水处理膜材料", "肿瘤早筛试剂盒", "光伏逆变器", "智慧养老平台"):
        publish("technology", title)
    work()
    return need, right


def desk(listing: Listing) -> list[queries.SeenSuggestion]:
    assert listing.owner_organisation is not None
    who = viewer("organisation", listing.owner_organisation)
    return queries.seen_suggestions(queries.suggestions_for(who), who)


def test_both_desks_show_the_pair_with_reasons_that_stand_in_both_texts() -> None:
    need, right = need_and_technology()
    first = desk(need)[0]
    assert (first.own.uid, first.other.uid) == (need.uid, right.uid)
    assert "压铸件" in "".join(first.terms)
    assert all(term in need.title + need.body and term in right.title + right.body for term in first.terms)
    assert first.sentences
    assert [x.other.uid for x in desk(right)] == [need.uid]
    assert not compare_match_index()


def test_the_reasons_never_tell_what_is_behind_a_teaser() -> None:
    need, right = need_and_technology(confidential=True, teaser="某汽配企业求检测方案")
    for_giver = desk(right)[0]
    assert for_giver.other.title == "某汽配企业求检测方案"
    shown = str(for_giver.reasons)
    assert "气孔" not in shown
    assert "压铸" not in shown
    assert "气孔" in str(desk(need)[0].reasons)  # its owner may read both


def test_nobody_is_matched_with_oneself_or_with_what_is_out_of_sight() -> None:
    firm = make_organisation()
    publish("need", "铝合金压铸件气孔在线检测", organisation=firm)
    publish("technology", "铝合金压铸件气孔在线检测", organisation=firm)
    publish("technology", "铝合金压铸件气孔在线检测", visibility="member")
    work()
    assert Suggestion.objects.count() == 0


def test_a_closed_listing_leaves_the_desks_and_a_changed_one_is_found_anew() -> None:
    need, right = need_and_technology()
    assert right.owner_organisation is not None
    change_listing(
        actor=viewer("liaison", need.owner_member), listing=need, data={"title": "找肿瘤早筛试剂盒", "body": "早筛试剂"}
    )
    work()
    need.refresh_from_db()
    assert desk(need)[0].other.title == "肿瘤早筛试剂盒"
    assert desk(right) == []
    close_listing(actor=viewer("liaison", need.owner_member), listing=need)
    work()
    assert Suggestion.objects.filter(open=True).count() == 0


def test_not_suitable_is_kept_and_not_suggested_again() -> None:
    need, right = need_and_technology()
    assert need.owner_organisation is not None
    who = viewer("organisation", need.owner_organisation)
    give_verdict(actor=who, suggestion=desk(need)[0].record, side="asking", answer="not_suitable", reasons=["price"])
    assert right.uid not in [x.other.uid for x in desk(need)]
    change_listing(actor=who, listing=need, data={"title": "铝合金压铸件气孔在线检测（急）"})
    work()
    assert right.uid not in [x.other.uid for x in desk(need)]
    with pytest.raises(NotAllowed):
        give_verdict(actor=GUEST, suggestion=Suggestion.objects.first(), side="asking", answer="not_now")


def test_both_agree_and_only_then_contacts_and_full_text_open() -> None:
    need, right = need_and_technology(confidential=True, teaser="某汽配企业求检测方案")
    assert need.owner_organisation is not None
    assert right.owner_organisation is not None
    asker = make_user("organisation", need.owner_organisation)
    giver = make_user("organisation", right.owner_organisation)
    liaison = make_user("liaison", right.owner_member)
    asking, giving = viewer(asker), viewer(giver)
    interest = express_interest(actor=asking, to_listing=right, from_listing=need, message="想看看设备")
    assert Notification.objects.filter(user_id=giver.pk, kind="interest.received").count() == 1
    assert "某" not in Notification.objects.get(user_id=giver.pk).zh
    assert need.owner_organisation.name not in Notification.objects.get(user_id=giver.pk).zh
    assert not get_listing(need.uid, giving).full
    with pytest.raises(Conflict):
        express_interest(actor=asking, to_listing=right, from_listing=need)
    with pytest.raises(NotAllowed):
        accept_interest(actor=asking, interest=interest)
    accept_interest(actor=giving, interest=interest)
    introduction = Introduction.objects.get()
    assert get_listing(need.uid, giving).full
    assert {c.phone for c in queries.contacts_of(introduction, giving)} == {asker.phone, giver.phone}
    assert AuditLine.objects.filter(verb="personal.read").count() == 1
    assert Notification.objects.filter(user_id=liaison.pk, kind="introduction.opened").count() == 1
    with pytest.raises(NotFound):
        queries.get_introduction(introduction.uid, viewer("organisation", make_organisation()))
    say(actor=asking, introduction=introduction, text="周四上午方便吗？")
    assert [m.text for m in introduction.messages.all()] == ["周四上午方便吗？"]
    end_introduction(actor=giving, introduction=introduction, reason="技术路线不同")
    with pytest.raises(Conflict):
        say(actor=asking, introduction=introduction, text="还有机会吗")


def test_interest_from_both_sides_is_an_agreement() -> None:
    need, right = need_and_technology()
    assert need.owner_organisation is not None
    assert right.owner_organisation is not None
    express_interest(actor=viewer("organisation", need.owner_organisation), to_listing=right, from_listing=need)
    back = express_interest(actor=viewer("organisation", right.owner_organisation), to_listing=need, from_listing=right)
    assert back.status == "accepted"
    assert Introduction.objects.count() == 1


def test_an_unanswered_interest_is_reminded_once_and_runs_out() -> None:
    need, right = need_and_technology()
    assert need.owner_organisation is not None
    assert right.owner_organisation is not None
    boss = make_user("organisation", right.owner_organisation)
    interest = express_interest(
        actor=viewer("organisation", need.owner_organisation), to_listing=right, from_listing=need
    )
    assert run_service_level(actor=SYSTEM) == 0
    assert run_service_level(actor=SYSTEM, now=interest.due_at + dt.timedelta(hours=1)) == 1
    assert run_service_level(actor=SYSTEM, now=interest.due_at + dt.timedelta(hours=2)) == 0
    assert Notification.objects.filter(user_id=boss.pk, kind="interest.overdue").count() == 1
    assert run_service_level(actor=SYSTEM, now=interest.expires_at) == 1
    interest.refresh_from_db()
    assert interest.status == "expired"


def test_declining_keeps_contacts_closed_and_says_why() -> None:
    need, right = need_and_technology()
    assert need.owner_organisation is not None
    assert right.owner_organisation is not None
    interest = express_interest(
        actor=viewer("organisation", need.owner_organisation), to_listing=right, from_listing=need
    )
    declined = decline_interest(
        actor=viewer("organisation", right.owner_organisation), interest=interest, reasons=["time"]
    )
    assert (declined.status, declined.reasons) == ("declined", ["time"])
    assert Introduction.objects.count() == 0


def test_an_unverified_firm_or_a_guest_cannot_show_interest() -> None:
    _, right = need_and_technology()
    with pytest.raises(NotAllowed):
        express_interest(actor=GUEST, to_listing=right)
    with pytest.raises(NotAllowed):
        express_interest(
            actor=viewer("organisation", make_organisation(verified=False, member=make_member())), to_listing=right
        )


def test_a_young_exchange_learns_from_few_texts_and_then_sees_what_suits() -> None:
    need, right = need_and_technology()
    pair = Suggestion.objects.get(asking=need, giving=right)
    untaught = pair.probability
    assert pair.grade == "weak"
    learn_anew_if_due()
    run_all()
    pair.refresh_from_db()
    assert pair.probability > 2 * untaught
    learn_anew_if_due()  # nothing has come since
    assert not Job.objects.filter(kind="match.learn").exclude(status="done").exists()
