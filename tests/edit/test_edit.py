"""Keeping the structure in the product: forms with why, nothing lost, nothing overwritten, nothing of others."""

import re
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
from django.urls import reverse

from tests import make
from tests.edit.editors import WHY, Kept, html, keep, newest, send, statements, typed
from tests.pages import squeezed
from tests.plan.test_moves import signed_in
from toimenpiteet.models import (
    ActionItem,
    Goal,
    PeriodPlan,
    PlanProject,
    PlanUnit,
    Programme,
    Project,
    ProjectAlias,
    Step,
    Strategy,
    SuccessFactor,
    Theme,
    Unit,
    UnitAlias,
)
from toimenpiteet.selectors.history import integrity
from toimenpiteet.services import audited
from toimenpiteet.web.edit.editables import EDITABLES
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> Kept:
    return Kept()


@pytest.mark.parametrize("name", EDITABLES)
def test_each_noun_has_a_page_on_which_saving_nothing_changes_nothing(world: Kept, name: str) -> None:
    row = world.rows[name]
    response = send(world.client, keep(world, name))
    assert response.status_code == 303, response.context["form"].errors
    row.refresh_from_db()
    assert (row.version, row.history.count()) == (1, 1)


# Changing


def test_a_change_is_recorded_with_who_why_and_the_door(world: Kept) -> None:
    response = send(world.client, keep(world, "goal"), name_sv="Tjänsterna utvecklas")
    assert response.status_code == 303
    row = newest(world.goal)
    assert (row.name_sv, row.version, row.actor_name.text, row.door, row.history_change_reason) == (
        "Tjänsterna utvecklas",
        2,
        "Aino Ylläpitäjä",
        "page",
        WHY,
    )
    assert list(integrity.verify()) == []


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_nothing_is_saved_and_nothing_typed_is_lost(world: Kept, reason: str) -> None:
    response = send(world.client, keep(world, "goal"), name_fi="Palvelut paranevat", reason=reason)
    assert response.status_code == 422
    assert 'value="Palvelut paranevat"' in html(response)
    area = re.search(r'<textarea name="reason"[^>]*>', html(response))
    assert area
    assert 'aria-invalid="true"' in area.group()
    assert 'aria-describedby="id_reason_helptext id_reason_error"' in area.group()
    assert Goal.objects.get(pk=world.goal.pk).version == 1


def test_a_title_of_ten_thousand_characters_is_refused_with_the_limit_and_kept(world: Kept) -> None:
    long = "Pitkä nimi " * 1000
    response = send(world.client, keep(world, "goal"), name_fi=long)
    assert response.status_code == 422
    assert "10\xa0999 merkkiä; tähän mahtuu enintään 300" in str(response.context["form"].errors["name_fi"])
    assert long.strip() in html(response)
    # A browser would cut it in silence.
    assert "maxlength" not in html(world.client.get(keep(world, "goal"))).partition("<main")[2]


def test_a_name_of_two_hundred_characters_without_a_space_is_taken(world: Kept) -> None:
    assert send(world.client, keep(world, "goal"), name_fi="ä" * 200).status_code == 303
    assert "ä" * 200 in html(world.client.get(keep(world, "theme")))


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ 7|add:7 }}", "=HYPERLINK(1)", "Ähtäri – 5 %", "مرحبا 🙂"]
)
def test_text_is_text(world: Kept, text: str) -> None:
    assert send(world.client, keep(world, "goal"), name_fi=text).status_code == 303
    assert Goal.objects.get(pk=world.goal.pk).name_fi == text  # type: ignore[attr-defined]  # modeltranslation's column
    assert "<script>alert" not in html(world.client.get(keep(world, "goal")))


def test_an_invisible_control_character_is_refused_at_its_field(world: Kept) -> None:
    response = send(world.client, keep(world, "plan"), text_fi="kello\x07")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["text_fi"])


def test_the_municipalitys_own_language_is_asked_for_and_the_others_are_not(world: Kept) -> None:
    response = send(world.client, keep(world, "goal"), name_fi="", name_sv="Bara svenska")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["name_fi"])
    assert 'value="Bara svenska"' in html(response)


# Somebody else at the same time


