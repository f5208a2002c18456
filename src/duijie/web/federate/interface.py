"""A member's own interface: every way in and out under its path, ready to copy; its brand; its keys, webhooks and sources."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from duijie.core.access import GUEST
from duijie.core.errors import Fault, NotFound
from duijie.core.files import path_of
from duijie.core.language import t
from duijie.core.schema import parse
from duijie.federate import queries
from duijie.federate.actions.interface import LARGEST_MARK, change_interface, interface_of
from duijie.federate.rules import demand, may
from duijie.federate.schemas import InterfaceRecord
from duijie.match.models import Channel
from duijie.members.models import Member
from duijie.members.queries import api_keys, get_member, name_of
from duijie.publish.rules import is_reviewer
from duijie.web.federate.widget import VIEWS
from duijie.web.kit import FormField, fields_of_schema
from duijie.web.members.forms import for_people, posted_version, read_form, refusals, viewer_of_page
from duijie.web.members.sections import section


def ways_out(member: Member) -> list[tuple[str, str, str]]:
    """(name, address, what for) of everything that can be read of a member."""
    base, slug = settings.BASE_URL, [member.slug]
    return [
        ("Atom", base + reverse("member_feed_atom", args=slug), t("网站、阅读器订阅", "for sites and readers")),
        ("JSON", base + reverse("member_feed_json", args=slug), t("程序整体读取", "for programs, whole")),
        ("CSV", base + reverse("member_feed_csv", args=slug), t("Excel 打开；加 ?kind=need 得到可再导入的表", "for Excel; ?kind=need gives a sheet that can be brought in again")),
        ("iCalendar", base + reverse("member_feed_ics", args=slug), t("日历订阅截止日期", "deadlines for calendars")),
        ("OAI-PMH", base + reverse("member_oai", args=slug), t("仓库采集，含删除记录", "for harvesters, with deletions")),
        ("DCAT-AP (Turtle)", base + reverse("member_catalogue", args=[member.slug, "ttl"]), t("数据目录", "the catalogue")),
        ("DCAT-AP (JSON-LD)", base + reverse("member_catalogue", args=[member.slug, "jsonld"]), t("数据目录", "the catalogue")),
        ("DCAT-AP (RDF/XML)", base + reverse("member_catalogue", args=[member.slug, "rdf"]), t("数据目录", "the catalogue")),
        ("CKAN", f"{base}/members/{member.slug}/api/3/action/package_search", t("CKAN 采集器填 {u}", "the portal's address: {u}", u=f"{base}/members/{member.slug}")),
        ("MCP", base + reverse("mcp"), t("智能助手调用搜索、匹配、草稿", "tools for assistants")),
    ]  # fmt: skip


def interface_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Open to everybody; officers also see keys, webhooks and sources, and change the brand."""
    viewer = viewer_of_page(request)
    member = get_member(viewer, slug)
    interface = interface_of(member)
    own = may(viewer, "interface.write", member)
    base = settings.BASE_URL
    context: dict[str, Any] = {
        "member": member, "name": name_of(member), "interface": interface, "ways": ways_out(member), "own": own,
        "api": f"{base}/api/v1/members/{member.slug}/listings", "docs": f"{base}/api/v1/docs",
        "script": f'<script src="{base}{reverse("widget_script", args=[slug])}" data-view="needs" data-limit="8" async></script>',
        "iframe": f'<iframe src="{base}{reverse("widget", args=[slug])}?view=needs" title="{member.name}" width="100%" height="520" loading="lazy"></iframe>',
        "widget_views": [label for label, _ in VIEWS.values()], "widget_url": reverse("widget", args=[slug]),
        "put_example": _put_example(member),
        "crumbs": [(name_of(member), reverse("members:member", args=[slug])), (t("接口", "Interface"), "")],
    }  # fmt: skip
    if own:
        context["keys"] = [line for line in api_keys(viewer, member=member) if line.is_live]
        context["sources"] = list(queries.sources(viewer, member)[:20])
    if is_reviewer(viewer, member.pk):
        context["channels"] = list(Channel.objects.filter(member=member).order_by("pk"))
    return render(request, "federate/interface.html", context)


def _put_example(member: Member) -> str:
    return (
        f"curl -X PUT {settings.BASE_URL}/api/v1/members/{member.slug}/listings/XQ-2026-018 \\\n"
        '  -H "Authorization: Bearer dj_…" -H "Content-Type: application/json" \\\n'
        """  -d '{"kind": "need", "title": "铝合金压铸件内部气孔在线检测", "amount": "60-90万", "regions": "嘉兴市南湖区"}'"""
    )


@for_people
def edit_interface(request: HttpRequest, slug: str) -> HttpResponse:
    """Colour, mark, host name, sites that may embed."""
    viewer = viewer_of_page(request)
    member = get_member(viewer, slug)
    demand(viewer, "interface.write", member)
    interface = interface_of(member)
    values: dict[str, Any] = {"colour": member.colour, "host": interface.host or "", "origins": interface.origins}
    at: dict[str, list[str]] = {}
    others: list[str] = []
    status = 200
    if request.method == "POST":
        values |= read_form(request.POST, InterfaceRecord)
        try:
            record = parse(InterfaceRecord, values)
            change_interface(
                actor=viewer, member=member, record=record, mark=_mark(request), version=posted_version(request.POST)
            )
            messages.success(request, t("已保存。", "Saved."))
            return redirect("interface", slug=member.slug)
        except Fault as fault:
            if fault.status in {401, 403, 404}:
                raise
            at, others = refusals(fault)
            status = 409 if fault.status in {409, 412} else 422
    mark = FormField(
        "mark", t("标志", "Mark"), kind="file", required=False, errors=at.get("mark", []),
        help=t("PNG、JPEG 或 WebP，不超过 256 KB", "PNG, JPEG or WebP, 256 kB at most"),
    )  # fmt: skip
    context = {
        "member": member, "fields": [*fields_of_schema(InterfaceRecord, values, at), mark], "others": others,
        "version": request.POST.get("version") or (interface.version if interface.pk else ""),
        "crumbs": [(t("接口", "Interface"), reverse("interface", args=[slug])), (t("修改", "Edit"), "")],
    }  # fmt: skip
    return render(request, "federate/interface_form.html", context, status=status)


def _mark(request: HttpRequest) -> bytes | None:
    file = request.FILES.get("mark")
    if not isinstance(file, UploadedFile):
        return None
    if (file.size or 0) > LARGEST_MARK:
        raise Fault("mark.large", "标志不能超过 256 KB。", "A mark has 256 kB at most.", place="mark", status=422)
    return file.read()


@require_safe
@cache_control(public=True, max_age=3600)
def interface_mark(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The member's mark, as a picture."""
    interface = interface_of(get_member(GUEST, slug))
    if interface.mark is None:
        raise NotFound
    response = FileResponse(path_of(interface.mark).open("rb"), content_type=interface.mark.media_type)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@section("member", order=30)
def interface_of_member(request: HttpRequest, member: Member) -> str:
    """On the member's page: where its interface is."""
    from django.template.loader import render_to_string

    own = may(viewer_of_page(request), "source.write", member)
    return render_to_string("federate/member_section.html", {"member": member, "own": own}, request)
