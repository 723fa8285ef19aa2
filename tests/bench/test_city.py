"""The invented city: what it holds, that its record explains it, that it stays out of real installations."""

import re
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from bench.city import command, making, structure
from bench.problem import Failed
from tests import make
from toimenpiteet.calendar import local_day
from toimenpiteet.models import (
    ActionItem,
    Municipality,
    PeriodPlan,
    ReportingRound,
    StatusChange,
    Step,
    Strategy,
    Unit,
    User,
    guards,
)
from toimenpiteet.selectors.history import integrity
from toimenpiteet.selectors.history.stream import tracked_models
from toimenpiteet.selectors.plan.lateness import late
from toimenpiteet.workflow import Status

NOW = datetime(2026, 9, 15, 12, tzinfo=UTC)
ITEMS = 60

pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def _city() -> None:
    making.make(ITEMS, seed=7, now=NOW)


def run(*args: str) -> str:
    told: list[str] = []
    command.run(args, told.append)
    return "\n".join(told)


@pytest.mark.usefixtures("_city")
def test_the_record_explains_every_row_of_the_city() -> None:
    assert list(integrity.verify()) == []


@pytest.mark.usefixtures("_city")
def test_the_city_has_ten_years_of_everything() -> None:
    assert ActionItem.objects.count() == ITEMS
    assert User.objects.count() == 600
    assert 55 <= Unit.objects.count() <= 65
    rounds = ReportingRound.objects.values_list("year", flat=True)
    assert max(rounds) - min(rounds) >= 9
    statuses = set(PeriodPlan.objects.values_list("status", flat=True))
    assert statuses == {status.value for status in Status}
    overdue = PeriodPlan.objects.filter(late(local_day(NOW))).count()
    assert 0 < overdue < PeriodPlan.objects.count() / 2


@pytest.mark.usefixtures("_city")
def test_an_item_has_as_many_history_rows_as_were_asked_for() -> None:
    rows = sum(model.history.model._default_manager.exclude(door="command").count() for model in tracked_models())
    assert rows == ITEMS * 100


def test_the_same_seed_and_moment_make_the_same_city() -> None:
    def told() -> list[tuple[object, ...]]:
        changes = StatusChange.objects.order_by("pk")
        return list(changes.values_list("plan__item__key", "move", "comment", "at", "actor_name__text", "units"))

    made = []
    for _ in range(2):
        with transaction.atomic():
            making.make(8, seed=3, now=NOW)
            made.append(told())
            transaction.set_rollback(True)
    assert made[0] == made[1] != []


@pytest.mark.usefixtures("_city")
def test_the_database_refuses_again_what_the_workflow_refuses() -> None:
    assert {name for name, _ in guards.existing(connection)} >= {"guard_toimenpiteet_periodplan_first"}
    plan = PeriodPlan.objects.filter(status=Status.COMPLETED).first()
    assert plan is not None
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE toimenpiteet_periodplan SET status = 'on_hold' WHERE id = %s", [plan.pk])


@pytest.mark.usefixtures("_city")
def test_what_is_added_later_gets_numbers_of_its_own() -> None:
    strategy = Strategy.objects.get()
    goal = strategy.goals.first()
    unit = Unit.objects.filter(kind="unit").first()
    assert goal is not None
    assert unit is not None
    plan = make.plan(make.action_item(goal, unit, key="uusi"), make.period(strategy, 2031, 2035))
    make.step(plan)
    assert list(integrity.verify()) == []


@pytest.mark.usefixtures("_city")
def test_manager_and_director_sign_in_and_find_their_work() -> None:
    for email, address in ((structure.MANAGER, "/odottaa/"), (structure.DIRECTOR, "/myohassa/")):
        client = Client()
        assert client.login(email=email, password=structure.PASSWORD)
        assert client.get(address).status_code == 200


def test_the_command_tells_how_to_sign_in_and_leaves_a_city_that_is_there() -> None:
    told = run("--items", "5", "--history-per-item", "30", "--token")
    assert structure.MANAGER in told
    assert structure.PASSWORD in told
    token = re.search(r"API token of the manager: (\w+)", told)
    assert token is not None
    answer = Client().get("/api/v1/action-items/", headers={"Authorization": f"Token {token[1]}"})
    assert answer.json()["count"] == 5

    steps = Step.objects.count()
    assert "Nothing was changed" in run("--items", "5")
    assert Step.objects.count() == steps
    with pytest.raises(Failed, match="already there, with 5"):
        run("--items", "6")


def test_it_keeps_out_of_an_installation_with_real_people_unless_forced() -> None:
    make.user()
    with pytest.raises(Failed, match="not demonstration people"):
        run("--items", "5")
    assert not Municipality.objects.exists()
    run("--items", "5", "--history-per-item", "20", "--force")
    assert making.present() == 5


@pytest.mark.parametrize("count", ["0", "-1", "x", "9999999"])
def test_a_number_of_items_that_cannot_be_is_refused(count: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(f"--items={count}")
    assert "not a whole number" in capsys.readouterr().err
