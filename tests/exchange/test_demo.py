"""`manage.py demo`: who and what it adds, that it is the same each time, and where it refuses."""

import io
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core import mail
from django.core.management import CommandError, call_command

from notifications.models import Reminder
from tests import make
from toimenpiteet.answers import Light
from toimenpiteet.calendar import HELSINKI, is_working_day
from toimenpiteet.exchange import demonstration
from toimenpiteet.exchange.demonstration.script import CURRENT, PAST, Act, Facts, Outcome, acts, outcomes
from toimenpiteet.models import (
    AnswerCorrection,
    AnswerDraft,
    CalendarEntry,
    ChangeRequest,
    Comment,
    Goal,
    Grant,
    Membership,
    Municipality,
    MunicipalityRole,
    PeriodPlan,
    PlanSuccessor,
    ReportingRound,
    RoundDay,
    RoundSnapshot,
    StatusChange,
    StatusReport,
    Step,
    Strategy,
    Unit,
    User,
)
from toimenpiteet.selectors.plan.lateness import late
from toimenpiteet.selectors.rounds.snapshots import content
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.once

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def demo(**options: Any) -> str:
    out = io.StringIO()
    call_command("demo", stdout=out, **{"now": NOW} | options)
    return out.getvalue()


@pytest.fixture
def city(db: None) -> Municipality:
    """Return a small Kuopio with some units of the cast and a dozen plans, and a Kokkola with nothing to do."""
    owner = make.municipality(key="kuopio", name_fi="Kuopio")
    units = [make.unit(owner, name, key=key) for key, name in _UNITS.items()]
    strategy = make.strategy(owner, key="suunnitelma")
    make.unit(owner, "Kaupunginkanslia", key="kaupunginkanslia", email="")
    early, late = make.period(strategy, 2020, 2020), make.period(strategy)
    goal = make.goal(make.theme(strategy))
    for i in range(12):
        item = make.action_item(goal, units[i % len(units)], key=f"toimenpide-{i}")
        for period in (early, late):
            plan = make.plan(item, period)
            for step in range(3):
                make.step(plan, key=f"osatoimenpide-{step}", order=step)
    make.strategy(make.municipality(key="kokkola", name_fi="Kokkola"))
    return owner


_UNITS = {
    "strategia-ja-kehittaminen": "Strategia ja kehittäminen",
    "tietohallinto": "Tietohallinto",
    "talous-ja-omistajaohjaus": "Talous ja omistajaohjaus",
}


def story() -> list[tuple[object, ...]]:
    """Return all that happened, without the database's own numbers."""
    moves = StatusChange.objects.values_list(
        "plan__item__key", "plan__period__key", "at", "actor_name__text", "move", "comment"
    )
    comments = Comment.objects.values_list("plan__item__key", "plan__period__key", "at", "author_name__text", "text")
    steps = Step.objects.filter(done=True).values_list("plan__item__key", "plan__period__key", "key", "done_on")
    return sorted(map(str, [*moves, *comments, *steps]))  # type: ignore[arg-type]  # rows of three shapes


def test_people_who_say_what_they_are(city: Municipality) -> None:
    demo()
    people = User.objects.all()
    assert people
    for person in people:
        assert person.demonstration
        assert person.email.endswith("@esittely.example")
        assert person.name.endswith(("(esittely)", "(demonstration)"))
        assert person.check_password(demonstration.PASSWORD)
    assert {person.language for person in people} >= {"fi", "en"}
    assert {role.role for role in MunicipalityRole.objects.filter(municipality=city)} == {"director", "viewer", "admin"}
    assert {membership.role for membership in Membership.objects.all()} == {"manager", "contributor"}


def test_the_cast_covers_every_role_in_two_cities_and_three_languages() -> None:
    by_city = {
        key: {person.role for person in demonstration.CAST if person.municipality == key}
        for key in ("kuopio", "kokkola")
    }
    assert by_city["kuopio"] == set(Role)
    assert {Role.DIRECTOR, Role.MANAGER, Role.VIEWER, Role.ADMIN} <= by_city["kokkola"]
    assert {person.language for person in demonstration.CAST} == {"fi", "sv", "en"}
    managers = [
        person.unit for person in demonstration.CAST if (person.municipality, person.role) == ("kuopio", Role.MANAGER)
    ]
    assert len(set(managers)) >= 6
    assert len({person.email for person in demonstration.CAST}) == len(demonstration.CAST)
    validate_password(demonstration.PASSWORD)


