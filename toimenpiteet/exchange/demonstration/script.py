"""Who does what and when in the demonstration: pure, and the same for the same seed and moment.

Each plan gets an outcome. What is over was closed when its period was; the acts of the others are spread over the time
before `now`. All of them fall on working days between eight and four.
"""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import Enum

from toimenpiteet.calendar import is_working_day, local_day, start_of_day
from toimenpiteet.exchange.demonstration import remarks

BEGAN = date(2020, 1, 2)
"""When the story begins: the plans of 2020 are loaded, the people come."""
DAYS = 548
"""How long before `now` most happens to the open plans: a year and a half."""
_CLOSED_BY = date(2021, 2, 15)
_GOES_ON_FROM = date(2021, 3, 1)
"""When the first of the open plans were begun; the others one after the other until the last year and a half."""


class Outcome(Enum):
    """What a plan comes to."""

    UNTOUCHED = "untouched"
    GOING_ON = "going on"
    ON_HOLD = "on hold"
    AWAITING = "awaiting approval"
    SENT_BACK = "sent back"
    COMPLETED = "completed"
    CARRIED_OVER = "carried over"
    DISCONTINUED = "discontinued"
    REOPENED = "reopened"


# Hundredths of the plans whose period is over, and of the others. Two or three of the first are still open, and late.
PAST = {
    Outcome.COMPLETED: 58,
    Outcome.CARRIED_OVER: 32,
    Outcome.DISCONTINUED: 5,
    Outcome.GOING_ON: 3,
    Outcome.AWAITING: 2,
}
CURRENT = {
    Outcome.GOING_ON: 59,
    Outcome.UNTOUCHED: 14,
    Outcome.ON_HOLD: 8,
    Outcome.AWAITING: 6,
    Outcome.SENT_BACK: 5,
    Outcome.COMPLETED: 5,
    Outcome.REOPENED: 3,
}
_CLOSING = {Outcome.COMPLETED, Outcome.CARRIED_OVER, Outcome.DISCONTINUED}
_ONE_IN_FOUR, _ONE_IN_FIVE = 0.25, 0.2
# Without a manager nobody may propose completion: the director closes or carries on.
_NEEDS_MANAGER = {Outcome.COMPLETED, Outcome.AWAITING, Outcome.SENT_BACK, Outcome.REOPENED}


@dataclass(frozen=True)
class Facts:
    """What the script knows of a plan; people are addresses, steps are keys with due days, `goal` is its item's.

    `leads` are the managers of the lead unit, `managers` the others who may act on the plan, `helpers` contributors.
    """

    name: str
    past: bool
    has_later: bool
    director: str
    goal: str = ""
    leads: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    helpers: tuple[str, ...] = ()
    steps: tuple[tuple[str, date | None], ...] = ()


@dataclass(frozen=True, order=True)
class Act:
    """One thing that a person does: a move, a ticked step (`step`), or a comment (both empty)."""

    at: datetime
    plan: str
    who: str = field(compare=False)
    move: str = field(default="", compare=False)
    step: str = field(default="", compare=False)
    comment: str = field(default="", compare=False)


def acts(plans: Sequence[Facts], *, seed: int, now: datetime) -> list[Act]:
    """Return everything that happens before `now` (aware), in order."""
    chosen = outcomes(plans, seed)
    lately = Times(local_day(now) - timedelta(days=DAYS), now)
    then = Times(BEGAN, min(now, start_of_day(_CLOSED_BY)))
    before = Times(_GOES_ON_FROM, start_of_day(local_day(now) - timedelta(days=DAYS)))
    found: list[Act] = []
    for plan in plans:
        outcome = chosen[plan.name]
        over = plan.past and outcome in _CLOSING
        early = before if before.days and not plan.past else None
        found += _Story(plan, outcome, then if over else lately, seed, early).acts()
    return sorted(found)


def outcomes(plans: Sequence[Facts], seed: int) -> dict[str, Outcome]:
    """Return the outcome of each plan by name, in the proportions of PAST and CURRENT."""
    found: dict[str, Outcome] = {}
    for past, shares in ((True, PAST), (False, CURRENT)):
        own = sorted((plan for plan in plans if plan.past is past), key=lambda plan: plan.name)
        deck = _deck(len(own), shares)
        _random(f"{seed}/{past}").shuffle(deck)
        found |= {plan.name: _possible(plan, outcome) for plan, outcome in zip(own, deck, strict=True)}
    return found


