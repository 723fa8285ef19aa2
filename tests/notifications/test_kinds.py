"""What else the day's mail tells: what was sent back, decided, comes due; the director's week."""

import ast
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage

from notifications import kinds
from notifications.models import NotificationPreference, Obligation, Reminder
from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, PeriodPlan, StatusReport, User
from toimenpiteet.services import audited
from toimenpiteet.services.plan import change_requests, plans
from toimenpiteet.services.rounds import answers

from . import build
from .build import SECOND, RoundWorld, at

pytestmark = pytest.mark.django_db
# No reminder day of the round: the tenth day before has passed, the third is to come. A Wednesday.
QUIET = date(2026, 12, 16)


class Talking(RoundWorld):
    """A round in which manager and director talk; the mail of the last reminder day has left."""

    def __init__(self) -> None:
        super().__init__()
        for who in (self.manager, self.director):
            make.change_user(who, language="en")
        audited.change(self.strategy, make.stamp(), remind_due=None)
        build.tick(at(SECOND))

    def by(self, who: User, now: datetime) -> dict[str, Any]:
        scope = access.scope_of(who, now.date())
        return {"scope": scope, "actor": Actor.person(who, Door.PAGE), "now": now}

    def move(self, who: User, name: str, now: datetime, comment: str = "") -> None:
        version = PeriodPlan.objects.get(pk=self.plan.pk).version
        plans.move(self.plan.pk, name, version=version, comment=comment, **self.by(who, now))

    def propose(self, now: datetime) -> None:
        self.move(self.manager, "start", now)
        self.move(self.manager, "propose_completion", now, "Valmis.")


@pytest.fixture
def world(mailoutbox: list[EmailMessage]) -> Talking:
    talking = Talking()
    mailoutbox.clear()
    return talking


def to(who: User, mailoutbox: list[EmailMessage]) -> list[str]:
    return [str(message.body) for message in mailoutbox if who.email in message.to[0]]


def test_what_the_director_gives_back_is_told_in_their_words(world: Talking, mailoutbox: list[EmailMessage]) -> None:
    report = audited.add(StatusReport(round=world.round, plan=world.plan), make.stamp())
    said = answers.Answer(light="on_track", text="Edennyt.")
    report = answers.send(
        world.round.pk, world.plan.pk, said, version=report.version, **world.by(world.manager, at(QUIET, 8))
    )
    words = "Kerro vielä {{ 7|add:1 }},\nmitä asiakkaat saivat."
    given = answers.give_back(report.pk, words, version=report.version, **world.by(world.director, at(QUIET, 9)))
    build.tick(at(QUIET, 9, 14))
    assert to(world.manager, mailoutbox) == []
    build.tick(at(QUIET, 9, 15))
    (body,) = to(world.manager, mailoutbox)
    assert body.index("== Returned to you ==") < body.index('"Kerro vielä {{ 7|add:1 }}, mitä asiakkaat saivat."')
    for hour in (10, 11):
        build.tick(at(QUIET, hour))
    assert len(to(world.manager, mailoutbox)) == 1
    # Given back once more, it is told once more: with the mail of the next day.
    more = replace(said, text="Edennyt: asiakkaat saivat oppaan.")
    report = answers.send(
        world.round.pk, world.plan.pk, more, version=given.version, **world.by(world.manager, at(QUIET, 12))
    )
    answers.give_back(report.pk, "Ei vielä.", version=report.version, **world.by(world.director, at(QUIET, 13)))
    build.tick(at(QUIET, 14))
    build.tick(at(QUIET + timedelta(days=1)))
    assert "Ei vielä." in to(world.manager, mailoutbox)[1]


def test_what_was_answered_again_before_the_mail_left_is_not_told(
    world: Talking, mailoutbox: list[EmailMessage]
) -> None:
    given = build.answer(world.plan, world.round)
    answers.give_back(given.pk, "Lisää.", version=given.version, **world.by(world.director, at(SECOND, 17)))
    build.plan(at(SECOND, 18))
    row = Reminder.objects.get(state="planned", person_id=world.manager.pk)
    report = StatusReport.objects.get(pk=given.pk)
    answer = answers.Answer(light="on_track", text="Tässä.")
    answers.send(world.round.pk, world.plan.pk, answer, version=report.version, **world.by(world.manager, at(QUIET, 7)))
    build.tick(at(QUIET))
    row.refresh_from_db()
    assert (row.state, row.reason) == ("cancelled", "answered")
    assert to(world.manager, mailoutbox) == []


