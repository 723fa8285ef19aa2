"""Kuopio on the eve of a round: its bundled plan, some people of the demonstration, and what was answered last time."""

from datetime import date, timedelta

from tests import make
from toimenpiteet.exchange import strategy as bundled
from toimenpiteet.exchange.demonstration import CAST, Person
from toimenpiteet.models import Membership, PeriodPlan, ReportingRound, StatusReport, Strategy, Unit, User
from toimenpiteet.services import audited, search
from toimenpiteet.services.rounds import rounds
from toimenpiteet.workflow import Role

UNIT = "tietohallinto"
LIGHTS = ("on_track", "on_track", "at_risk", "off_track")
"""What was said last time of the unit's plans, in turn."""


class Kuopio:
    """The plan as it comes with the product, a locked round of which the unit answered all, and the one that comes.

    Its days are reckoned from today, so that a browser and the server agree on it whenever the test runs; the plan's
    own years end in 2030.
    """

    def __init__(self, today: date) -> None:
        self.today = today
        plan = [path for path in bundled.bundled_files() if path.stem == "kuopio-toimenpiteet"]
        bundled.load(plan, actor=bundled.LOADER, now=make.NOW)
        with search.gathered():
            self.strategy = Strategy.objects.get()
            self.unit = Unit.objects.get(key=UNIT)
            self.people = {person.role.value: self._arrived(person) for person in CAST if _plays(person)}
            self._rounds()
            self.plans = self._answered_last_time()

    def _arrived(self, person: Person) -> User:
        """Let a person of the cast come, in their role."""
        user = make.user(person.full_name, email=person.email)
        if person.unit:
            audited.add(Membership(user=user, unit=self.unit, role=person.role.value), make.stamp())
            return user
        return make.official(self.strategy.municipality, person.role, user=user)

    def _rounds(self) -> None:
        """Make the rounds around today: the newest that is over was held and locked, the next one is planned."""
        years = [self.today.year - 2, self.today.year - 1, self.today.year]
        made = rounds.ensure_rounds(self.strategy, years=years, actor=bundled.LOADER, now=make.NOW)
        self.asked = next(row for row in made if row.due_on >= self.today)
        before = [row for row in made if row.due_on < self.today]
        self.before: ReportingRound = make.brought(before[-1], "locked")

    def _answered_last_time(self) -> list[PeriodPlan]:
        """Give each plan of the unit in the long period an answer of the round before; return them in a fixed order."""
        own = PeriodPlan.objects.filter(unit_links__unit=self.unit, period__key="2021-2030").order_by("item__key")
        for number, plan in enumerate(own):
            self._get_on_with(plan)
            fields = {"said": "updated", "light": LIGHTS[number % 4], "text": "Työ etenee sovitusti."}
            more = {"cause": "Hankinta viivästyi.", "next_step": "Kilpailutus uusitaan."} if number % 4 > 1 else {}
            audited.add(
                StatusReport(round=self.before, plan=plan, answered_at=make.NOW, **fields, **more), make.stamp()
            )
        return list(own)

    def _get_on_with(self, plan: PeriodPlan) -> None:
        """Let the work go on and its steps be done: the facts gainsay no green light, however much time has gone."""
        audited.change(plan, make.stamp(), status="in_progress")
        for step in plan.steps.all():
            audited.change(step, make.stamp(), done=True, done_on=self.before.due_on)

    def lit(self, light: str) -> list[PeriodPlan]:
        """Return the plans of the unit whose last answer had a light."""
        return [plan for number, plan in enumerate(self.plans) if LIGHTS[number % 4] == light]

    def in_days(self, count: int) -> str:
        """Return a day so many days from today, as a field for a day takes it."""
        return (self.today + timedelta(days=count)).isoformat()


def _plays(person: Person) -> bool:
    """Tell whether a person of the cast has a part: the officials who read Finnish, and who work in the unit."""
    official = person.role in {Role.DIRECTOR, Role.VIEWER} and person.language == "fi"
    return person.municipality == "kuopio" and (person.unit == UNIT or official)
