"""A city rehearsed: its rounds played from day to day, through the real planner, delivery, links and services.

Managers answer at once, late, wrongly, from the mail, through a substitute or a colleague, or never; people leave,
units merge, mails bounce, the server is down for days. What must never happen is looked for every day.
"""

import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.utils import parseaddr
from random import Random
from smtplib import SMTPRecipientsRefused
from typing import Any, ClassVar

import time_machine
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404
from django.test import Client

from notifications import ticking
from notifications.models import DAY, UNSENT, Obligation, Reminder
from tests import make
from toimenpiteet import access
from toimenpiteet.answers import Said
from toimenpiteet.calendar import HELSINKI, is_working_day, local_day
from toimenpiteet.models import Actor, Door, Membership, ReportingRound, StatusReport, Told, Unit, User
from toimenpiteet.models.reporting import SILENT
from toimenpiteet.round_days import Which
from toimenpiteet.selectors.plan import open_plans
from toimenpiteet.services import audited
from toimenpiteet.services.errors import DomainError
from toimenpiteet.services.rounds import answers, nudges, rounds, turning
from toimenpiteet.services.rounds.answers import Answer
from toimenpiteet.services.units import units as unit_services
from toimenpiteet.workflow import Role

from . import build
from .build import at

ONE_DAY = timedelta(days=1)
HABITS = ("at once", "late", "wrongly", "by mail", "by mail", "substitute", "colleague", "never")
_LINK = re.compile(r"http://localhost:8000(/vastaa/avain/[0-9a-f]{43}/)")
SAID = Answer(light="on_track", text="Edennyt suunnitellusti.")


class Postman(BaseEmailBackend):
    """A mail server that takes mails, but for the addresses that bounce."""

    taken: ClassVar[list[EmailMessage]] = []
    bouncing: ClassVar[set[str]] = set()

    def send_messages(self, email_messages: Any) -> int:
        """Take them, or refuse the first whose address bounces."""
        for message in email_messages:
            address = parseaddr(message.to[0])[1]
            if address in self.bouncing:
                raise SMTPRecipientsRefused({address: (550, b"5.1.1 no such user")})
            self.taken.append(message)
        return len(email_messages)


@dataclass
class Manager:
    """A manager: how they answer, and of which unit."""

    person: User
    unit: Unit
    habit: str
    helper: User | None = None


@dataclass
class Found:
    """What was seen while it was played."""

    mails: int = 0
    answers: int = 0
    by_link: int = 0
    days: int = 0
    silent: int = 0
    rounds: int = 0
    wrong: list[str] = field(default_factory=list)

    def burden(self, people: int) -> str:
        """Return the burden in one line."""
        per = self.mails / max(1, people * self.rounds)
        share = 100 * self.by_link / max(1, self.answers)
        return (
            f"{people} managers, {self.rounds} rounds, {self.days} days: {self.mails} mails, {per:.1f} a person and "
            f"round; {self.answers} answers, {share:.0f} % of them without signing in; {self.silent} stayed silent, "
            "and were told so each time"
        )


