"""Ten years in the life of the invented city's action items, from a seed: made, moved, ticked, answered, ended.

Each item gets as many history rows as were asked for: first what must have happened for it to stand where it stands,
then the answers of the reporting rounds, newest first, then small changes and comments.
"""

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from bench.city import words
from bench.city.ledger import Act, Ledger, Life, Who, instant
from bench.city.structure import REASON, City, Period, Round
from toimenpiteet.answers import EXPLAINED, Light, Review, Said
from toimenpiteet.calendar import Precision
from toimenpiteet.exchange.demonstration import remarks
from toimenpiteet.models import (
    ActionItem,
    Comment,
    DateKind,
    LinkedGoal,
    PeriodPlan,
    PlanBudgetLine,
    PlanProject,
    PlanUnit,
    StatusChange,
    StatusReport,
    Step,
)
from toimenpiteet.selectors.plan import deadlines
from toimenpiteet.workflow import BY_NAME, CLOSED, INITIAL, Role, Status

DAY = 24 * 60 * 60
_SMALL_CHANGES = (("step", 45), ("plan", 30), ("comment", 25))
# Which periods an item has a plan in, by number, and how many of a hundred items.
_PERIODS = (((0,), 12), ((1,), 18), ((2,), 30), ((0, 1), 15), ((1, 2), 25))
# What a plan comes to, as moves; of a hundred plans whose period is over, and of the others.
_PROPOSED = ("start", "propose_completion")
_COMPLETED = (*_PROPOSED, "approve")
_DISCONTINUED = ("start", "discontinue")
_CARRIED = ("start", "carry_over")
_PAST: tuple[tuple[tuple[str, ...], int], ...] = (
    (_COMPLETED, 62),
    ((*_PROPOSED, "send_back", "propose_completion", "approve"), 10),
    (_CARRIED, 12),
    (("start",), 6),
    (_PROPOSED, 3),
    (("start", "pause"), 2),
    ((), 2),
    (_DISCONTINUED, 2),
    (("discontinue",), 1),
)
_CURRENT: tuple[tuple[tuple[str, ...], int], ...] = (
    (("start",), 60),
    ((), 17),
    (("start", "pause"), 8),
    (_PROPOSED, 6),
    (_COMPLETED, 8),
    (_DISCONTINUED, 1),
)
_COMMENTS = {
    "pause": remarks.PAUSE,
    "propose_completion": remarks.PROPOSE,
    "send_back": remarks.SEND_BACK,
    "discontinue": remarks.DISCONTINUE,
    "carry_over": remarks.CARRY_OVER,
    "approve": remarks.APPROVE,
}
_MOST_PAUSES = 2
_MANY_ROWS = 50


class Event(NamedTuple):
    """Something that happens to a plan at a time; `rows` is how many history rows it leaves."""

    at: int
    rows: int
    happen: Callable[[int], None]


