"""Check that everything people read is there in both languages.

Templates: no Chinese outside a `{% t "中文" "English" %}` pair. Python: each pair has both sides, and fields of one stand in the
other. Prints each fault with file and line; exit status 1 where there is one.
"""

from __future__ import annotations

import ast
import re
import string
import sys
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "src" / "duijie"
CHINESE = re.compile(r"[\u4e00-\u9fff]")
TAGS = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", re.S)
PAIR = re.compile(r"""\{%\s*t\s+(?P<q>["'])(?P<zh>.*?)(?P=q)\s+(?P<r>["'])(?P<en>.*?)(?P=r)""", re.S)
PAIRED_CALLS = {"t", "Label", "said"}
LANGUAGE_NAMES = {"中文", "简体中文"}
# Shown when nothing else works, so it can choose no language: it speaks both.
BOTH_AT_ONCE = {"500.html"}


def fields(sentence: str) -> set[str]:
    try:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}
    except ValueError:
        return set()


def in_template(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for pair in PAIR.finditer(text):
        line = text.count("\n", 0, pair.start()) + 1
        measure_word = len(pair["zh"]) <= 2  # 条、个、家 have no English
        if not pair["zh"].strip() or (not pair["en"].strip() and not measure_word):
            yield f"{path}:{line}: one side of the pair is empty"
        if fields(pair["zh"]) != fields(pair["en"]):
            yield f"{path}:{line}: the two sides name different fields"
        if CHINESE.search(pair["en"]) and not set(CHINESE.findall(pair["en"])) <= set(CHINESE.findall("对接万亿")):
            yield f"{path}:{line}: Chinese on the English side: {pair['en'][:40]}"
    bare = TAGS.sub(lambda m: "\n" * m.group().count("\n"), text)
    for number, line in enumerate(bare.splitlines(), 1):
        found = CHINESE.search(line)
        if found and not any(name in line for name in LANGUAGE_NAMES) and 'lang="zh' not in line:
            yield f"{path}:{number}: Chinese outside a pair: {line.strip()[:60]}"


def in_python(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in PAIRED_CALLS or len(node.args) < 2:
            continue
        zh, en = node.args[0], node.args[1]
        if not (isinstance(zh, ast.Constant) and isinstance(en, ast.Constant)):
            continue
        if not str(zh.value).strip() or not str(en.value).strip():
            yield f"{path}:{node.lineno}: one side of the pair is empty"
        if name == "t" and fields(str(zh.value)) != fields(str(en.value)):
            yield f"{path}:{node.lineno}: the two sides name different fields"


def main() -> int:
    faults = [f for path in sorted(SOURCE.rglob("*.html")) if path.name not in BOTH_AT_ONCE for f in in_template(path)]
    faults += [f for path in sorted(SOURCE.rglob("*.py")) for f in in_python(path)]
    for fault in faults:
        print(fault)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
