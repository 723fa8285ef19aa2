"""Lists: filters, order, pages, and that they cost the same however long they are."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.api.town import Caller, Town, problem
from toimenpiteet.models import (
    AnswerDraft,
    BudgetLine,
    Goal,
    IndicatorTarget,
    IndicatorValue,
    PeriodPlan,
    StatusReport,
    Unit,
    UnitAlias,
)
from toimenpiteet.models.actions import ProjectAlias
from toimenpiteet.services import audited

# Queries of each list for a manager, who costs the most: token, two kinds of roles, rows, what belongs to them.
BUDGET = {
    "action-items": 7,
    "plans": 9,
    "steps": 5,
    "strategies": 6,
    "goals": 5,
    "units": 7,
    "projects": 6,
    "indicators": 7,
    "rounds": 5,
}


def ids(caller: Caller, path: str, **query: Any) -> list[int]:
    answer = caller.get(path, **query)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def queries(caller: Caller, path: str, **query: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert caller.get(path, **query).status_code == 200
    return len(seen)


def _more(town: Town, count: int) -> None:
    for number in range(count):
        unit = make.unit(town.municipality, f"Yksikkö {number}")
        item = make.action_item(town.goal, unit, name_fi=f"Toimenpide {number}")
        plan = make.plan(item, town.period, [unit, town.unit])
        make.step(plan)
        _more_small_things(town, plan, number)


def _more_small_things(town: Town, plan: PeriodPlan, number: int) -> None:
    """Add of each smaller list one row, with what belongs to it."""
    make.goal(town.theme, name_fi=f"Tavoite {number}", owner=make.unit(town.municipality))
    make.period(make.strategy(town.municipality))
    line = town.add(BudgetLine(municipality=town.municipality, key=f"b{number}", name_fi=f"Määräraha {number}"))
    project = make.project(plan, budget_line=line)
    town.add(ProjectAlias(project=project, text=f"Toinen nimi {number}"))
    town.add(UnitAlias(unit=make.unit(town.municipality), text=f"Lyhenne {number}"))
    indicator = make.indicator(town.strategy)
    town.add(IndicatorValue(indicator=indicator, key="a", year=2019, kind="TP", value=number))
    town.add(IndicatorTarget(indicator=indicator, key="t", operator="ge", value="20", by_year=2030))


# What a list costs in statements does not depend on the database.
@pytest.mark.once
@pytest.mark.parametrize("path", BUDGET)
def test_a_list_costs_the_same_however_long_it_is(town: Town, path: str) -> None:
    manager = town.client("manager")
    short = queries(manager, f"{path}/")
    _more(town, 30)
    # A second page has to be counted; nothing else may grow with the rows.
    assert queries(manager, f"{path}/") <= short + 1
    assert queries(manager, f"{path}/", page_size=200) == short
    assert short + 1 <= BUDGET[path]


@pytest.mark.once
def test_the_list_of_action_items_stays_within_eight_queries(town: Town) -> None:
    _more(town, 30)
    for who in ("manager", "director", "anonymous"):
        assert queries(town.client(who), "action-items/") <= 8


@pytest.mark.once
def test_a_filtered_list_of_action_items_costs_little_more(town: Town) -> None:
    _more(town, 30)
    asked = {"unit": town.unit.pk, "status": "not_started", "overdue": "false", "period": town.period.pk, "q": "toim"}
    assert queries(town.client("manager"), "action-items/", **asked) <= 11


class Many(Town):
    """Items of several units, in several statuses and periods."""

    def __init__(self) -> None:
        super().__init__()
        self.area = make.unit(self.municipality, "Palvelualue", kind="service_area")
        self.under = make.unit(self.municipality, "Alayksikkö", parent=self.area)
        self.group = make.unit(self.municipality, "Ryhmä", kind="group")
        make.group_member(self.group, self.area)
        self.of_area = self.item_of(self.area)
        self.of_under = self.item_of(self.under)
        self.of_group = self.item_of(self.group)

    def item_of(self, unit: Unit, goal: Goal | None = None) -> Any:
        item = make.action_item(goal or self.goal, unit)
        make.plan(item, self.period)
        return item


def test_unit_means_what_is_under_it_and_in_it(db: None) -> None:
    town = Many()
    director = town.client()
    assert ids(director, "action-items/", unit=town.area.pk) == [town.of_area.pk, town.of_under.pk]
    assert ids(director, "action-items/", unit=town.under.pk) == [town.of_under.pk]
    everything = [town.of_area.pk, town.of_under.pk, town.of_group.pk]
    assert ids(director, "action-items/", unit=town.group.pk) == everything
    assert ids(Caller(), "action-items/", unit=town.group.pk) == everything
    plans = [item.plans.get().pk for item in (town.of_area, town.of_under)]
    assert ids(director, "plans/", unit=town.area.pk) == plans


def test_goal_and_strategy(town: Town) -> None:
    elsewhere = make.goal(make.theme(make.strategy(town.municipality)))
    item = make.action_item(elsewhere, town.unit)
    assert ids(town.client(), "action-items/", goal=elsewhere.pk) == [item.pk]
    assert ids(town.client(), "action-items/", strategy=town.strategy.pk) == [town.item.pk]
    assert ids(town.client(), "goals/", theme=elsewhere.theme_id) == [elsewhere.pk]


def _two_periods(town: Town) -> PeriodPlan:
    """Give the town's item a plan in a period long past, on which somebody has begun."""
    past = make.plan(town.item, town.earlier)
    assert town.client().move(past.pk, "start", 1).status_code == 200
    return past


