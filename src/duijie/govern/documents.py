"""Minutes, resolutions and certificates as Word documents; certificates as PDF too."""

from __future__ import annotations

from django.utils import timezone

from duijie.core.access import Viewer
from duijie.core.language import ENGLISH, current_language, t
from duijie.core.money import Money, format_money
from duijie.core.prints import pdf
from duijie.core.word import WordDocument
from duijie.govern.choices import Choice, DutyStatus, Outcome, Question
from duijie.govern.models import BudgetLine, Meeting, Motion, OpenBallot, Resolution, TrainingPlace
from duijie.govern.queries.budget import Budget, BudgetRow, budgets_of
from duijie.members.queries import name_of


def resolution_document(viewer: Viewer, resolution: Resolution) -> bytes:
    """A resolution with its number, its text, how it was carried (for the council) and its duties."""
    document = WordDocument(
        t("{alliance}理事会决议", "Resolution of the council of {alliance}", alliance=resolution.alliance.name),
        number=resolution.label, english=current_language() == ENGLISH,
    )  # fmt: skip
    document.paragraph(resolution.title, indent=False, bold=True)
    for part in resolution.text.splitlines():
        if part.strip():
            document.paragraph(part.strip())
    motion = Motion.objects.visible_to(viewer).filter(resolution=resolution).first()
    if motion is not None:
        document.heading(t("表决情况", "The vote"))
        document.paragraph(vote_sentence(motion))
    for budget in budgets_of(viewer, resolution):
        document.heading(t("{year} 年预算", "Budget of {year}", year=budget.year))
        document.table(budget_heads(), budget_rows(budget, resolution))
        total = format_money(Money(budget.total_minor))
        document.paragraph(t("全年合计：{total}", "Total of the year: {total}", total=total), indent=False, bold=True)
    duties = list(resolution.duties.select_related("owner"))
    if duties:
        document.heading(t("任务分工", "Duties"))
        head = [t("任务", "Duty"), t("责任单位", "Owner"), t("期限", "Due"), t("状态", "State")]
        rows = [
            [d.text, str(d.owner or d.owner_name), d.due_on.isoformat(), DutyStatus.named(d.status)] for d in duties
        ]
        document.table(head, rows)
    document.paragraph(t("通过日期：{day}", "Adopted on {day}", day=resolution.adopted_on.isoformat()), indent=False)
    return document.to_bytes()


def budget_heads() -> list[str]:
    return [
        t("预算项", "Item"), t("金额", "Amount"), t("用途", "Purpose"), t("责任单位", "Owner"), t("依据", "Adopted by"),
    ]  # fmt: skip


def budget_rows(budget: Budget, resolution: Resolution | None = None) -> list[list[str]]:
    """The lines of a year in words, as `budget_heads` orders them; what `resolution` wrote is marked in the last cell."""
    return [
        [
            t(row.line.item, row.line.item_en or row.line.item), amount_words(row.line), row.line.purpose,
            name_of(row.line.owner) if row.line.owner else t("秘书处", "Secretariat"), _basis(row, resolution),
        ]
        for row in budget.rows
    ]  # fmt: skip


def amount_words(line: BudgetLine) -> str:
    return format_money(Money(line.amount_minor)) if line.amount_minor else t("取消", "struck out")


def _basis(row: BudgetRow, resolution: Resolution | None) -> str:
    """ "〔2026〕3 号（本决议调整；原 40万元，〔2026〕1 号）": the resolution of a line and those before it."""
    line, notes = row.line, []
    if resolution is not None and line.resolution == resolution:
        notes.append(t("本决议调整", "amended here") if row.before else t("本决议新列", "new here"))
    notes += [
        t("原 {amount}，{label}", "was {amount}, {label}", amount=amount_words(one), label=_label(one))
        for one in row.before
    ]
    return _label(line) + (t("（{notes}）", " ({notes})", notes=t("；", "; ").join(notes)) if notes else "")


def _label(line: BudgetLine) -> str:
    return line.resolution.label if line.resolution else ""


def vote_sentence(motion: Motion) -> str:
    """ "应表决 5 票，参加 4 票；赞成 3、反对 1、弃权 0 …": the result in a sentence."""
    result = motion.result
    return t(
        "应参加表决 {entitled} 票，实际 {part} 票（法定 {quorum} 票）：赞成 {yes} 票、反对 {no} 票、弃权 {abstain} 票，通过需赞成 {needed} 票。结果：{outcome}。",
        "{part} of {entitled} votes took part (quorum {quorum}): {yes} yes, {no} no, {abstain} abstained; {needed} yes carry. Result: {outcome}.",
        entitled=result["entitled"], part=result["taking_part"], quorum=result["quorum"], yes=result["yes"], no=result["no"],
        abstain=result["abstain"], needed=result["needed"], outcome=Outcome.named(result["outcome"]),
    )  # fmt: skip


