"""The result workbook of `duijie match`, made to be used by a liaison officer as it is."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from duijie.cli.language import Language
from duijie.cli.match import Line
from duijie.engines.matching import GRADE_WORDS, Match, Ranking
from duijie.engines.matching.reasons import FACET_NAMES
from duijie.engines.spreadsheets import harmless

_HEADER = PatternFill("solid", fgColor="FF1F4E78")
_GROUPS = (PatternFill("solid", fgColor="FFFFFFFF"), PatternFill("solid", fgColor="FFF3F7FB"))
_GRADES = {"strong": "FF1B7F3B", "fair": "FF9A6700", "weak": "FF6E7781"}
_LINE = Border(bottom=Side(style="thin", color="FFD0D7DE"))
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def _text(value: str) -> str:
    """Text that Excel takes as text: no control characters, and no formula."""
    return harmless(_UNPRINTABLE.sub(" ", value)[:32_000])


class _Sheet:
    """A sheet written row by row: frozen and filtered header, widths, wrapped text."""

    def __init__(self, book: Workbook, title: str, columns: list[tuple[str, int]]) -> None:
        self.sheet: WriteOnlyWorksheet = book.create_sheet(title)
        self._columns = len(columns)
        self._rows = 1
        for place, (_, width) in enumerate(columns, 1):
            self.sheet.column_dimensions[get_column_letter(place)].width = width
        self.sheet.freeze_panes = "A2"
        self.sheet.append([self._header(name) for name, _ in columns])

    def _header(self, name: str) -> WriteOnlyCell:
        cell = WriteOnlyCell(self.sheet, value=name)
        cell.font, cell.fill = Font(bold=True, color="FFFFFFFF"), _HEADER
        cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        return cell

    def append(self, values: list[object], *, group: int = 0, grade: str = "") -> None:
        """One row; `grade` colours the third column, `group` alternates the background."""
        cells = []
        for place, value in enumerate(values):
            cell = WriteOnlyCell(self.sheet, value=_text(value) if isinstance(value, str) else value)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.fill, cell.border = _GROUPS[group % 2], _LINE
            if isinstance(value, float):
                cell.number_format = "0%"
            if grade and place == 3:
                cell.font = Font(bold=True, color=_GRADES[grade])
            cells.append(cell)
        self.sheet.append(cells)
        self._rows += 1

    def finish(self) -> None:
        """Put the filter over what was written."""
        self.sheet.auto_filter.ref = f"A1:{get_column_letter(self._columns)}{self._rows}"


def write_workbook(
    output: Path, lines: list[Line], ranking: Ranking, language: Language, source: tuple[str, str, int]
) -> None:
    """Three sheets: matches by need, needs with nothing suitable, an explanation. The same input gives the same bytes."""
    book = Workbook(write_only=True)
    _matches(book, lines, language)
    _without(book, lines, ranking, language)
    _explanation(book, lines, ranking, language, source)
    temporary = output.with_name(output.name + ".part")
    book.save(temporary)
    _settle_dates(temporary, output)
    temporary.unlink()


def _grade(found: Match, language: Language) -> str:
    return language.say(*GRADE_WORDS[found.grade])


def _matches(book: Workbook, lines: list[Line], language: Language) -> None:
    say = language.say
    columns = [
        (say("需求编号", "Need id"), 16), (say("需求标题", "Need"), 36), (say("名次", "Rank"), 7), (say("匹配度", "Grade"), 9),
        (say("合适的可能", "Chance"), 11), (say("供给标题", "Offer"), 40), (say("理由", "Reasons"), 56),
        (say("尚需确认", "Still to be asked"), 20), (say("供给编号", "Offer id"), 16), (say("联络结果", "What came of it"), 18),
    ]  # fmt: skip
    sheet = _Sheet(book, say("对接结果", "Matches"), columns)
    for group, line in enumerate(lines):
        for identity, found in line.matches:
            said = found.reasons.sentences(language.code) if found.reasons else []
            asked = (
                "、".join(language.say(*FACET_NAMES[fit.facet]) for fit in found.reasons.missing)
                if found.reasons
                else ""
            )
            sheet.append(
                [line.need_id, line.need.title, found.rank, _grade(found, language), found.probability, found.document.title,
                 "\n".join(said), asked, identity, ""],
                group=group, grade=found.grade,
            )  # fmt: skip
    sheet.finish()


def _without(book: Workbook, lines: list[Line], ranking: Ranking, language: Language) -> None:
    say = language.say
    columns = [
        (say("需求编号", "Need id"), 16), (say("需求标题", "Need"), 40), (say("最接近的供给", "Nearest offer"), 40),
        (say("合适的可能", "Chance"), 11), (say("怎样会有帮助", "What would help"), 70),
    ]  # fmt: skip
    sheet = _Sheet(book, say("暂无合适", "Nothing suitable yet"), columns)
    for group, line in enumerate(lines):
        best = line.matches[0][1] if line.matches else None
        if best is None or best.probability < ranking.fair_from:
            sheet.append(
                [line.need_id, line.need.title, best.document.title if best else "", best.probability if best else "",
                 _advice(line, language)],
                group=group,
            )  # fmt: skip
    sheet.finish()


def _advice(line: Line, language: Language) -> str:
    """What the need itself leaves open; the rest is to look further afield."""
    say, need = language.say, line.need
    wanted = []
    if len(need.body) + len(need.summary) < 60:
        wanted.append(
            say("写明要解决的问题、现状和目标指标", "describe the problem, the present state and the target figures")
        )
    if not need.keywords:
        wanted.append(say("补充 3 至 5 个专业关键词", "add three to five technical keywords"))
    if not need.industries:
        wanted.append(say("注明所属行业", "name the industry"))
    wanted.append(
        say(
            "保留此需求，待新的供给发布后再次对接，或请联盟其他成员协助寻找",
            "keep the need for later offers, or ask other members of the alliance",
        )
    )
    return say("；".join(wanted) + "。", "; ".join(wanted).capitalize() + ".")


def _explanation(
    book: Workbook, lines: list[Line], ranking: Ranking, language: Language, source: tuple[str, str, int]
) -> None:
    say = language.say
    sheet = _Sheet(book, say("说明", "About"), [(say("项目", "Item"), 22), (say("内容", "Meaning"), 100)])
    needs, offers, many = source
    rows = [
        (say("来源", "Source"), say(f"需求：{needs}（{len(lines)} 条）；供给：{offers}（{many} 条）", f"Needs: {needs} ({len(lines)}); offers: {offers} ({many})")),
        (say("合适的可能", "Chance"), say("按转移机构专业人员的历次评判校准：标为 40% 的配对中，约四成会被评为较强或强。",
                                      "Calibrated on judgements by technology-transfer staff: of pairs marked 40 %, about four in ten would be judged fairly strong or strong.")),
        (say("匹配度", "Grade"), say(f"强：可能性不低于 {ranking.strong_from:.0%}；较强：不低于 {ranking.fair_from:.0%}；弱：低于此值。",
                                    f"Strong: a chance of {ranking.strong_from:.0%} or more; fair: {ranking.fair_from:.0%} or more; weak: below.")),
        (say("理由", "Reasons"), say("引号中的词语在双方文字中都出现，按罕见程度排序；常见词不列。",
                                    "Terms in quotation marks stand in both texts, the rarest first; common words are left out.")),
        (say("暂无合适", "Nothing suitable"), say("最接近的供给也达不到“较强”的需求，列在该表中，并说明怎样会有帮助。",
                                              "Needs whose nearest offer does not reach “fair”, with what would help.")),
        (say("联络结果", "What came of it"), say("留给联络员填写：已联系、有意向、不合适（原因）。", "For the liaison officer: contacted, interested, unsuitable (why).")),
    ]  # fmt: skip
    for group, row in enumerate(rows):
        sheet.append(list(row), group=group)


_MOMENT = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(<)")


def _settle_dates(source: Path, output: Path) -> None:
    """Copy the archive with fixed dates, so that the same input gives the same bytes."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _MOMENT.sub(rb"\g<1>2000-01-01T00:00:00Z\g<2>", content)
            plain = zipfile.ZipInfo(entry.filename, (2000, 1, 1, 0, 0, 0))
            plain.compress_type, plain.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(plain, content)