def test_status_is_that_of_the_plan_whose_period_holds_today(town: Town) -> None:
    _two_periods(town)
    director = town.client()
    row = director.get(f"action-items/{town.item.pk}/").json()
    assert row["status"] == "not_started"
    assert ids(director, "action-items/", status="not_started") == [town.item.pk]
    assert ids(director, "action-items/", status="in_progress") == []
    assert ids(director, "action-items/", status="in_progress", period=town.earlier.pk) == [town.item.pk]
    assert ids(director, "action-items/", status=["in_progress", "not_started"]) == [town.item.pk]


def test_status_without_a_period_that_holds_is_that_of_the_last_plan(town: Town) -> None:
    strategy = make.strategy(town.municipality)
    first, last = make.period(strategy, 2001, 2001), make.period(strategy, 2002, 2003)
    item = make.action_item(make.goal(make.theme(strategy)), town.unit)
    make.plan(item, first)
    plan = make.plan(item, last)
    town.client().move(plan.pk, "start", 1)
    assert ids(town.client(), "action-items/", status="in_progress") == [item.pk]
    assert town.client().get(f"action-items/{item.pk}/").json()["status"] == "in_progress"


def test_an_item_without_plans_has_no_status(town: Town) -> None:
    item = make.action_item(town.goal, town.unit)
    row = town.client().get(f"action-items/{item.pk}/").json()
    assert (row["status"], row["status_words"], row["overdue"], row["plans"]) == (None, None, False, [])


def test_overdue_comes_from_the_one_definition(town: Town) -> None:
    late = make.action_item(town.goal, town.unit)
    make.plan(late, town.period, due_on=date(2022, 6, 30), due_precision="day")
    fine = make.action_item(town.goal, town.unit)
    make.plan(fine, town.period)
    director = town.client()
    # The town's own item is late by a step.
    assert ids(director, "action-items/", overdue="true") == [town.item.pk, late.pk]
    assert ids(director, "action-items/", overdue="false") == [fine.pk]
    rows = {row["id"]: row["overdue"] for row in director.get("action-items/").json()["results"]}
    assert rows == {town.item.pk: True, late.pk: True, fine.pk: False}
    assert ids(director, "plans/", overdue="false") == [fine.plans.get().pk]


def test_an_unanswered_round_makes_a_plan_overdue(town: Town) -> None:
    from toimenpiteet.models import ReportingRound, StatusReport

    item = make.action_item(town.goal, town.unit)
    plan = make.plan(item, town.period)
    day = date(2020, 10, 30)
    past = audited.add(
        ReportingRound(strategy=town.strategy, kind="budget", year=2020, opens_on=day, decided_on=day, due_on=day),
        make.stamp(),
    )
    assert plan.pk not in ids(town.client(), "plans/", overdue="true")
    audited.add(StatusReport(round=past, plan=plan), make.stamp())
    assert plan.pk in ids(town.client(), "plans/", overdue="true")
    assert town.client().get(f"plans/{plan.pk}/").json()["overdue"] is True


def test_words_are_found_whatever_their_case_in_names_and_plans(town: Town) -> None:
    item = make.action_item(town.goal, town.unit, name_fi="ÄLYKÄS liikenne")
    make.plan(item, town.period, text_fi="Rakennetaan pyöräteitä.")
    director = town.client()
    assert ids(director, "action-items/", q="älykäs") == [item.pk]
    assert ids(director, "action-items/", q="liikenne PYÖRÄteitä") == [item.pk]
    assert ids(director, "action-items/", q="liikenne kaivos") == []