def lineages(plans: Sequence[Facts], chosen: Mapping[str, Outcome]) -> dict[str, tuple[str, ...]]:
    """Return where plans go on otherwise than in their own items, as the names of plans of these items.

    Of the first two goals of which two plans are carried over: the first plan of one is merged with the second, that of
    the other is split between its own item and the second's.
    """
    by_goal: dict[str, list[str]] = defaultdict(list)
    for plan in sorted(plans, key=lambda plan: plan.name):
        if plan.past and chosen[plan.name] is Outcome.CARRIED_OVER:
            by_goal[plan.goal].append(plan.name)
    pairs = [names[:2] for names in by_goal.values() if len(names) > 1]
    merged = {one: (other,) for one, other in pairs[:1]}
    return merged | {one: (one, other) for one, other in pairs[1:2]}


def _deck(size: int, shares: dict[Outcome, int]) -> list[Outcome]:
    """Return `size` outcomes in the proportions of `shares`, the rarest last to be left out."""
    exact = {outcome: size * share / 100 for outcome, share in shares.items()}
    deck = [outcome for outcome, number in exact.items() for _ in range(int(number))]
    rests = sorted(exact, key=lambda outcome: exact[outcome] - int(exact[outcome]), reverse=True)
    return deck + rests[: size - len(deck)]


def _possible(plan: Facts, outcome: Outcome) -> Outcome:
    if (outcome in _NEEDS_MANAGER and not plan.leads + plan.managers) or (
        outcome is Outcome.CARRIED_OVER and not plan.has_later
    ):
        return Outcome.CARRIED_OVER if plan.past and plan.has_later else Outcome.GOING_ON
    return outcome


def _random(seed: str) -> random.Random:
    return random.Random(seed)  # noqa: S311  # the same again for the same seed is what is wanted


class Times:
    """The working hours from a day to an instant, addressed by fractions: 0 is their beginning, 1 is their end."""

    def __init__(self, first: date, end: datetime) -> None:
        self.end = end
        days = (first + timedelta(days=i) for i in range((local_day(end) - first).days))
        self.days = [day for day in days if is_working_day(day) and not _on_holiday(day)]

    def at(self, fraction: float, minute: int) -> datetime:
        """Return an instant of a working day, `minute` minutes after eight in Helsinki."""
        day = self.days[min(int(fraction * len(self.days)), len(self.days) - 1)]
        return start_of_day(day) + timedelta(hours=8, minutes=minute)


_MIDSUMMER_TO_AUGUST = ((6, 26), (7, 31))
_CHRISTMAS = (12, 22)
_NEW_YEAR = (1, 5)


def _on_holiday(day: date) -> bool:
    at = (day.month, day.day)
    return _MIDSUMMER_TO_AUGUST[0] <= at <= _MIDSUMMER_TO_AUGUST[1] or at >= _CHRISTMAS or at <= _NEW_YEAR


@dataclass(frozen=True)
class _Moment:
    """An act before it has an instant: when, as a fraction of the whole time."""

    fraction: float
    who: str
    move: str = ""
    step: str = ""
    comment: str = ""


