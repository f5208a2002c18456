"""docs/kinds.md from the registry: `python -m duijie.publish.kinds.docs [PATH]`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from duijie.core.schema import FieldDescription, describe
from duijie.publish.kinds.draft import ListingDraft
from duijie.publish.kinds.registry import KINDS

_SIDES = {"wants": "求 wants", "offers": "供 offers", "tells": "告 tells"}
_TYPES = {
    "line": "一行文字 line", "text": "文字 text", "money": "金额 amount", "whole": "整数 whole number",
    "decimal": "数 number", "date": "日期 day", "yes_no": "是否 yes/no", "words": "多项 list", "region": "地区 region",
    "regions": "地区 regions", "industries": "行业 industries", "choice": "单选 choice", "choices": "多选 choices",
}  # fmt: skip


def _row(field: FieldDescription) -> str:
    said = field.said
    kind = _TYPES[field.kind] + (f" ({said.unit.zh})" if said.unit else "")
    if field.choices:
        kind += ": " + ", ".join(f"{c.zh} `{c.value}`" for c in field.choices)
    cells = (
        f"`{field.name}`" + (" *" if field.required else ""), said.label.zh, said.label.en, kind,
        "、".join(said.aliases), said.example, str(said.weight or ""),
    )  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _table(fields: Iterable[FieldDescription]) -> list[str]:
    return [
        "| field | 名称 | name | type | 也叫 | example | weight |",
        "|---|---|---|---|---|---|---|",
        *map(_row, fields),
        "",
    ]


def render() -> str:
    """The whole page."""
    lines = [
        "# The twelve kinds of listing 十二类信息",
        "",
        "Made by `python -m duijie.publish.kinds.docs`; change the schemas, not this page. `*`: required. Weight: how much a field"
        " counts for the completeness score. 也叫: column names that sheets may use instead.",
        "",
        "## Common part 公共字段",
        "",
        *_table(describe(ListingDraft)),
    ]
    for definition in KINDS.values():
        validity = (
            f"{definition.validity_days} 天 days" if definition.validity_days else "以申报窗口为准 by its own window"
        )
        lines += [
            f"## {definition.label.zh} {definition.label.en} `{definition.kind}`",
            "",
            f"{definition.hint.zh}。{definition.hint.en}.",
            "",
            f"- {_SIDES[definition.side]} · 有效期 valid: {validity} · 版本 schema: {definition.schema_version}",
            f"- 金额指 amount means: {definition.amount_label.zh} {definition.amount_label.en}",
        ]
        if definition.complements:
            lines.append(
                "- 可对接 answered by: " + ", ".join(KINDS[k].label.zh + f" `{k}`" for k in definition.complements)
            )
        if definition.stages:
            lines.append("- 阶段 stages: " + ", ".join(f"{s.zh} `{s.value}`" for s in definition.stages))
        lines += ["", *_table(describe(definition.schema))]
    return "\n".join(lines).rstrip("\n") + "\n"


def main(arguments: list[str]) -> None:
    path = Path(arguments[0] if arguments else "docs/kinds.md")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
