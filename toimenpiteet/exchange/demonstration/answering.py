"""The demonstration's story, as at its days: work on plans, and rounds opened, answered, reviewed, locked, published.

The last round whose answers are in is in review, and the next one is open.
"""

import random
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from toimenpiteet.answers import Light, Review
from toimenpiteet.calendar import add_working_days, local_day
from toimenpiteet.exchange.demonstration import city, rare, remarks
from toimenpiteet.exchange.demonstration.assessing import assess_goals, follow_up
from toimenpiteet.exchange.demonstration.cast import MUNICIPALITIES
from toimenpiteet.exchange.demonstration.company import Company, acting, at
from toimenpiteet.exchange.demonstration.proposing import changes
from toimenpiteet.exchange.demonstration.staging import Result
from toimenpiteet.models import Door, Municipality, ReportingRound, StatusReport, Strategy, User
from toimenpiteet.round_days import Which
from toimenpiteet.selectors.history import standing
from toimenpiteet.selectors.rounds.evidence import Beside
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Invalid
from toimenpiteet.services.rounds import answers, evidence, reports, rounds, turning
from toimenpiteet.services.rounds.answers import Answer
from toimenpiteet.services.rounds.evidence import Given

Remind = Callable[[datetime], None]

_ANSWERED, _CALM, _REVIEWED = 0.82, 0.35, 0.9
_PROVED = 0.2
_REVIEWED_SO_FAR = 0.6
_ANSWERED_SO_FAR = 0.45
_RETURNED = 2
_REMINDED, _MORNINGS = 2, 22
"""Of how many past rounds reminders are in the log, from how many working days before their answers were due."""
_LASTING = timedelta(days=240)
"""From one round's answers to the next: how long the last one may stay in review."""
_MOVED = ((Which.COUNCIL, 30), (Which.BOARD, 15), (Which.AGENDA, 9), (Which.LOCK, 5))
_REMEMBERED = 330
"""Working days for which the board's decisions stand in the reports."""
_AGO = 6
"""Working days since the director opened the round that is open now."""


def play(result: Result, *, seed: int, now: datetime, remind: Remind) -> None:
    """Play the story up to `now`, unless anything has happened already; count it in `result`.

    `remind` sends the reminders of a morning: those before the days of answers of the last rounds.
    """
    with override(settings.LANGUAGE_CODE), transaction.atomic():
        there = {home.key: home for home in Municipality.objects.filter(key__in=MUNICIPALITIES)}
        # What comes by itself comes to every city at once: first the one that has plans, of which rounds ask.
        homes = [there[key] for key in MUNICIPALITIES if key in there]
        if any(standing.anything_moved(home) for home in homes):
            return
        for home in homes:
            company = Company(home, seed, now, result)
            if company.director is not None:
                result.answers += _City(company, company.director, seed, now, remind).play()
            company.until(now)


