"""The people of one municipality at work on its plans, through the same services as everybody's work."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from typing import Any

from toimenpiteet import access
from toimenpiteet.calendar import HELSINKI, local_day
from toimenpiteet.exchange.demonstration.cast import CAST
from toimenpiteet.exchange.demonstration.script import Act, Facts, Outcome, acts, lineages, outcomes
from toimenpiteet.exchange.demonstration.staging import Result
from toimenpiteet.models import Actor, Door, Municipality, PeriodPlan, Step, User
from toimenpiteet.services.plan import plans
from toimenpiteet.workflow import CARRY_OVER, Role


class Company:
    """The people of one municipality at work on its plans."""

    def __init__(self, municipality: Municipality, seed: int, now: datetime, result: Result) -> None:
        self.home, self.today, self.result = municipality, local_day(now), result
        people = [person for person in CAST if person.municipality == municipality.key]
        users = {user.email: user for user in User.objects.filter(email__in=[person.email for person in people])}
        self.people = [person for person in people if person.email in users]
        self.users = users
        self._director = next((person.email for person in self.people if person.role is Role.DIRECTOR), "")
        self.director = users.get(self._director)
        self.scopes = {email: access.scope_of(user, self.today) for email, user in users.items()}
        rows = PeriodPlan.objects.filter(municipality=municipality).select_related("item__strategy", "period")
        self.plans = {f"{row.item.strategy.key}/{row.item.key}/{row.period.key}": row for row in rows}
        self.steps = _by_plan(Step.objects.filter(plan__municipality=municipality))
        self.answering: dict[int, list[User]] = {}
        told = self._all_facts()
        self.acts = deque(acts(told, seed=seed, now=now))
        self.errands: deque[tuple[datetime, Callable[[], None]]] = deque()
        chosen = outcomes(told, seed)
        self.onward = {
            name: [self.plans[other].item_id for other in others] for name, others in lineages(told, chosen).items()
        }
        self.going_on = sorted(
            plan.name for plan in told if not plan.past and chosen[plan.name] is Outcome.GOING_ON and plan.leads
        )

    def until(self, at: datetime) -> None:
        """Let everything happen that happens before an instant, in order."""
        while self.acts and self.acts[0].at < at:
            self._run_errands(self.acts[0].at)
            self._perform(self.acts.popleft())
        self._run_errands(at)

    def plan_errands(self, errands: Iterable[tuple[datetime, Callable[[], None]]]) -> None:
        """Let other things happen at their instants among the work."""
        self.errands = deque(sorted(errands, key=lambda errand: errand[0]))

    def _run_errands(self, at: datetime) -> None:
        while self.errands and self.errands[0][0] < at:
            self.errands.popleft()[1]()

    def managers_of(self, plan: PeriodPlan) -> list[User]:
        """Return the managers who answer for a plan; asked of each plan once, in however many rounds it answers."""
        if plan.pk not in self.answering:
            units = list(plan.unit_links.values_list("unit_id", flat=True))
            self.answering[plan.pk] = [self.users[email] for email in self._in_role(Role.MANAGER, plan, units)]
        return self.answering[plan.pk]

    def helpers_of(self, plan: PeriodPlan) -> list[User]:
        """Return the contributors who may begin an answer for a plan."""
        units = list(plan.unit_links.values_list("unit_id", flat=True))
        return [self.users[email] for email in self._in_role(Role.CONTRIBUTOR, plan, units)]

    def _all_facts(self) -> list[Facts]:
        """Return what the script has to know of the plans of the strategies that are carried out by action items."""
        last: dict[int, int] = defaultdict(int)
        for plan in self.plans.values():
            strategy = plan.item.strategy_id
            last[strategy] = max(last[strategy], plan.period.start_year)
        return [self._facts(name, plan, last[plan.item.strategy_id]) for name, plan in self.plans.items()]

    def _facts(self, name: str, plan: PeriodPlan, last_start: int) -> Facts:
        units = list(plan.unit_links.values_list("unit_id", flat=True))
        managers = self._in_role(Role.MANAGER, plan, units)
        return Facts(
            name=name,
            past=plan.period.end_year < self.today.year,
            has_later=last_start > plan.period.end_year,
            director=self._director,
            goal=f"{plan.item.strategy.key}/{plan.item.goal_id}",
            leads=tuple(email for email in managers if plan.item.lead_unit_id in self.scopes[email].unit_roles),
            managers=tuple(email for email in managers if plan.item.lead_unit_id not in self.scopes[email].unit_roles),
            helpers=self._in_role(Role.CONTRIBUTOR, plan, units),
            steps=tuple((step.key, step.due_on) for step in self.steps[plan.pk].values()),
        )

    def _in_role(self, role: Role, plan: PeriodPlan, units: list[int]) -> tuple[str, ...]:
        return tuple(
            person.email
            for person in self.people
            if person.role is role and role in access.roles_on(self.scopes[person.email], plan, units)
        )

    def _perform(self, act: Act) -> None:
        """Do one act as its person, through the services, as at its time."""
        plan, scope = self.plans[act.plan], self.scopes[act.who]
        actor = Actor.person(self.users[act.who], Door.PAGE)
        if act.move:
            version = PeriodPlan.objects.values_list("version", flat=True).get(pk=plan.pk)
            by: Any = {"scope": scope, "actor": actor, "now": act.at, "version": version, "comment": act.comment}
            if act.move == CARRY_OVER:
                plans.carry_over(plan.pk, self.onward.get(act.plan, ()), **by)
            else:
                plans.move(plan.pk, act.move, **by)
            self.result.moves += 1
        elif act.step:
            step = self.steps[plan.pk][act.step]
            plans.tick_step(step.pk, done=True, scope=scope, actor=actor, now=act.at, version=step.version)
            self.result.steps += 1
        else:
            plans.comment_on(plan.pk, act.comment, scope=scope, actor=actor, now=act.at)
            self.result.comments += 1


def _by_plan(steps: Iterable[Step]) -> dict[int, dict[str, Step]]:
    found: dict[int, dict[str, Step]] = defaultdict(dict)
    for step in steps:
        found[step.plan_id][step.key] = step
    return found


def at(day: date, hour: int) -> datetime:
    """Return an instant of a day, by its hour in Europe/Helsinki."""
    return datetime.combine(day, time(hour), HELSINKI)


def acting(person: User, when: datetime) -> Any:
    """Return as whom and when somebody acts, as services ask it."""
    return {"scope": access.scope_of(person, local_day(when)), "actor": Actor.person(person, Door.PAGE), "now": when}
