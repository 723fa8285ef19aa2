"""A small city in which somebody does something every day, by chance and through the services."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from random import Random
from typing import Any

from tests import make
from tests.api.town import Town
from toimenpiteet.access import Scope, scope_of
from toimenpiteet.answers import Light
from toimenpiteet.calendar import end_of_day, local_day, start_of_day
from toimenpiteet.models import (
    ActionItem,
    Actor,
    Audited,
    Door,
    Goal,
    PeriodPlan,
    PlanBudgetLine,
    PlanMeans,
    PlanPeriod,
    PlanProject,
    PlanUnit,
    Project,
    ReportingRound,
    Stamp,
    StatusReport,
    Step,
    Strategy,
    Unit,
)
from toimenpiteet.round_moves import RoundStatus, next_move
from toimenpiteet.services import audited, changing
from toimenpiteet.services.audited import By
from toimenpiteet.services.changing import Links, Relink
from toimenpiteet.services.errors import DomainError
from toimenpiteet.services.plan import plans
from toimenpiteet.services.rounds import answers, turning
from toimenpiteet.services.units import units
from toimenpiteet.workflow import Role, Status, available

_INSTANT = timedelta(microseconds=1)
_LINKS = [
    Links(PlanUnit, "plan", "unit"),
    Links(PlanProject, "plan", "project"),
    Links(PlanBudgetLine, "plan", "budget_line"),
]


class City(Town):
    """A small city in which somebody does something every day."""

    def __init__(self, chance: Random) -> None:
        super().__init__()
        self.chance, self.now, self.made = chance, make.NOW, 0
        self.units = [self.unit, *(make.unit(self.municipality, name) for name in ("Tilapalvelut", "Opetus"))]
        for unit in self.units[1:]:
            make.member(unit, user=self.manager)
        for number in range(4):
            during = chance.choice([self.earlier, self.period])
            plan = make.plan(make.action_item(self.goal, chance.choice(self.units)), during)
            make.step(plan, due_on=date(2021, 3, 20 + number), due_precision="day")
        # The answers of this round are due while the city is looked at.
        days = {"opens_on": date(2021, 3, 1), "decided_on": date(2021, 3, 31), "due_on": date(2021, 3, 31)}
        self.soon = self.add(ReportingRound(strategy=self.strategy, kind="annual_report", year=2021, **days))
        self.acts: list[Callable[[], object]] = [
            *(self.moves, self.moves, self.ticks, self.ticks, self.rewords, self.rewords, self.dates),
            *(
                self.adds_item,
                self.adds_part,
                self.relinks,
                self.relinks,
                self.removes,
                self.removes_item,
                self.goes_to_another_goal,
            ),
            *(self.turns, self.answers, self.answers, self.renames_unit, self.shifts),
        ]

    @property
    def scope(self) -> Scope:
        return scope_of(self.director, local_day(self.now))

    @property
    def stamp(self) -> Stamp:
        return audited.stamp(Actor.person(self.director, Door.PAGE), "Päivän muutos", self.now)

    @property
    def by(self) -> By:
        return {"scope": None, "stamp": make.stamp("Päivän muutos", self.now)}

    def any(self, model: type[Any], **which: Any) -> Any:
        return self.chance.choice(list(model.objects.filter(**which).order_by("pk")))

    def words(self) -> str:
        self.made += 1
        return f"Sana {self.made}"

    def live(self) -> None:
        """Do a few things: at the first instant of the day, at the last, and between."""
        first, last = start_of_day(local_day(self.now)), end_of_day(local_day(self.now))
        between = (self.chance.uniform(0, 82_000) for _ in range(self.chance.randrange(4)))
        for self.now in (first, *(first + timedelta(seconds=at) for at in sorted(between)), last - _INSTANT):
            self.act()

    def act(self) -> None:
        # What is not possible today does not happen.
        with suppress(DomainError, IndexError):
            self.chance.choice(self.acts)()

    def changed(self, row: Audited, **values: Any) -> None:
        changing.change(type(row), row.pk, values, version=row.version, **self.by)

    def moves(self) -> None:
        plan, who = self.any(PeriodPlan), self.chance.choice([self.manager, self.director])
        scope = scope_of(who, local_day(self.now))
        name = self.chance.choice(available(Status(plan.status), list(Role))).name
        by: dict[str, Any] = {"scope": scope, "actor": Actor.person(who, Door.API), "now": self.now}
        by |= {"version": plan.version, "comment": "Syy"}
        if name == "carry_over" and self.chance.random() < 0.7:
            items = list(ActionItem.objects.order_by("pk").values_list("pk", flat=True))
            some = self.chance.sample(items, min(self.chance.randrange(1, 4), len(items)))
            plans.carry_over(plan.pk, some, **by)
        else:
            plans.move(plan.pk, name, **by)

    def ticks(self) -> None:
        step = self.any(Step)
        actor = Actor.person(self.director, Door.PAGE)
        scope = scope_of(self.manager, local_day(self.now))
        plans.tick_step(step.pk, done=not step.done, scope=scope, actor=actor, now=self.now, version=step.version)

    def rewords(self) -> None:
        model, name = self.chance.choice(
            [(PeriodPlan, "text"), (ActionItem, "name"), (Goal, "name"), (Step, "text"), (Project, "name")]
        )
        language = self.chance.choice(["fi", "sv", "en"])
        self.changed(self.any(model), **{f"{name}_{language}": self.words()})

    def dates(self) -> None:
        day = {"due_on": date(2021, 3, 1) + timedelta(self.chance.randrange(60)), "due_precision": "day"}
        if self.chance.random() < 0.5:
            self.changed(self.any(PeriodPlan), **day)
        else:
            self.changed(self.any(Step), **day, date_kind=self.chance.choice(["due", "starts"]))

    def adds_item(self) -> None:
        lead = self.any(Unit, municipality=self.municipality)
        item = ActionItem(goal=self.any(Goal), lead_unit=lead, name_fi=self.words())
        with changing.act():
            changing.add(item, **self.by)
            plan = PeriodPlan(item=item, period=self.any(PlanPeriod), text_fi=self.words())
            changing.add(plan, **self.by)
            changing.add(PlanUnit(plan=plan, unit=lead), **self.by)

    def adds_part(self) -> None:
        model: type[Any] = self.chance.choice([Step, PlanMeans])
        changing.add(model(plan=self.any(PeriodPlan), text_fi=self.words()), **self.by)

    def relinks(self) -> None:
        """Make another unit, project or budget line one of a plan's, and another one none of its."""
        plan, links = self.any(PeriodPlan), self.chance.choice(_LINKS)
        far: Any = links.model._meta.get_field(links.far).related_model
        owners = far.objects.filter(municipality=self.municipality).order_by("pk")
        added, removed = self.chance.sample([*owners, *owners], 2)
        relink = Relink(links, [added], [removed] if removed != added else [])
        changing.change(PeriodPlan, plan.pk, {}, [relink], version=plan.version, **self.by)

    def removes(self) -> None:
        row = self.any(self.chance.choice([Step, PlanMeans]))
        changing.remove(type(row), row.pk, version=row.version, **self.by)

    def removes_item(self) -> None:
        """Take an item away whole, as far as nothing but its plans and their parts hang on it."""
        item = self.any(ActionItem, plans__reports=None, goal_links=None)
        with changing.act():
            for plan in PeriodPlan.objects.filter(item=item):
                for model in (Step, PlanMeans):
                    for part in model.objects.filter(plan=plan):
                        changing.remove(model, part.pk, **self.by)
                changing.remove(PeriodPlan, plan.pk, _LINKS, **self.by)
            changing.remove(ActionItem, item.pk, **self.by)

    def goes_to_another_goal(self) -> None:
        self.changed(self.any(ActionItem), goal=self.any(Goal), lead_unit=self.chance.choice(self.units))

    def renames_unit(self) -> None:
        unit, names = self.any(Unit, municipality=self.municipality, successor=None), {"name_fi": self.words()}
        day = local_day(self.now) + timedelta(days=1)
        units.rename(unit.pk, names, on=day, version=unit.version, scope=scope_of(self.admin, day), stamp=self.stamp)

    def shifts(self) -> None:
        row = Strategy.objects.get(pk=self.strategy.pk)
        self.changed(row, shift_deadlines=not row.shift_deadlines)

    def turns(self) -> None:
        row = ReportingRound.objects.get(pk=self.soon.pk)
        move = next_move(RoundStatus(row.status))
        if move is not None and self.chance.random() < 0.3:
            turning.move(row.pk, move.name, version=row.version, scope=self.scope, stamp=self.stamp)

    def answers(self) -> None:
        report, now = self.any(StatusReport, round=self.soon), self.now
        scope, actor = scope_of(self.manager, local_day(now)), Actor.person(self.manager, Door.API)
        light = self.chance.choice(list(Light))
        answer = answers.Answer(light=light, text="Etenee.", cause="Syy.", next_step="Askel.")
        by = {"version": report.version, "scope": scope, "actor": actor, "now": now}
        answers.send(self.soon.pk, report.plan_id, answer, **by)
