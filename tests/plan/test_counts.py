"""Counts add up: the statuses named beside a total sum to it, over all statuses, on every page that counts."""

import re
from typing import Any

import pytest

from bench.city.guards import unguarded
from tests import make
from tests.plan.test_moves import signed_in
from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors.plan.counts import COUNTED, Counts, count, counts_by, total
from toimenpiteet.services import audited
from toimenpiteet.workflow import Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
# One plan in the first status, two in the second and so on; of the last one, carried over, there are seven.
EXPECTED = {status.value: at + 1 for at, status in enumerate(Status)}
WORDS = "1 aloittamatta, 2 käynnissä, 3 keskeytetty, 4 odottaa hyväksyntää, 6 luovuttu"


@pytest.fixture
def world() -> make.World:
    """Give every status some plans of one period."""
    made = make.World()
    plans = [made.plan]
    while len(plans) < sum(EXPECTED.values()):
        plans.append(make.plan(make.action_item(made.goal, made.unit), made.period))
    statuses = [status for status, number in EXPECTED.items() for _ in range(number)]
    with unguarded():
        for plan, status in zip(plans, statuses, strict=True):
            audited.change(plan, make.stamp(), status=status)
    return made


def test_every_status_stands_in_the_total_but_carried_over(world: make.World) -> None:
    (counts,) = counts_by(PeriodPlan.objects.all(), "item__strategy", today=make.TODAY).values()
    shown = {status: getattr(counts, status) for status in COUNTED}
    assert shown == {status: number for status, number in EXPECTED.items() if status != Status.CARRIED_OVER}
    assert counts.plans == sum(shown.values()) == 21
    assert counts.items == 28
    assert set(COUNTED) == set(Status) - {Status.CARRIED_OVER}


def test_what_is_read_is_counted_as_what_is_asked_of_the_database(world: make.World) -> None:
    read = [(Status(plan.status), False) for plan in PeriodPlan.objects.all()]
    asked = counts_by(PeriodPlan.objects.all(), "item__strategy", today=make.TODAY)
    assert count(read, items=28) == asked[world.strategy.pk]
    assert total([count(read[:9], items=9), count(read[9:], items=19)]) == asked[world.strategy.pk]
    assert total([]) == Counts()


@pytest.mark.parametrize(
    "address",
    [
        "/strategiat/",
        "/strategiat/{0.strategy.pk}/kokonaan/",
        "/strategiat/{0.strategy.pk}/suunnitelma/",
        "/teemat/{0.theme.pk}/",
        "/tavoitteet/{0.goal.pk}/",
        "/vastuutahot/{0.unit.pk}/",
    ],
)
def test_on_every_page_the_statuses_sum_to_the_total(world: make.World, address: str) -> None:
    page: Any = signed_in(world.director).get(address.format(world))
    text = page.content.decode()
    assert WORDS in text
    total_of_plans = re.search(r"(\d+)/(\d+)", text.partition("<h1")[2])
    assert total_of_plans is not None
    done, every = map(int, total_of_plans.groups())
    assert (done, every) == (5, 21)
    assert done + sum(map(int, re.findall(r"\d+", WORDS))) == every


def test_a_plan_carried_over_leaves_the_total_of_its_period(world: make.World) -> None:
    by_period = counts_by(PeriodPlan.objects.all(), "period", today=make.TODAY)
    later = make.period(world.strategy, 2031, 2035)
    for plan in PeriodPlan.objects.filter(status=Status.CARRIED_OVER):
        make.plan(plan.item, later)
    after = counts_by(PeriodPlan.objects.all(), "period", today=make.TODAY)
    assert after[world.period.pk] == by_period[world.period.pk]
    assert (after[later.pk].plans, after[later.pk].items) == (7, 7)
    assert counts_by(PeriodPlan.objects.all(), "item__strategy", today=make.TODAY)[world.strategy.pk].plans == 28