def test_what_was_saved_meanwhile_stands_beside_what_was_typed_and_nothing_is_overwritten(world: Kept) -> None:
    address = keep(world, "unit")
    page = world.client.get(address)
    audited.change(world.unit, make.stamp(), name_fi="Digipalvelut", email="toinen@mallila.example")
    mine = typed(page) | {"reason": WHY, "name_fi": "Datapalvelut", "language": "sv"}

    response = world.client.post(address, mine)

    assert response.status_code == 409
    form = response.context["form"]
    assert "Digipalvelut" in str(form.errors["name_fi"])
    shown = html(response)
    assert 'value="Datapalvelut"' in shown
    # What only the other one changed is taken over, and said.
    assert 'value="toinen@mallila.example"' in shown
    assert "email" in form.errors
    assert Unit.objects.get(pk=world.unit.pk).version == 2
    # Having been told, the person may send it again.
    again = world.client.post(address, typed(response) | {"reason": WHY})
    assert again.status_code == 303, again.context["form"].errors
    unit: Any = Unit.objects.get(pk=world.unit.pk)
    assert (unit.name_fi, unit.email, unit.language) == ("Datapalvelut", "toinen@mallila.example", "sv")


def test_a_form_sent_twice_is_done_once_and_says_saved(world: Kept) -> None:
    address = keep(world, "goal")
    data = typed(world.client.get(address)) | {"reason": WHY, "name_fi": "Palvelut paranevat"}
    assert [world.client.post(address, data).status_code for _ in range(2)] == [303, 303]
    assert Goal.objects.get(pk=world.goal.pk).version == 2


@pytest.mark.parametrize("version", ["", "0", "999", "-1", "abc"])
def test_a_forged_version_saves_nothing(world: Kept, version: str) -> None:
    response = send(world.client, keep(world, "goal"), name_fi="Toinen", seen_version=version)
    assert response.status_code in {409, 422}
    assert Goal.objects.get(pk=world.goal.pk).version == 1


def test_links_added_by_two_people_at_once_are_both_kept(world: Kept) -> None:
    mine, theirs = make.unit(world.municipality, "Ruokapalvelut"), make.unit(world.municipality, "Tilapalvelut")
    page = world.client.get(keep(world, "plan"))
    audited.add(PlanUnit(plan=world.plan, unit=theirs, order=1), make.stamp())
    data = typed(page) | {"reason": WHY, "units": [world.unit.pk, mine.pk]}
    assert world.client.post(keep(world, "plan"), data).status_code == 303
    assert set(PlanUnit.objects.values_list("unit__name_fi", flat=True)) == {
        "Tietohallinto",
        "Tilapalvelut",
        "Ruokapalvelut",
    }


# Making


def test_a_new_noun_stands_last_under_its_parent(world: Kept) -> None:
    address = reverse("edit-add", args=["goal", world.theme.pk])
    response = send(world.client, address, name_fi="Kasvu jatkuu", number="2")
    made = Goal.objects.get(name_fi="Kasvu jatkuu")
    assert response.url == reverse("edit", args=["goal", made.pk])
    assert (made.strategy, made.key, made.order > world.goal.order) == (world.strategy, "kasvu-jatkuu", True)
    assert newest(made).history_change_reason == WHY


def test_a_double_click_makes_one_row(world: Kept) -> None:
    address = reverse("edit-add", args=["step", world.plan.pk])
    data = typed(world.client.get(address)) | {"reason": WHY, "text_fi": "Uusi osatoimenpide"}
    assert [world.client.post(address, data).status_code for _ in range(2)] == [303, 303]
    assert Step.objects.filter(text_fi="Uusi osatoimenpide").count() == 1


def test_a_plan_is_made_with_its_units_and_projects_at_once(world: Kept) -> None:
    address = reverse("edit-add", args=["plan", world.item.pk])
    project = world.rows["project"]
    data = {"text_fi": "Aloitetaan.", "period": world.earlier.pk, "projects": [project.pk], "due_precision": "season"}
    missing = send(world.client, address, due_on="2020-10-01", **data)
    assert (missing.status_code, list(missing.context["form"].errors)) == (422, ["units"])
    made = send(world.client, address, due_on="2020-10-01", units=[world.unit.pk], **data)
    assert made.status_code == 303
    plan = PeriodPlan.objects.get(period=world.earlier)
    assert (plan.due_on, plan.due_precision, plan.status) == (date(2020, 11, 30), "season", "not_started")
    assert plan.next_deadline_on == date(2020, 11, 30)
    assert PlanProject.objects.get(plan=plan).project == project
    # A second plan in the same period is refused, with the period's field named.
    again = send(world.client, address, units=[world.unit.pk], **(data | {"text_fi": "Toinen"}), due_on="2020-10-01")
    assert again.status_code == 422


