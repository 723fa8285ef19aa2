"""The city of the trial, inside the product: ``python -m tests.notifications.faults.city VERB …``.

``make CHANGE`` fills a database, plans the mails of a morning, and lets somebody do something before they leave;
``tell`` prints what became of the outbox, and who should have been told.
"""

import json
import sys
from collections.abc import Callable
from datetime import UTC, timedelta

import django

django.setup()

from django.apps import apps  # models exist once Django is set up
from django.conf import settings
from django.core.management import call_command

from notifications import planning
from notifications.models import Obligation, Reminder
from tests import make
from tests.notifications import build
from toimenpiteet.models import Door, Membership, PeriodPlan, ReportingRound, StatusReport, Unit, User
from toimenpiteet.services import audited
from toimenpiteet.services.rounds.rounds import make_ahead

UNITS = 10
MORNING = build.at(build.SECOND, 7, 30)
YESTERDAY = build.SECOND - timedelta(days=1)


class City(build.RoundWorld):
    """Units with a manager and a plan each, one with a mailbox alone, under one that leads them all."""

    def __init__(self) -> None:
        super().__init__()
        build.calendar(self.strategy)
        self.head = make.unit(self.municipality, "Hallinto", email="")
        self.leader = make.member(self.head, user=make.user("Johtaja", email="johtaja@mallila.example"))
        self.units, self.managers, self.plans = [], [], []
        for number in range(UNITS):
            unit = make.unit(
                self.municipality, f"Yksikkö {number}", parent=self.head, email=f"posti-{number}@mallila.example"
            )
            self.units.append(unit)
            self.managers.append(make.member(unit, user=make.user(email=f"vastaaja-{number}@mallila.example")))
            self.plans.append(self.planned(unit))
        self.planned(
            make.unit(self.municipality, "Vain postilaatikko", parent=self.head, email="laatikko@mallila.example")
        )

    def planned(self, unit: Unit) -> PeriodPlan:
        return make.plan(make.action_item(self.goal, unit), self.period)


def answers(city: City) -> None:
    """Let two units answer."""
    for plan in city.plans[:2]:
        build.answer(plan, city.round)


def leaves(city: City) -> None:
    """Let a manager leave, without a successor."""
    ends(city.managers[0])


def hands_over(city: City) -> None:
    """Let a manager follow another."""
    ends(city.managers[0])
    make.member(city.units[0], user=make.user(email="seuraaja@mallila.example"))


def moves(city: City) -> None:
    """Give a manager another address."""
    make.change_user(city.managers[0], email="uusi@mallila.example")


def later_day(city: City) -> None:
    """Move the day of answers by a day."""
    audited.change(city.round, make.stamp(), due_on=build.DUE + timedelta(days=1))


def ends(manager: User) -> None:
    audited.change(Membership.objects.get(user=manager), make.stamp(), valid_until=YESTERDAY)


def nothing(_city: City) -> None:
    """Let nobody do anything."""


CHANGES: dict[str, Callable[[City], None]] = {
    one.__name__: one for one in (nothing, answers, leaves, hands_over, moves, later_day)
}


def fill(change: str) -> None:
    """Make the tables, the city and its mails of the morning; then the change."""
    # Straight from the models: the migrations have tests of their own.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    city = City()
    make_ahead(MORNING, door=Door.TASK)
    planning.plan(MORNING)
    CHANGES[change](city)


def tell() -> None:
    """Print the rows of the outbox, and for each unit that owes an answer whose mail would tell it."""
    asked_in = ReportingRound.objects.get(status="open")
    given = StatusReport.objects.filter(round=asked_in).exclude(said="nothing").values("plan")
    waiting = Unit.objects.filter(plan_links__plan__in=PeriodPlan.objects.exclude(pk__in=given)).distinct()
    columns = (
        "pk",
        "key",
        "state",
        "reason",
        "problem",
        "address__text",
        "message_id",
        "dated_at",
        "sent_at",
        "maybe_sent",
    )
    rows = [
        {**row, "dated_at": _stamp(row["dated_at"]), "sent_at": _stamp(row["sent_at"])}
        for row in Reminder.objects.filter(kind="day").order_by("pk").values(*columns)
    ]
    told = Obligation.objects.filter(kind="round_due", round=asked_in, outcome="told")
    units = {
        unit.name_fi: {  # type: ignore[attr-defined]  # modeltranslation's column
            "line": _line(unit),
            "told": list(told.filter(unit=unit).values_list("reminder__address__text", flat=True)),
        }
        for unit in waiting
    }
    answered = Unit.objects.filter(plan_links__plan__in=given).distinct()
    sys.stdout.write(
        json.dumps({"rows": rows, "units": units, "answered": [a for unit in answered for a in _line(unit)[0]]})
    )


def _line(unit: Unit) -> list[list[str]]:
    """Return the addresses that may be told of a unit: its managers, its mailbox, the managers above, the director."""
    above = _managers(unit.parent) if unit.parent else []
    return [_managers(unit), [unit.email] if unit.email else [], above]


def _managers(unit: Unit) -> list[str]:
    now = Membership.objects.filter(unit=unit, role="manager").exclude(valid_until__lt=build.SECOND)
    return list(now.values_list("user__email", flat=True))


def _stamp(at: object) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds") if at else ""  # type: ignore[attr-defined]  # a datetime


if __name__ == "__main__":
    verbs: dict[str, Callable[..., None]] = {"make": fill, "tell": tell}
    verbs[sys.argv[1]](*sys.argv[2:])
