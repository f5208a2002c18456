"""One listing's page, what its owner does with it, and the feeds out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from duijie.core import industries, regions
from duijie.core.errors import NotFound
from duijie.core.language import Label, t
from duijie.core.schema import describe
from duijie.publish import actions, queries
from duijie.publish.kinds import KINDS, completeness
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status
from duijie.publish.schemas import as_data
from duijie.web.kit.records import Moment
from duijie.web.publish.cards import STATUS_BADGES, amount_text, card_of, shown_value

VERB_NAMES: dict[str, Label] = {
    "listing.create": Label("创建", "Created"),
    "listing.import": Label("导入", "Imported"),
    "listing.change": Label("修改", "Changed"),
    "listing.submit": Label("提交审核", "Submitted"),
    "listing.publish": Label("发布", "Published"),
    "listing.review": Label("审核", "Reviewed"),
    "listing.close": Label("关闭", "Closed"),
    "listing.renew": Label("续期", "Renewed"),
    "listing.expire": Label("到期", "Expired"),
    "listing.archive": Label("归档", "Archived"),
    "listing.restore": Label("恢复", "Restored"),
}


def _groups(listing: queries.SeenListing) -> list[tuple[str, list[tuple[str, str]]]]:
    """The facets that are filled in, under their headings."""
    found: dict[str, list[tuple[str, str]]] = {}
    for described in describe(KINDS[listing.kind].schema):
        value = listing.record.facets.get(described.name)
        if value in (None, "", []):
            continue
        heading = str(described.said.group) if described.said.group else ""
        found.setdefault(heading, []).append((str(described.label), shown_value(described, value)))
    return list(found.items())


def _facts(listing: queries.SeenListing) -> list[tuple[str, Any]]:
    row = listing.record
    definition = KINDS[row.kind]
    places = [regions.full_name(code) for code in row.regions if regions.get(code) is not None]
    trades = [trade.label() for code in row.industries if (trade := industries.get(code)) is not None]
    pairs: list[tuple[str, Any]] = []
    if listing.full and amount_text(listing):
        pairs.append((str(definition.amount_label), amount_text(listing)))
    if places:
        pairs.append((t("地区", "Region"), "、".join(places)))
    if trades:
        pairs.append((t("行业", "Industry"), "、".join(trades)))
    if listing.full and row.stage and definition.stages is not None:
        pairs.append((t("阶段", "Stage"), definition.stages.named(row.stage)))
    if row.starts_on:
        pairs.append((t("开始", "From"), row.starts_on.isoformat()))
    if row.expires_on:
        pairs.append((t("截止", "Until"), row.expires_on.isoformat()))
    pairs.append((t("编号", "Number"), row.uid))
    return pairs


def listing_page(request: HttpRequest, uid: str) -> HttpResponse:
    """What a listing says to this viewer; a teaser where it is confidential; what became of it where it is over."""
    viewer = request.viewer  # type: ignore[attr-defined]
    listing = queries.get_listing(uid, viewer)
    row = listing.record
    definition = KINDS[row.kind]
    score, missing = completeness(row.kind, as_data(row)) if listing.may_change else (0, [])
    moments = [
        Moment(version.at, VERB_NAMES.get(version.verb, Label(version.verb, version.verb)), who=version.actor)
        for version in queries.history_of(row, viewer)[:30]
    ]
    near = (
        queries.lookalikes(viewer, kind=row.kind, title=row.title, text=row.body, exclude_uid=row.uid)
        if listing.may_change
        else []
    )
    context = {
        "listing": listing,
        "row": row,
        "definition": definition,
        "badge": STATUS_BADGES[row.status],
        "facts": _facts(listing),
        "groups": _groups(listing) if listing.full else [],
        "score": score,
        "missing": missing[:6],
        "moments": moments,
        "reviews": queries.reviews_of(row, viewer),
        "lookalikes": [card_of(x.listing) for x in near[:3]],
        "over": row.status in (Status.CLOSED, Status.EXPIRED, Status.ARCHIVED),
        "crumbs": [
            (t("搜索", "Search"), reverse("search")),
            (str(definition.label), f"{reverse('search')}?kind={row.kind}"),
            (listing.title, ""),
        ],
        "extras": [extra(request, listing) for extra in EXTRAS],
    }
    return render(request, "publish/listing.html", context)


# What other apps add to the page (interest, matches): functions (request, listing) -> safe HTML.
EXTRAS: list[Callable[[HttpRequest, queries.SeenListing], str]] = []

_STEPS: dict[str, Callable[..., Listing]] = {
    "submit": actions.submit_listing,
    "publish": actions.publish_listing,
    "renew": actions.renew_listing,
    "archive": actions.archive_listing,
}


@require_POST
def step(request: HttpRequest, uid: str, verb: str) -> HttpResponse:
    """Submit, publish, renew, archive, close or discard."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = queries.get_listing(uid, viewer).record
    if verb == "close":
        actions.close_listing(actor=viewer, listing=row, reason=request.POST.get("reason", ""))
    elif verb == "discard":
        actions.discard_draft(actor=viewer, listing=row)
        messages.success(request, t("草稿已删除。", "The draft is deleted."))
        return redirect("desk")
    elif verb in _STEPS:
        _STEPS[verb](actor=viewer, listing=row)
    else:
        raise NotFound
    messages.success(request, t("好了。", "Done."))
    return redirect("listing", uid=uid)


@require_POST
def review(request: HttpRequest, uid: str) -> HttpResponse:
    """The liaison's decision."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = queries.get_listing(uid, viewer).record
    actions.review_listing(
        actor=viewer,
        listing=row,
        decision=request.POST.get("decision", ""),
        reasons=request.POST.getlist("reasons"),
        remark=request.POST.get("remark", ""),
    )
    messages.success(request, t("审核完成，发布单位已收到结果。", "Reviewed; the owner has been told."))
    back = reverse("review_queue")
    return redirect(back if request.POST.get("next") == back else reverse("listing", args=[uid]))


def queue(request: HttpRequest) -> HttpResponse:
    """Submitted listings that the viewer reviews, longest waiting first."""
    viewer = request.viewer  # type: ignore[attr-defined]
    rows = queries.seen(queries.review_queue(viewer)[:50], viewer)
    items = []
    for listing in rows:
        score, missing = completeness(listing.kind, as_data(listing.record))
        near = queries.lookalikes(
            viewer, kind=listing.kind, title=listing.record.title, text=listing.record.body, exclude_uid=listing.uid
        )
        items.append(
            {"listing": listing, "card": card_of(listing), "score": score, "missing": missing[:3], "near": near[:2]}
        )
    return render(request, "publish/review.html", {"items": items, "reasons": REVIEW_REASONS})


REVIEW_REASONS = [
    Label("内容太少，看不出要什么", "Too little is said"),
    Label("与已有信息重复", "A duplicate"),
    Label("涉及保密或个人信息", "Holds secrets or personal data"),
    Label("不属于本平台范围", "Out of scope"),
    Label("夸大或无法核实", "Exaggerated or unverifiable"),
]
