"""The bundled strategies themselves: what the documents hold is there, and nothing is claimed that they do not say."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from toimenpiteet.calendar import parse_due
from toimenpiteet.exchange import schema, values
from toimenpiteet.exchange.strategy import bundled_files
from toimenpiteet.exchange.strategy.checked import Checked
from toimenpiteet.exchange.strategy.checking import check
from toimenpiteet.exchange.strategy.fitting import fit
from toimenpiteet.exchange.strategy.reading import read
from toimenpiteet.models.people import NOT_ASKED

pytestmark = pytest.mark.once

Kind = TypeVar("Kind", bound=values.Entry)
FILES = {path.stem: path for path in bundled_files()}
PLAN = "kuopio-toimenpiteet"


@pytest.fixture(scope="module")
def strategies() -> dict[str, Checked]:
    found = {name: fit(read(path)) for name, path in FILES.items()}
    assert [problem for _checked, problems in found.values() for problem in problems] == []
    return {name: checked for name, (checked, _problems) in found.items() if checked}


def of_kind(checked: Checked, kind: type[Kind]) -> list[Kind]:
    return [entry for _path, entry in checked.of(kind)]


def texts(entry: object) -> Iterator[str]:
    if isinstance(entry, str):
        yield entry
    elif isinstance(entry, BaseModel):
        for name in type(entry).model_fields:
            yield from texts(getattr(entry, name))
    elif isinstance(entry, list):
        for element in entry:
            yield from texts(element)


def test_the_five_documents_make_six_strategies() -> None:
    assert set(FILES) == {
        PLAN, "kuopio-2020", "kuopio-2030", "kokkola-2017", "kokkola-2022-2025", "kouvola-2030",
    }  # fmt: skip


def test_every_reference_finds_its_entry(strategies: dict[str, Checked]) -> None:
    assert [str(problem) for problem in check(list(strategies.values()), {})] == []


@pytest.mark.parametrize("name", FILES)
def test_each_file_checks_alone_too(name: str, strategies: dict[str, Checked]) -> None:
    """A strategy that follows one of another file is the exception."""
    problems = check([strategies[name]], {})
    follows = strategies[name].file.strategy.follows
    assert len(problems) == (1 if follows else 0)


@pytest.mark.parametrize("name", FILES)
def test_every_entry_cites_lines_in_order(name: str, strategies: dict[str, Checked]) -> None:
    for _path, entry in strategies[name].of(schema.Sourced):
        for citation in (entry.source or "").split(","):
            first, _dash, last = citation.strip().rpartition(":")[2].partition("-")
            assert int(first) >= 1
            assert int(last or first) >= int(first)


@pytest.mark.parametrize("name", FILES)
def test_a_doubt_is_a_sentence(name: str, strategies: dict[str, Checked]) -> None:
    for _path, entry in strategies[name].of(schema.Sourced):
        assert entry.doubt is None or (len(entry.doubt) > 10 and entry.doubt.endswith((".", "!", "?", '"', ")")))


@pytest.mark.parametrize("name", FILES)
def test_no_contacts_of_officials_came_along(name: str, strategies: dict[str, Checked]) -> None:
    for text in texts(strategies[name].file):
        assert "@" not in text
        assert not any(prefix in text for prefix in ("puh.", "+358", "http"))


def test_neither_lead_nor_status_of_a_plan_is_claimed(strategies: dict[str, Checked]) -> None:
    for checked in strategies.values():
        for _path, item in checked.of(schema.Item):
            assert item.lead_stated is False
            assert item.lead in {unit for plan in item.plans for unit in plan.units}
    assert {"status", "done"}.isdisjoint(schema.Plan.model_fields.keys() | schema.Step.model_fields.keys())


def test_the_plan_of_kuopio_is_whole(strategies: dict[str, Checked]) -> None:
    plan = strategies[PLAN].file.strategy
    assert len(plan.themes) == 3
    goals = [goal for theme in plan.themes for goal in theme.goals]
    assert [goal.number for goal in goals] == list(range(1, 13))
    assert all(goal.items for goal in goals)
    assert [(period.start_year, period.end_year) for period in plan.periods] == [(2020, 2020), (2021, 2030)]


def test_rows_have_both_halves_with_texts_steps_and_units(strategies: dict[str, Checked]) -> None:
    items = of_kind(strategies[PLAN], schema.Item)
    plans = [plan for item in items for plan in item.plans]
    assert len(items) >= 35
    assert len(plans) >= 2 * len(items) - 2
    assert all(plan.units and plan.text for plan in plans)
    assert sum(len(plan.steps) for plan in plans) >= 200
    assert all(plan.steps or plan.means for plan in plans)


def test_names_are_in_three_languages_down_to_the_goals(strategies: dict[str, Checked]) -> None:
    for checked in strategies.values():
        for _path, entry in checked.entries:
            if isinstance(entry, schema.Strategy | schema.Theme | schema.Goal | schema.Unit):
                assert entry.name.texts["fi"], entry.key
                assert entry.name.texts["sv"], entry.key
                assert entry.name.texts["en"], entry.key


def test_dates_have_the_precision_and_the_meaning_of_the_source(strategies: dict[str, Checked]) -> None:
    """The fifteen dates of 003: seven are deadlines; a decision, a change in force or a beginning is none."""
    dates = {
        (*steps, entry.key): entry.dates
        for *steps, entry in (
            (item.key, step)
            for item in of_kind(strategies[PLAN], schema.Item)
            for plan in item.plans
            for step in plan.steps
        )
        if entry.dates
    }
    precisions = Counter(str(parse_due(date).precision) for said in dates.values() for date in said.values())
    assert {"day", "month", "season", "half", "year_end", "year"} == set(precisions)
    council = {"in_force_from": "2021-06-01"}
    assert dates == {
        ("tukipalvelut", "lahituen-tiimit"): {"due": "2020-autumn"},
        ("tukipalvelut", "tiimityon-alku"): {"starts": "2021-h1"},
        ("tukipalvelut", "henkilostohallinnon-siirrot"): {"due": "2021-end"},
        ("palveluverkostoselvitys", "kasittely"): {"due": "2021-autumn"},
        ("kayttotalousmenot", "tasapainotussuunnitelma"): {"due": "2025"},
        ("investointien-toteutusmallit", "kasittely"): {"due": "2021-autumn"},
        ("henkilostopolitiikka", "kuntahr-korvaaja"): {"ends": "2021"},
        ("johtamisjarjestelma", "tyoryhman-esitys"): {"due": "2020"},
        ("johtamisjarjestelma", "valtuuston-paatos"): {"happened": "2020-11-30"},
        ("johtamisjarjestelma", "voimaantulo"): {"in_force_from": "2021-06"},
        ("johtamisjarjestelma", "hallituksen-puheenjohtaja"): council,
        ("johtamisjarjestelma", "valtuuston-puheenjohtaja"): council,
        ("johtamisjarjestelma", "hallituksen-1-varapuheenjohtaja"): council,
        ("johtamisjarjestelma", "hallituksen-2-varapuheenjohtaja"): council,
        ("johtamisjarjestelma", "valiarviointi"): {"due": "2023"},
    }


def test_what_nobody_can_do_is_a_means_and_no_step(strategies: dict[str, Checked]) -> None:
    plans = [(item, plan) for item in of_kind(strategies[PLAN], schema.Item) for plan in item.plans]
    means = {(item.key, plan.period): [one.key for one in plan.means] for item, plan in plans if plan.means}
    assert means[("verkostot-ja-hyvat-kaytannot", "2020")] == [
        "verrokkikaupungit",
        "kv-yhteistyo",
        "kansalliset-verkostot",
    ]
    assert means[("vieraskielinen-palvelu", "2021-2030")] == ["www-sivut", "sahkoinen-asiointi"]
    assert (len(means), sum(map(len, means.values()))) == (8, 16)
    assert sum(len(plan.steps) for _item, plan in plans) == 216


def test_targets_say_whether_they_change_by_an_amount_or_in_per_cent(strategies: dict[str, Checked]) -> None:
    targets = [target for checked in strategies.values() for _path, target in checked.of(schema.Target)]
    by = {(target.op, str(target.value), target.standing) for target in targets if target.op.startswith("change")}
    assert by == {
        ("change", "-1.5", "agreed"),
        ("change", "-1", "agreed"),
        ("change_percent", "-10", "proposed"),
    }
    assert [target.standing for target in targets if target.op == "above"] == ["draft"]


def test_the_sectors_of_kokkola_are_sectors(strategies: dict[str, Checked]) -> None:
    units = {unit.key: unit for checked in strategies.values() for _path, unit in checked.of(schema.Unit)}
    assert (units["sivistystoimi"].kind, units["toimialat"].members_kind) == ("sector", "sector")


def test_a_figure_without_a_year_says_so(strategies: dict[str, Checked]) -> None:
    for checked in strategies.values():
        for _path, value in checked.of(schema.Value):
            assert value.year or value.doubt, value.source


def test_a_figure_whose_kind_is_lost_says_so(strategies: dict[str, Checked]) -> None:
    lost = [value for _path, value in strategies[PLAN].of(schema.Value) if value.kind == "unknown"]
    figures = ("4497", "17.4", "16.2", "16.9", "17.0", "17.1", "17.1", "6182", "6154")
    assert [(str(value.value), value.year) for value in lost] == [(figure, None) for figure in figures]
    [shown] = [value for value in lost if str(value.value) == "6154"]
    assert "Bl54" in (shown.doubt or "")
    assert "−25" in (shown.doubt or "")


def test_nothing_is_claimed_that_the_documents_do_not_say(strategies: dict[str, Checked]) -> None:
    programmes = [one for checked in strategies.values() for one in of_kind(checked, schema.Programme)]
    assert {one.status for one in programmes} == {None}
    targets = [one for checked in strategies.values() for one in of_kind(checked, schema.Target)]
    assert {one.set_in for one in targets if one.standing == "agreed"} == {"Talousarvio 2021 (TA 2021)"}
    called = strategies["kokkola-2022-2025"].file.strategy.success_factors_called
    assert called is not None
    assert called.texts["fi"] == "Menestystekijät"
    kinds = {one.key: one.kind for one in strategies[PLAN].file.projects}
    assert kinds["wellcoming-kuopio"] == "service"
    assert kinds["hankinnoilla-tyollistaminen"] == "model"
    assert all(checked.file.strategy.retold for checked in strategies.values())


def test_the_service_areas_cite_every_line_that_names_them(strategies: dict[str, Checked]) -> None:
    [areas] = [one for one in strategies[PLAN].file.units if one.key == "palvelualueet"]
    assert len((areas.source or "").split(",")) == 57


def test_figures_of_known_years(strategies: dict[str, Checked]) -> None:
    """From the charts: the change in person-years of the budget 2021, and Kokkola's new jobs by 2030."""
    by_key = {
        indicator.key: indicator for checked in strategies.values() for _path, indicator in checked.of(schema.Indicator)
    }
    [change] = by_key["henkilotyovuosien-muutos"].values
    assert (change.year, change.kind, change.value) == (2021, "TA", Decimal(-25))
    [jobs] = by_key["uudet-tyopaikat"].values
    assert (jobs.year, jobs.value) == (2030, Decimal(1700))