class _Story:
    """What happens to one plan."""

    def __init__(self, plan: Facts, outcome: Outcome, times: Times, seed: int, early: Times | None) -> None:
        self.plan = plan
        self.outcome = outcome
        self.times, self.early = times, early
        self.early_random = _random(f"{seed}/{plan.name}/early")
        self.random = _random(f"{seed}/{plan.name}")
        self.owner = self.random.choice(plan.leads or plan.managers or (plan.director,))

    def acts(self) -> list[Act]:
        """Return the acts in order, every one later than the one before it."""
        if self.outcome is Outcome.UNTOUCHED:
            return []
        start, end = self._span()
        middle = [*self._ticks(start, end), *self._comments(start, end), *self._pause(start, end)]
        middle.sort(key=lambda moment: moment.fraction)
        begin = _Moment(start, self.owner, move="start")
        if self.early is None:
            return list(self._dated(self.times, [begin, *middle, *self._ending(end)]))
        earlier = self._earlier(begin, [moment for moment in middle if moment.step])
        done = {moment.step for moment in earlier if moment.step}
        later = [moment for moment in middle if not moment.step or moment.step not in done]
        return [*self._dated(self.early, earlier), *self._dated(self.times, [*later, *self._ending(end)])]

    def _earlier(self, begin: _Moment, ticks: list[_Moment]) -> list[_Moment]:
        """Return the beginning and the first steps, in the years before the last."""
        start = self.early_random.uniform(0.0, 0.8)
        some = ticks[: int(len(ticks) * self.early_random.uniform(0.2, 0.7))]
        fractions = sorted(self.early_random.uniform(start, 1.0) for _tick in some)
        steps = [replace(tick, fraction=at) for tick, at in zip(some, fractions, strict=True)]
        return [replace(begin, fraction=start), *steps]

    def _dated(self, times: Times, moments: Iterable[_Moment]) -> Iterable[Act]:
        before: datetime | None = None
        for moment in moments:
            at = times.at(moment.fraction, self.random.randrange(7 * 60))
            if before and at <= before:
                at = before + timedelta(minutes=self.random.randrange(1, 6))
            if at < times.end:
                yield Act(at, self.plan.name, moment.who, moment.move, moment.step, moment.comment)
            before = at

    def _span(self) -> tuple[float, float]:
        """Return when the work begins and when its last chapter does."""
        start = self.random.uniform(0.0, 0.08 if self.plan.past else 0.3)
        ends = {
            Outcome.GOING_ON: (0.9, 0.99),
            Outcome.AWAITING: (0.94, 0.99),
            Outcome.SENT_BACK: (0.8, 0.95),
            Outcome.ON_HOLD: (0.5, 0.9),
            Outcome.CARRIED_OVER: (0.88, 0.97),
        }
        low, high = ends.get(self.outcome, (0.4, 0.9) if self.plan.past else (0.5, 0.75))
        return start, max(self.random.uniform(low, high), start + 0.02)

    def _ticks(self, start: float, end: float) -> list[_Moment]:
        today = local_day(self.times.end)
        share = self._share_done()
        done = [
            key
            for key, due in self.plan.steps
            if self.random.random() < (max(share, 0.8) if due and due < today else share)
        ]
        # In the order of the plan, as work mostly goes.
        fractions = sorted(self.random.uniform(start, end) for _step in done)
        hands = (*self.plan.helpers, self.owner)
        return [
            _Moment(fraction, self.random.choice(hands), step=key)
            for fraction, key in zip(fractions, done, strict=True)
        ]

    def _pause(self, start: float, end: float) -> list[_Moment]:
        """Return a pause that is over, for some of the plans that go on."""
        if self.outcome is not Outcome.GOING_ON or self.random.random() > _ONE_IN_FIVE:
            return []
        length = (end - start) / 4
        begins = self.random.uniform(start + length, end - length)
        why = self.random.choice(remarks.PAUSE)
        return [
            _Moment(begins, self.owner, "pause", comment=why),
            _Moment(begins + length / 2, self.owner, "resume"),
        ]

    def _share_done(self) -> float:
        if self.outcome in {Outcome.COMPLETED, Outcome.AWAITING, Outcome.REOPENED}:
            return 1.0
        if self.outcome in {Outcome.CARRIED_OVER, Outcome.DISCONTINUED, Outcome.ON_HOLD}:
            return 0.4
        return 0.7 if self.plan.past or self.outcome is Outcome.SENT_BACK else 0.45

    def _comments(self, start: float, end: float) -> list[_Moment]:
        number = self.random.choice((0, 1, 1, 2) if self.plan.past else (1, 2, 2, 3))
        texts = self.random.sample(remarks.PROGRESS, number)
        others = self.random.sample(self.plan.managers, min(2, len(self.plan.managers)))
        people = (self.owner, *others, *self.plan.helpers)
        found = [_Moment(self.random.uniform(start, end), self.random.choice(people), comment=text) for text in texts]
        if self.random.random() < _ONE_IN_FIVE:
            remark = self.random.choice(remarks.DIRECTOR)
            found.append(_Moment(self.random.uniform(start, end), self.plan.director, comment=remark))
        return found

    def _ending(self, at: float) -> list[_Moment]:
        director, say = self.plan.director, self.random.choice
        propose = _Moment(at, self.owner, "propose_completion", comment=say(remarks.PROPOSE))
        back = _Moment(at + 0.015, director, "send_back", comment=say(remarks.SEND_BACK))
        approve = _Moment(at + 0.03, director, "approve", comment=say(remarks.APPROVE))
        again = _Moment(at + 0.05, self.owner, "propose_completion", comment=say(remarks.PROPOSE_AGAIN))
        slowly = [propose, back, again, _Moment(at + 0.07, director, "approve", comment=approve.comment)]
        endings = {
            Outcome.AWAITING: [propose],
            Outcome.SENT_BACK: [propose, back],
            Outcome.COMPLETED: slowly if self.random.random() < _ONE_IN_FOUR else [propose, approve],
            Outcome.REOPENED: [propose, approve, _Moment(at + 0.2, director, "reopen", comment=say(remarks.REOPEN))],
            Outcome.ON_HOLD: [_Moment(at, self.owner, "pause", comment=say(remarks.PAUSE))],
            Outcome.CARRIED_OVER: [_Moment(at, director, "carry_over", comment=say(remarks.CARRY_OVER))],
            Outcome.DISCONTINUED: [_Moment(at, director, "discontinue", comment=say(remarks.DISCONTINUE))],
        }
        return endings.get(self.outcome, [])