@pytest.mark.parametrize("words", ["100%", "_", "a.b", "[x", "(a+)+$", "\\", "'", '"', "^", "*", "--", "🙂", "{{ 7 }}"])
def test_signs_in_words_are_only_signs(town: Town, words: str) -> None:
    item = make.action_item(town.goal, town.unit, name_fi=f"Nimi {words} nimi")
    assert item.pk in ids(town.client(), "action-items/", q=f"nimi {words}")


@pytest.mark.parametrize("most", [0, 1000])
def test_words_are_found_in_other_forms_and_in_compounds_as_in_the_search(
    town: Town, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    # Where more than so many have the words, each item is looked up.
    monkeypatch.setattr("toimenpiteet.selectors.search.search.MOST", most)
    item = make.action_item(town.goal, town.unit, name_fi="Pyöräilyn kehittämissuunnitelma")
    for words in ("pyöräilyä", "suunnitelma", "pyoraily kehittämissuunnitelman"):
        assert ids(town.client(), "action-items/", q=words) == [item.pk]
    assert ids(Caller(), "action-items/", q="kaivos") == []


def test_other_spellings_find_units_and_projects(town: Town) -> None:
    assert ids(town.client(), "units/", q="TIETOHALL.") == [town.unit.pk]
    assert ids(town.client(), "projects/", q="koti-satama") == [town.project.pk]
    assert ids(town.client(), "projects/", q="kotisatama") == [town.project.pk]
    assert ids(Caller(), "projects/", q="laiva") == []


def test_steps_rounds_indicators_and_others(town: Town) -> None:
    director = town.client()
    assert ids(director, "steps/", done="false") == [town.step.pk]
    assert ids(director, "steps/", done="true") == []
    assert ids(director, "rounds/", year=2030, kind="budget", status="planned") == [town.round.pk]
    assert ids(director, "rounds/", year=2029) == []
    assert ids(director, "indicators/", goal=town.goal.pk) == [town.indicator.pk]
    assert ids(director, "units/", kind=["unit", "group"]) == [town.unit.pk]
    assert ids(director, "strategies/", municipality=town.municipality.pk, status="adopted") == [town.strategy.pk]


def test_order(town: Town) -> None:
    first = make.action_item(town.goal, town.unit, name_fi="Aapinen")
    last = make.action_item(town.other_goal, town.unit, name_fi="Öljytön talo")
    director = town.client()
    assert ids(director, "action-items/", ordering="name")[0] == first.pk
    swedish = make.action_item(town.goal, town.unit, name_fi="Aa", name_sv="Öö sist")
    assert ids(town.client(language="sv"), "action-items/", ordering="name")[-1] == swedish.pk
    audited.remove(swedish, make.stamp())
    moving = make.plan(last, town.plan.period)
    director.move(moving.pk, "start", 1)
    found = [row["status"] for row in director.get("plans/", ordering="status").json()["results"]]
    assert found.index("not_started") < found.index("in_progress")
    assert ids(director, "action-items/", ordering="-id") == [last.pk, first.pk, town.item.pk]
    assert ids(director, "action-items/", ordering="-goal")[0] == last.pk
    refused = problem(director.get("action-items/", ordering="colour"), 400, "invalid")
    assert refused["errors"][0]["field"] == "ordering"
    assert "-name" in refused["errors"][0]["message"]


def test_pages(town: Town) -> None:
    _more(town, 6)
    director = town.client()
    first = director.get("action-items/", page_size=3).json()
    assert (first["count"], first["count_is_exact"], first["previous"]) == (7, True, None)
    second = director.get("action-items/", page_size=3, page=2).json()
    last = director.get("action-items/", page_size=3, page=3).json()
    seen = [row["id"] for page in (first, second, last) for row in page["results"]]
    assert seen == ids(director, "action-items/")
    assert last["next"] is None
    assert last["count"] == 7
    assert "page=3" in second["next"]
    assert second["previous"].endswith("?page_size=3")
    problem(director.get("action-items/", page_size=3, page=4), 404, "not_found")


def test_the_count_stops_where_it_would_cost_more_than_the_page(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from toimenpiteet.api import pagination

    monkeypatch.setattr(pagination, "COUNT_LIMIT", 3)
    _more(town, 6)
    page = town.client().get("action-items/", page_size=2, q="to").json()
    assert (page["count"], page["count_is_exact"]) == (3, False)
    later = town.client().get("action-items/", page_size=2, page=3, q="to").json()
    assert later["count"] >= 6 or later["count_is_exact"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"page": "0"}, 400),
        ({"page": "-1"}, 400),
        ({"page": "eka"}, 400),
        ({"page": "²"}, 400),
        ({"page": ""}, 400),
        ({"page": "1" * 19}, 404),
        ({"page": "9" * 6000}, 404),
        ({"page_size": "0"}, 400),
        ({"page_size": "201"}, 400),
        ({"page_size": "9" * 6000}, 400),
        ({"q": "a\x00b"}, 400),
        ({"q": "a\x07b"}, 400),
        ({"q": "a" * 200_000}, 400),
        ({"overdue": "kyllä"}, 400),
        ({"status": "hurry"}, 400),
        ({"status": ["not_started", "hurry"]}, 400),
        ({"unit": "1" * 30}, 400),
        ({"unit": "-1"}, 400),
        ({"unit": "tietohallinto"}, 400),
        ({"unit": "1.5"}, 400),
        ({"unit": "\x00"}, 400),
        ({"period": "0"}, 400),
        ({"colour": "red"}, 400),
        ({"format": "xml"}, 400),
        ({"overdue": ["true", "false"]}, 400),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(town: Town, query: dict[str, Any], status: int) -> None:
    answer = town.client().get("action-items/", **query)
    found = problem(answer, status, "invalid" if status == 400 else "not_found")
    if status == 400:
        assert [error["field"] for error in found["errors"]] == list(query)
        assert all(error["message"] for error in found["errors"])


@pytest.mark.parametrize("name", ["strategy", "goal", "unit", "period"])
def test_an_id_of_another_municipality_is_as_unknown_as_none(town: Town, name: str) -> None:
    pk = getattr(town, name).pk
    stranger = town.client("neighbour")
    refused = problem(stranger.get("action-items/", **{name: pk}), 400, "invalid")
    unknown = problem(stranger.get("action-items/", **{name: 987654321}), 400, "invalid")
    assert refused == unknown


@pytest.mark.parametrize("path", ["action-items/{}/", "plans/{}/", "plans/{}/history/", "units/{}/", "steps/{}/"])
@pytest.mark.parametrize("pk", ["0", "9" * 19, "9" * 30])
def test_a_number_that_nothing_has_is_not_found(town: Town, path: str, pk: str) -> None:
    problem(town.client().get(path.format(pk)), 404, "not_found")


def test_a_detail_takes_no_parameters(town: Town) -> None:
    refused = problem(town.client().get(f"plans/{town.plan.pk}/", page=1), 400, "invalid")
    assert refused["errors"][0]["field"] == "page"


# --- what was said of plans -----------------------------------------------------------------------------------------


def _answers(caller: Caller, **query: Any) -> dict[int, Any]:
    return {row["id"]: row["answer"] for row in caller.get("plans/", **query).json()["results"]}


def test_plans_say_what_was_answered_in_the_newest_round_that_asks(town: Town) -> None:
    silent, unasked = (make.plan(make.action_item(town.goal, town.unit), town.period) for _ in range(2))
    town.add(StatusReport(round=town.asking, plan=silent))
    viewer, manager = town.client("viewer"), town.client("manager")
    asking = {"round": town.asking.pk}
    said, nothing = asking | {"state": "updated", "light": "on_track"}, asking | {"state": "silent", "light": None}
    assert _answers(viewer) == {town.plan.pk: said, silent.pk: nothing, unasked.pk: None}
    assert _answers(viewer, answer_state="silent") == {silent.pk: nothing}
    assert _answers(viewer, answer_state=["silent", "updated"], answer_light="on_track") == {town.plan.pk: said}
    assert _answers(viewer, answer_light="not_assessed") == {}
    assert viewer.get(f"plans/{town.plan.pk}/").json()["answer"] == said
    assert viewer.get(f"action-items/{town.item.pk}/").json()["plans"][0]["answer"] == said

    AnswerDraft.objects.create(round=town.asking, plan=silent, person=town.manager, text="Kesken", at=make.NOW)
    assert _answers(manager, answer_state="draft") == {silent.pk: asking | {"state": "draft", "light": None}}
    assert _answers(viewer, answer_state="draft") == {}


def test_answers_are_not_public_and_not_of_a_past_day(town: Town) -> None:
    public = town.client("anonymous")
    assert _answers(public) == {town.plan.pk: None}
    problem(public.get("plans/", answer_state="silent"), 401, "not_authenticated")
    viewer, day = town.client("viewer"), "2021-03-20"
    problem(viewer.get("plans/", answer_light="on_track", as_of=day), 400, "invalid")
    problem(viewer.get("plans/", answer_state="olematon"), 400, "invalid")