def test_a_plan_that_is_sent_back_is_told_and_one_taken_back_within_fifteen_minutes_is_not(
    world: Talking, mailoutbox: list[EmailMessage]
) -> None:
    world.propose(at(QUIET, 8))
    world.move(world.director, "send_back", at(QUIET, 9), "Liite puuttuu.")
    world.move(world.director, "take_back", at(QUIET, 9, 10))
    build.tick(at(QUIET, 10))
    assert to(world.manager, mailoutbox) == []
    world.move(world.director, "send_back", at(QUIET, 11), "Liite puuttuu yhä.")
    build.tick(at(QUIET, 11, 20))
    assert '"Liite puuttuu yhä."' in to(world.manager, mailoutbox)[0]


def test_a_decision_is_told_to_those_who_answer_and_not_to_whoever_decided(
    world: Talking, mailoutbox: list[EmailMessage]
) -> None:
    make.member(world.unit, user=world.director)
    world.propose(at(QUIET, 8))
    world.move(world.director, "approve", at(QUIET, 9))
    build.tick(at(QUIET, 10))
    assert "The completion was approved." in to(world.manager, mailoutbox)[0]
    assert not any("The completion was approved." in body for body in to(world.director, mailoutbox))


def test_the_decision_on_a_change_is_told_in_its_words(world: Talking, mailoutbox: list[EmailMessage]) -> None:
    request = make.change_request(world.plan)
    change_requests.decline(
        request.pk,
        change_requests.Decision("Rahoitusta haetaan vielä."),
        version=request.version,
        **world.by(world.director, at(QUIET, 9)),
    )
    build.tick(at(QUIET, 10))
    assert '"Rahoitusta haetaan vielä."' in to(world.manager, mailoutbox)[0]


@pytest.mark.parametrize("muted", [[], ["due_soon"], ["due_soon", "returned"]])
def test_due_dates_come_near_once_unless_the_reader_does_not_want_it(
    world: Talking, mailoutbox: list[EmailMessage], muted: list[str]
) -> None:
    audited.change(world.strategy, make.stamp(), remind_due=5)
    NotificationPreference.objects.create(person=world.manager, muted=muted, language="en")
    make.step(world.plan, due_on=date(2026, 12, 23), due_precision="day")
    make.step(world.plan, due_on=date(2026, 12, 28), due_precision="day")
    build.tick(at(QUIET))
    bodies = to(world.manager, mailoutbox)
    assert len(bodies) == (not muted)
    if bodies:
        assert "a step is due 23 Dec 2026" in bodies[0]
        assert "28 Dec 2026" not in bodies[0]
    build.tick(at(QUIET, 12))
    assert len(to(world.manager, mailoutbox)) == len(bodies)


def test_a_step_that_is_done_needs_no_reminder(world: Talking, mailoutbox: list[EmailMessage]) -> None:
    audited.change(world.strategy, make.stamp(), remind_due=5)
    step = make.step(world.plan, due_on=date(2026, 12, 23), due_precision="day")
    build.plan(at(QUIET, 7))
    audited.change(step, make.stamp(), done=True, done_on=QUIET)
    build.tick(at(QUIET))
    assert to(world.manager, mailoutbox) == []


def test_the_director_reads_once_a_week_how_it_stands(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    make.change_user(world.director, language="en")
    make.plan(make.action_item(world.goal, world.unit), world.period, due_on=date(2026, 12, 1), due_precision="day")
    audited.add(StatusReport(round=world.round, plan=world.plan), make.stamp())
    for day in range(4, 12):
        build.tick(at(date(2027, 1, day)))
    weeks = [body for body in to(world.director, mailoutbox) if "== Your week ==" in body]
    assert len(weeks) == 2
    assert "* 2 action items are late" in weeks[0]
    assert "* 1 answer is missing" in weeks[0]
    assert "/myohassa/" in weeks[0]


def test_a_week_of_nothing_is_no_mail(mailoutbox: list[EmailMessage]) -> None:
    make.World()
    build.tick(at(QUIET))
    assert (list(mailoutbox), Reminder.objects.count(), Obligation.objects.count()) == ([], 0, 0)


def test_a_kind_is_one_folder_and_nothing_else_names_one() -> None:
    root = Path(kinds.__file__).parent.parent
    names = set(kinds.BY_NAME)
    assert names == {one.name for one in (root / "kinds").iterdir() if (one / "owed.py").exists()}
    others = [path for path in root.rglob("*.py") if "kinds" not in path.parts and "migrations" not in path.parts]
    told = [
        (path.name, node.value)
        for path in others
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in names
    ]
    assert told == []