class Rehearsal:
    """One city and its clock."""

    def __init__(self, managers: int, seed: int, start: date) -> None:
        self.chance, self.found, self.today = Random(seed), Found(), start  # noqa: S311  # no secret
        Postman.taken, Postman.bouncing = [], set()
        self.city = make.World()
        make.change_user(self.city.manager, is_active=False)
        audited.change(self.city.strategy, make.stamp(), rounds_from=start)
        self.admin = make.official(self.city.municipality, Role.ADMIN)
        self.everyone = make.unit(self.city.municipality, "Palvelualueet", kind="group", email="")
        numbers = range(max(1, managers // 8))
        sectors = [make.unit(self.city.municipality, f"Toimiala {number}", kind="sector") for number in numbers]
        self.heads = [make.member(sector) for sector in sectors]
        self.managers = [self._manager(number, self.chance.choice(sectors)) for number in range(managers)]
        make.plan(make.action_item(self.city.goal, self.everyone, name_fi="Kaikkien yhteinen"), self.city.period)
        self.seen, self.returned = 0, set[int]()

    def _manager(self, number: int, sector: Unit) -> Manager:
        unit = make.unit(self.city.municipality, f"Yksikkö {number}", parent=sector, kind="service_area")
        person = make.member(unit, user=make.user(f"Maija {number}", password=None))
        for item in range(self.chance.randrange(1, 5)):
            of = make.action_item(self.city.goal, unit, name_fi=f"Toimenpide {number}/{item}")
            make.plan(of, self.city.period)
        if number % 3 == 0:
            make.group_member(self.everyone, unit)
        manager = Manager(person, unit, HABITS[number % len(HABITS)])
        if manager.habit in {"substitute", "colleague"}:
            manager.helper = make.official(self.city.municipality, Role.VIEWER)
        if manager.habit == "substitute":
            assert manager.helper is not None
            make.substitution(person, manager.helper, self.city.municipality)
        return manager

    # The clock

    def play(self, rounds_wanted: int, *, most_days: int) -> Found:
        """Play day by day until so many rounds are locked."""
        build.calendar(self.city.strategy, ("annual_report", 3, 31), ("budget", 9, 30))
        for entry in self.city.strategy.calendar.all():
            rule = {"review_ends": "+12 answers_due", "lock": "+2 review_ends"}.get(entry.which)
            if rule:
                audited.change(entry, make.stamp(), rule=rule)
        while self.found.rounds < rounds_wanted and self.found.days < most_days:
            self._day()
            self.today += ONE_DAY
            self.found.days += 1
        return self.found

    def _day(self) -> None:
        morning = at(self.today, 7)
        with time_machine.travel(morning, tick=False):
            rounds.make_ahead(morning, door=Door.TASK)
            turning.turn(morning, door=Door.TASK)
            asking = list(ReportingRound.objects.filter(status__in=("open", "in_review")).select_related("strategy"))
        if not asking and not Reminder.objects.filter(state__in=UNSENT).exists():
            return
        for hour in (9, 13):
            now = at(self.today, hour, 5)
            with time_machine.travel(now, tick=False):
                if not self._down(asking):
                    self._tick(now)
                if is_working_day(self.today):
                    self._people(asking, now, hour)
                if hour == 9:
                    self._nudge(asking, at(self.today, 11))
        self._direct(asking, at(self.today, 15))
        self._look(asking)

    def _down(self, asking: list[ReportingRound]) -> bool:
        """Tell whether the server is down: for four days around the third reminder of each second round."""
        return any(one.pk % 2 == 0 and 0 <= (one.due_on - self.today).days <= 4 for one in asking)

    def _tick(self, now: datetime) -> None:
        ticking.tick(now)
        new = Postman.taken[self.seen :]
        self.seen = len(Postman.taken)
        self.found.mails += len(new)

    # What people do

    def _people(self, asking: list[ReportingRound], now: datetime, hour: int) -> None:
        for asked in asking:
            day = (self.today - asked.opens_on).days
            for manager in self.managers:
                with suppress(DomainError, Http404):
                    self._answers(manager, asked, day, now, hour)
            if hour == 13 and day == 9 and asked.pk % 2:
                self._somebody_leaves(now)
            if hour == 13 and day == 16 and asked.pk % 3 == 0:
                self._units_merge(now)
            if hour == 9 and day == 3:
                Postman.bouncing = {self.chance.choice(self.managers).person.email}

    def _answers(self, manager: Manager, asked: ReportingRound, day: int, now: datetime, hour: int) -> None:
        late = self.today > asked.due_on
        match manager.habit:
            case "at once" | "wrongly" if day >= 1:
                self._sign_in_and_answer(manager.person, manager, asked, now)
            case "late" if late:
                self._sign_in_and_answer(manager.person, manager, asked, now)
            case "substitute" if day >= 5 and manager.helper:
                self._sign_in_and_answer(manager.helper, manager, asked, now)
            case "by mail" if hour == 13:
                self._answer_by_link(manager.person, asked)
            case "colleague" if hour == 13 and manager.helper:
                self._hand_on(manager, asked)
                self._answer_by_link(manager.helper, asked)

    def _open(self, of: Unit, asked: ReportingRound) -> list[StatusReport]:
        rows = StatusReport.objects.filter(SILENT, round=asked, plan__unit_links__unit=of).distinct()
        return list(rows.order_by("pk"))

    def _sign_in_and_answer(self, who: User, manager: Manager, asked: ReportingRound, now: datetime) -> None:
        scope, actor = access.scope_of(who, self.today), Actor.person(who, Door.PAGE)
        for row in self._open(manager.unit, asked):
            with suppress(DomainError, Http404):
                by = {"version": row.version, "scope": scope, "actor": actor, "now": now}
                answers.send(asked.pk, row.plan_id, SAID, **by)  # type: ignore[arg-type]  # by name
                self.found.answers += 1

    def _link_of(self, who: User, asked: ReportingRound) -> str:
        for message in reversed(Postman.taken[-4 * len(self.managers) :]):
            if parseaddr(message.to[0])[1] == who.email and asked.occasion in str(message.body):
                found = _LINK.findall(str(message.body))
                return str(found[0]) if found else ""
        return ""

    def _answer_by_link(self, who: User, asked: ReportingRound) -> None:
        link = self._link_of(who, asked)
        browser = Client()
        if not link or browser.get(link)["Location"] != "/vastaa/":
            return
        page = browser.get("/vastaa/")
        if page.status_code != 200:
            return
        rows = page.context["rows"]
        data: dict[str, Any] = {}
        for row in rows:
            if row.answer.state in {"silent", "returned"}:
                data |= {f"{row.name}-version": row.answer.version, f"{row.name}-choice": "update"}
                data[f"{row.name}-text"] = "Viestistä vastattu."
        if data:
            before = StatusReport.objects.exclude(said=Said.NOTHING.value).count()
            browser.post("/vastaa/", data)
            done = StatusReport.objects.exclude(said=Said.NOTHING.value).count() - before
            self.found.answers += done
            self.found.by_link += done

    def _hand_on(self, manager: Manager, asked: ReportingRound) -> None:
        link = self._link_of(manager.person, asked)
        rows = self._open(manager.unit, asked)
        browser = Client()
        held = manager.helper.grants_held if manager.helper else None
        if link and rows and held and not held.filter(plans__plan=rows[0].plan_id).exists():
            browser.get(link)
            browser.post(
                "/vastaa/kollegalle/",
                {
                    "plans": [row.plan_id for row in rows],
                    "holder": manager.helper.pk if manager.helper else 0,
                    "reason": "Vastaatko?",
                },
            )

    def _somebody_leaves(self, now: datetime) -> None:
        manager = self.chance.choice(self.managers)
        post = Membership.objects.filter(user=manager.person, unit=manager.unit, valid_until__isnull=True).first()
        if post is None:
            return
        audited.change(post, make.stamp(at=now), valid_until=self.today)
        if self.chance.random() < 0.5:
            manager.person = make.member(manager.unit, user=make.user("Seuraaja", password=None))
            manager.habit, manager.helper = "late", None
        else:
            manager.habit = "never"

    def _units_merge(self, now: datetime) -> None:
        one, into = self.chance.sample(self.managers, 2)
        scope = access.scope_of(self.admin, self.today)
        stamp = audited.stamp(Actor.person(self.admin, Door.PAGE), "Yhdistettiin", now)
        with suppress(DomainError, Http404):
            version = Unit.objects.get(pk=one.unit.pk).version
            by = {"version": version, "scope": scope, "stamp": stamp}
            unit_services.end(one.unit.pk, last_day=self.today, successors=[into.unit.pk], **by)  # type: ignore[arg-type]  # by name

    def _nudge(self, asking: list[ReportingRound], now: datetime) -> None:
        """Ask that units be reminded, on a day on which they have had their mail."""
        scope = access.scope_of(self.city.director, self.today)
        stamp = audited.stamp(Actor.person(self.city.director, Door.PAGE), "Muistutetaan", now)
        for asked in asking:
            if (self.today - asked.opens_on).days in {0, 20}:
                for manager in self.managers[::3]:
                    with suppress(DomainError, Http404):
                        nudges.nudge(manager.unit, asked, scope=scope, stamp=stamp)

    def _direct(self, asking: list[ReportingRound], now: datetime) -> None:
        """Give back what was answered wrongly, once; lock when its day has come."""
        director = self.city.director
        scope, actor = access.scope_of(director, self.today), Actor.person(director, Door.PAGE)
        wrong = [manager.unit.pk for manager in self.managers if manager.habit == "wrongly"]
        with time_machine.travel(now, tick=False):
            for asked in asking:
                rows = StatusReport.objects.filter(round=asked, said="updated", review="none")
                for row in rows.filter(plan__unit_links__unit__in=wrong).exclude(pk__in=self.returned).distinct():
                    self.returned.add(row.pk)
                    answers.give_back(row.pk, "Tarkenna.", version=row.version, scope=scope, actor=actor, now=now)
                day = asked.days.filter(which=Which.LOCK.value).first()
                if day and day.holds_on <= self.today and asked.status == "in_review":
                    self._lock(ReportingRound.objects.get(pk=asked.pk), scope, actor, now)

    def _lock(self, asked: ReportingRound, scope: Any, actor: Actor, now: datetime) -> None:
        self._check_round(asked)
        stamp = audited.stamp(actor, "Lukitaan", now)
        turning.lock(asked.pk, version=asked.version, scope=scope, stamp=stamp)
        self.found.rounds += 1

    # What must never happen

    def _look(self, asking: list[ReportingRound]) -> None:
        sent = Reminder.objects.filter(kind=DAY, state="sent", day__gte=self.today - ONE_DAY)
        count = Counter((row.address_id, local_day(row.sent_at)) for row in sent if row.sent_at)
        self.found.wrong += [f"{self.today}: two mails on a day to {key}" for key, times in count.items() if times > 1]
        early = [row.pk for row in sent if row.sent_at and not 8 <= row.sent_at.astimezone(HELSINKI).hour < 16]
        self.found.wrong += [f"{self.today}: outside mail hours: {pk}" for pk in early]
        lost = Obligation.objects.filter(outcome="planned").exclude(reminder__state__in=UNSENT)
        self.found.wrong += [f"{self.today}: hangs on nothing: {one.key}" for one in lost]
        for asked in asking:
            missing = open_plans.without_expected_answer(asked).count()
            if missing:
                self.found.wrong.append(f"{self.today}: {missing} plans were not asked about")

    def _check_round(self, asked: ReportingRound) -> None:
        """Each answer is given, or was given back; or it is missing aloud: whoever answers for it, or above, knew."""
        told = set(Told.objects.filter(round=asked, outcome="sent").values_list("unit_id", flat=True))
        tree = access.UnitTree.load([self.city.municipality.pk])
        covered = tree.covered(one for one in told if one)
        for row in StatusReport.objects.filter(SILENT, round=asked).select_related("plan"):
            self.found.silent += 1
            units = set(row.plan.unit_links.values_list("unit_id", flat=True))
            if not units & covered and not units & told:
                self.found.wrong.append(f"{asked}: nobody was told of plan {row.plan_id}, of units {sorted(units)}")