class PlanStory:
    """One plan: its fate, and everything that belongs to it."""

    def __init__(self, teller: "Teller", item: Life, lead: int, period: Period, *, later: bool) -> None:
        self.teller, self.chance, self.city, self.ledger = teller, teller.chance, teller.city, teller.ledger
        self.item, self.lead, self.period = item, lead, period
        now = self.city.now
        self.begins = min(period.begins, now - 30 * DAY)
        self.ends = min(period.ends + 45 * DAY, now - DAY)
        self.moves = self._moves(over=period.ends < now, later=later)
        self.closed = bool(self.moves) and BY_NAME[self.moves[-1]].target in CLOSED
        self.events: list[Event] = []
        self.plan = self._made()
        self.units = self._units()
        self.steps = [self._step(number) for number in range(self.chance.randint(3, 6))]
        self._planned()

    @property
    def rows_to_come(self) -> int:
        """Return how many history rows what is still to happen will leave."""
        return sum(event.rows for event in self.events)

    # What is there from the beginning

    def _made(self) -> Life:
        due, precision = self._due()
        return self.teller.begin(
            PeriodPlan,
            self.begins - 20 * DAY,
            municipality_id=self.city.municipality,
            item_id=self.item.pk,
            period_id=self.period.pk,
            key=self.period.key,
            order=self.period.first,
            text_fi=self.teller.text(self.chance.randint(2, 5)),
            due_on=due,
            due_precision=precision,
            status=INITIAL.value,
            next_deadline_on=None,
        )

    def _due(self) -> tuple[date | None, str]:
        year, month = self.chance.randint(self.period.first, self.period.last), self.chance.randint(1, 12)
        match self.chance.randrange(5):
            case 0:
                return date(year, month, self.chance.randint(1, 28)), Precision.DAY.value
            case 1:
                return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1), Precision.MONTH.value
            case 2:
                return date(year, 12, 31), Precision.YEAR_END.value
            case _:
                return None, ""

    def _units(self) -> list[int]:
        units = [self.lead]
        while len(units) < 3 and self.chance.random() < 0.4:
            units.append(self.chance.choice(self.city.units))
        if self.chance.random() < 0.04:
            units.append(self.chance.choice(self.city.groups))
        units = list(dict.fromkeys(units))
        self._linked(PlanUnit, "unit_id", units)
        return units

    def _linked(self, model: Any, column: str, keys: list[int]) -> None:
        for order, key in enumerate(keys):
            self.teller.begin(model, self.plan.last, plan_id=self.plan.pk, order=order, **{column: key})

    def _step(self, number: int) -> Life:
        due, precision = (None, "") if self.chance.random() < 0.6 else self._due()
        return self.teller.begin(
            Step,
            self.plan.last,
            plan_id=self.plan.pk,
            key=f"osatoimi-{number + 1}",
            order=number,
            text_fi=f"{self.chance.choice(words.STEPS)}: {self.chance.choice(words.SENTENCES)}",
            due_on=due,
            due_precision=precision if due else "",
            date_kind=DateKind.DUE.value if due else "",
            unit_id=self.chance.choice(self.units) if self.chance.random() < 0.2 else None,
        )

    # What must have happened

    def _moves(self, *, over: bool, later: bool) -> list[str]:
        moves = list(_chosen(self.chance, _PAST if over else _CURRENT))
        if moves[-1:] == ["carry_over"] and not later:
            moves = list(_COMPLETED)
        if moves[:1] == ["start"] and self.teller.target >= _MANY_ROWS:
            moves[1:1] = ["pause", "resume"] * self.chance.randint(0, _MOST_PAUSES)
        return moves

    def _planned(self) -> None:
        if self.chance.random() < 0.3:
            self._linked(PlanProject, "project_id", [self.chance.choice(self.city.projects)])
        if self.chance.random() < 0.1:
            self._linked(PlanBudgetLine, "budget_line_id", [self.chance.choice(self.city.budget_lines)])
        times = sorted(self.chance.randint(self.begins, self.ends) for _ in self.moves)
        self.active_until = times[-1] if self.closed else self.ends
        for at, name in zip(times, self.moves, strict=True):
            self.events.append(Event(at, 1, self._move(name)))
        for step in self.steps:
            if self.chance.random() < self._likely(step):
                self.events.append(Event(self._some_time(), 1, self._tick(step)))

    def _likely(self, step: Life) -> float:
        """Return how likely the step is done by now."""
        if not self.moves:
            return 0.0
        if BY_NAME[self.moves[-1]].target in {Status.COMPLETED, Status.AWAITING_APPROVAL}:
            return 1.0
        due = step.values["due_on"]
        return 0.9 if due and due < instant(self.city.now).date() else 0.3

    def _some_time(self) -> int:
        return self.chance.randint(self.begins, max(self.begins, self.active_until - 60))

    def _move(self, name: str) -> Callable[[int], None]:
        move = BY_NAME[name]
        directing = name in {"approve", "send_back", "discontinue", "carry_over"}

        def happen(at: int) -> None:
            who, role = (self.city.director, Role.DIRECTOR) if directing else (self._manager(), Role.MANAGER)
            comment = self.chance.choice(_COMMENTS.get(name, ("",)))
            before = self.plan.values["status"]
            act = Act(at, who, comment or "Tila siirretty", acted_as=role.value)
            self.plan.change(act, status=move.target.value)
            self.ledger.add(
                StatusChange,
                plan_id=self.plan.pk,
                move=name,
                from_status=before,
                to_status=move.target.value,
                comment=comment,
                at=instant(self.plan.last),
                actor_id=who.pk,
                actor_name_id=who.name,
                door="page",
                units=", ".join(self.city.names[unit] for unit in self.units),
                plan_version=self.plan.values["version"],
            )

        return happen

    def _manager(self) -> Who:
        return self.city.managers[self.lead]

    def _act(self, at: int, reason: str) -> Act:
        return Act(at, self._manager(), reason, acted_as=Role.MANAGER.value)

    def _tick(self, step: Life) -> Callable[[int], None]:
        def happen(at: int) -> None:
            step.change(self._act(at, "Osatoimi tehty"), done=True, done_on=instant(at).date())

        return happen

    # What else happens

    def answer(self, asked: Round) -> bool:
        """Let the plan be asked in a round, if it was in force then; a late answer is a silent one."""
        until = self.active_until if self.closed else self.city.now
        if not (self.period.first <= asked.year <= self.period.last and self.begins <= asked.opens < until):
            return False
        silent = self.chance.random() < (0.6 if asked.pk == self.city.asking else 0.02)
        answered = self.chance.randint(asked.opens, min(asked.due, self.city.now))
        self.events.append(Event(asked.opens, 1 if silent else 2, self._report(asked, None if silent else answered)))
        return True

    def _report(self, asked: Round, answered: int | None) -> Callable[[int], None]:
        def happen(at: int) -> None:
            report = self.teller.begin(StatusReport, at, round_id=asked.pk, plan_id=self.plan.pk)
            if answered is not None:
                report.change(self._act(answered, "Tilannekatsaus annettu"), **self._answered(answered))

        return happen

    def _answered(self, at: int) -> dict[str, Any]:
        said = self.chance.choice((Said.UNCHANGED, Said.UPDATED))
        review = self.chance.choice((Review.NONE, Review.NONE, Review.ACCEPTED))
        light = Light.ON_TRACK if self.chance.random() < 0.8 else Light.AT_RISK
        values: dict[str, Any] = {"said": said.value, "review": review.value, "light": light.value}
        values["answered_at"] = instant(at)
        if light in EXPLAINED:
            values |= {"cause": self.chance.choice(words.CAUSES), "next_step": self.chance.choice(words.NEXT_STEPS)}
        if said is Said.UPDATED:
            values["text"] = self.chance.choice(remarks.PROGRESS)
        return values

    def small_change(self) -> None:
        """Let somebody change a text or write a comment, one history row each."""
        happen = {"step": self._reword_step, "plan": self._reword, "comment": self._comment}
        self.events.append(Event(self._some_time(), 1, happen[_chosen(self.chance, _SMALL_CHANGES)]))

    def _reword_step(self, at: int) -> None:
        text = f"{self.chance.choice(words.STEPS)}: {self.chance.choice(words.SENTENCES)}"
        self.chance.choice(self.steps).change(self._act(at, "Osatoimen tekstiä täsmennetty"), text_fi=text)

    def _reword(self, at: int) -> None:
        text = self.teller.text(self.chance.randint(2, 5))
        self.plan.change(self._act(at, "Suunnitelman tekstiä täsmennetty"), text_fi=text)

    def _comment(self, at: int) -> None:
        who = self._manager()
        self.ledger.begin(
            Comment,
            self._act(at, "Kommentoitu"),
            plan_id=self.plan.pk,
            text=self.chance.choice(remarks.PROGRESS),
            at=instant(at),
            author_id=who.pk,
            author_name_id=who.name,
        )

    def tell(self) -> None:
        """Let everything happen, in the order of time; then derive the deadline and the last sign."""
        for event in sorted(self.events, key=lambda event: event.at):
            event.happen(event.at)
        steps = [step.values["due_on"] for step in self.steps if step.values["due_on"] and not step.values["done"]]
        stated = deadlines.stated(self.plan.values["due_on"], self.period.last)
        # Derived, so neither history nor version moves.
        self.plan.values["next_deadline_on"] = deadlines.earliest_of(stated, steps, shift=True)
        last = self.ledger.last_signs.pop(self.plan.pk, None)
        self.plan.values["last_sign_at"] = None if last is None else instant(last)


