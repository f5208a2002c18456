"""PDF: personal timetables, table signs, badges."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from duijie.core.calendar import SHANGHAI
from duijie.core.language import t
from duijie.core.prints import pdf
from duijie.meet.models import Event, Meeting, Place, Representative
from duijie.meet.queries.timetables import PersonalMeeting

_TIMETABLE = """
#set page(paper: "a4", margin: (x: 18mm, y: 16mm), footer: align(center, text(8pt, grey)[#data.foot]))
#text(9pt, grey)[#data.event #h(1fr) #data.day]
#v(2mm)
#text(20pt, weight: "bold", river)[#data.name]
#v(1mm)
#text(11pt, grey)[#data.organisation]
#v(5mm)
#if data.meetings.len() == 0 [#data.none] else {
  table(columns: (auto, auto, 1fr, auto), stroke: none, inset: (x: 2mm, y: 2.6mm),
    fill: (_, y) => if y == 0 { river } else if calc.even(y) { rgb("#f0f4f6") },
    ..data.heads.map(h => text(white, weight: "bold", h)),
    ..data.meetings.map(m => (
      text(weight: "bold", m.time), [#m.place], [#text(weight: "bold", m.who) #linebreak() #text(9pt, grey, m.people)], [],
    )).flatten())
}
#if data.qr != "" { place(bottom + right, dy: -4mm, image(data.qr, width: 26mm)) }
"""
_SIGNS = """
#set page(paper: "a5", flipped: true, margin: 12mm)
#for (index, sign) in data.signs.enumerate() {
  if index > 0 { pagebreak() }
  grid(columns: (auto, 1fr), column-gutter: 8mm, align: horizon,
    text(90pt, weight: "bold", river, sign.code),
    align(right)[#text(18pt, weight: "bold", sign.name) #linebreak() #text(12pt, grey, sign.area)])
  v(2mm)
  line(length: 100%, stroke: 1pt + river)
  table(columns: (auto, 1fr), stroke: none, inset: (x: 1mm, y: 1.5mm),
    ..sign.meetings.map(m => (text(weight: "bold", m.time), text(m.who))).flatten())
  place(bottom + left, text(9pt, grey, data.event))
}
"""
_BADGES = """
#set page(paper: "a4", margin: 10mm)
#grid(columns: (1fr, 1fr), gutter: 6mm, ..data.badges.map(b => box(width: 100%, height: 62mm, stroke: 0.5pt + grey, radius: 2mm, inset: 6mm, clip: true)[
  #text(8pt, grey, data.event)
  #v(1mm)
  #grid(columns: (1fr, 27mm), [
    #text(22pt, weight: "bold", ink, b.name)
    #linebreak()
    #text(10pt, grey, b.title)
    #v(2mm)
    #text(12pt, weight: "bold", river, b.organisation)
  ], align(right)[#image(b.qr, width: 26mm) #v(-2mm) #text(8pt, font: ("DejaVu Sans Mono", "Noto Sans Mono CJK SC"), b.code)])
  #place(bottom + left, text(9pt, grey, b.kind))
]))
"""


def clock(meeting: Meeting) -> str:
    start = timezone.localtime(meeting.slot.starts_at, SHANGHAI)
    end = timezone.localtime(meeting.slot.ends_at, SHANGHAI)
    return f"{start:%H:%M}–{end:%H:%M}"


def timetable_pdf(
    event: Event, name: str, organisation: str, meetings: Sequence[PersonalMeeting], *, qr: str = ""
) -> bytes:
    """A participant's day on one sheet; `qr` is what the code in the corner says."""
    data = {
        "event": event.title, "day": str(event.starts_on), "name": name, "organisation": organisation,
        "none": t("没有会面。", "No meetings."),
        "heads": [t("时间", "Time"), t("桌号", "Table"), t("与谁会面", "With"), ""],
        "foot": t("如有变动以手机页面为准", "Changes show on the page first"),
        "qr": "qr.svg" if qr else "",
        "meetings": [
            {
                "time": clock(m.meeting), "place": f"{m.meeting.place.area} {m.meeting.place}".strip(), "who": m.with_whom,
                "people": "、".join(m.people),
            }
            for m in meetings
        ],
    }  # fmt: skip
    return pdf(_TIMETABLE, data, {"qr.svg": qr} if qr else None)


def signs_pdf(event: Event, places: Sequence[Place], meetings: Sequence[Meeting]) -> bytes:
    """A sign for each table, with its meetings of the day."""
    at: dict[int, list[Meeting]] = {}
    for meeting in meetings:
        at.setdefault(meeting.place_id, []).append(meeting)
    signs = [
        {
            "code": p.code, "name": p.name if p.name != p.code else "", "area": p.area,
            "meetings": [
                {"time": clock(m), "who": " — ".join(x.registration.organisation.name for x in m.parties.all())}
                for m in at.get(p.pk, [])[:14]
            ],
        }
        for p in places
    ]  # fmt: skip
    return pdf(_SIGNS, {"event": event.title, "signs": signs})


def badges_pdf(event: Event, people: Sequence[Representative], *, address: str) -> bytes:
    """Eight badges on a sheet, each with the code that the door reads. address: of the check-in page, before the code."""
    codes = {f"{p.badge}.svg": f"{address}{p.badge}" for p in people}
    badges = [
        {
            "name": p.name, "title": p.title, "organisation": p.registration.organisation.name, "kind": p.registration.kind,
            "code": p.badge, "qr": f"{p.badge}.svg",
        }
        for p in people
    ]  # fmt: skip
    return pdf(_BADGES, {"event": event.title, "badges": badges}, codes)