def test_mailboxes_and_rounds_and_the_mark_on_the_city(city: Municipality) -> None:
    demo()
    city.refresh_from_db()
    assert city.demonstration
    assert city.history.order_by("-version").first().actor_name.text == "Esittelyaineisto"
    assert Unit.objects.get(key="kaupunginkanslia").email == "kuopio.kaupunginkanslia@esittely.example"
    # A mailbox that was there stays.
    assert Unit.objects.get(key="tietohallinto").email == "tietohallinto@mallila.example"


def test_rounds_come_from_the_calendar_of_adopted_strategies(city: Municipality) -> None:
    others = [make.strategy(city, key=status, status=status) for status in ("draft", "ended")]
    for strategy in (Strategy.objects.get(key="suunnitelma"), *others):
        call_board(strategy, "budget")
    demo()
    rounds = ReportingRound.objects.order_by("year").values_list("strategy__key", "year", "kind")
    assert list(rounds) == [("suunnitelma", year, "budget") for year in range(2021, 2028)]


def call_board(strategy: Strategy, kind: str) -> None:
    entry = CalendarEntry(strategy=strategy, kind=kind, which="board", rule="last mon 10-27", body="hallitus")
    audited.add(entry, make.stamp())


def test_a_strategy_without_plans_has_only_rounds_to_come(city: Municipality) -> None:
    for kind in ("budget", "annual_report"):
        call_board(make.strategy(city, key=f"ilman-{kind}"), kind)
    demo()
    rounds = ReportingRound.objects.order_by("due_on").values_list("kind", "year", "status", "due_on__year")
    assert list(rounds) == [
        ("annual_report", 2026, "planned", 2027),
        ("budget", 2027, "planned", 2027),
        ("annual_report", 2027, "planned", 2028),
    ]


def test_the_reminders_before_past_deadlines_are_in_the_delivery_log(city: Municipality) -> None:
    entry = CalendarEntry(
        strategy=Strategy.objects.get(key="suunnitelma"), kind="budget", which="board", rule="last mon 10-27"
    )
    audited.add(entry, make.stamp())
    demo()
    sent = Reminder.objects.filter(state=Reminder.State.SENT)
    assert {row.sent_at.astimezone(HELSINKI).hour for row in sent if row.sent_at} == {9}
    assert len({row.address for row in sent}) > 1
    assert len(mail.outbox) == len(sent)


def test_nothing_is_mailed_where_mails_would_really_leave(city: Municipality, settings: Any) -> None:
    settings.EMAIL_HOST = "smtp.kunta.example"
    demo()
    assert not Reminder.objects.exists()


def test_everything_happened_on_working_days_in_office_hours_before_now(city: Municipality) -> None:
    demo()
    instants = [*StatusChange.objects.values_list("at", flat=True), *Comment.objects.values_list("at", flat=True)]
    assert len(instants) > 50
    for at in instants:
        local = at.astimezone(HELSINKI)
        assert is_working_day(local.date())
        assert 8 <= local.hour < 16
        assert demonstration.beginning(NOW) < at < NOW
    assert len({(at.year, at.month) for at in instants}) >= 12


def test_the_people_did_it_through_the_pages_and_history_follows(city: Municipality) -> None:
    demo()
    plan = StatusChange.objects.order_by("-plan_version").first().plan  # type: ignore[union-attr]  # there are some
    changes = list(StatusChange.objects.filter(plan=plan).order_by("plan_version"))
    assert [change.at for change in changes] == sorted(change.at for change in changes)
    for change in changes:
        assert change.door == "page"
        assert change.actor is not None
        row = PeriodPlan.history.get(id=plan.pk, version=change.plan_version)
        assert (row.status, row.history_user_id, row.history_date) == (change.to_status, change.actor_id, change.at)


