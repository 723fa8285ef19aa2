"""Putting lists in order, and what happens to units: seen first, done once, never round somebody else."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.urls import reverse

from tests import make
from tests.edit.editors import WHY, Kept, html, keep, newest, send, statements, typed
from tests.plan.test_moves import signed_in
from toimenpiteet.models import Membership, Theme, Unit, UnitAlias
from toimenpiteet.services import audited

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> Kept:
    return Kept()


# Order


def goals_in_order(world: Kept) -> list[str]:
    return list(Theme.objects.filter(strategy=world.strategy).order_by("order", "pk").values_list("name_fi", flat=True))


@pytest.fixture
def themes(world: Kept) -> list[Theme]:
    """Give three themes, named by their places."""
    audited.change(world.theme, make.stamp(), name_fi="yksi", order=1)
    return [
        world.theme,
        *(make.theme(world.strategy, name_fi=name, order=at) for at, name in ((2, "kaksi"), (3, "kolme"))),
    ]


def order_page(world: Kept) -> str:
    return reverse("edit-order", args=["theme", world.strategy.pk])


def seen(themes: list[Theme]) -> list[str]:
    return [f"{theme.pk}:{theme.version}" for theme in themes]


def test_a_row_moves_by_a_button_without_javascript(world: Kept, themes: list[Theme]) -> None:
    response = world.client.post(order_page(world), {"row": seen(themes), "move": f"{themes[2].pk}:up"}, follow=True)
    assert goals_in_order(world) == ["yksi", "kolme", "kaksi"]
    assert "kolme on nyt järjestyksessä 2/3" in html(response)
    assert "<title>Teemat" in html(response)
    # Only those whose place changed are written, with who and why.
    assert [Theme.objects.get(pk=theme.pk).version for theme in themes] == [2, 2, 2]
    assert newest(themes[2]).actor_name.text == "Aino Ylläpitäjä"


def test_a_dragged_order_comes_as_a_whole_and_answers_with_the_list(world: Kept, themes: list[Theme]) -> None:
    wanted = [themes[2], themes[0], themes[1]]
    data = {"row": seen(wanted), "move": f"{themes[2].pk}:here"}
    response = world.client.post(order_page(world), data, headers={"HX-Request": "true"})
    assert goals_in_order(world) == ["kolme", "yksi", "kaksi"]
    assert "<html" not in html(response)
    assert 'id="live"' in html(response)
    assert "kolme on nyt järjestyksessä 1" in html(response)


def test_the_ends_of_the_list_stay(world: Kept, themes: list[Theme]) -> None:
    assert world.client.post(order_page(world), {"row": seen(themes), "move": f"{themes[0].pk}:up"}).status_code == 303
    assert goals_in_order(world) == ["yksi", "kaksi", "kolme"]


def test_a_list_that_changed_meanwhile_is_shown_as_it_is_and_not_reordered(world: Kept, themes: list[Theme]) -> None:
    data = {"row": seen(themes), "move": f"{themes[2].pk}:up"}
    make.theme(world.strategy, name_fi="neljä", order=4)
    response = world.client.post(order_page(world), data)
    assert response.status_code == 409
    assert "neljä" in html(response)
    assert goals_in_order(world) == ["yksi", "kaksi", "kolme", "neljä"]


def test_a_row_that_changed_meanwhile_stops_the_whole_order(world: Kept, themes: list[Theme]) -> None:
    data = {"row": seen(themes), "move": f"{themes[2].pk}:up"}
    audited.change(themes[1], make.stamp(), name_fi="kakkonen")
    assert world.client.post(order_page(world), data).status_code == 409
    assert goals_in_order(world) == ["yksi", "kakkonen", "kolme"]


@pytest.mark.parametrize("rows", [[], ["x"], ["1:1", "1:1", "1:1"], ["999999999:1"]])
def test_a_forged_list_orders_nothing(world: Kept, themes: list[Theme], rows: list[str]) -> None:
    assert world.client.post(order_page(world), {"row": rows, "move": "1:up"}).status_code == 409
    assert goals_in_order(world) == ["yksi", "kaksi", "kolme"]


def test_numbered_rows_keep_the_documents_order(world: Kept) -> None:
    make.goal(world.theme, name_fi="Toinen tavoite", number=2)
    address = reverse("edit-order", args=["goal", world.theme.pk])
    page = html(world.client.get(address))
    assert "data-reorder" not in page
    assert "numerot määräävät" in page


def test_the_themes_under_a_theme_are_a_list_of_their_own(world: Kept, themes: list[Theme]) -> None:
    under = [make.theme(world.strategy, name_fi=name, parent=world.theme) for name in ("alla yksi", "alla kaksi")]
    page = html(world.client.get(f"{order_page(world)}?under={world.theme.pk}"))
    assert "alla kaksi" in page
    assert "kolme" not in page.partition('<ol class="ordered')[2]
    data = {"row": seen(under), "move": f"{under[1].pk}:up", "under": world.theme.pk}
    assert world.client.post(order_page(world), data).status_code == 303
    first, second = (Theme.objects.get(pk=theme.pk).order for theme in under)
    assert second < first


# Units that end


def test_what_moves_is_seen_before_a_unit_ends_and_nothing_happens_before_the_post(world: Kept) -> None:
    heir = make.unit(world.municipality, "Digipalvelut")
    make.unit(world.municipality, "Sovellukset", parent=world.unit)
    audited.add(UnitAlias(unit=world.unit, text="atk-osasto"), make.stamp())
    address = reverse("unit-end", args=[world.unit.pk])
    assert world.client.get(address).status_code == 200

    preview = world.client.get(address, {"preview": "1", "last_day": "2021-12-31", "successor": str(heir.pk)})

    page = html(preview)
    for moved in ("Digitalisaation tiekartta", "Sovellukset", "atk-osasto", "Maija Mallikas", "Digipalvelut"):
        assert moved in page
    assert Unit.objects.get(pk=world.unit.pk).version == 1
    data = typed(preview) | {"reason": WHY}
    response = world.client.post(address, {name: value for name, value in data.items() if value != ""})
    assert response.status_code == 303, response.context["form"].errors
    ended = Unit.objects.get(pk=world.unit.pk)
    assert (ended.valid_until, ended.successor) == (date(2021, 12, 31), heir)
    assert Membership.objects.get(user=world.manager).valid_until == date(2021, 12, 31)
    assert newest(world.unit).history_change_reason == WHY


def test_a_unit_is_split_and_its_page_says_so(world: Kept) -> None:
    first, second = (make.unit(world.municipality, name) for name in ("Konsernipalvelut", "Digipalvelut"))
    address = reverse("unit-end", args=[world.unit.pk])
    data: dict[str, Any] = {"last_day": "2021-12-31", "successor": first.pk, "others": [second.pk]}
    preview = world.client.get(address, {"preview": "1", **data})
    assert "Vastuutaho jaetaan" in preview.content.decode()
    alone = world.client.post(address, data | {"successor": "", "reason": WHY, "seen_version": 1})
    assert (alone.status_code, list(alone.context["form"].errors)) == (422, ["successor"])

    assert world.client.post(address, data | {"reason": WHY, "seen_version": 1}).status_code == 303
    assert Unit.objects.get(pk=world.unit.pk).successor == first
    page = world.client.get(f"/vastuutahot/{world.unit.pk}/").content.decode()
    note = page.partition('class="note">')[2].partition("</p>")[0]
    assert note.index("Jaetaan 1.1.2022") < note.index("Konsernipalvelut") < note.index("Digipalvelut")
    assert "Toimenpiteet siirtyvät niistä ensimmäiselle." in note
    assert "</a>." in note
    heir = html(world.client.get(f"/vastuutahot/{second.pk}/"))
    assert "Jatkaa myöhemmin näiden työtä" in heir
    assert "(1.1.2022 alkaen)" in heir
    with time_machine.travel(datetime(2022, 1, 1, 12, tzinfo=UTC), tick=False):
        client = signed_in(world.manager)
        gone, heir = (html(client.get(f"/vastuutahot/{unit.pk}/")) for unit in (world.unit, second))
    assert "Toimenpiteet siirtyivät niistä ensimmäiselle." in gone
    assert "Jatkaa näiden työtä" in heir
    assert "(jaettu)" in heir


def test_without_a_successor_open_work_stops_the_end(world: Kept) -> None:
    address = reverse("unit-end", args=[world.unit.pk])
    preview = world.client.get(address, {"preview": "1", "last_day": "2021-12-31", "successor": ""})
    assert "Nimeä vastuutaho" in html(preview)
    data = {"last_day": "2021-12-31", "successor": "", "reason": WHY, "seen_version": 1}
    response = world.client.post(address, data)
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["successor"])
    assert WHY in html(response)


def test_a_unit_does_not_end_into_itself_or_into_another_municipality(world: Kept) -> None:
    address = reverse("unit-end", args=[world.unit.pk])
    for successor in (world.unit.pk, make.unit(make.municipality()).pk, 999999):
        data = {"last_day": "2021-12-31", "successor": successor, "reason": WHY, "seen_version": 1}
        response = world.client.post(address, data)
        assert (response.status_code, list(response.context["form"].errors)) == (422, ["successor"])
    assert Unit.objects.get(pk=world.unit.pk).version == 1


def test_a_unit_goes_on_under_a_new_name(world: Kept) -> None:
    address = reverse("unit-rename", args=[world.unit.pk])
    preview = world.client.get(
        address, {"preview": "1", "on": "2021-06-01", "name_fi": "Digipalvelut", "name_sv": "", "name_en": ""}
    )
    assert "Maija Mallikas" in html(preview)
    data = {name: value for name, value in typed(preview).items() if value is not None} | {"reason": WHY}
    response = world.client.post(address, data)
    assert response.status_code == 303, response.context["form"].errors
    old = Unit.objects.get(pk=world.unit.pk)
    assert old.successor is not None
    assert (old.successor.name, old.valid_until) == ("Digipalvelut", date(2021, 5, 31))


def test_a_unit_changed_after_it_was_seen_does_not_end(world: Kept) -> None:
    audited.change(world.unit, make.stamp(), email="uusi@mallila.example")
    heir = make.unit(world.municipality, "Digipalvelut")
    data = {"last_day": "2021-12-31", "successor": heir.pk, "reason": WHY, "seen_version": 1}
    response = world.client.post(reverse("unit-end", args=[world.unit.pk]), data)
    assert response.status_code == 409
    assert Unit.objects.get(pk=world.unit.pk).successor is None


def test_an_end_that_is_planned_is_shown_changed_and_taken_back(world: Kept) -> None:
    heir, other = (make.unit(world.municipality, name) for name in ("Digipalvelut", "Konsernipalvelut"))
    address, back = (reverse(name, args=[world.unit.pk]) for name in ("unit-end", "unit-take-back"))
    data = {"last_day": "2021-12-31", "successor": heir.pk, "reason": WHY, "seen_version": 1}
    assert world.client.post(address, data).status_code == 303
    assert address in html(world.client.get(keep(world, "unit")))
    page = world.client.get(address)
    assert back in html(page)
    shown = typed(page) | {"successor": other.pk}
    assert shown["last_day"] == date(2021, 12, 31)

    preview = world.client.get(address, shown | {"preview": "1"})
    assert "31.12.2021" in html(preview)
    assert world.client.post(address, typed(preview) | {"reason": WHY}).status_code == 303
    assert Unit.objects.get(pk=world.unit.pk).successor == other
    refused = send(world.client, back, reason=" ")
    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["reason"])
    assert send(world.client, back).status_code == 303
    assert Unit.objects.get(pk=world.unit.pk).valid_until is None
    assert statements(world.client, address) <= 15