@pytest.mark.parametrize("day", ["2021-02-30", "31.4.2021", "ensi viikolla", "2021-13-01"])
def test_a_day_that_does_not_exist_is_refused_at_its_field(world: Kept, day: str) -> None:
    response = send(world.client, keep(world, "plan"), due_on=day, due_precision="day")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["due_on"])
    assert f'value="{day}"' in html(response)


@pytest.mark.parametrize("year", ["kaksituhatta", "-5"])
def test_what_is_no_year_is_refused_with_how_to_write_one(world: Kept, year: str) -> None:
    response = send(world.client, keep(world, "period"), start_year=year)
    assert response.status_code == 422
    assert "esimerkiksi 2026" in str(response.context["form"].errors["start_year"])


def test_a_number_may_be_written_with_the_minus_that_pages_show(world: Kept) -> None:
    assert send(world.client, keep(world, "value"), value="−25,5").status_code == 303
    assert "−25,5" in html(world.client.get(keep(world, "indicator")))


def test_winter_is_no_season(world: Kept) -> None:
    response = send(world.client, keep(world, "plan"), due_on="2021-01-15", due_precision="season")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["due_on"])


def test_other_spellings_are_lines(world: Kept) -> None:
    assert send(world.client, keep(world, "project"), aliases="Tiekartta 2\r\n\r\nTK2\r\nTK2").status_code == 303
    assert set(ProjectAlias.objects.values_list("text", flat=True)) == {"Tiekartta 2", "TK2"}
    assert send(world.client, keep(world, "project"), aliases="TK2").status_code == 303
    assert list(ProjectAlias.objects.values_list("text", flat=True)) == ["TK2"]


def test_a_spelling_that_names_another_unit_is_refused_at_the_spellings(world: Kept) -> None:
    make.unit(world.municipality, "Tilapalvelut")
    response = send(world.client, keep(world, "unit"), aliases="tila palvelut")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["aliases"])
    assert "tila palvelut" in html(response)
    assert not UnitAlias.objects.exists()


def test_a_whole_strategy_is_kept_without_the_admin(world: Kept) -> None:
    """From the strategy to a step, as the director, who keeps no people and units."""
    client = signed_in(world.director)
    above = world.municipality.pk
    for name, values in (
        ("strategy", {"name_fi": "Mallila 2040", "status": "draft", "start_year": 2031, "end_year": 2040}),
        ("theme", {"kind_fi": "päämäärä", "name_fi": "Elinvoima"}),
        ("goal", {"name_fi": "Yrityksiä syntyy"}),
        ("item", {"name_fi": "Yrityspalvelut yhteen", "lead_unit": world.unit.pk}),
    ):
        response = send(client, reverse("edit-add", args=[name, above]), **values)
        assert response.status_code == 303, response.context["form"].errors
        above = int(response.url.rstrip("/").rpartition("/")[2])
    strategy = Strategy.objects.get(name_fi="Mallila 2040")
    # Before it has a period, no plan can be made: the page says so and leads to making one, and back.
    here, way = reverse("edit-add", args=["plan", above]), reverse("edit-add", args=["period", strategy.pk])
    assert f'<a href="{way}?next={quote(here, safe="")}">' in html(client.get(here))
    period = {"name_fi": "2031–2040", "start_year": 2031, "end_year": 2040}
    assert send(client, reverse("edit-add", args=["period", strategy.pk]), **period).status_code == 303
    plan = {"period": strategy.periods.get().pk, "units": [world.unit.pk], "text_fi": "Kootaan palvelut."}
    made = send(client, reverse("edit-add", args=["plan", above]), **plan)
    assert made.status_code == 303, made.context["form"].errors
    assert "Kootaan palvelut." in html(client.get(reverse("item", args=[above])))


def test_the_themes_of_a_programme_are_named_with_their_strategies(world: Kept) -> None:
    other = make.strategy(world.municipality, name_fi="Toinen strategia", order=1)
    make.theme(other, name_fi="Aivan ensin", number=1)
    choices = [
        str(label)
        for _value, label in world.client.get(keep(world, "programme")).context["form"]["themes"].field.choices
    ]
    assert choices == ["Mallilan strategia – Sujuva toiminta", "Toinen strategia – 1. Aivan ensin"]


