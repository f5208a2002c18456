"""Saved searches."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.actions import acting
from duijie.core.errors import Fault, NotAllowed, NotFound
from duijie.publish.models import SavedSearch

MOST_PER_PERSON = 50


def save_search(
    *, actor: Viewer, name: str, query: dict[str, Any], pace: str = SavedSearch.Pace.DAILY, by_mail: bool = True
) -> SavedSearch:
    """Keep a search; what is published from now on and fits it will be told at the chosen pace."""
    if actor.user_id is None:
        raise NotAllowed("请先登录再保存搜索。", "Sign in to save a search.")
    if pace not in SavedSearch.Pace.values:
        raise Fault(
            "search.pace", "请选择立即、每天或每周。", "Choose at once, daily or weekly.", place="pace", status=422
        )
    with acting(actor, "search.save") as act:
        if SavedSearch.objects.filter(user_id=actor.user_id).count() >= MOST_PER_PERSON:
            raise Fault(
                "search.many",
                f"每人最多保存 {MOST_PER_PERSON} 个搜索，请先删除不用的。",
                f"At most {MOST_PER_PERSON} saved searches each; delete some first.",
                status=422,
            )
        saved = SavedSearch.objects.create(
            user_id=actor.user_id,
            name=(name.strip() or "我的搜索")[:80],
            query=query,
            pace=pace,
            by_mail=by_mail,
            told_until=timezone.now(),
        )
        act.done(saved, ids=[saved.pk])
    return saved


def delete_search(*, actor: Viewer, uid: str) -> None:
    """Stop a saved search of one's own."""
    saved = SavedSearch.objects.filter(uid=uid, user_id=actor.user_id or 0).first()
    if saved is None:
        raise NotFound
    with acting(actor, "search.delete") as act:
        reference = ("savedsearch", saved.uid)
        saved.delete()
        act.done(reference, ids=[])