def test_it_is_a_city_that_works(db: None) -> None:
    """On the bundled plan, which the command loads by itself."""
    demo()
    by_period: dict[str, Counter[str]] = {}
    for plan in PeriodPlan.objects.select_related("period"):
        by_period.setdefault(plan.period.key, Counter())[plan.status] += 1
    past, current = by_period["2020"], by_period["2021-2030"]
    # What was due in 2020 was closed when the year was, but for two or three that are late.
    assert 2 <= past["in_progress"] + past["awaiting_approval"] <= 3
    assert past["completed"] > past["carried_over"] > past["discontinued"] >= 1
    assert current["in_progress"] > current.total() / 2
    assert min(current[status] for status in ("not_started", "on_hold", "awaiting_approval", "completed")) >= 1
    overdue = PeriodPlan.objects.filter(late(date(2026, 11, 20))).count()
    assert 2 <= overdue <= 15
    statuses = Counter(
        ReportingRound.objects.filter(strategy__municipality__key="kuopio").values_list("status", flat=True)
    )
    assert (statuses["published"], statuses["in_review"], statuses["open"]) == (10, 1, 1)
    said = StatusReport.objects.values_list("said", "review", "light").distinct()
    assert {said for said, _review, _light in said} == {"nothing", "unchanged", "updated"}
    assert {review for _said, review, _light in said} == {"none", "returned", "accepted"}
    assert {light for _said, _review, light in said} >= {"on_track", "at_risk", "off_track"}
    has_answers_of_every_kind()
    assert RoundSnapshot.objects.filter(round__strategy__municipality__key="kuopio").count() == 10
    assert RoundDay.objects.exclude(reason="").count() >= 1
    changes = Counter(ChangeRequest.objects.values_list("status", flat=True))
    assert changes == {"accepted": 3, "declined": 1, "needs_body": 1, "proposed": 2}
    assert all(row.plan.due_on for row in ChangeRequest.objects.exclude(body_on=None))
    # Of the plans of 2020 one was split, and one merged with another.
    onward = PlanSuccessor.objects.order_by("plan", "order").values_list("plan", "plan__item", "item")
    ways = [[item == own for _plan, own, item in rows] for _plan, rows in groupby(onward, key=itemgetter(0))]
    assert sorted(ways) == [[False], [True, False]]
    call_command("verify_history", stdout=io.StringIO())


def has_answers_of_every_kind() -> None:
    """Assert what is rare: in the rounds that are locked, in the one that is open, and in what the city has set."""
    last = ReportingRound.objects.filter(status="published").latest("due_on")
    kept = content(last.snapshot)
    answers = [plan["answer"] for plan in kept["plans"] if plan["answer"]]
    said = [answer for answer in answers if answer["said"] != "nothing"]
    assert {answer["light"] for answer in said} == set(Light)
    assert all(answer["text"] for answer in said)
    assert Counter(answer["review"] for answer in answers)["returned"] == 1
    assert "needs_body" in {change["status"] for change in kept["changes"]}
    correction = AnswerCorrection.objects.get()
    assert correction.report.round == last
    assert (correction.report.light, correction.light) == ("on_track", "at_risk")
    exceptions = Grant.objects.filter(kind="exception")
    assert (exceptions.filter(until_at__lt=NOW).count(), exceptions.filter(until_at__gt=NOW).count()) == (1, 1)
    roles = AnswerDraft.objects.filter(round__status="open").values_list("person__memberships__role", flat=True)
    assert sorted(roles) == ["contributor", "manager"]
    binding = [goal["key"] for goal in kept["goals"] if goal["binding"]]
    measured = [one["goal"] for one in kept["indicators"] if one["goal"] and one["figures"] and one["targets"]]
    assert (len(binding), sorted(measured)) == (2, sorted(binding))
    reasons = Goal.history.filter(binding=True).values_list("history_change_reason", flat=True)
    assert all(reason.startswith("Esittelyaineistoa") for reason in reasons)
    look = ("colour", "report_words_fi", "report_words_sv", "function_class", "retention")
    assert all(Municipality.objects.values_list(*look).get(key="kuopio"))


def test_a_second_run_changes_nothing(city: Municipality) -> None:
    demo()
    before = (story(), User.objects.count(), Unit.history.count(), Municipality.history.count())
    again = demo(now=NOW + timedelta(days=1), seed=7)
    assert again == "The demonstration is already there. Nothing was changed.\n"
    assert (story(), User.objects.count(), Unit.history.count(), Municipality.history.count()) == before


