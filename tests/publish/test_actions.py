"""Writing listings: create, change, upsert, life cycle; what each leaves behind."""

from __future__ import annotations

import datetime as dt

import pytest

from duijie.core.access import GUEST, SYSTEM, ScopeMissing
from duijie.core.errors import Conflict, Fault, Faults, NotAllowed, NotFound, Stale
from duijie.core.models import AuditLine, Event
from duijie.publish import queries
from duijie.publish.actions import (
    change_listing,
    close_listing,
    create_listing,
    discard_draft,
    expire_due,
    publish_listing,
    renew_listing,
    review_listing,
    submit_listing,
    upsert_listing,
)
from duijie.publish.models import Listing, ListingVersion
from tests.factories import make_alliance, make_member, make_organisation, make_user, viewer

pytestmark = pytest.mark.django_db
NEED = {
    "kind": "need",
    "title": "压铸件内部气孔在线检测",
    "body": "铝合金壳体，节拍 40 秒",
    "amount": "30-50万",
    "regions": "嘉兴",
}


def test_an_officer_publishes_at_once_and_leaves_one_line_one_event_one_version() -> None:
    park = make_member()
    listing = create_listing(actor=viewer("editor", park), member=park, data=NEED, put_forward=True)
    assert listing.status == "published"
    assert (listing.amount_low_minor, listing.amount_high_minor) == (30_000_000, 50_000_000)
    assert listing.regions == ["330400"]
    assert listing.expires_on is not None
    assert [line.verb for line in AuditLine.objects.filter(object_ref=listing.uid)] == ["listing.create"]
    assert [e.name for e in Event.objects.filter(payload__ids=[listing.pk])] == ["listing.published"]
    assert ListingVersion.objects.filter(listing=listing).count() == 1


def test_a_firm_waits_for_its_liaison_who_accepts_or_gives_reasons() -> None:
    park = make_member()
    firm = make_organisation(member=park)
    boss, liaison = viewer("organisation", firm), viewer("liaison", park)
    listing = create_listing(actor=boss, member=park, organisation=firm, data=NEED, put_forward=True)
    assert listing.status == "submitted"
    assert [x.pk for x in queries.review_queue(liaison)] == [listing.pk]
    with pytest.raises(NotFound):
        queries.get_listing(listing.uid, GUEST)
    with pytest.raises(NotAllowed):
        review_listing(actor=boss, listing=listing, decision="accepted")
    with pytest.raises(Fault, match="请写明原因"):
        review_listing(actor=liaison, listing=listing, decision="returned")
    review_listing(actor=liaison, listing=listing, decision="returned", remark="请补充材料牌号")
    listing.refresh_from_db()
    assert listing.status == "draft"
    submit_listing(actor=boss, listing=listing)
    review_listing(actor=liaison, listing=listing, decision="accepted")
    assert queries.get_listing(listing.uid, GUEST).title == NEED["title"]
    assert [r.decision for r in queries.reviews_of(listing, boss)] == ["accepted", "returned"]


def test_nobody_writes_in_anothers_name() -> None:
    park, other = make_member(), make_member()
    firm = make_organisation(member=park)
    for stranger in (GUEST, viewer("editor", other), viewer("organisation", make_organisation(member=park))):
        with pytest.raises(NotAllowed):
            create_listing(actor=stranger, member=park, organisation=firm, data=NEED)
    assert Event.objects.count() == 0


def test_upsert_is_idempotent_and_refuses_a_stale_version() -> None:
    park = make_member()
    editor = viewer("editor", park)
    first = upsert_listing(actor=editor, member=park, external_id="XQ-1", data=NEED)
    again = upsert_listing(actor=editor, member=park, external_id="XQ-1", data=NEED)
    assert (first.what, again.what) == ("created", "unchanged")
    changed = upsert_listing(
        actor=editor, member=park, external_id="XQ-1", data=NEED | {"title": "新标题"}, expected_version=1
    )
    assert (changed.what, changed.listing.version) == ("changed", 2)
    with pytest.raises(Stale):
        upsert_listing(actor=editor, member=park, external_id="XQ-1", data=NEED, expected_version=1)
    with pytest.raises(Stale):
        upsert_listing(actor=editor, member=park, external_id="XQ-1", data=NEED, must_be_new=True)
    assert Listing.objects.unscoped("test").count() == 1