class _City:
    """The people of one municipality in its rounds."""

    def __init__(self, company: Company, director: User, seed: int, now: datetime, remind: Remind) -> None:
        self.home, self.now, self.today = company.home, now, local_day(now)
        self.company, self.remind = company, remind
        self.random = random.Random(f"{seed} {self.home.key} rounds")  # noqa: S311  # the same seed makes the same story
        self.director = director
        self.proofs = random.Random(f"{seed} {self.home.key} evidence")  # noqa: S311  # likewise, whatever else is in it
        self.answered = 0
        self.last: dict[int, str] = {}

    def play(self) -> int:
        """Play every round that has come, but leave the last in review; then open the next one early."""
        # A round of a strategy without plans would ask nobody.
        asking = Strategy.objects.filter(municipality=self.home, action_items__plans__isnull=False)
        own = ReportingRound.objects.filter(strategy__in=asking)
        past = list(own.filter(due_on__lt=self.today).order_by("due_on", "pk"))
        stays = past[-1:] if past and past[-1].due_on > self.today - _LASTING else []
        closed = past[: len(past) - len(stays)]
        lock = _days(closed[-1])[Which.LOCK] if closed else None
        self.company.plan_errands(changes(self.company, self.director, self.now, lock))
        for place, asked in enumerate(past, 1 - len(past)):
            self._gather(asked, reminded=place > -_REMINDED)
            if asked in stays:
                self._leave_in_review(asked)
            else:
                self._close(asked, last=asked == closed[-1])
        coming = own.filter(opens_on__gt=self.today).order_by("opens_on", "pk").first()
        if coming is not None:
            self._open(coming)
            rare.begin(coming, self.company)
        if closed:
            rare.let_answer_now(closed[-1], self.company, self.director)
        return self.answered

    def _gather(self, asked: ReportingRound, *, reminded: bool) -> None:
        """Open a round, answer in it, and end the time for answers."""
        self.company.until(at(asked.opens_on, 8))
        turning.turn(at(asked.opens_on, 8), door=Door.COMMAND)
        self.company.until(at(asked.due_on, 8))
        if reminded and asked.reports.exists():
            mornings = (add_working_days(asked.due_on, -before) for before in range(_MORNINGS, 1, -1))
            for day in mornings:
                if day >= asked.opens_on:
                    self.remind(at(day, 9))
        self._answer(asked, _ANSWERED, add_working_days(asked.due_on, -1), asked.due_on)
        turning.turn(at(asked.due_on + timedelta(days=1), 0), door=Door.COMMAND)

    def _close(self, asked: ReportingRound, *, last: bool) -> None:
        """Review, lock and publish a round; the `last` one shows what is rare."""
        days = _days(asked)
        if last:
            rare.answer_otherwise(asked, self.company, add_working_days(asked.due_on, 1))
            rare.leave_returned(asked, self.director, min(add_working_days(days[Which.REVIEW_ENDS], -2), self.today))
        self._review(asked, days[Which.REVIEW_ENDS], _REVIEWED)
        self._assess(asked, days[Which.REVIEW_ENDS], whole=True)
        city.measure(asked, self._as(self.director, days[Which.REVIEW_ENDS], 13))
        for name, which, why in (("lock", Which.LOCK, remarks.LOCKED), ("publish", Which.BOARD, remarks.PUBLISHED)):
            if days[which] < self.today:
                self.company.until(at(days[which], 10))
                self._move(asked, name, days[which], why)
                if last and which is Which.LOCK:
                    rare.correct(asked, self.company, self.director, days[which])
        if add_working_days(self.today, -_REMEMBERED) < days[Which.BOARD] < self.today:
            self._decide(asked, days[Which.BOARD])

    def _decide(self, asked: ReportingRound, day: date) -> None:
        """Tell what the board decided of the report, which makes its second version."""
        by = self._as(self.director, day, 15)
        stamp = audited.stamp(by["actor"], remarks.DECIDED, by["now"])
        section = str(self.random.randint(80, 260))
        given = reports.Given(remarks.REGISTER % {"year": day.year}, remarks.BOARD, day, section)
        reports.add_version(asked.pk, given, seen=1, scope=by["scope"], stamp=stamp)
        follow_up(asked, day, section, by)

    def _leave_in_review(self, asked: ReportingRound) -> None:
        """Review some of the answers; where the lock should have come, the meeting was moved."""
        reviewed = min(self.today, asked.due_on + timedelta(days=7))
        self._review(asked, reviewed, _REVIEWED_SO_FAR)
        self._assess(asked, reviewed, whole=False)
        for which, ahead in _MOVED:
            day = add_working_days(self.today, ahead)
            row = asked.days.filter(which=which, holds_on__lt=day).first()
            if row is not None:
                by = self._as(self.director, add_working_days(asked.due_on, 3), 9)
                stamp = audited.stamp(by["actor"], remarks.MOVED, by["now"])
                rounds.move_day(row.pk, day, version=row.version, scope=by["scope"], stamp=stamp)

    def _open(self, asked: ReportingRound) -> None:
        """Open a round before its day, and answer in it so far."""
        opened = add_working_days(self.today, -_AGO)
        self._move(asked, "open_round", opened, remarks.EARLY)
        self._answer(asked, _ANSWERED_SO_FAR, add_working_days(opened, 1), add_working_days(self.today, -1))
        for row in self._said(asked)[:_RETURNED]:
            words = self.random.choice(remarks.RETURNED)
            answers.give_back(row.pk, words, version=row.version, **self._as(self.director, self.today, 9))

    def _answer(self, asked: ReportingRound, share: float, first: date, last: date) -> None:
        for row in StatusReport.objects.filter(round=asked).select_related("plan").order_by("plan_id"):
            day = self.random.choice([first, last])
            mine = self.company.managers_of(row.plan)
            if mine and self.random.random() < share:
                self._say(row, self.random.choice(mine), day)

    def _say(self, row: StatusReport, manager: User, day: date) -> None:
        by = self._as(manager, day, self.random.randint(9, 14)) | {"version": row.version}
        self.answered += 1
        if self.random.random() < _CALM:
            try:
                answers.send_unchanged(row.round_id, row.plan_id, **by)
            except Invalid:
                pass
            else:
                return
        # Whoever writes has something new to say.
        words = next(new for new in iter(lambda: self._words(day), None) if new.text != self.last.get(row.plan_id))
        answers.send(row.round_id, row.plan_id, words, **by)
        self.last[row.plan_id] = words.text
        by.pop("version")
        if self.proofs.random() < _PROVED:
            evidence.add(Beside(row.round_id, row.plan_id), self._proof(), **by)

    def _proof(self) -> Given:
        if self.proofs.random() < 0.5:
            name, url, public = self.proofs.choice(remarks.LINKS)
            return Given(name, url, public)
        name, file, text, public = self.proofs.choice(remarks.FILES)
        return Given(name, public=public, file_name=file, data=text.encode())

    def _words(self, day: date) -> Answer:
        chance = self.random.random()
        if chance < 0.62:
            return Answer(Light.ON_TRACK.value, self.random.choice(remarks.GREEN))
        if chance < 0.68:
            return rare.unassessed(*self.random.choice(remarks.UNKNOWN), day)
        light, told = (Light.AT_RISK, remarks.AMBER) if chance < 0.9 else (Light.OFF_TRACK, remarks.RED)
        return Answer(light.value, *self.random.choice(told))

    def _review(self, asked: ReportingRound, ends: date, share: float) -> None:
        day = min(add_working_days(ends, -2), self.today)
        for row in self._said(asked):
            if self.random.random() < share:
                answers.accept(row.pk, version=row.version, **self._as(self.director, day, 10))

    def _assess(self, asked: ReportingRound, day: date, *, whole: bool) -> None:
        """Let the director say what becomes of the goals: of all, or of the first ones so far."""
        assess_goals(asked, self._as(self.director, min(day, self.today), 14), self.proofs, whole=whole)

    def _said(self, asked: ReportingRound) -> list[StatusReport]:
        rows = StatusReport.objects.filter(round=asked, review=Review.NONE).exclude(said="nothing")
        return list(rows.order_by("plan_id"))

    def _move(self, asked: ReportingRound, name: str, day: date, why: str) -> None:
        asked.refresh_from_db()
        by = self._as(self.director, day, 10)
        stamp = audited.stamp(by["actor"], why, by["now"])
        getattr(turning, name)(asked.pk, version=asked.version, scope=by["scope"], stamp=stamp)

    def _as(self, person: User, day: date, hour: int) -> Any:
        return acting(person, min(at(day, hour), self.now))


def _days(asked: ReportingRound) -> dict[Which, date]:
    return {Which(day.which): day.holds_on for day in asked.days.all()}
