"""Steps on the page of their item: added, reworded, put in order, removed; nothing typed is lost."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.pages import seen
from tests.plan.test_moves import HTMX, signed_in
from tests.web.test_pages import html
from toimenpiteet.models import Step
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> make.World:
    return make.World()


def typed(text: str, version: int = 1, **more: Any) -> dict[str, Any]:
    fields = {"text_fi": text, "text_sv": "", "text_en": "", "due_on": "", "due_precision": "", "unit": ""}
    return fields | {"seen_version": version} | more


def new(world: make.World) -> str:
    return f"/suunnitelmat/{world.plan.pk}/osatoimet/uusi/"


def body(response: Any, status: int) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return str(response.content.decode())


def texts(world: make.World) -> list[str]:
    return list(Step.objects.filter(plan=world.plan).order_by("order", "pk").values_list("text_fi", flat=True))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.CONTRIBUTOR])
def test_those_who_do_the_work_add_a_step_with_a_due_date_in_words_and_a_unit(world: make.World, role: Role) -> None:
    client = signed_in(make.member(world.unit, role))
    data = typed("Kysely asukkaille", due_on="2021-10-05", due_precision="season", unit=world.unit.pk)
    response = client.post(new(world), data)
    assert response.status_code == 303
    assert response["Location"] == f"/toimenpiteet/{world.item.pk}/#plan-{world.plan.pk}-steps"
    page = html(client.get(response["Location"]))
    assert "Osatoimenpide lisättiin: ”Kysely asukkaille”." in page
    assert "syksyllä 2021 · Tietohallinto" in " ".join(page.split())
    assert "lisäsi osatoimenpiteen ”Kysely asukkaille”" in page
    assert "Osatoimenpide lisätty" not in page  # the sentence says as much


def test_a_double_click_adds_one_step(world: make.World) -> None:
    client = signed_in(world.manager)
    data = typed("Kysely asukkaille")
    for _ in range(2):
        assert client.post(new(world), data).status_code == 303
    assert texts(world) == ["Kysely asukkaille"]


def test_on_a_page_of_its_own_the_form_is_an_ordinary_one(world: make.World) -> None:
    step, client = make.step(world.plan), signed_in(world.director)
    places = (f"/toimenpiteet/{world.item.pk}/muokkaa/", f"/suunnitelmat/{world.plan.pk}/muokkaa/")
    for address in (new(world), f"/osatoimet/{step.pk}/muokkaa/", *places):
        alone, part = html(client.get(address)), html(client.get(address, headers=HTMX))
        assert f'hx-post="{address}"' in part
        assert 'class="edit-form"' in alone
        assert "hx-" not in alone.partition("<main")[2].partition("</main>")[0], address


def test_in_place_the_answer_is_the_page_from_which_the_form_takes_its_part(world: make.World) -> None:
    client = signed_in(world.manager)
    form = body(client.get(new(world), headers=HTMX), 200)
    assert "<html" not in form
    response = client.post(new(world), typed("Kysely"), headers=HTMX)
    assert response["HX-Reselect"] == response["HX-Retarget"] == f"#plan-{world.plan.pk}-steps"
    assert f'id="plan-{world.plan.pk}-steps"' in body(response, 200)


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize(
    ("data", "field", "said"),
    [
        ({"text_fi": ""}, "text_fi", "vaaditaan"),
        ({"text_fi": "pitkä " * 2000}, "text_fi", "tähän mahtuu enintään"),
        ({"due_on": "2021-02-30"}, "due_on", "Tällaista päivää ei ole"),
        ({"due_on": "ensi kesänä"}, "due_on", "Tällaista päivää ei ole"),
        ({"due_on": "2021-01-15", "due_precision": "season"}, "due_on", "Talvi"),
        ({"due_precision": "month"}, "due_precision", "päivä"),
        ({"date_kind": "ends"}, "date_kind", "jätä molemmat tyhjiksi"),
        ({"due_on": "2021-05-15", "due_precision": "fortnight"}, "due_precision", ""),
        ({"unit": "999999"}, "unit", ""),
    ],
)
def test_a_refused_form_comes_back_with_everything_typed_and_the_error_at_its_field(
    world: make.World, headers: dict[str, str], data: dict[str, str], field: str, said: str
) -> None:
    wanted = typed("Kysely asukkaille", text_sv="Enkät") | data
    page = body(signed_in(world.manager).post(new(world), wanted, headers=headers), 422)
    assert said in page
    assert wanted["text_fi"].strip() in page
    assert "Enkät" in page
    if field:
        control = re.search(rf'<(?:textarea|input|select)[^>]*name="{field}"[^>]*>', page)
        assert control
        assert 'aria-invalid="true"' in control.group(0)
        assert f"{field}_error" in control.group(0)
    assert texts(world) == []


def test_of_another_municipality_there_is_neither_the_plan_nor_the_step_nor_the_unit(world: make.World) -> None:
    step, stranger = make.step(world.plan), make.World()
    client = signed_in(stranger.manager)
    for address in (new(world), f"/osatoimet/{step.pk}/muokkaa/"):
        assert client.get(address).status_code == 404
        assert client.post(address, typed("Ei ole", key="avain")).status_code == 404
    assert client.post(f"/osatoimet/{step.pk}/poista/", {"seen_version": 1}).status_code == 404
    data = typed("Kysely", key="avain", unit=stranger.unit.pk)
    assert signed_in(world.manager).post(new(world), data).status_code == 422
    assert texts(world) == ["Kysely asiakkaille"]


def test_a_reader_is_told_why_the_steps_are_not_theirs_to_change(world: make.World) -> None:
    step = make.step(world.plan)
    reader = signed_in(make.official(world.municipality, Role.VIEWER))
    address = f"/osatoimet/{step.pk}/muokkaa/"
    assert "kuuluu muille" in body(reader.get(address), 403)
    assert reader.post(address, typed("Ei saa")).status_code == 403
    assert address not in html(reader.get(f"/toimenpiteet/{world.item.pk}/"))
    assert address in html(signed_in(world.manager).get(f"/toimenpiteet/{world.item.pk}/"))


def test_steps_of_a_closed_plan_are_not_offered_for_change(world: make.World) -> None:
    step, director = make.step(world.plan), signed_in(world.director)
    director.post(f"/suunnitelmat/{world.plan.pk}/siirto/", {"name": "discontinue", "comment": "Loppui", "version": 1})
    assert "suljettu" in body(director.get(f"/osatoimet/{step.pk}/muokkaa/"), 403)
    page = html(director.get(f"/toimenpiteet/{world.item.pk}/"))
    assert "Lisää osatoimenpide" not in page
    assert f"/osatoimet/{step.pk}/muokkaa/" not in page


def test_a_language_that_nobody_touched_stays_as_it_was(world: make.World) -> None:
    step = make.step(world.plan)
    client = signed_in(world.manager)
    client.post(f"/osatoimet/{step.pk}/muokkaa/", typed("Kysely asukkaille"))
    assert set(Step.history.filter(id=step.pk).values_list("text_sv", "text_en")) == {(None, None)}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_two_tabs_the_later_one_sees_both_texts_word_by_word_and_keeps_its_own(
    world: make.World, headers: dict[str, str]
) -> None:
    step = make.step(world.plan, text_fi="Kysely kaikille asiakkaille")
    address, client = f"/osatoimet/{step.pk}/muokkaa/", signed_in(world.manager)
    signed_in(world.director).post(address, typed("Kysely kaikille asukkaille"))

    page = body(client.post(address, typed("Kysely kaikille asiakkaille keväällä"), headers=headers), 409)

    assert "Teppo Testaaja tallensi" in page
    assert "Kysely kaikille<del> asukkaille</del>" in seen(page)
    assert "Kysely kaikille<ins> asiakkaille keväällä</ins>" in seen(page)
    assert re.search(r"<textarea[^>]*name=\"text_fi\"[^>]*>\s*Kysely kaikille asiakkaille keväällä</textarea>", page)
    assert texts(world) == ["Kysely kaikille asukkaille"]
    version = re.search(r'name="seen_version" value="(\d+)"', page)
    assert version
    again = client.post(address, typed("Kysely kaikille asukkaille keväällä", version=int(version.group(1))))
    assert again.status_code == 303
    assert texts(world) == ["Kysely kaikille asukkaille keväällä"]


def test_the_same_form_sent_twice_is_saved_once_and_no_conflict(world: make.World) -> None:
    step, client = make.step(world.plan), signed_in(world.manager)
    for _ in range(2):
        assert client.post(f"/osatoimet/{step.pk}/muokkaa/", typed("Haastattelut")).status_code == 303
    assert Step.history.filter(id=step.pk).count() == 2


def test_a_removed_step_stays_in_the_history_with_its_words(world: make.World) -> None:
    step, client = make.step(world.plan, text_fi="Turha kysely"), signed_in(world.manager)
    response = client.post(f"/osatoimet/{step.pk}/poista/", {"seen_version": 1, "reason": "Tehtiin jo"})
    page = html(client.get(response["Location"]))
    assert texts(world) == []
    assert "poisti osatoimenpiteen ”Turha kysely”" in page
    assert "Tehtiin jo" in page
    public = html(Client().get(f"/toimenpiteet/{world.item.pk}/"))
    assert "Turha kysely" not in public
    assert client.get(f"/osatoimet/{step.pk}/poista/").status_code == 405


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_button_on_a_step_that_has_changed_does_nothing_and_says_so(
    world: make.World, headers: dict[str, str]
) -> None:
    step = make.step(world.plan)
    signed_in(world.director).post(f"/osatoimet/{step.pk}/muokkaa/", typed("Haastattelut"))
    client = signed_in(world.manager)
    page = body(client.post(f"/osatoimet/{step.pk}/poista/", {"seen_version": 1}, headers=headers), 409)
    assert "Joku muu" in page
    assert texts(world) == ["Haastattelut"]


def arrange(client: Client, world: make.World, order: list[Step], move: str, **extra: Any) -> Any:
    rows = [f"{step.pk}:{Step.objects.get(pk=step.pk).version}" for step in order]
    address = f"/suunnitelmat/{world.plan.pk}/osatoimet/jarjestys/"
    return client.post(address, {"row": rows, "move": move}, **extra)


def test_steps_are_put_in_order_with_buttons_and_by_dragging(world: make.World) -> None:
    a, b, c = (make.step(world.plan, text_fi=text, order=at) for at, text in enumerate("abc"))
    client = signed_in(world.manager)
    page = html(client.get(f"/toimenpiteet/{world.item.pk}/?arrange={world.plan.pk}"))
    assert page.count('name="move"') == 6
    for order, move, result in (
        ([a, b, c], f"{c.pk}:up", "acb"),
        ([a, c, b], f"{a.pk}:down", "cab"),
        ([b, c, a], f"{b.pk}:here", "bca"),
        ([b, c, a], f"{b.pk}:up", "bca"),
    ):
        response = arrange(client, world, order, move)
        assert response.status_code == 303
        assert f"arrange={world.plan.pk}" in response["Location"]
        assert "".join(texts(world)) == result


def test_an_order_that_names_what_is_not_there_changes_nothing(world: make.World) -> None:
    a, b = (make.step(world.plan, text_fi=text, order=at) for at, text in enumerate("ab"))
    client, foreign = signed_in(world.manager), make.step(make.World().plan)
    other = make.step(make.plan(world.item, world.earlier))
    for move in ("", "x:up", f"{foreign.pk}:up", f"{other.pk}:up", "99999999999:down"):
        assert arrange(client, world, [a, b], move).status_code == 404
    assert arrange(client, world, [a], f"{b.pk}:up").status_code == 404
    assert texts(world) == ["a", "b"]


def test_a_double_click_on_a_button_moves_one_place(world: make.World) -> None:
    steps = [make.step(world.plan, text_fi=text, order=at) for at, text in enumerate("abc")]
    client = signed_in(world.manager)
    data = {"row": [f"{step.pk}:1" for step in steps], "move": f"{steps[2].pk}:up"}
    address = f"/suunnitelmat/{world.plan.pk}/osatoimet/jarjestys/"
    assert [client.post(address, data).status_code for _ in range(2)] == [303, 303]
    assert texts(world) == ["a", "c", "b"]


def test_odd_texts_leave_the_page_whole(world: make.World) -> None:
    client = signed_in(world.manager)
    for text in (
        "מילים בעברית ثم عربية",
        "👷🏽‍♀️" * 50,
        "yhdyssana" * 22,
        "<script>alert(1)</script>",
        "{{ 7|add:7 }}\n\nrivi",
    ):
        assert client.post(new(world), typed(text)).status_code == 303
    page = html(client.get(f"/toimenpiteet/{world.item.pk}/"))
    assert "<script>alert" not in page
    assert "{{ 7|add:7 }}" in page
    assert page.count("</html>") == 1


def test_a_due_date_is_shown_as_it_was_stated_and_its_change_before_and_after(world: make.World) -> None:
    step = make.step(world.plan, due_on=date(2021, 6, 30), due_precision="month")
    client = signed_in(world.manager)
    data = typed("Kysely asiakkaille", due_on="2022-03-01", due_precision="year_end")
    client.post(f"/osatoimet/{step.pk}/muokkaa/", data)
    page = html(client.get(f"/toimenpiteet/{world.item.pk}/?kind=step"))
    assert "kesäkuussa 2021 → vuoden 2022 loppuun mennessä" in page


def test_a_plan_moved_meanwhile_does_not_stop_a_step(world: make.World) -> None:
    step, client = make.step(world.plan), signed_in(world.manager)
    client.post(f"/suunnitelmat/{world.plan.pk}/siirto/", {"name": "start", "version": 1})
    assert client.post(f"/osatoimet/{step.pk}/muokkaa/", typed("Haastattelut")).status_code == 303


def test_what_only_the_other_one_changed_is_taken_over_and_no_clash(world: make.World) -> None:
    step = make.step(world.plan)
    address, client = f"/osatoimet/{step.pk}/muokkaa/", signed_in(world.manager)
    signed_in(world.director).post(address, typed("Haastattelut"))
    mine = typed("Kysely asiakkaille", due_on="2021-10-05", due_precision="day")
    page = body(client.post(address, mine), 409)
    assert "Haastattelut</textarea>" in page
    assert 'value="2021-10-05"' in page
    assert "sinun versiosi" not in page