def test_a_dry_run_takes_the_same_path_and_leaves_nothing() -> None:
    park = make_member()
    editor = viewer("editor", park)
    outcome = upsert_listing(actor=editor, member=park, external_id="XQ-1", data=NEED, dry_run=True)
    assert outcome.what == "created"
    assert (Listing.objects.unscoped("test").count(), AuditLine.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_every_fault_of_a_record_is_told_at_once_with_its_place() -> None:
    park = make_member()
    data = NEED | {"amount": "很多", "regions": "上梅市", "expires_on": "明天之后", "facets": {"no_such": 1}}
    with pytest.raises(Faults) as refused:
        create_listing(actor=viewer("editor", park), member=park, data=data)
    assert {f.place for f in refused.value.faults} == {"amount", "regions", "expires_on", "facets.no_such"}
    assert Listing.objects.unscoped("test").count() == 0


def test_end_before_start_is_refused() -> None:
    park = make_member()
    with pytest.raises(Fault) as refused:
        create_listing(
            actor=viewer("editor", park),
            member=park,
            data=NEED | {"starts_on": "2026-12-01", "expires_on": "2026-11-01"},
        )
    assert (refused.value.code, refused.value.place) == ("dates.order", "expires_on")


def test_a_life_closed_published_again_expired_renewed_once() -> None:
    park = make_member()
    editor = viewer("editor", park)
    listing = create_listing(actor=editor, member=park, data=NEED, put_forward=True)
    closed = close_listing(actor=editor, listing=listing, reason="已找到合作方")
    assert (closed.status, closed.closed_reason) == ("closed", "已找到合作方")
    assert queries.get_listing(listing.uid, GUEST).record.status == "closed"  # its old address says so
    back = publish_listing(actor=editor, listing=closed)
    assert back.expires_on is not None
    assert expire_due(actor=SYSTEM, today=back.expires_on) == 0
    assert expire_due(actor=SYSTEM, today=back.expires_on + dt.timedelta(days=1)) == 1
    back.refresh_from_db()
    assert back.status == "expired"
    renewed = renew_listing(actor=editor, listing=back, today=back.expires_on + dt.timedelta(days=1))
    assert renewed.status == "published"
    with pytest.raises(Conflict):
        renew_listing(actor=editor, listing=renewed, today=renewed.expires_on)


def test_what_was_public_is_never_deleted_but_a_draft_may_be() -> None:
    park = make_member()
    editor = viewer("editor", park)
    draft = create_listing(actor=editor, member=park, data=NEED)
    discard_draft(actor=editor, listing=draft)
    assert Listing.objects.unscoped("test").count() == 0
    public = create_listing(actor=editor, member=park, data=NEED, put_forward=True)
    with pytest.raises(Conflict):
        discard_draft(actor=editor, listing=public)


@pytest.mark.parametrize(
    ("visibility", "sees"),
    [
        ("public", {"guest", "stranger", "ally", "friend", "own"}),
        ("alliance", {"ally", "friend", "own"}),
        ("members", {"friend", "own"}),
        ("member", {"own"}),
        ("owner", set()),
    ],
)
def test_visibility_opens_a_listing_to_exactly_its_circle(visibility: str, sees: set[str]) -> None:
    alliance = make_alliance(slug="delta")
    park = make_member(alliances=[alliance])
    friend = make_member(alliances=[alliance], slug="friend")
    ally, stranger = make_member(alliances=[alliance]), make_member()
    listing = create_listing(
        actor=viewer("editor", park),
        member=park,
        organisation=make_organisation(member=park),
        data=NEED | {"visibility": visibility, "visible_alliance": "delta", "visible_members": ["friend"]},
        put_forward=True,
    )
    eyes = {
        "guest": GUEST,
        "stranger": viewer("editor", stranger),
        "ally": viewer("editor", ally),
        "friend": viewer("organisation", make_organisation(member=friend)),
        "own": viewer("organisation", make_organisation(member=park)),
    }
    seen = {name for name, eye in eyes.items() if Listing.objects.visible_to(eye).filter(pk=listing.pk).exists()}
    assert seen == sees
    assert Listing.objects.visible_to(viewer("editor", park)).filter(pk=listing.pk).exists()


def test_a_confidential_listing_shows_its_teaser_only() -> None:
    park = make_member()
    firm = make_organisation("禾城精密", member=park)
    listing = create_listing(
        actor=viewer("organisation", firm),
        member=park,
        organisation=firm,
        data=NEED | {"confidential": True, "teaser": "某零部件企业求检测方案"},
    )
    review_listing(
        actor=viewer("liaison", park),
        listing=submit_listing(actor=viewer("organisation", firm), listing=listing),
        decision="accepted",
    )
    seen = queries.get_listing(listing.uid, viewer("editor", make_member()))
    assert (seen.full, seen.title, seen.owner) == (False, "某零部件企业求检测方案", park.name)
    shown = str(queries.as_public_data(seen))
    assert "压铸" not in shown
    assert "禾城" not in shown
    assert queries.get_listing(listing.uid, viewer("organisation", firm)).full


def test_a_query_without_a_scope_fails() -> None:
    with pytest.raises(ScopeMissing):
        Listing.objects.count()
    with pytest.raises(ScopeMissing):
        list(Listing.objects.filter(kind="need"))


def test_changing_writes_history_that_only_the_owner_reads() -> None:
    park = make_member()
    editor = viewer("editor", park)
    listing = create_listing(actor=editor, member=park, data=NEED, put_forward=True)
    change_listing(actor=editor, listing=listing, data=NEED | {"title": "第二版"})
    assert [v.snapshot["title"] for v in queries.history_of(listing, editor)] == ["第二版", NEED["title"]]
    assert not queries.history_of(listing, GUEST).exists()


def test_a_person_without_a_role_may_not_publish() -> None:
    park = make_member()
    make_user()
    with pytest.raises(NotAllowed):
        create_listing(actor=viewer("citizen", park), member=park, data=NEED)
