"""Names go exactly to those who may read the record, through every door; the counts are the same for everybody."""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from duijie.core.access import SYSTEM
from duijie.core.jobs import run_all
from duijie.core.schema import parse
from duijie.land.actions import create_deal, create_project
from duijie.land.models import Deal, Project
from duijie.land.schemas import DealRecord, ProjectRecord
from duijie.members.actions import create_api_key
from duijie.members.schemas import ApiKeyRecord
from duijie.plan import actions
from duijie.plan.models import PlanReport
from duijie.plan.schemas import ReportRecord
from tests.factories import PASSWORD, make_alliance, make_member, make_organisation, make_user, viewer
from tests.plan.making import YEAR, Made, make_plan

pytestmark = pytest.mark.django_db

# Each record by a word that stands nowhere else.
PUBLIC, ALLIED, PARTIES, OPEN_DEAL, SECRET_DEAL = WORDS = ("㐀㐁", "㐂㐃", "㐄㐅", "㐆㐇", "㐈㐉")
EVERYBODY, OFFICERS, OWN = {PUBLIC}, {PUBLIC, ALLIED, OPEN_DEAL}, set(WORDS)
SEES = {
    "guest": EVERYBODY, "platform": EVERYBODY, "firm_elsewhere": EVERYBODY, "firm_of_ally": EVERYBODY, "liaison_elsewhere": EVERYBODY,
    "secretariat": OFFICERS, "leader": OFFICERS, "auditor": OFFICERS, "liaison_of_ally": OFFICERS, "editor_of_ally": OFFICERS,
    "own_liaison": OWN, "own_leader": OWN, "key_of_ally": OFFICERS, "key_for_plans": EVERYBODY,
}  # fmt: skip
# Whose own deals and projects they are does not change what a report says: it names what all of its readers may read.
READS_INTERNAL = {name for name, seen in SEES.items() if seen != EVERYBODY}


@dataclass
class World:
    made: Made
    clients: dict[str, tuple[Client, dict[str, str]]]
    internal: PlanReport
    public: PlanReport

    def get(self, name: str, address: str, **data: str) -> Any:
        client, headers = self.clients[name]
        cache.clear()
        return client.get(address, data, headers=headers)


@pytest.fixture
def world() -> World:
    made = make_plan(starts=f"{YEAR}-01-01", ends=f"{YEAR}-12-31")
    own, ally = made.members[:2]
    elsewhere = make_member(alliances=[make_alliance()])
    for word, openness in ((PUBLIC, "public"), (ALLIED, "alliance"), (PARTIES, "parties")):
        values = {"name": f"{word}项目", "openness": openness, "total": "1亿元", "signed_on": f"{YEAR}-02-03"}
        create_project(actor=SYSTEM, member=own, record=parse(ProjectRecord, values))
    for word, secret in ((OPEN_DEAL, "否"), (SECRET_DEAL, "是")):
        deal = {"title": f"{word}线索", "kind": "investment", "confidential": secret, "stage_on": f"{YEAR}-02-03"}
        create_deal(actor=SYSTEM, member=own, record=parse(DealRecord, deal))
    made.indicator("1-1", title="签约项目", measure="land.projects_signed", headline=True)
    made.indicator("1-2", title="线索", measure="land.leads", headline=True)
    made.target("1-1", "6")
    made.publish()
    people = {
        "platform": make_user("platform"), "firm_elsewhere": make_user("organisation", make_organisation(member=elsewhere)),
        "firm_of_ally": make_user("organisation", make_organisation(member=ally)), "liaison_elsewhere": make_user("liaison", elsewhere),
        "secretariat": make_user("secretariat", made.alliance), "leader": make_user("leader", made.alliance),
        "auditor": make_user("auditor", made.alliance), "liaison_of_ally": make_user("liaison", ally),
        "editor_of_ally": make_user("editor", ally), "own_liaison": make_user("liaison", own), "own_leader": make_user("leader", own),
    }  # fmt: skip
    clients: dict[str, tuple[Client, dict[str, str]]] = {"guest": (Client(), {})}
    for name, user in people.items():
        client = Client()
        assert client.login(username=user.username, password=PASSWORD)
        clients[name] = (client, {})
    for name, scopes in (("key_of_ally", ["plans:read", "deals:read"]), ("key_for_plans", ["plans:read"])):
        record = parse(ApiKeyRecord, {"name": name, "scopes": scopes})
        secret = create_api_key(actor=viewer("member_admin", ally), record=record, member=ally)[1]
        clients[name] = (Client(), {"Authorization": f"Bearer {secret}"})
    reports = [
        actions.make_report(actor=made.secretary, plan=made.plan, record=parse(ReportRecord, {"period": str(YEAR), "public": public}))
        for public in (False, True)
    ]  # fmt: skip
    run_all()
    for report in reports:
        report.refresh_from_db()
    return World(made, clients, *reports)


def words_in(answer: Any) -> set[str]:
    """The records that a page, a table or a file names."""
    if answer.status_code != 200:
        return set()
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    text = data.decode("utf-8", "replace")
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = html.unescape("".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist()))
    return {word for word in WORDS if word in text}


