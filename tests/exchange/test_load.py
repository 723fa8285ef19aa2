"""`manage.py load_strategies` on files that are right: what lands where, and what a second run leaves alone."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils.translation import override

from tests import make
from tests.exchange.files import ENTRIES, SMALL, edited, load, written
from toimenpiteet import access, labels
from toimenpiteet.calendar import local_day
from toimenpiteet.exchange.demonstration.staging import STAGEHAND
from toimenpiteet.exchange.strategy.loading import LOADER
from toimenpiteet.models import (
    ActionItem,
    Actor,
    CalendarEntry,
    Door,
    Goal,
    Indicator,
    IndicatorTarget,
    IndicatorValue,
    LinkedGoal,
    Municipality,
    PeriodPlan,
    PlanProject,
    PlanUnit,
    ProcessEvent,
    Programme,
    Project,
    Step,
    Strategy,
    Theme,
    Unit,
    UnitAlias,
)
from toimenpiteet.services import audited
from toimenpiteet.services.plan import plans

pytestmark = pytest.mark.django_db


def history_rows() -> int:
    """Count every history row of every kind."""
    models = apps.get_app_config("toimenpiteet").get_models()
    return sum(model._default_manager.count() for model in models if hasattr(model, "history_id"))


def plan(period: str = "2020") -> PeriodPlan:
    return PeriodPlan.objects.get(period__key=period, item__key="tiekartta")


def test_every_part_of_the_file_becomes_a_row(tmp_path: Path) -> None:
    load(written(tmp_path))
    strategy = Strategy.objects.get()
    with override("sv"):
        assert (strategy.municipality.key, strategy.municipality.name) == ("mallila", "Mallby")
    assert (strategy.published, strategy.documents) == (True, "007 Mallilan strategia")
    assert (strategy.decided_on, strategy.decided_on_precision) == (date(2019, 12, 31), "month")
    assert [part.name for part in strategy.parts.all()] == ["Tilanne"]
    assert [value.name for value in strategy.values.all()] == ["Avoimuus"]
    assert strategy.follow_ups.get().per_year == 1
    event = ProcessEvent.objects.get()
    assert (event.start_on, event.end_on, event.end_on_precision) == (date(2019, 4, 10), date(2019, 5, 1), "day")
    entry = CalendarEntry.objects.get()
    # The short form: by when the council has it.
    assert (entry.kind, entry.which, entry.rule, entry.stated) == ("annual_report", "council", "06-30", False)
    assert entry.body == "Valtuusto"
    assert Theme.objects.get().success_factors.get().name == "Yhteistyö"
    assert [goal.number for goal in Goal.objects.order_by("number")] == [1, 2]
    programme = Programme.objects.get()
    assert programme.theme_links.get().theme.key == "toiminta"
    assert programme.strategy_links.get().strategy == strategy
    project = Project.objects.get()
    assert (project.aliases.get().text, project.budget_line and project.budget_line.key) == ("Data", "kehittaminen")


def test_units_have_parents_aliases_and_followed_kinds(tmp_path: Path) -> None:
    load(written(tmp_path))
    unit = Unit.objects.get(key="tietohallinto")
    assert unit.parent == Unit.objects.get(key="palvelualue")
    assert (unit.name, unit.source) == ("Tietohallinto", "007:2-3")
    with override("sv"):
        assert unit.name == "Dataförvaltningen"
    assert UnitAlias.objects.get().text == "palv.alue"
    assert Unit.objects.get(key="palvelualueet").member_kind == "service_area"


def test_a_unit_may_stand_before_the_one_above_it(tmp_path: Path) -> None:
    text = edited(("    kind: service_area\n", "    kind: service_area\n    parent: palvelualueet\n"))
    load(written(tmp_path, text))
    assert Unit.objects.get(key="palvelualue").parent == Unit.objects.get(key="palvelualueet")


def test_a_plan_keeps_its_day_precision_and_moved_deadline(tmp_path: Path) -> None:
    load(written(tmp_path))
    assert (plan().status, plan().due_on, plan().due_precision) == ("not_started", date(2020, 11, 30), "month")
    assert [link.unit.key for link in plan().unit_links.all()] == ["tietohallinto", "palvelualueet"]
    assert plan().project_links.get().project.key == "datahanke"
    assert plan().budget_links.get().budget_line.key == "kehittaminen"
    first, second = plan().steps.all()
    assert (first.due_on, first.due_precision, first.done, first.unit) == (date(2020, 6, 30), "month", False, None)
    assert second.unit == Unit.objects.get(key="palvelualue")
    # The step's day comes first; the later plan has no day but its period's last.
    assert plan().next_deadline_on == date(2020, 6, 30)
    assert plan("2021-2030").next_deadline_on == date(2030, 12, 31)


def test_deadlines_move_to_a_working_day_only_where_the_strategy_says_so(tmp_path: Path) -> None:
    text = edited(("due: 2020-11\n", "due: 2020-10-31\n"), ("due: 2020-06,", "due: 2021-06,"))
    load(written(tmp_path, text))
    assert plan().next_deadline_on == date(2020, 11, 2)
    load(written(tmp_path, text.replace("  start_year: 2020\n", "  start_year: 2020\n  shift_deadlines: false\n", 1)))
    assert plan().next_deadline_on == date(2020, 10, 31)


def test_a_plan_without_units_gets_the_lead(tmp_path: Path) -> None:
    load(written(tmp_path))
    assert [link.unit.key for link in plan("2021-2030").unit_links.all()] == ["tietohallinto"]


def test_figures_keep_kind_place_and_absence(tmp_path: Path) -> None:
    load(written(tmp_path))
    figures = [
        (value.key, value.year, value.position, value.value, value.no_data) for value in IndicatorValue.objects.all()
    ]
    assert figures == [
        ("2019-tp", 2019, None, Decimal("71.5"), False),
        ("2019-ta", 2019, None, Decimal(70), False),
        ("p3-estimate", None, 3, Decimal(-4), False),
        ("2020-tp", 2020, None, None, True),
    ]
    assert [(target.key, target.value, target.standing) for target in IndicatorTarget.objects.all()] == [
        ("2021-ge", Decimal(75), "agreed"),
        ("none", None, "proposed"),
    ]
    assert Indicator.objects.get().goal == Goal.objects.get(key="palvelut")


def test_history_says_who_loaded_from_which_file(tmp_path: Path) -> None:
    with override("sv"):
        load(written(tmp_path))
    row = plan().history.get()
    assert (row.actor_name.text, row.door, row.history_user_id) == ("Strategioiden lataus", "import", None)
    assert "mallila.yaml" in row.history_change_reason
    with override("fi"):
        assert Unit.objects.first().history.get().history_change_reason == row.history_change_reason  # type: ignore[union-attr]  # there is one


def test_a_load_is_told_of_in_the_readers_language(tmp_path: Path) -> None:
    load(written(tmp_path))
    client, item = Client(headers={"Accept-Language": "en"}), plan().item
    client.force_login(make.official(item.municipality))
    page = str(client.get(f"/toimenpiteet/{item.pk}/").content.decode())
    assert "The loading of strategies added the plan." in page
    assert "Loaded from the file mallila.yaml" in page
    assert {actor.name for actor in (LOADER, STAGEHAND)} < set(labels.PROGRAM)


def test_a_second_run_changes_nothing_and_asks_little(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], django_assert_max_num_queries: Any
) -> None:
    path = written(tmp_path)
    load(path, verbosity=1)
    assert f"{ENTRIES} new" in capsys.readouterr().out
    before = history_rows()
    # One query per kind and a few for the keys: not one per entry.
    with django_assert_max_num_queries(45):
        load(path, verbosity=1)
    output = capsys.readouterr().out
    assert f"mallila.yaml: 0 new, 0 changed, 0 removed, {ENTRIES} unchanged" in output
    assert "In all: 0 new, 0 changed, 0 removed, " in output
    assert history_rows() == before


def test_json_prints_counts_per_kind_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(written(tmp_path), json=True, verbosity=1)
    printed = capsys.readouterr()
    assert printed.err == ""
    counts = json.loads(printed.out)
    assert counts["period_plan"] == {"created": 2, "changed": 0, "unchanged": 0, "removed": 0}
    assert sum(kind["created"] for kind in counts.values()) == ENTRIES


def test_a_changed_file_changes_only_that(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(written(tmp_path))
    before = history_rows()
    load(written(tmp_path, edited(("text: Laaditaan tiekartta.", "text: Tehdään tiekartta."))), verbosity=1)
    assert "0 new, 1 changed, 0 removed" in capsys.readouterr().out
    assert history_rows() == before + 1
    assert (plan().text, plan().version) == ("Tehdään tiekartta.", 2)
    row = plan().history.order_by("-version").first()
    assert (row.history_type, row.actor_name.text) == ("~", "Strategioiden lataus")


def test_a_changed_due_day_moves_the_derived_deadline(tmp_path: Path) -> None:
    load(written(tmp_path))
    load(written(tmp_path, edited(("due: 2020-06,", "due: 2020-05-15,"))))
    assert plan().next_deadline_on == date(2020, 5, 15)


def test_work_of_people_is_never_touched(tmp_path: Path) -> None:
    load(written(tmp_path))
    unit, stamp = Unit.objects.get(key="tietohallinto"), make.stamp()
    audited.change(unit, stamp, email="tietohallinto@mallila.example")
    manager = make.member(unit)
    scope = access.scope_of(manager, local_day(make.NOW))
    actor = Actor.person(manager, Door.PAGE)
    who: dict[str, Any] = {"scope": scope, "actor": actor, "now": make.NOW}
    plans.move(plan().pk, "start", version=1, **who)
    step = Step.objects.get(key="kysely")
    plans.tick_step(step.pk, done=True, version=1, **who)
    load(
        written(
            tmp_path,
            edited(("text: Laaditaan tiekartta.", "text: Tehdään tiekartta."), ("text: Kysely,", "text: Kysely 2,")),
        )
    )
    assert (plan().status, plan().text, plan().version) == ("in_progress", "Tehdään tiekartta.", 3)
    step.refresh_from_db()
    assert (step.done, step.text) == (True, "Kysely 2")
    assert plan().next_deadline_on == date(2020, 11, 30)
    unit.refresh_from_db()
    assert unit.email == "tietohallinto@mallila.example"
    assert unit.memberships.count() == 1


def test_what_a_person_changed_stays_and_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(written(tmp_path))
    item = ActionItem.objects.get()
    audited.change(item, make.stamp(), name_fi="Digitiekartta")
    load(written(tmp_path, edited(("name: Tiekartta\n", "name: Uusi tiekartta\n"))), verbosity=1)
    output = capsys.readouterr().out
    item.refresh_from_db()
    assert item.name == "Digitiekartta"
    assert "In all: 0 new, 0 changed, 0 removed, " in output
    assert (
        'Kept as people have changed it in the product:\n  action item "Digitiekartta" (Palvelut kehittyvät), name'
        in output
    )


def test_the_file_may_still_change_what_the_person_did_not(tmp_path: Path) -> None:
    load(written(tmp_path))
    audited.change(ActionItem.objects.get(), make.stamp(), name_fi="Digitiekartta")
    load(
        written(
            tmp_path, edited(("name: Tiekartta\n", "name: Uusi tiekartta\n"), ("source: 007:13", "source: 007:13-14"))
        )
    )
    item = ActionItem.objects.get()
    assert (item.name, item.source) == ("Digitiekartta", "007:13-14")


def test_the_steps_of_a_closed_plan_stay_and_it_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(written(tmp_path))
    owner = plan().municipality
    director = make.official(owner)
    by: Any = {"scope": access.scope_of(director, make.TODAY), "actor": Actor.person(director, Door.PAGE)}
    plans.move(plan().pk, "discontinue", version=1, now=make.NOW, comment="Ei enää ajankohtainen", **by)
    step = "{key: kysely, text: Kysely, due: 2020-06, source: 007:15}"
    new = "{key: uusi, text: Uusi, source: 007:15}"
    changed = step.replace("text: Kysely", "text: Kysely kaikille")
    load(written(tmp_path, edited((step, f"{changed}\n                    - {new}"))), verbosity=1)
    assert [row.text for row in plan().steps.order_by("order")] == ["Kysely", "Luonnos"]
    output = capsys.readouterr().out
    for named in ("Kysely kaikille", "Uusi"):
        refused = f'step "{named}" (Tiekartta, 2020): The plan is closed, so its steps and means stay as they are.'
        assert refused in output
    assert "Left in place" not in output


def test_a_file_that_takes_a_plans_last_unit_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(written(tmp_path))
    audited.remove(PlanUnit.objects.get(plan=plan(), unit__key="tietohallinto"), make.stamp())
    units = "units: [tietohallinto, palvelualueet]"
    with pytest.raises(SystemExit):
        load(written(tmp_path, edited((units, "units: [tietohallinto]"))))
    assert "A plan always has a responsible unit." in capsys.readouterr().err
    assert [link.unit.key for link in plan().unit_links.all()] == ["palvelualueet"]


def test_a_link_that_a_person_removed_stays_removed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(written(tmp_path))
    audited.remove(PlanProject.objects.get(), make.stamp())
    load(written(tmp_path), verbosity=1)
    assert not PlanProject.objects.exists()
    assert 'project of a plan "Datahanke" (Tiekartta, 2020)' in capsys.readouterr().out


def test_a_link_that_the_file_dropped_goes_with_history(tmp_path: Path) -> None:
    load(written(tmp_path))
    added = audited.add(PlanUnit(plan=plan(), unit=Unit.objects.get(key="palvelualue"), order=9), make.stamp())
    load(written(tmp_path, edited(("units: [tietohallinto, palvelualueet]", "units: [palvelualueet]"))))
    # What a person added is not the file's to remove.
    assert {link.unit.key for link in plan().unit_links.all()} == {"palvelualueet", added.unit.key}
    gone = PlanUnit.history.get(history_type="-")
    assert (gone.actor_name.text, gone.door) == ("Strategioiden lataus", "import")


def test_a_dropped_entry_is_left_in_place_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(written(tmp_path))
    dropped = "                    - {key: luonnos, text: Luonnos, unit: palvelualue, source: 007:16}\n"
    load(written(tmp_path, edited((dropped, ""))), verbosity=1)
    assert Step.objects.filter(key="luonnos").exists()
    output = capsys.readouterr().out
    assert 'Left in place, though no longer in the file:\n  step "Luonnos" (Tiekartta, 2020)' in output


def test_a_trial_says_what_loading_would_do_and_does_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(written(tmp_path), verbosity=1, check=True)
    output = capsys.readouterr().out
    assert "40 new" in output
    assert "This was a trial: nothing was loaded." in output
    assert not Strategy.objects.exists()
    load(written(tmp_path))
    load(written(tmp_path, edited(("name: Tiekartta\n", "name: Uusi tiekartta\n"))), verbosity=1)
    assert 'Changed:\n  action item "Uusi tiekartta" (Palvelut kehittyvät): name\n' in capsys.readouterr().out


def test_what_vanished_is_told_by_strategy_whatever_the_file_is_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    load(written(tmp_path))
    plans_of_it = SMALL[SMALL.index("                - period: 2021-2030") : SMALL.index("          indicators:")]
    project = SMALL[SMALL.index("projects:\n") : SMALL.index("strategy:\n")]
    shorter = edited((plans_of_it, ""), (project, ""), ("                  projects: [datahanke]\n", ""))
    load(written(tmp_path, shorter, "mallila-2027.yaml"), verbosity=1, language="fi")
    output = capsys.readouterr().out
    assert 'kauden toimenpide "Tiekartta, 2021–2030"\n' in output
    assert 'hanke "Datahanke"' in output
    # Of the city's other strategies nothing vanished: only this one was loaded.
    other = edited(("  key: mallilan-strategia", "  key: toinen"))
    load(written(tmp_path, other, "toinen.yaml"), verbosity=1)
    assert "Left in place" not in capsys.readouterr().out


def test_what_people_added_is_not_reported_as_dropped(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(written(tmp_path))
    make.step(plan())
    load(written(tmp_path), verbosity=1)
    assert "Left in place" not in capsys.readouterr().out


def test_another_strategy_of_the_city_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load(written(tmp_path))
    other = edited(("  key: mallilan-strategia", "  key: uusi-strategia\n  follows: mallilan-strategia"))
    load(written(tmp_path, other, "uusi.yaml"), verbosity=1)
    output = capsys.readouterr().out
    assert "Left in place" not in output
    assert "0 changed" in output
    assert Unit.objects.count() == 3
    new = Strategy.objects.get(key="uusi-strategia")
    assert new.follows == Strategy.objects.get(key="mallilan-strategia")
    # The programme is the city's: it now carries out both.
    assert Programme.objects.get().strategy_links.count() == 2


def test_two_files_may_say_the_same_of_a_unit_and_follow_each_other(tmp_path: Path) -> None:
    first = written(tmp_path, edited(("  key: mallilan-strategia", "  key: b\n  follows: z")), "a.yaml")
    second = written(tmp_path, edited(("  key: mallilan-strategia", "  key: z")), "b.yaml")
    load(first, second)
    assert Unit.objects.count() == 3
    assert Strategy.objects.get(key="b").follows == Strategy.objects.get(key="z")


def test_a_unit_of_an_earlier_load_may_be_named(tmp_path: Path) -> None:
    load(written(tmp_path))
    start, end = SMALL.index("units:\n"), SMALL.index("strategy:\n")
    rest = SMALL[:start] + SMALL[end:]
    load(written(tmp_path, rest.replace("  key: mallilan-strategia", "  key: toinen"), "toinen.yaml"))
    assert ActionItem.objects.filter(lead_unit__key="tietohallinto").count() == 2


def test_a_link_to_another_goal(tmp_path: Path) -> None:
    load(
        written(
            tmp_path, edited(("lead: tietohallinto\n", "lead: tietohallinto\n              linked_goals: [talous]\n"))
        )
    )
    assert LinkedGoal.objects.get().goal.key == "talous"


def test_the_same_keys_in_another_municipality_are_other_rows(tmp_path: Path) -> None:
    load(written(tmp_path))
    load(written(tmp_path, edited(("  key: mallila\n", "  key: toinen\n")), "toinen.yaml"))
    assert Municipality.objects.count() == 2
    assert Unit.objects.filter(key="tietohallinto").count() == 2


def test_windows_line_ends_and_a_byte_order_mark_are_fine(tmp_path: Path) -> None:
    load(written(tmp_path, b"\xef\xbb\xbf" + SMALL.replace("\n", "\r\n").encode()))
    assert Strategy.objects.count() == 1


def test_the_longest_texts_fit_the_database(tmp_path: Path) -> None:
    long = {length: "å" * length for length in (100, 200, 300, 5000)}
    load(
        written(
            tmp_path,
            edited(
                ("name: Palvelualue\n", f"name: {long[200]}\n"),
                ("name: Mallilan strategia\n", f"name: {long[300]}\n"),
                ("kind: teema", f"kind: {long[100]}"),
                ("text: Laaditaan tiekartta.", f"text: {long[5000]}"),
                ('unit_of_measure: "%"', f"unit_of_measure: {long[100]}"),
                ("aliases: [Data]", f"aliases: [{long[200]}]"),
                (
                    "body: Valtuusto, stated: false, basis: Kuntalaki 113 §",
                    f"body: {long[200]}, stated: false, basis: {long[300]}",
                ),
                ("value: 71.5", "value: 12345678901.5678"),
            ),
        )
    )
    assert IndicatorValue.objects.get(key="2019-tp").value == Decimal("12345678901.5678")
    assert plan().text == long[5000]


def test_without_a_name_the_bundled_strategies_are_loaded(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_strategies", language="en")
    output = capsys.readouterr().out
    assert "kuopio-toimenpiteet.yaml: " in output
    assert set(Municipality.objects.values_list("key", flat=True)) == {"kuopio", "kokkola", "kouvola"}
    call_command("load_strategies", language="en")
    assert "In all: 0 new, 0 changed, 0 removed, " in capsys.readouterr().out


def test_the_whole_file_of_the_documentation_loads(tmp_path: Path) -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "data-format.md").read_text(encoding="utf-8")
    example = text.partition("## A whole file, small")[2].partition("```yaml\n")[2].partition("```")[0]
    load(written(tmp_path, example, "my-city.yaml"))
    assert ActionItem.objects.get().plans.get().unit_links.get().unit.key == "kirjasto"
    assert Step.objects.get().due_on == date(2026, 12, 31)