def test_indicators_have_the_three_perspectives(strategies: dict[str, Checked]) -> None:
    found = {entry.perspective for _path, entry in strategies[PLAN].of(schema.Indicator)}
    assert {"economy", "effectiveness", "performance"} <= found


def test_the_renamed_unit_leads_to_its_successor(strategies: dict[str, Checked]) -> None:
    units = {unit.key: unit for unit in strategies[PLAN].file.units}
    assert (units["tilakeskus"].successor, units["tilakeskus"].successor_kind) == ("tilapalvelut", "renamed")
    assert units["palvelualueet"].members_kind == "service_area"


def test_bodies_and_roles_and_the_group_of_bodies_are_not_asked(strategies: dict[str, Checked]) -> None:
    units = {unit.key: unit for unit in strategies[PLAN].file.units}
    by_kind = {key for key, unit in units.items() if unit.kind in NOT_ASKED}
    bodies = {"kaupunginvaltuusto", "kaupunginhallitus", "lautakunnat"}
    assert by_kind == bodies | {"esimiehet", "kaupungin-johto", "valtuustoryhmat", "tyosuojeluvaltuutetut"}
    assert {key: unit.asked for key, unit in units.items() if unit.asked is not None} == {"toimielimet": False}


# What each of the other strategies has, as read from the documents.
PARTS: dict[str, dict[str, Any]] = {
    "kuopio-2020": {"values": 4, "themes": 7, "success_factors": 8, "vision_number": 150000},
    "kuopio-2030": {"surveys": 3, "seminars": 4},
    "kokkola-2017": {"values": 3, "status": "draft"},
    "kouvola-2030": {"values": 5, "themes": 3, "programmes": 2, "vision_number": 90000, "vision_year": 2030},
    "kokkola-2022-2025": {"values": 3, "programmes": 17, "themes": 8, "success_factors": 14},
}