def test_the_records_behind_a_figure_name_what_the_reader_may_read_and_count_the_rest(world: World) -> None:
    at, api = f"/plans/{world.made.plan.uid}", f"/api/v1/plans/{world.made.plan.uid}"
    codes = {"1-1": (PUBLIC, ALLIED, PARTIES), "1-2": (OPEN_DEAL, SECRET_DEAL)}
    for name, seen in SEES.items():
        for code, behind in codes.items():
            indicator = world.made.plan.indicators.get(code=code)
            expected = seen & set(behind)
            told = world.get(name, f"{api}/figures/{code}/records", on=f"{YEAR}-12-31").json()
            assert {w for w in WORDS if w in json.dumps(told, ensure_ascii=False)} == expected, (name, code)
            assert told["total"] == len(behind), (name, code)
            if name.startswith("key_"):
                continue
            page = world.get(name, f"{at}/indicators/{indicator.uid}/", on=f"{YEAR}-12-31")
            assert words_in(page) == expected, (name, code)
            hidden = len(behind) - len(expected)
            note = re.search(r"另有 (\d+) 条未公开的记录", page.content.decode())
            assert (int(note[1]) if note else 0) == hidden, (name, code)
            assert (
                words_in(world.get(name, f"{at}/indicators/{indicator.uid}/records.csv", on=f"{YEAR}-12-31"))
                == expected
            )


def test_what_a_reader_is_told_the_name_of_opens_and_nothing_else_does(world: World) -> None:
    uids = {p.name[:2]: f"projects/{p.uid}" for p in Project.objects.unscoped("test")}
    uids |= {d.title[:2]: f"deals/{d.uid}" for d in Deal.objects.unscoped("test")}
    for name, seen in SEES.items():
        if not name.startswith("key_"):
            opened = {word for word, uid in uids.items() if world.get(name, f"/{uid}/").status_code == 200}
            assert opened == seen, name


def test_a_report_names_what_all_of_its_readers_may_read(world: World) -> None:
    for report, named in ((world.internal, OFFICERS), (world.public, EVERYBODY)):
        for name in SEES:
            reads = report is world.public or name in READS_INTERNAL
            for form in ("word", "excel", "data", "brief"):
                door = (
                    f"/api/v1/plan-reports/{report.uid}/{form}"
                    if name.startswith("key_")
                    else f"/plan/reports/{report.uid}/{form}/"
                )
                answer = world.get(name, door)
                assert answer.status_code == (200 if reads else 404), (name, form)
                assert words_in(answer) == (named if reads and form != "brief" else set()), (name, form)
            assert words_in(world.get(name, f"/plan/reports/{report.uid}/")) == set(), name
        assert report.content["projects"]["counted_only"] == len(OWN - named)
        assert [line["value"] for line in report.content["standing"]] == [3, 2]


def test_the_cockpit_and_the_league_count_for_everybody_alike_and_name_nothing(world: World) -> None:
    for address in ("/cockpit/", f"/plans/{world.made.plan.uid}/league/", f"/plans/{world.made.plan.uid}/"):
        pages = {name: world.get(name, address, on=f"{YEAR}-12-31") for name in SEES if not name.startswith("key_")}
        assert {name: words_in(page) for name, page in pages.items()} == {name: set() for name in pages}, address
        if address == "/cockpit/":
            numbers = {tuple(re.findall(r'p-wall-number">([^<]*)', page.content.decode())) for page in pages.values()}
            assert numbers == {("3", "2")}


def test_whoever_asks_for_a_report_finds_it_though_its_files_are_the_officers(world: World) -> None:
    page = world.get("platform", f"/plan/reports/{world.internal.uid}/")
    assert (page.status_code, "文件由本联盟的工作人员下载" in page.content.decode()) == (200, True)
    assert world.get("firm_of_ally", f"/plan/reports/{world.internal.uid}/").status_code == 404


def test_a_members_own_report_names_its_own_confidential_records_to_its_own_officers(world: World) -> None:
    own = world.made.members[0]
    made = make_plan(starts=f"{YEAR}-01-01", ends=f"{YEAR}-12-31")
    type(made.plan).objects.unscoped("test").filter(pk=made.plan.pk).update(alliance=None, member=own)
    made.again()
    made.secretary = made.leader = SYSTEM
    made.indicator("1-1", title="签约项目", measure="land.projects_signed")
    made.publish()
    report = actions.make_report(actor=SYSTEM, plan=made.plan, record=parse(ReportRecord, {"period": str(YEAR)}))
    run_all()
    report.refresh_from_db()
    assert (report.audience, {row["title"][:2] for row in report.content["projects"]["rows"]}) == (
        f"staff:{own.pk}",
        {PUBLIC, ALLIED, PARTIES},
    )
    found = {
        name
        for name in SEES
        if not name.startswith("key_") and world.get(name, f"/plan/reports/{report.uid}/word/").status_code == 200
    }
    assert found == {"own_liaison", "own_leader"}
