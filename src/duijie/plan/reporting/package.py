"""The report's data as CSV files with a schema: a Data Package (specs.frictionlessdata.io) in one ZIP."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from duijie.plan.reporting.stable import archive

Content = dict[str, Any]
Field = tuple[str, str, str]
_FIGURES: list[Field] = [
    ("indicator", "string", "指标编号 code of the indicator"),
    ("title", "string", "指标名称 title"),
    ("period", "string", "期间 period"),
    ("from", "date", "计入的第一天 first day that counts"),
    ("until", "date", "计入的最后一天 last day that counts"),
    ("member", "string", "成员；空为全部 member; empty: the whole"),
    ("place", "string", "地区代码 code of the region"),
    ("breakdown", "string", "分组 breakdown"),
    ("unit", "string", "单位：CNY、USD 以分计，percent 以百分之一个百分点计 unit: CNY, USD in minor units, percent in hundredths"),
    ("value", "integer", "数值 value"),
    ("target", "integer", "目标值 target"),
    ("light", "string", "状态 state"),
]  # fmt: skip
_PROJECTS: list[Field] = [
    ("kind", "string", "记录类型 kind of record"),
    ("id", "string", "编号 id"),
    ("title", "string", "名称 title"),
    ("member", "string", "成员 member"),
    ("on", "date", "日期 day"),
    ("amounts", "string", "金额：指标=数值（最小单位）币种 amounts: indicator=value in minor units, currency"),
    ("counts", "string", "计入指标 counts for"),
]
_ACTIONS: list[Field] = [
    ("code", "string", "编号 code"),
    ("kind", "string", "类型 kind"),
    ("title", "string", "名称 title"),
    ("responsible", "string", "责任成员 responsible members"),
    ("indicators", "integer", "指标数 indicators"),
    ("good", "integer", "其中正常 of them well"),
    ("tasks", "integer", "任务数 tasks"),
    ("done", "integer", "已完成 done"),
    ("running", "integer", "推进中 under way"),
    ("light", "string", "状态 state"),
]


def data_package(content: Content) -> bytes:
    """figures.csv, members.csv, projects.csv, actions.csv and datapackage.json."""
    projects = [
        x | {"amounts": "; ".join(f"{a[0]}={a[2]} {a[3]}" for a in x["amounts"]), "counts": "; ".join(x["counts"])}
        for x in content["projects"]["rows"]
    ]
    table = content["members"]
    members: list[Field] = [("member", "string", "成员 member"), ("name", "string", "名称 name")]
    members += [(c["code"], "integer", f"{c['title']} ({c['unit']})") for c in table["columns"]]
    rows = [
        {"member": r["slug"], "name": r["member"]} | {c["code"]: v for c, v in zip(table["columns"], r["values"], strict=True)}
        for r in table["rows"]
    ]  # fmt: skip
    tables: dict[str, tuple[list[Field], list[dict[str, Any]]]] = {
        "figures": (_FIGURES, content["figures"]),
        "members": (members, rows),
        "projects": (_PROJECTS, projects),
        "actions": (_ACTIONS, content["actions"]),
    }
    files = {"datapackage.json": _schema(content, {name: fields for name, (fields, _) in tables.items()})}
    files |= {f"{name}.csv": _csv([f[0] for f in fields], lines) for name, (fields, lines) in tables.items()}
    return archive(files)


def _schema(content: Content, tables: dict[str, list[Field]]) -> bytes:
    resources = [
        {
            "name": name, "path": f"{name}.csv", "profile": "tabular-data-resource", "encoding": "utf-8", "format": "csv",
            "mediatype": "text/csv",
            "schema": {"fields": [{"name": f[0], "type": f[1], "description": f[2]} for f in fields], "missingValues": [""]},
        }
        for name, fields in tables.items()
    ]  # fmt: skip
    package = {
        "profile": "tabular-data-package", "name": "results", "title": content["title"], "description": content["note"],
        "created": content["known_at"], "version": str(content["edition"]), "resources": resources,
    }  # fmt: skip
    return (json.dumps(package, ensure_ascii=False, indent=2) + "\n").encode()


def _csv(names: Sequence[str], rows: Iterable[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow([_cell(row.get(name)) for name in names])
    return out.getvalue().encode()


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@") else value