def test_what_the_municipality_holds_leads_back_to_its_list(world: Kept) -> None:
    client = signed_in(world.director)
    listed = reverse("edit-order", args=["project", world.municipality.pk])
    response = send(client, reverse("edit-add", args=["project", world.municipality.pk]), name_fi="Uusi hanke")
    assert response.url == listed
    assert "Uusi hanke" in html(client.get(listed))
    assert send(client, keep(world, "project")).url == listed


def test_a_page_that_was_come_from_is_returned_to_when_it_is_ours(world: Kept) -> None:
    here = reverse("item", args=[world.item.pk])
    assert f'name="next" value="{here}"' in html(world.client.get(f"{keep(world, 'item')}?next={here}"))
    assert send(world.client, keep(world, "item"), next=here).url == here
    assert send(world.client, keep(world, "item"), next="https://muualla.example/").url == keep(world, "item")


# Whose it is


@pytest.mark.parametrize("page", ["edit", "edit-remove", "edit-move", "edit-add", "edit-order"])
def test_what_is_another_municipalitys_does_not_exist(world: Kept, page: str) -> None:
    stranger = signed_in(make.official(make.municipality(), Role.ADMIN))
    for name, editable in EDITABLES.items():
        row = world.rows[name]
        pk = getattr(row, f"{editable.parent}_id") if page in {"edit-add", "edit-order"} and editable.parent else row.pk
        address = reverse(page, args=[name, pk])
        assert stranger.get(address).status_code == 404, name
        assert stranger.post(address, {"reason": WHY, "seen_version": 1}).status_code == 404, name
        row.refresh_from_db()
        assert row.version == 1, name


def test_who_keeps_what_follows_the_roles(world: Kept) -> None:
    viewer = make.official(world.municipality, Role.VIEWER)
    for person in (world.manager, viewer, world.director):
        client = signed_in(person)
        for name in EDITABLES:
            response = client.get(keep(world, name))
            allowed = person == world.director and name not in {"municipality", "unit"}
            assert response.status_code == (200 if allowed else 403), (name, person)
            if not allowed:
                assert "pääkäyttäjä" in html(response)


def test_no_select_takes_an_id_of_another_municipality(world: Kept) -> None:
    other = make.World()
    strange: dict[type[Any], Any] = {
        Unit: other.unit,
        Theme: other.theme,
        Goal: other.goal,
        Strategy: other.strategy,
        Programme: audited.add(Programme(municipality=other.municipality, key="o", name_fi="Ohjelma"), make.stamp()),
        Project: audited.add(Project(municipality=other.municipality, key="h", name_fi="Hanke"), make.stamp()),
    }
    tried = 0
    for name, editable in EDITABLES.items():
        form = world.client.get(keep(world, name)).context["form"]
        for field in form.fields:
            model = getattr(getattr(form.fields[field], "queryset", None), "model", None)
            if model in strange:
                response = send(world.client, keep(world, name), **{field: strange[model].pk})
                assert response.status_code == 422, (name, field)
                assert field in response.context["form"].errors
                tried += 1
        assert world.rows[name]._meta.model.objects.get(pk=world.rows[name].pk).version == 1, editable
    assert tried > 12


def test_a_get_changes_nothing(world: Kept) -> None:
    before = Goal.history.count(), Unit.history.count()
    for page in ("edit", "edit-remove", "edit-move"):
        world.client.get(reverse(page, args=["goal", world.goal.pk]) + "?reason=x&name_fi=y&seen_version=1")
    world.client.get(reverse("unit-end", args=[world.unit.pk]) + "?preview=1&last_day=2021-12-31&reason=x")
    assert (Goal.history.count(), Unit.history.count()) == before


# Moving and removing


def test_an_item_moves_to_another_goal_with_its_history(world: Kept) -> None:
    goal = make.goal(world.theme, name_fi="Toinen tavoite", number=2)
    address = reverse("edit-move", args=["item", world.item.pk])
    assert "kausien toimenpiteet: 1" in html(world.client.get(address))
    assert send(world.client, address, goal=goal.pk).status_code == 303
    item = ActionItem.objects.get(pk=world.item.pk)
    assert (item.goal, item.version, item.history.count()) == (goal, 2, 2)
    assert newest(item).history_change_reason == WHY
    assert PeriodPlan.objects.get(pk=world.plan.pk).item == item


def test_an_item_does_not_move_to_another_strategy(world: Kept) -> None:
    other = make.goal(make.theme(make.strategy(world.municipality)))
    response = send(world.client, reverse("edit-move", args=["item", world.item.pk]), goal=other.pk)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["goal"])