@pytest.mark.parametrize("name", PARTS)
def test_the_other_strategies_have_their_parts(name: str, strategies: dict[str, Checked]) -> None:
    checked = strategies[name]
    strategy = checked.file.strategy
    events = Counter(event.kind for event in strategy.events)
    found = {
        "values": len(strategy.values),
        "themes": len(of_kind(checked, schema.Theme)),
        "success_factors": len(of_kind(checked, schema.SuccessFactor)),
        "programmes": len(strategy.programmes),
        "surveys": events["survey"],
        "seminars": events["seminar"],
        "status": strategy.status,
        "vision_number": strategy.vision_number,
        "vision_year": strategy.vision_year,
    }
    assert {key: found[key] for key in PARTS[name]} == PARTS[name]


def test_every_strategy_reports_twice_a_year_and_says_whose_day_it_is(strategies: dict[str, Checked]) -> None:
    for checked in strategies.values():
        entries = {entry.kind: entry for entry in checked.file.strategy.calendar}
        assert set(entries) == {"annual_report", "budget"}
        assert all("Kuntalaki" in entry.basis for entry in entries.values() if not entry.stated)


def test_files_lie_in_the_package() -> None:
    assert all(path.parent == Path(schema.__file__).parent.parent / "data" for path in FILES.values())
