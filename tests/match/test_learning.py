"""Learning from verdicts: which answers teach, adopted only where better, taken back, and which weights rank."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from django.test import Client
from django.utils import timezone

from duijie.core.access import SYSTEM
from duijie.core.errors import Conflict, NotAllowed
from duijie.core.jobs import run_all
from duijie.core.models import AuditLine, Job
from duijie.engines.matching import default_ranking
from duijie.match import actions
from duijie.match.index import match_index
from duijie.match.judgements import collected, count_of_answers, grade_of
from duijie.match.learning import LEAST_NEEDS, LEAST_PAIRS, fit, in_force, ranking_in_force
from duijie.match.models import Introduction, LearntRanking, Suggestion, Verdict
from duijie.match.upkeep import train_if_due
from duijie.publish.models import Listing
from duijie.publish.models.listings import Status
from tests.factories import make_member, make_user, viewer
from tests.match.test_finding import desk, need_and_technology

pytestmark = pytest.mark.django_db
TOPICS = ("压铸件气孔检测", "茶叶烘干设备", "污水膜处理", "锂电池回收", "肿瘤早筛试剂")


def judged_exchange(needs: int, offers: int) -> None:
    """Needs that their own subject suits and others do not, as two officers said."""
    member = make_member()

    def listed(kind: str, number: int) -> Listing:
        title = f"{TOPICS[number % len(TOPICS)]}第{number}号"
        return Listing.objects.create(kind=kind, title=title, owner_member=member, status=Status.PUBLISHED)

    asking = [listed("need", n) for n in range(needs)]
    giving = [listed("technology", n) for n in range(offers)]
    for (n, one), (o, other) in itertools.product(enumerate(asking), enumerate(giving)):
        suggestion = Suggestion.objects.create(
            asking=one, giving=other, asking_version=1, giving_version=1, score=0, probability=0.5, grade="fair"
        )
        right = n % len(TOPICS) == o % len(TOPICS)
        answer = Verdict.Answer.INTERESTED if right else Verdict.Answer.NOT_SUITABLE
        Verdict.objects.create(suggestion=suggestion, side="asking", answer=answer, reasons=[] if right else ["field"])


@pytest.mark.parametrize(
    ("answer", "reasons", "grade"),
    [
        ("interested", [], 3),
        ("not_suitable", [], 2),
        ("not_suitable", ["field"], 1),
        ("not_suitable", ["price", "maturity"], 2),
        ("not_suitable", ["price"], None),
        ("not_suitable", ["known", "competitor"], None),
        ("not_now", [], None),
    ],
)
def test_only_what_speaks_of_the_texts_teaches(answer: str, reasons: list[str], grade: int | None) -> None:
    assert grade_of(Verdict(answer=answer, reasons=reasons)) == grade


def test_both_sides_and_what_came_of_it_make_the_grade() -> None:
    need, right = need_and_technology()
    suggestion = desk(need)[0].record
    ours, theirs = viewer("liaison", need.owner_member), viewer("liaison", right.owner_member)
    assert count_of_answers() == 0
    interest = actions.express_interest(actor=ours, to_listing=right, from_listing=need)
    assert [list(one.grades.values()) for one in collected()] == [[3]]
    actions.give_verdict(actor=theirs, suggestion=suggestion, side="giving", answer="not_suitable", reasons=["field"])
    assert [list(one.grades.values()) for one in collected()] == [[1]]
    actions.accept_interest(actor=theirs, interest=interest)
    actions.hand_on(actor=ours, introduction=Introduction.objects.get())
    assert [list(one.grades.values()) for one in collected()] == [[4]]


def test_too_few_answers_are_said_so_and_change_nothing() -> None:
    administrator = viewer("platform", None)
    job = actions.start_training(actor=administrator)
    with pytest.raises(Conflict):
        actions.start_training(actor=administrator)
    run_all()
    job = Job.objects.get(pk=job.pk)
    assert (job.status, job.error["code"]) == (Job.Status.FAILED, "judgements.few")
    assert str(LEAST_NEEDS) in job.error["zh"]
    assert ranking_in_force() == default_ranking()


def test_training_keeps_what_it_came_to_and_the_shipped_weights_stay_unless_surely_better() -> None:
    judged_exchange(LEAST_NEEDS, LEAST_PAIRS // LEAST_NEEDS)
    actions.start_training(actor=viewer("platform", None))
    run_all()
    found = LearntRanking.objects.get()
    assert (found.needs, found.pairs, found.suitable) == (30, 300, 60)
    assert 0.5 < found.ndcg_new <= 1
    assert found.better == found.in_force == (found.difference - found.half_width > 0)


def test_training_is_asked_for_when_the_answers_have_grown_and_once_a_week_at_most() -> None:
    train_if_due()
    assert not Job.objects.filter(kind="match.train").exists()
    judged_exchange(LEAST_NEEDS, LEAST_PAIRS // LEAST_NEEDS)
    train_if_due()
    train_if_due()
    assert Job.objects.filter(kind="match.train").count() == 1
    run_all()
    train_if_due(timezone.now() + dt.timedelta(days=8))  # nothing new was said since
    assert Job.objects.filter(kind="match.train").count() == 1


def test_adopted_weights_rank_and_can_be_taken_back_step_by_step() -> None:
    judged_exchange(LEAST_NEEDS, LEAST_PAIRS // LEAST_NEEDS)
    first = fit(match_index(writable=True))
    first.better = True
    actions.note_training(actor=SYSTEM, found=first)
    assert in_force() == first
    assert match_index().ranking.as_values() == first.weights
    assert Job.objects.filter(kind="match.find").exists()  # everybody is ranked anew
    second = fit(match_index(writable=True))
    second.better, second.before = True, first
    actions.note_training(actor=SYSTEM, found=second)
    administrator = viewer("platform", None)
    assert actions.take_back(actor=administrator) == first
    assert actions.take_back(actor=administrator) is None
    assert match_index().ranking == default_ranking()
    with pytest.raises(Conflict):
        actions.take_back(actor=administrator)
    assert AuditLine.objects.filter(verb="ranking.take_back").count() == 2


def test_weights_of_another_version_are_passed_over() -> None:
    LearntRanking.objects.create(
        weights=default_ranking().as_values() | {"features": ["an_older_one"]}, needs=1, pairs=1, suitable=1, ndcg_new=1,
        ndcg_before=0, difference=1, half_width=0, better=True, in_force=True,
    )  # fmt: skip
    assert ranking_in_force() == default_ranking()


def test_only_the_platforms_administrators_look_after_the_weights() -> None:
    liaison = make_user("liaison", make_member())
    with pytest.raises(NotAllowed):
        actions.start_training(actor=viewer(liaison))
    client = Client()
    client.force_login(liaison)
    assert client.get("/match/ranking/").status_code == 403
    client.force_login(make_user("platform", None))
    page = client.get("/match/ranking/").content.decode()
    assert "随产品提供的权重" in page
    assert client.post("/match/ranking/", {"do": "train"}).status_code == 302
    assert "正在学习" in client.get("/match/ranking/").content.decode()
    answer = client.get("/api/v1/match/ranking")
    assert (answer.status_code, answer.json()["in_force"]) == (200, None)