class Teller:
    """Tells the story of every action item."""

    def __init__(self, city: City, ledger: Ledger, seed: int, target: int) -> None:
        self.city, self.ledger, self.target = city, ledger, target
        self.chance = random.Random(seed)  # noqa: S311  # the same story for the same seed
        self.newest_first = sorted(city.rounds, key=lambda one: one.opens, reverse=True)

    def begin(self, model: Any, at: int, **values: Any) -> Life:
        """Make an object as the loader of the strategy does."""
        return self.ledger.begin(model, Act(at, self.city.builder, REASON, "import"), **values)

    def text(self, sentences: int) -> str:
        """Return some sentences."""
        return " ".join(self.chance.choices(words.SENTENCES, k=sentences))

    def item(self, number: int, of: int) -> None:
        """Tell the story of the action item `number` of `of`."""
        periods = [self.city.periods[at] for at in _chosen(self.chance, _PERIODS)]
        lead = self.chance.choice(self.city.units)
        before = self.ledger.waiting
        item = self._item(number, of, lead, periods[0])
        plans = [PlanStory(self, item, lead, period, later=period is not periods[-1]) for period in periods]
        left = self.target - (self.ledger.waiting - before) - sum(plan.rows_to_come for plan in plans)
        for asked in self.newest_first:
            for plan in plans:
                # The round that asks now asks about all.
                wanted = left > 1 or asked.pk == self.city.asking
                left -= plan.events[-1].rows if wanted and plan.answer(asked) else 0
        for _ in range(left):
            self.chance.choice(plans).small_change()
        for plan in plans:
            plan.tell()

    def _item(self, number: int, of: int, lead: int, first: Period) -> Life:
        made = min(first.begins, self.city.now - 30 * DAY) - 25 * DAY
        name = " ".join(self.chance.choice(some) for some in (words.VERBS, words.THINGS, words.WHERE))
        goal = number * len(self.city.goals) // of
        item = self.begin(
            ActionItem,
            made,
            municipality_id=self.city.municipality,
            strategy_id=self.city.strategy,
            goal_id=self.city.goals[goal],
            key=f"toimenpide-{number + 1}",
            order=number,
            source=f"Malliaineisto, rivi {number + 1}",
            name_fi=name,
            name_sv=self.chance.choice(words.SWEDISH) if self.chance.random() < 0.15 else None,
            lead_unit_id=lead,
            lead_stated=True,
        )
        if self.chance.random() < 0.05:
            other = self.city.goals[(goal + 1) % len(self.city.goals)]
            self.begin(LinkedGoal, made, item_id=item.pk, goal_id=other)
        return item


def _chosen(chance: random.Random, of: tuple[tuple[Any, int], ...]) -> Any:
    """Return one of the first members, as often as the second says."""
    left = chance.random() * sum(weight for _, weight in of)
    for value, weight in of:
        left -= weight
        if left < 0:
            return value
    return of[-1][0]
