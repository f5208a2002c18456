"""The shell around the style page: every stage of the flow, a person, notices, so that the frame is looked at in full."""

from __future__ import annotations

from duijie.core.access import Viewer
from duijie.core.language import Label, t
from duijie.web.context import Shell
from duijie.web.navigation import SECTIONS, ShownItem

VIEWER = Viewer(user_id=7, name="陈晓梅")


def _item(key: str, zh: str, en: str, icon: str, count: int | None = None) -> ShownItem:
    label = Label(zh, en)
    return ShownItem(key, label, label, icon, f"#{key}", key == "publish", count, 1)


class SampleShell(Shell):
    """A house with every storey; nothing in it leads anywhere."""

    @property
    def name(self) -> str:  # type: ignore[override]
        return t("长江流域园区合作联盟", "Yangtze Parks Alliance")

    @property
    def navigation(self) -> list[tuple[str, Label | None, list[ShownItem]]]:  # type: ignore[override]
        own = [_item("desk", "我的工作台", "My desk", icon="inbox", count=7)]
        flow = [
            _item("members", "成员", "Members", icon="building-community"),
            _item("publish", "发布与搜索", "Publish", icon="speakerphone"),
            _item("match", "自动对接", "Matches", icon="arrows-exchange", count=12),
            _item("meet", "对接会", "Meetings", icon="calendar-event"),
            _item("land", "项目落地", "Projects", icon="building-factory"),
            _item("measure", "指数", "Indices", icon="chart-line"),
        ]
        rule = [_item("review", "待审核", "To review", icon="checklist", count=3)]
        return [("own", SECTIONS["own"], own), ("flow", SECTIONS["flow"], flow), ("rule", SECTIONS["rule"], rule)]

    @property
    def unread(self) -> int:  # type: ignore[override]
        return 12

    @property
    def search_url(self) -> str:
        return "#search"

    @property
    def notifications_url(self) -> str:
        return "#notices"

    @property
    def account_url(self) -> str:
        return "#account"
