"""Moving a plan, ticking a step and commenting through the pages."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.pages import squeezed
from toimenpiteet import labels
from toimenpiteet.models import Comment, PeriodPlan, StatusChange, Step, User
from toimenpiteet.workflow import TRANSITIONS, Role, Status

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def world() -> make.World:
    return make.World()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def move(client: Client, plan: PeriodPlan, name: str, comment: str = "", **extra: Any) -> Any:
    version = extra.pop("version", plan.version)
    data = {"name": name, "comment": comment, "version": version, "next": "/odottaa/"}
    return client.post(f"/suunnitelmat/{plan.pk}/siirto/", data, **extra)


def status(plan: PeriodPlan) -> str:
    return PeriodPlan.objects.get(pk=plan.pk).status


def test_a_manager_starts_a_plan_and_the_record_tells_who_when_and_why(world: make.World) -> None:
    response = move(signed_in(world.manager), world.plan, "start")

    assert response.status_code == 303
    assert response.url == f"/odottaa/#plan-{world.plan.pk}"
    change = StatusChange.objects.get()
    assert (change.from_status, change.to_status) == (Status.NOT_STARTED, Status.IN_PROGRESS)
    assert (change.actor, change.actor_name.text, change.door) == (world.manager, "Maija Mallikas", "page")
    newest = PeriodPlan.history.filter(id=world.plan.pk).latest("history_id")
    assert (newest.status, newest.actor_name.text, newest.history_change_reason) == (
        "in_progress",
        "Maija Mallikas",
        "Tila muutettu",
    )


def test_with_htmx_only_the_card_comes_back_with_its_new_moves_and_a_spoken_message(world: make.World) -> None:
    response = move(signed_in(world.manager), world.plan, "start", headers=HTMX)

    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert f'id="plan-{world.plan.pk}"' in page
    assert "käynnissä" in page
    assert 'hx-swap-oob="innerHTML"' in page


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_missing_comment_is_asked_for_and_nothing_is_saved(world: make.World, headers: dict[str, str]) -> None:
    client = signed_in(world.manager)
    move(client, world.plan, "start")

    response = move(client, world.plan, "pause", "   ", version=2, headers=headers)

    assert response.status_code == 422
    assert "Kirjoita" in response.content.decode()
    assert status(world.plan) == Status.IN_PROGRESS


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_stale_form_tells_what_changed_and_keeps_the_text(world: make.World, headers: dict[str, str]) -> None:
    move(signed_in(world.director), world.plan, "start")

    response = move(
        signed_in(world.manager), world.plan, "pause", "Odotetaan hankintaa <b>&", version=1, headers=headers
    )

    page = response.content.decode()
    assert response.status_code == 409
    assert "Teppo Testaaja" in page
    assert "Odotetaan hankintaa &lt;b&gt;&amp;" in page
    assert status(world.plan) == Status.IN_PROGRESS


def test_a_move_of_another_role_is_refused_with_the_reason(world: make.World) -> None:
    client = signed_in(world.manager)
    response = move(client, world.plan, "discontinue", "Ei tarvita")

    assert response.status_code == 403
    assert "”Luovu toimenpiteestä” kuuluu strategiajohtajalle" in response.content.decode()
    assert status(world.plan) == Status.NOT_STARTED


def test_every_move_says_whose_it_is() -> None:
    assert {move.roles for move in TRANSITIONS} == set(labels.BELONGS)


@pytest.mark.parametrize("name", ["", "fly", "approve", "start; drop table", "x" * 5000])
def test_an_unknown_or_impossible_move_changes_nothing(world: make.World, name: str) -> None:
    response = move(signed_in(world.director), world.plan, name)

    assert response.status_code in {409, 422}
    assert status(world.plan) == Status.NOT_STARTED


@pytest.mark.parametrize("bad", ["ä" * 200_000, "nolla\x00tavu", "kello\x07"], ids=["long", "nul", "bell"])
def test_an_unusable_comment_is_refused_and_given_back(world: make.World, bad: str) -> None:
    response = move(signed_in(world.director), world.plan, "discontinue", bad)

    page = response.content.decode()
    assert response.status_code == 422
    assert bad.translate({0: None, 7: None})[:100] in page
    assert status(world.plan) == Status.NOT_STARTED


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "{{ settings.SECRET_KEY }}{% now 'Y' %}", "=1+1", "مرحبا 🎉"]
)
def test_text_is_text_everywhere(world: make.World, text: str) -> None:
    client = signed_in(world.director)
    move(client, world.plan, "discontinue", text)

    page = client.get(f"/toimenpiteet/{world.item.pk}/").content.decode()
    assert StatusChange.objects.get().comment == text
    assert "<script>alert" not in page
    assert text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;") in page


def test_carrying_over_gives_the_item_a_plan_in_the_next_period(world: make.World) -> None:
    item = make.action_item(world.goal, world.unit)
    early = make.plan(item, world.earlier)
    make.step(early, text_fi="Kesken jäänyt")

    move(signed_in(world.director), early, "carry_over", "Hankinta viivästyi")

    later = PeriodPlan.objects.get(item=item, period=world.period)
    assert status(early) == Status.CARRIED_OVER
    assert later.status == Status.NOT_STARTED
    assert [step.text for step in later.steps.all()] == ["Kesken jäänyt"]
    assert [link.unit for link in later.unit_links.all()] == [world.unit]


def test_the_last_period_cannot_be_carried_over(world: make.World) -> None:
    response = move(signed_in(world.director), world.plan, "carry_over", "Jatketaan")

    assert response.status_code == 422
    assert status(world.plan) == Status.NOT_STARTED


def test_ticking_a_step_marks_the_day_and_unticking_takes_it_back(world: make.World) -> None:
    step = make.step(world.plan)
    client = signed_in(world.manager)

    client.post(f"/osatoimet/{step.pk}/", {"done": "true", "version": 1}, headers=HTMX)
    ticked = Step.objects.get(pk=step.pk)
    assert ticked.done
    assert ticked.done_on is not None

    client.post(f"/osatoimet/{step.pk}/", {"done": "false", "version": 2}, headers=HTMX)
    assert not Step.objects.get(pk=step.pk).done


def test_a_viewer_cannot_tick_or_comment(world: make.World) -> None:
    step = make.step(world.plan)
    client = signed_in(make.official(world.municipality, Role.VIEWER))

    assert client.post(f"/osatoimet/{step.pk}/", {"done": "true", "version": 1}).status_code == 403
    assert client.post(f"/suunnitelmat/{world.plan.pk}/kommentti/", {"comment": "Hei"}).status_code == 403
    assert not Step.objects.get(pk=step.pk).done
    assert not Comment.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("text", ["", "Liian pitkä " * 500], ids=["empty", "long"])
def test_a_refused_comment_comes_back_in_its_form(world: make.World, text: str, headers: dict[str, str]) -> None:
    address = f"/suunnitelmat/{world.plan.pk}/kommentti/"
    response = signed_in(world.manager).post(address, {"comment": text, "next": "/odottaa/"}, headers=headers)
    page = response.content.decode()
    form = page.partition('<form class="comment"')[2].partition("</form>")[0]
    assert f'action="{address}"' in form
    assert response.status_code == 422
    field = squeezed(form).partition("<textarea ")[2]
    assert f'aria-invalid="true" aria-describedby="plan-{world.plan.pk}-error"' in field.partition(">")[0]
    assert f">{text}</textarea>" in form
    assert 'name="next" value="/odottaa/"' in form


def test_a_comment_is_saved_and_seen_in_the_timeline(world: make.World) -> None:
    client = signed_in(world.manager)
    client.post(f"/suunnitelmat/{world.plan.pk}/kommentti/", {"comment": "Tarjoukset saapuivat"})

    page = client.get(f"/toimenpiteet/{world.item.pk}/").content.decode()
    assert "Maija Mallikas kommentoi" in page
    assert "Tarjoukset saapuivat" in page


def test_signed_out_people_are_asked_to_sign_in_and_lose_no_text(world: make.World) -> None:
    response = move(Client(), world.plan, "discontinue", "Hankinta peruuntui")
    page = response.content.decode()
    assert response.status_code == 401
    assert "Hankinta peruuntui" in page
    assert "/tunnus/kirjaudu/" in page
    assert status(world.plan) == Status.NOT_STARTED


@pytest.mark.parametrize("door", ["siirto", "kommentti"])
def test_get_changes_nothing(world: make.World, door: str) -> None:
    client = signed_in(world.manager)
    assert client.get(f"/suunnitelmat/{world.plan.pk}/{door}/?name=start&version=1").status_code == 405
    assert status(world.plan) == Status.NOT_STARTED


def test_a_forged_address_to_go_back_to_is_not_followed(world: make.World) -> None:
    response = signed_in(world.manager).post(
        f"/suunnitelmat/{world.plan.pk}/siirto/", {"name": "start", "version": 1, "next": "https://evil.example/"}
    )
    assert response["Location"].startswith("/odottaa/")


# Taking back: from the message, and on the item's page while it is open


def undo_of(page: str, mark: str = 'class="undo"') -> dict[str, str]:
    """Return the fields of the form that takes the last act back; empty without one."""
    if mark not in page:
        return {}
    form = page.rsplit(mark, 1)[1].split("</form>", maxsplit=1)[0]
    parts = [part.split('" value="', 1) for part in form.split('<input type="hidden" name="')[1:]]
    return {name: rest.split('"')[0] for name, rest in parts}


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
@pytest.mark.parametrize("name", ["start", "approve", "send_back", "carry_over"])
def test_a_move_is_taken_back_from_its_message(world: make.World, name: str, headers: dict[str, str]) -> None:
    plan = make.plan(make.action_item(world.goal, world.unit), world.earlier)
    version = 1
    if name in {"approve", "send_back"}:
        move(signed_in(world.manager), plan, "start")
        move(signed_in(world.manager), plan, "propose_completion", "Valmista", version=2)
        version = 3
    before, client = status(plan), signed_in(world.director)
    response = move(client, plan, name, "Perustelu", version=version, headers=headers)
    page = squeezed((response if headers else client.get("/odottaa/")).content.decode())
    fields = undo_of(page)
    assert (fields["name"], fields["version"]) == ("take_back", str(version + 1))
    assert re.search(r"Kumoa <span class=\"date\">klo \d+\.\d\d asti</span>", page)

    undone = client.post(f"/suunnitelmat/{plan.pk}/siirto/", fields, headers=headers)

    page = undone.content.decode() if headers else client.get("/odottaa/").content.decode()
    assert status(plan) == before
    assert f"on taas ”{labels.STATUS[Status(before)]}”." in page
    assert undo_of(page) == {}
    assert [change.move for change in StatusChange.objects.filter(plan=plan)][-2:] == [name, "take_back"]


def item_page(client: Client, world: make.World) -> str:
    page: str = client.get(f"/toimenpiteet/{world.item.pk}/").content.decode()
    return page


def test_after_a_reload_it_is_found_on_the_items_page_while_it_is_open(world: make.World) -> None:
    with time_machine.travel(make.NOW, tick=False):
        client = signed_in(world.manager)
        move(client, world.plan, "start")
    with time_machine.travel(make.NOW + timedelta(minutes=14, seconds=30), tick=False):
        page, others = item_page(client, world), item_page(signed_in(world.director), world)
        form = f'plan-{world.plan.pk}-take_back"'
        assert form in page
        assert "vielä 1 minuutin ajan, klo 11.15 asti" in page
        assert form not in others
        assert "Viimeisimmän tilamuutoksen voi kumota vain sen tekijä." in others
        assert form not in item_page(Client(), world)
    with time_machine.travel(make.NOW + timedelta(minutes=15, seconds=1), tick=False):
        page = item_page(client, world)
        assert form not in page
        assert "15 minuutin ajan, ja se aika on ohi" in page


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_it_is_taken_back_on_the_items_page(world: make.World, headers: dict[str, str]) -> None:
    client = signed_in(world.manager)
    move(client, world.plan, "start")
    fields = undo_of(item_page(client, world), 'class="move-now"')
    assert (fields["name"], fields["version"], fields["shape"]) == ("take_back", "2", "item")
    answer = client.post(f"/suunnitelmat/{world.plan.pk}/siirto/", fields, headers=headers)
    assert answer.status_code == (200 if headers else 303)
    assert status(world.plan) == Status.NOT_STARTED
    page = answer.content.decode() if headers else item_page(client, world)
    assert "take_back" not in page


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_move_in_place_on_the_items_page_offers_it_at_once(world: make.World, headers: dict[str, str]) -> None:
    client = signed_in(world.manager)
    data = {"name": "start", "version": 1, "shape": "item", "next": f"/toimenpiteet/{world.item.pk}/"}
    answer = client.post(f"/suunnitelmat/{world.plan.pk}/siirto/", data, headers=headers)
    page = answer.content.decode() if headers else item_page(client, world)
    assert f'id="plan-{world.plan.pk}-take_back"' in page


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_one_that_comes_too_late_says_why(world: make.World, headers: dict[str, str]) -> None:
    with time_machine.travel(make.NOW, tick=False):
        client = signed_in(world.manager)
        page = move(client, world.plan, "start", headers=HTMX).content.decode()
    with time_machine.travel(make.NOW + timedelta(minutes=16), tick=False):
        late = client.post(f"/suunnitelmat/{world.plan.pk}/siirto/", undo_of(page), headers=headers)
        assert late.status_code == 409
        assert "se aika on ohi" in late.content.decode()
    assert status(world.plan) == Status.IN_PROGRESS


def test_one_that_comes_after_somebody_elses_move_is_told(world: make.World) -> None:
    client = signed_in(world.manager)
    move(client, world.plan, "start")
    page = move(client, world.plan, "pause", "Odotetaan", version=2, headers=HTMX).content.decode()
    move(signed_in(world.director), world.plan, "discontinue", "Ei tarvita", version=3)

    late = client.post(f"/suunnitelmat/{world.plan.pk}/siirto/", undo_of(page), headers=HTMX)
    assert late.status_code == 409
    assert "Teppo Testaaja" in late.content.decode()
    assert status(world.plan) == Status.DISCONTINUED


def test_somebody_else_cannot_whatever_they_send(world: make.World) -> None:
    move(signed_in(world.manager), world.plan, "start")
    forged = {"name": "take_back", "version": 2, "comment": "Peruttu"}
    address = f"/suunnitelmat/{world.plan.pk}/siirto/"
    assert signed_in(world.director).post(address, forged).status_code == 403
    assert signed_in(make.World().manager).post(address, forged).status_code == 404
    assert status(world.plan) == Status.IN_PROGRESS


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "htmx"])
def test_a_ticked_step_is_unticked_by_undo(world: make.World, headers: dict[str, str]) -> None:
    step, client = make.step(world.plan), signed_in(world.manager)
    response = client.post(f"/osatoimet/{step.pk}/", {"done": "true", "version": 1, "shape": "card"}, headers=headers)
    page = squeezed((response if headers else client.get("/odottaa/")).content.decode())
    client.post(f"/osatoimet/{step.pk}/", undo_of(page), headers=headers)
    assert not Step.objects.get(pk=step.pk).done


def test_a_double_click_is_told_and_does_nothing_twice(world: make.World) -> None:
    client = signed_in(world.manager)
    assert move(client, world.plan, "start").status_code == 303
    assert move(client, world.plan, "start").status_code == 409
    assert StatusChange.objects.count() == 1


def test_a_card_gets_its_steps_when_they_are_opened(world: make.World) -> None:
    make.step(world.plan, text_fi="Kysely asiakkaille")
    client, address = signed_in(world.manager), f"/suunnitelmat/{world.plan.pk}/osatoimet/"
    assert "Kysely asiakkaille" not in client.get("/odottaa/").content.decode()
    assert "Kysely asiakkaille" in client.get(address, headers=HTMX).content.decode()
    assert client.get(address)["Location"] == f"/toimenpiteet/{world.item.pk}/#plan-{world.plan.pk}"
    assert signed_in(make.World().manager).get(address, headers=HTMX).status_code == 404