def test_somebody_with_another_address_by_now_is_not_made_again(city: Municipality) -> None:
    demo()
    person = User.objects.get(email__startswith="tietohallinto")
    make.change_user(person, email="muu.osoite@kuopio.example")
    before = User.objects.count()
    demo(now=NOW + timedelta(days=1))
    assert User.objects.count() == before


def test_it_refuses_where_real_people_are(city: Municipality) -> None:
    make.user()
    with pytest.raises(CommandError, match=r"1 account\(s\) that are not demonstration people.*--force"):
        demo()
    assert not StatusChange.objects.exists()
    assert not User.objects.filter(demonstration=True).exists()
    demo(force=True)
    assert User.objects.filter(demonstration=True).exists()


def test_the_list_has_role_unit_address_and_password(city: Municipality) -> None:
    with pytest.raises(CommandError, match=r"manage\.py demo"):
        demo(list=True)
    demo()
    lines = demo(list=True).splitlines()
    assert len(lines) == User.objects.count()
    [line] = [each for each in lines if "tietohallinto@esittely.example" in each]
    assert "Tietohallinto, Kuopio" in line
    assert line.endswith(f"  {demonstration.PASSWORD}")
    user = authenticate(username="tietohallinto@esittely.example", password=demonstration.PASSWORD)
    assert isinstance(user, User)


def test_units_that_the_strategies_lack_are_told(city: Municipality) -> None:
    err = io.StringIO()
    call_command("demo", now=NOW, stdout=io.StringIO(), stderr=err)
    assert "No unit kuopio/tyonantajapalvelu in the loaded strategies: its person was left out." in err.getvalue()


def test_an_instant_without_an_offset_is_helsinkis(city: Municipality) -> None:
    call_command("demo", "--now", "2026-11-20T12:00", stdout=io.StringIO())
    director = User.objects.get(email="strategiajohtaja@esittely.example")
    assert director.date_joined == datetime(2020, 1, 2, 9, tzinfo=HELSINKI)
    assert max(StatusChange.objects.values_list("at", flat=True)) < datetime(2026, 11, 20, 12, tzinfo=HELSINKI)


# The script alone: no database.


def facts(count: int = 40) -> list[Facts]:
    return [
        Facts(
            f"plan-{i}",
            past=bool(i % 2),
            has_later=bool(i % 2),
            director="d",
            leads=("a",) if i % 5 else (),
            managers=("b", "c") if i % 4 else (),
            helpers=("h",),
            steps=(("s1", date(2021, 1, 1)), ("s2", None), ("s3", None)),
        )
        for i in range(count)
    ]


def by_plan(found: list[Act]) -> Iterator[list[Act]]:
    for name in {act.plan for act in found}:
        yield [act for act in found if act.plan == name]


def test_the_same_seed_and_moment_give_the_same_story() -> None:
    first = acts(facts(), seed=1, now=NOW)
    assert acts(list(reversed(facts())), seed=1, now=NOW) == first
    assert acts(facts(), seed=2, now=NOW) != first


def test_acts_come_in_order_and_no_two_of_a_plan_at_once() -> None:
    found = acts(facts(), seed=1, now=NOW)
    assert found == sorted(found, key=lambda act: act.at)
    for own in by_plan(found):
        assert own[0].move == "start"
        assert len({act.at for act in own}) == len(own)


def test_without_a_manager_nobody_proposes_completion() -> None:
    plans = [Facts(f"p{i}", past=False, has_later=False, director="d") for i in range(60)]
    found = acts(plans, seed=1, now=NOW)
    assert {act.who for act in found} == {"d"}
    assert not {act.move for act in found} & {"propose_completion", "approve", "send_back", "carry_over"}


def test_outcomes_follow_the_shares() -> None:
    found = Counter(outcomes(facts(200), seed=1).values())
    assert set(found) == set(Outcome)
    assert sum(PAST.values()) == sum(CURRENT.values()) == 100


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    "moment", [NOW, datetime(2021, 7, 15, 3, 0, tzinfo=UTC), datetime(2024, 1, 2, 23, 0, tzinfo=UTC)]
)
def test_nothing_lies_in_the_future(seed: int, moment: datetime) -> None:
    assert all(act.at < moment for act in acts(facts(), seed=seed, now=moment))