def minutes_document(viewer: Viewer, meeting: Meeting) -> bytes:
    """The minutes of a session: who was there, what was said, each motion with its vote."""
    at = timezone.localtime(meeting.starts_at)
    note = f"{at:%Y-%m-%d %H:%M} {meeting.place}".strip()
    document = WordDocument(
        t("{title}纪要", "Minutes: {title}", title=meeting.title), note=note, english=current_language() == ENGLISH
    )
    document.heading(t("出席", "Present"))
    if meeting.chaired_by:
        document.paragraph(t("主持：{name}", "In the chair: {name}", name=meeting.chaired_by))
    document.paragraph("、".join(meeting.present))
    for title, text in ((t("议程", "Agenda"), meeting.agenda), (t("讨论情况", "What was said"), meeting.notes)):
        if text:
            document.heading(title)
            for part in text.splitlines():
                if part.strip():
                    document.paragraph(part.strip())
    motions = list(Motion.objects.visible_to(viewer).filter(meeting=meeting).order_by("pk"))
    if motions:
        document.heading(t("表决事项", "Votes"))
    for motion in motions:
        document.heading(f"{motion.title}（{Question.named(motion.kind)}）", 2)
        document.paragraph(vote_sentence(motion) if motion.is_decided else t("未表决。", "Not voted on."))
        if motion.is_decided and motion.ballot == Motion.Ballot.OPEN:
            ballots = OpenBallot.objects.visible_to(viewer).filter(seat__motion=motion).select_related("seat")
            rows = [[b.seat.name, Choice.named(b.choice), b.seat.votes] for b in ballots.order_by("seat_id")]
            document.table([t("成员", "Member"), t("表决", "Vote"), t("票数", "Votes")], rows)
    return document.to_bytes()


def certificate_document(place: TrainingPlace) -> bytes:
    """The certificate of somebody who attended a training."""
    training = place.training
    document = WordDocument(
        t("培训证书", "Certificate"), number=place.certificate or "", english=current_language() == ENGLISH
    )
    document.paragraph(_attested(place))
    document.paragraph(training.alliance.name, indent=False, bold=True)
    document.paragraph((place.certified_on or training.held_on).isoformat(), indent=False)
    document.paragraph(_checked(), indent=False)
    return document.to_bytes()


def _attested(place: TrainingPlace) -> str:
    training = place.training
    return t(
        "{name}于 {day} 参加{alliance}举办的“{title}”，完成 {hours} 学时，特发此证。",
        "{name} attended “{title}” held by {alliance} on {day}, {hours} hours.",
        name=place.name, day=training.held_on.isoformat(), alliance=training.alliance.name, title=training.title,
        hours=training.hours,
    )  # fmt: skip


def _checked() -> str:
    return t("凭证书编号可在“证书核验”页查询。", "The number can be checked on the page of certificates.")


_CERTIFICATE = """
#set page(paper: "a4", flipped: true, margin: 14mm)
#rect(width: 100%, height: 100%, stroke: 1.2pt + river, radius: 3mm, inset: 16mm)[
  #text(9pt, grey)[#data.number_is #h(1fr)]
  #v(1fr)
  #align(center)[
    #text(34pt, weight: "bold", river, data.title)
    #v(8mm)
    #text(24pt, weight: "bold", ink, data.name)
    #v(6mm)
    #block(width: 78%, text(13pt, ink)[#set par(leading: 1.1em, justify: false); #data.text])
  ]
  #v(1fr)
  #grid(columns: (28mm, 1fr), align: (left + bottom, right + bottom),
    image("qr.svg", width: 26mm),
    [#text(13pt, weight: "bold", ink, data.alliance) #linebreak() #v(1mm) #text(11pt, ink, data.day)])
  #v(2mm)
  #text(9pt, grey, data.foot)
]
"""


def certificate_pdf(place: TrainingPlace, *, address: str) -> bytes:
    """The certificate as a sheet to print; its code leads to `address`, where it is checked."""
    training, number = place.training, place.certificate or ""
    data = {
        "title": t("培训证书", "Certificate"), "name": place.name, "text": _attested(place), "alliance": training.alliance.name,
        "day": (place.certified_on or training.held_on).isoformat(), "foot": _checked(),
        "number_is": t("编号 {number}", "No. {number}", number=number),
    }  # fmt: skip
    return pdf(_CERTIFICATE, data, {"qr.svg": address})
