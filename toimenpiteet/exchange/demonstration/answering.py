"""The demonstration's rounds: opened, answered, reviewed, locked and published as at their days; one is open now."""

import random
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from toimenpiteet import access
from toimenpiteet.answers import Light, Review
from toimenpiteet.calendar import HELSINKI, add_working_days, local_day
from toimenpiteet.exchange.demonstration import remarks
from toimenpiteet.exchange.demonstration.cast import CAST, MUNICIPALITIES
from toimenpiteet.models import Actor, Door, Municipality, ReportingRound, StatusReport, User
from toimenpiteet.round_days import Which
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Invalid
from toimenpiteet.services.rounds import answers, turning
from toimenpiteet.services.rounds.answers import Answer
from toimenpiteet.workflow import Role

_ANSWERED, _CALM, _REVIEWED = 0.82, 0.35, 0.9
_ANSWERED_SO_FAR = 0.45
_RETURNED = 2
_AGO = 6
"""Working days since the director opened the round that is open now."""


def answer_rounds(*, seed: int, now: datetime) -> int:
    """Play the rounds of the demonstration up to `now`, unless one has been opened; return how many answers came."""
    with override(settings.LANGUAGE_CODE), transaction.atomic():
        homes = Municipality.objects.filter(key__in=MUNICIPALITIES)
        # What comes by itself comes to every city at once: look before the first of them plays.
        if ReportingRound.objects.filter(strategy__municipality__in=homes).exclude(status="planned").exists():
            return 0
        return sum(_City(home, seed, now).play() for home in homes)


class _City:
    """The people of one municipality in its rounds."""

    def __init__(self, home: Municipality, seed: int, now: datetime) -> None:
        self.home, self.now, self.today = home, now, local_day(now)
        self.random = random.Random(f"{seed} {home.key} rounds")  # noqa: S311  # the same seed makes the same story
        people = {person.email: person for person in CAST if person.municipality == home.key}
        users = {user.email: user for user in User.objects.filter(email__in=people)}
        self.managers = [users[email] for email in users if people[email].role is Role.MANAGER]
        self.director = next((users[email] for email in users if people[email].role is Role.DIRECTOR), None)
        self.answered = 0

    def play(self) -> int:
        """Play every round that has come, then open the next one early."""
        rounds = ReportingRound.objects.filter(strategy__municipality=self.home)
        if self.director is None:
            return 0
        for asked in rounds.filter(due_on__lt=self.today).order_by("due_on", "pk"):
            self._past(asked)
        coming = rounds.filter(opens_on__gt=self.today).order_by("opens_on", "pk").first()
        if coming is not None:
            self._present(coming)
        return self.answered

    def _past(self, asked: ReportingRound) -> None:
        days = {Which(day.which): day.holds_on for day in asked.days.all()}
        turning.turn(_at(asked.opens_on, 8), door=Door.COMMAND)
        self._answer(asked, _ANSWERED, add_working_days(asked.due_on, -1), asked.due_on)
        turning.turn(_at(asked.due_on + timedelta(days=1), 0), door=Door.COMMAND)
        self._review(asked, days[Which.REVIEW_ENDS])
        for name, which, why in (("lock", Which.LOCK, remarks.LOCKED), ("publish", Which.BOARD, remarks.PUBLISHED)):
            if days[which] < self.today:
                self._move(asked, name, days[which], why)

    def _present(self, asked: ReportingRound) -> None:
        opened = add_working_days(self.today, -_AGO)
        self._move(asked, "open_round", opened, remarks.EARLY)
        self._answer(asked, _ANSWERED_SO_FAR, add_working_days(opened, 1), add_working_days(self.today, -1))
        for row in self._said(asked)[:_RETURNED]:
            words = self.random.choice(remarks.RETURNED)
            answers.give_back(row.pk, words, version=row.version, **self._as(self.director, self.today, 9))

    def _answer(self, asked: ReportingRound, share: float, first: date, last: date) -> None:
        for row in StatusReport.objects.filter(round=asked).select_related("plan").order_by("plan_id"):
            day = self.random.choice([first, last])
            scopes = [(manager, access.scope_of(manager, day)) for manager in self.managers]
            mine = [manager for manager, scope in scopes if access.may_answer(scope, row.plan, _at(day, 9))]
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
        answers.send(row.round_id, row.plan_id, self._words(), **by)

    def _words(self) -> Answer:
        chance = self.random.random()
        if chance < 0.65:
            return Answer(Light.ON_TRACK.value, self.random.choice(remarks.GREEN))
        light, told = (Light.AT_RISK, remarks.AMBER) if chance < 0.9 else (Light.OFF_TRACK, remarks.RED)
        return Answer(light.value, *self.random.choice(told))

    def _review(self, asked: ReportingRound, ends: date) -> None:
        day = min(add_working_days(ends, -2), self.today)
        for row in self._said(asked):
            if self.random.random() < _REVIEWED:
                answers.accept(row.pk, version=row.version, **self._as(self.director, day, 10))

    def _said(self, asked: ReportingRound) -> list[StatusReport]:
        rows = StatusReport.objects.filter(round=asked, review=Review.NONE).exclude(said="nothing")
        return list(rows.order_by("plan_id"))

    def _move(self, asked: ReportingRound, name: str, day: date, why: str) -> None:
        asked.refresh_from_db()
        by = self._as(self.director, day, 10)
        stamp = audited.stamp(by["actor"], why, by["now"])
        getattr(turning, name)(asked.pk, version=asked.version, scope=by["scope"], stamp=stamp)

    def _as(self, person: User | None, day: date, hour: int) -> Any:
        assert person is not None  # noqa: S101  # play looked
        at = min(_at(day, hour), self.now)
        return {"scope": access.scope_of(person, day), "actor": Actor.person(person, Door.PAGE), "now": at}


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), HELSINKI)