def test_what_others_depend_on_is_not_removed_and_the_page_says_what(world: Kept) -> None:
    address = reverse("edit-remove", args=["goal", world.goal.pk])
    page = html(world.client.get(address))
    assert "toimenpiteet: 1" in page
    assert 'class="danger"' not in page
    response = world.client.post(address, {"reason": WHY, "seen_version": 1})
    assert response.status_code == 422
    assert Goal.objects.filter(pk=world.goal.pk).exists()


def test_a_row_on_which_nothing_hangs_is_removed_with_a_reason(world: Kept) -> None:
    factor = world.rows["success-factor"]
    address = reverse("edit-remove", args=["success-factor", factor.pk])
    assert world.client.post(address, {"reason": "", "seen_version": 1}).status_code == 422
    assert send(world.client, address).url == f"{keep(world, 'theme')}#success-factor"
    assert not SuccessFactor.objects.exists()
    gone = SuccessFactor.history.filter(id=factor.pk).latest("history_id")
    assert (gone.history_type, gone.history_change_reason, gone.actor_name.text) == ("-", WHY, "Aino Ylläpitäjä")
    # Sent once more, it is simply not there.
    assert world.client.post(address, {"reason": WHY, "seen_version": 1}).status_code == 404


def test_a_plan_made_by_mistake_goes_with_its_links(world: Kept) -> None:
    plan = make.plan(world.item, world.earlier)
    assert send(world.client, reverse("edit-remove", args=["plan", plan.pk])).status_code == 303
    assert not PlanUnit.objects.filter(plan=plan.pk).exists()
    assert newest(plan).history_change_reason == WHY


# Cost


@pytest.mark.parametrize("name", EDITABLES)
def test_a_page_costs_at_most_fifteen_statements(world: Kept, name: str) -> None:
    editable = EDITABLES[name]
    assert statements(world.client, keep(world, name)) <= 15
    if editable.above:
        assert statements(world.client, reverse("edit-remove", args=[name, world.rows[name].pk])) <= 15
        assert statements(world.client, reverse("edit-add", args=[name, world.rows[editable.above].pk])) <= 15


def test_a_long_list_costs_what_a_short_one_does(world: Kept) -> None:
    addresses = [
        keep(world, "plan"),
        reverse("edit-order", args=["theme", world.strategy.pk]),
        reverse("edit-order", args=["unit", world.municipality.pk]),
    ]
    addresses += [
        reverse("edit-index"),
        reverse("unit-end", args=[world.unit.pk]) + "?preview=1&last_day=2021-12-31&successor=",
    ]
    few = [statements(world.client, address) for address in addresses]
    for number in range(40):
        make.step(world.plan, text_fi=f"Osatoimenpide {number}")
        make.theme(world.strategy, name_fi=f"Teema {number}")
        make.unit(world.municipality, f"Yksikkö {number}", parent=world.unit)
        make.plan(make.action_item(world.goal, world.unit), world.period)
    assert few == [statements(world.client, address) for address in addresses]
    assert max(few) <= 15, few


def test_the_entry_page_lists_what_one_keeps(world: Kept) -> None:
    audited.change(world.strategy, make.stamp(), end_year=2020)
    page = html(world.client.get(reverse("edit-index")))
    assert "Mallilan strategia" in page
    assert ">–2020<" in page
    assert reverse("edit-order", args=["unit", world.municipality.pk]) in page
    assert reverse("edit-order", args=["unit", world.municipality.pk]) not in html(
        signed_in(world.director).get(reverse("edit-index"))
    )
    assert signed_in(world.manager).get(reverse("edit-index")).status_code == 403


def test_the_pages_name_the_language_of_each_field(world: Kept) -> None:
    page = html(world.client.get(keep(world, "goal")))
    assert re.search(r'<input[^>]+name="name_sv"[^>]+lang="sv"', page)
    assert "Nimi ruotsiksi" in page


def test_a_form_says_in_which_language_the_text_is_wanted(world: Kept) -> None:
    director, address = signed_in(world.director), f"/yllapito/tavoite/{world.goal.pk}/"
    assert "> Nimi </label>" in squeezed(html(director.get(address)))
    director.post("/kieli/", {"language": "sv"})
    page = squeezed(html(director.get(address)))
    assert "> Namn på finska </label>" in page
    assert "> Namn på svenska" in page
