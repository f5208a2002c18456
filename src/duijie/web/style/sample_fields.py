"""Form fields of the style page: each kind, filled, empty, refused."""

from __future__ import annotations

from typing import Any

from duijie.core.language import Label, t
from duijie.web.kit import Choice, FormField

_MODES = (
    Choice("licence", Label("技术许可", "Licence")),
    Choice("joint", Label("联合研发", "Joint research")),
    Choice("transfer", Label("转让", "Transfer")),
)
_BASIC, _MORE = Label("基本情况", "In short"), Label("合作条件", "Terms")


def everything() -> dict[str, Any]:
    """The fields as they come, refused ones, and the password field of a sign-in."""
    return {"fields": _filled(), "refused": _refused()}


def _filled() -> list[FormField]:
    return [
        FormField("title", Label("一句话说明", "In one sentence"), required=True, group=_BASIC,
                  example=t("降低每吨废水的处理成本", "treat waste water for less")),
        FormField("problem", Label("要解决的问题", "The problem"), "text", group=_BASIC, required=True,
                  help=Label("像打电话时那样说就行。", "Write it as you would say it on the phone.")),
        FormField("regions", Label("希望合作方所在地区", "Where the partner should be"), "regions", ["330402"], group=_BASIC,
                  source="/kit/pick/"),
        FormField("words", Label("关键词", "Keywords"), "words", [t("膜浓缩", "membrane"), t("高盐废水", "brine")], group=_BASIC),
        FormField("budget", Label("预算", "Budget"), "money", "300-500万", group=_MORE,
                  help=Label("可以写范围，也可以写“面议”。", "A range will do, or “negotiable”.")),
        FormField("count", Label("年处理量", "Volume a year"), "whole", "50000", unit=Label("吨", "t"), group=_MORE),
        FormField("deadline", Label("希望完成日期", "Wanted by"), "date", "2027-03-31", group=_MORE),
        FormField("mode", Label("合作方式", "Mode"), "choices", ["licence"], choices=_MODES, group=_MORE),
        FormField("stage", Label("当前阶段", "Stage"), "choice", "joint", choices=_MODES, group=_MORE),
        FormField("visibility", Label("谁可以看到", "Who may see it"), "radios", "joint", group=_MORE,
                  choices=(Choice("joint", Label("所有人", "Everybody")), Choice("own", Label("本联盟", "This alliance")))),
        FormField("secret", Label("保密：先只显示摘要", "Confidential: show a teaser first"), "yes_no", True, group=_MORE),
        FormField("sheet", Label("附件", "Attachment"), "file", group=_MORE, accept=".xlsx,.csv,.pdf", max_bytes=10 * 1024 * 1024),
    ]  # fmt: skip


def _refused() -> list[FormField]:
    return [
        FormField("code", Label("统一社会信用代码", "Credit code"), value="9133040", required=True, id_prefix="bad-",
                  errors=[t("应为 18 位，这里有 7 位。", "It has 18 characters; here are 7.")]),
        FormField("price", Label("报价", "Price"), "money", t("一大笔", "a lot"), id_prefix="bad-",
                  errors=[t("看不懂这个金额，请写成“12万”“1.5亿”。", "Not an amount; write 120,000 or 1.5亿.")]),
        FormField("place", Label("地区", "Region"), "region", id_prefix="bad-", source="/kit/pick/",
                  errors=[t("请选择地区。", "Please choose a region.")]),
    ]  # fmt: skip
