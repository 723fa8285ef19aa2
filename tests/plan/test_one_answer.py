"""One question, one answer: whether a plan is late, why and since when, at every door."""

from datetime import date
from typing import Any

import pytest

from notifications.kinds.round_due import KIND
from notifications.situation import Situation
from tests import make
from tests.plan.test_moves import signed_in
from toimenpiteet.models import ReportingRound, StatusReport
from toimenpiteet.selectors.plan.overdue import COUNT_LIMIT
from toimenpiteet.services import audited

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]

ANSWERS_DUE = date(2021, 3, 1)
HOW_LATE, WHY = "2 viikkoa myöhässä", "ei raportoitu 1.3.2021 mennessä"


class Quiet(make.World):
    """A plan that is due in 2030, of which nothing was said in a round whose answers were due two weeks ago."""

    def __init__(self) -> None:
        super().__init__()
        self.silent = self.round_of(2020, ANSWERS_DUE)
        self.report = audited.add(StatusReport(round=self.silent, plan=self.plan), make.stamp())

    def round_of(self, year: int, due_on: date) -> ReportingRound:
        """Make a round of the strategy."""
        asked = ReportingRound(
            strategy=self.strategy,
            kind="annual_report",
            year=year,
            opens_on=due_on,
            decided_on=due_on,
            due_on=due_on,
        )
        return audited.add(asked, make.stamp())

    def page(self, address: str, who: str = "director") -> str:
        """Return a page as somebody sees it."""
        response: Any = signed_in(getattr(self, who)).get(address.format(self))
        assert response.status_code == 200, address
        return str(response.content.decode())


@pytest.fixture
def world() -> Quiet:
    return Quiet()


# Pages that show the plan, and to whom.
SHOWN: dict[str, tuple[str, str]] = {
    "the overdue list": ("/myohassa/", "director"),
    "what waits for the manager": ("/odottaa/", "manager"),
    "what waits for the director": ("/odottaa/", "director"),
    "the item": ("/toimenpiteet/{0.item.pk}/", "manager"),
    "the plan page": ("/strategiat/{0.strategy.pk}/suunnitelma/", "manager"),
    "only late": ("/strategiat/{0.strategy.pk}/suunnitelma/?late=1", "manager"),
    "the goal": ("/tavoitteet/{0.goal.pk}/", "manager"),
    "the unit": ("/vastuutahot/{0.unit.pk}/", "manager"),
}
COUNTED: dict[str, str] = {
    "the strategies": "/strategiat/",
    "the strategy": "/strategiat/{0.strategy.pk}/",
    "the plan page": "/strategiat/{0.strategy.pk}/suunnitelma/",
    "the theme": "/teemat/{0.theme.pk}/",
    "the goal": "/tavoitteet/{0.goal.pk}/",
    "the unit": "/vastuutahot/{0.unit.pk}/",
}


@pytest.mark.parametrize("name", SHOWN)
def test_every_page_says_that_a_silent_plan_is_late_why_and_since_when(world: Quiet, name: str) -> None:
    address, who = SHOWN[name]
    shown = world.page(address, who)
    assert HOW_LATE in shown
    assert WHY in shown

    make.brought(world.silent, "locked")
    shown = world.page(address, who)
    assert HOW_LATE not in shown
    assert WHY not in shown


@pytest.mark.parametrize("name", COUNTED)
def test_every_count_takes_a_silent_plan(world: Quiet, name: str) -> None:
    address = COUNTED[name]
    assert "1 myöhässä" in world.page(address)
    make.brought(world.silent, "locked")
    assert "1 myöhässä" not in world.page(address)


def test_the_files_and_the_api_say_it_too(world: Quiet) -> None:
    client: Any = signed_in(world.director)
    file = client.get("/myohassa/?columns=name&columns=deadline&columns=late&columns=why&as=csv").getvalue().decode()
    assert file.splitlines()[1].endswith(f";2021-03-01;14;{WHY}"), file

    plan = client.get(f"/api/v1/plans/{world.plan.pk}/").json()
    item = client.get("/api/v1/action-items/").json()["results"][0]
    for shown in (plan, item["plans"][0]):
        assert (shown["overdue"], shown["late_because"], shown["late_since"]) == (True, "answer", "2021-03-01")
    assert item["overdue"] is True


def test_the_mail_about_the_next_round_says_it(world: Quiet) -> None:
    audited.change(world.silent, make.stamp(), opens_on=date(2021, 2, 1))
    asked = ReportingRound(
        strategy=world.strategy, kind="budget", year=2021, opens_on=make.TODAY, decided_on=date(2021, 3, 24),
        due_on=date(2021, 3, 24),
    )  # fmt: skip
    make.brought(audited.add(asked, make.stamp()), "open")
    owed = Situation(world.municipality, make.NOW)
    (debts,) = (own for own in owed.debts.values() if own[0].kind == "round_due")
    section = KIND.sections(owed, debts, 12)[-1]
    assert [(row.late, HOW_LATE in row.when, WHY in row.when) for row in section.rows] == [(True, True, True)]


def test_the_list_goes_by_the_day_that_passed(world: Quiet) -> None:
    names = ["Aiempi", "Digitalisaation tiekartta", "Myöhempi"]
    for name, day in (("Aiempi", date(2021, 2, 26)), ("Myöhempi", date(2021, 3, 5))):
        make.plan(make.action_item(world.goal, world.unit, name_fi=name), world.period, due_on=day, due_precision="day")
    for sort, expected in (("deadline", names), ("-deadline", names[::-1]), ("period", names)):
        page = world.page(f"/myohassa/?sort={sort}").partition("<tbody>")[2]
        assert sorted(names, key=page.index) == expected, sort


@pytest.mark.parametrize(("days", "there"), [(13, True), (14, True), (15, False)])
def test_days_late_at_least_takes_exactly_so_many(world: Quiet, days: int, there: bool) -> None:
    assert (WHY in world.page(f"/myohassa/?days={days}")) is there


def test_the_second_page_and_the_count_go_on_from_the_first(world: Quiet) -> None:
    for number in range(60):
        make.plan(make.action_item(world.goal, world.unit, name_fi=f"Nro {number:02}"), world.earlier)
    first, second = world.page("/myohassa/"), world.page("/myohassa/?page=2")
    assert "61 toimenpidettä" in first
    assert COUNT_LIMIT > 61
    assert "Digitalisaation tiekartta" not in first
    assert "Digitalisaation tiekartta" in second
