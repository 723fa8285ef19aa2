"""One move for many plans: each answered for, nothing done twice, nothing typed lost."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from tests import make
from tests.pages import squeezed
from tests.plan.test_moves import move, signed_in, status
from toimenpiteet.models import PeriodPlan, StatusChange
from toimenpiteet.workflow import Role, Status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> make.World:
    return make.World()


def plans(world: make.World, count: int) -> list[PeriodPlan]:
    return [
        make.plan(make.action_item(world.goal, world.unit, name_fi=f"Asia {number}"), world.period)
        for number in range(count)
    ]


def bulk(client: Client, chosen: list[PeriodPlan], name: str, comment: str = "", **extra: Any) -> Any:
    versions = extra.pop("versions", {})
    data = {"plan": [f"{plan.pk}:{versions.get(plan.pk, 1)}" for plan in chosen], "name": name, "comment": comment}
    return client.post("/suunnitelmat/siirrot/", data | {"next": "/odottaa/"} | extra)


def test_a_manager_starts_many_at_once_and_each_leaves_its_record(world: make.World) -> None:
    chosen, client = plans(world, 3), signed_in(world.manager)
    response = bulk(client, chosen, "start")

    assert (response.status_code, response["Location"]) == (303, "/odottaa/")
    assert [status(plan) for plan in chosen] == [Status.IN_PROGRESS] * 3
    assert {change.actor_name.text for change in StatusChange.objects.all()} == {"Maija Mallikas"}
    assert "3 toimenpiteen tila on nyt ”käynnissä”" in client.get("/odottaa/").content.decode()


def test_one_comment_goes_to_each(world: make.World) -> None:
    chosen = plans(world, 2)
    bulk(signed_in(world.director), chosen, "discontinue", "Rahoitus päättyi")
    assert [change.comment for change in StatusChange.objects.all()] == ["Rahoitus päättyi"] * 2


def test_what_is_refused_is_told_plan_by_plan_with_choice_and_comment_kept(world: make.World) -> None:
    fresh, moved, waiting = plans(world, 3)
    for plan in (fresh, moved, waiting):
        move(signed_in(world.manager), plan, "start")
    move(signed_in(world.director), moved, "pause", "Budjetti auki", version=2)
    move(signed_in(world.manager), waiting, "propose_completion", "Valmista", version=2)

    chosen, versions = [fresh, moved, waiting], {fresh.pk: 2, moved.pk: 2, waiting.pk: 3}
    response = bulk(signed_in(world.manager), chosen, "pause", "Odotetaan valtuustoa <b>", versions=versions)

    page = response.content.decode()
    assert response.status_code == 200
    assert status(fresh) == Status.ON_HOLD
    assert "1 toimenpiteen tila on nyt" in page
    assert "Teppo Testaaja" in page  # who moved the second one meanwhile
    assert "”Keskeytä” ei ole mahdollista" in page  # and why the third cannot be paused, and what can be done
    assert "Voit nyt tehdä sille tämän: Peru ilmoitus." in page
    assert f'value="{moved.pk}:3" checked' in page
    assert f'value="{waiting.pk}:3" checked' in page
    assert f'value="{fresh.pk}:3" checked' not in page
    assert "Odotetaan valtuustoa &lt;b&gt;" in page


def test_a_double_click_is_told_and_does_nothing_twice(world: make.World) -> None:
    chosen, client = plans(world, 2), signed_in(world.manager)
    bulk(client, chosen, "start")
    again = bulk(client, chosen, "start")

    assert again.status_code == 409
    assert StatusChange.objects.count() == 2


def test_the_same_plan_named_twice_is_moved_once(world: make.World) -> None:
    (plan,) = plans(world, 1)
    assert bulk(signed_in(world.manager), [plan, plan], "start").status_code == 303
    assert StatusChange.objects.count() == 1


def test_two_tabs_do_not_overwrite_each_other(world: make.World) -> None:
    (plan,) = plans(world, 1)
    one, other = signed_in(world.manager), signed_in(world.director)
    bulk(one, [plan], "start")
    response = bulk(other, [plan], "discontinue", "Ei jatketa", versions={plan.pk: 1})

    assert response.status_code == 409
    assert "Ei jatketa" in response.content.decode()
    assert status(plan) == Status.IN_PROGRESS


def test_plans_of_another_municipality_do_not_exist(world: make.World) -> None:
    other = make.World()
    (mine,) = plans(world, 1)
    assert bulk(signed_in(world.manager), [other.plan], "start").status_code == 404

    response = bulk(signed_in(world.manager), [mine, other.plan], "start")
    page = response.content.decode()
    assert response.status_code == 200
    assert "1 valittua toimenpidettä ei enää ole" in page
    assert str(other.plan.pk) not in [part.split(":")[0] for part in page.split('name="plan" value="')[1:]]
    assert (status(mine), status(other.plan)) == (Status.IN_PROGRESS, Status.NOT_STARTED)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ADMIN])
def test_who_may_not_move_is_told_why(world: make.World, role: Role) -> None:
    response = bulk(signed_in(make.official(world.municipality, role)), [world.plan], "start")
    assert response.status_code == 403
    assert "kuuluu vastuutahon vastuuhenkilölle ja strategiajohtajalle" in response.content.decode()
    assert status(world.plan) == Status.NOT_STARTED


@pytest.mark.parametrize(
    ("name", "comment"), [("", ""), ("fly", ""), ("discontinue", "   "), ("discontinue", "\x07"), ("pause", "ä" * 6000)]
)
def test_an_order_that_cannot_be_carried_out_changes_nothing_and_keeps_everything(
    world: make.World, name: str, comment: str
) -> None:
    chosen = plans(world, 2)
    response = bulk(signed_in(world.director), chosen, name, comment)
    page = response.content.decode()

    assert response.status_code == 422
    assert all(f'value="{plan.pk}:1" checked' in page for plan in chosen)
    assert comment.strip("\x07 ") in page
    assert name in {"", "fly"} or f'<option value="{name}" selected' in page
    assert not StatusChange.objects.exists()


def test_nothing_chosen_and_too_many_chosen_are_told(world: make.World) -> None:
    client = signed_in(world.director)
    nothing = client.post("/suunnitelmat/siirrot/", {"name": "start"})
    many = {"plan": [f"{number}:1" for number in range(1, 301)], "name": "start"}
    too_many = client.post("/suunnitelmat/siirrot/", many)

    assert (nothing.status_code, too_many.status_code) == (422, 422)
    assert "Valitse ensin" in nothing.content.decode()
    assert "enintään 200" in too_many.content.decode()
    assert status(world.plan) == Status.NOT_STARTED


def test_ten_thousand_ids_and_nonsense_change_nothing(world: make.World) -> None:
    client = signed_in(world.director)
    flood = {"plan": [f"{world.plan.pk}:1", *(f"{number}:1" for number in range(9999))], "name": "start"}
    assert client.post("/suunnitelmat/siirrot/", flood).status_code == 400
    for value in ("", ":", "x:1", "1", f"{10**30}:1", f"{world.plan.pk}:x", "-1:1"):
        response = client.post("/suunnitelmat/siirrot/", {"plan": [value], "name": "start"})
        assert response.status_code in {404, 409, 422}
    assert status(world.plan) == Status.NOT_STARTED


def test_get_moves_nothing(world: make.World) -> None:
    address = f"/suunnitelmat/siirrot/?plan={world.plan.pk}:1&name=start"
    assert signed_in(world.manager).get(address).status_code == 405
    assert status(world.plan) == Status.NOT_STARTED


def undo_fields(page: str) -> dict[str, list[str]]:
    form = page.split('class="undo"')[1].split("</form>", maxsplit=1)[0]
    fields: dict[str, list[str]] = {}
    for part in form.split('<input type="hidden" name="')[1:]:
        name, rest = part.split('" value="', 1)
        fields.setdefault(name, []).append(rest.split('"')[0])
    return fields


def test_many_moves_are_taken_back_at_once(world: make.World) -> None:
    chosen, client = plans(world, 3), signed_in(world.director)
    bulk(client, chosen[:1], "start")
    client.get("/odottaa/")
    bulk(client, chosen, "discontinue", "Rahat loppuivat", versions={chosen[0].pk: 2})

    page = squeezed(client.get("/odottaa/").content.decode())
    fields = undo_fields(page)
    assert fields["name"] == ["take_back"]
    assert 'Kumoa <span class="date">klo 11.15 asti</span>' in page
    assert client.post("/suunnitelmat/siirrot/", fields).status_code == 303
    assert [status(plan) for plan in chosen] == [Status.IN_PROGRESS, Status.NOT_STARTED, Status.NOT_STARTED]
    page = squeezed(client.get("/odottaa/").content.decode())
    assert "Kumottu: 3 toimenpidettä on ennallaan." in page
    assert 'class="undo"' not in page


def test_of_many_that_are_taken_back_each_is_answered_for(world: make.World) -> None:
    chosen, client = plans(world, 2), signed_in(world.manager)
    bulk(client, chosen, "start")
    fields = undo_fields(client.get("/odottaa/").content.decode())
    with time_machine.travel(make.NOW + timedelta(minutes=1), tick=False):
        client.post(f"/suunnitelmat/{chosen[0].pk}/kommentti/", {"comment": "Hei"})
        response = client.post("/suunnitelmat/siirrot/", fields)
    page = response.content.decode()
    assert response.status_code == 200
    assert [status(plan) for plan in chosen] == [Status.IN_PROGRESS, Status.NOT_STARTED]
    assert "Tilamuutoksen jälkeen on tapahtunut muutakin." in page
    assert "Kumottu: 1 toimenpide on ennallaan." in page


def test_the_bar_offers_only_what_is_open_for_some_plan_shown(world: make.World) -> None:
    page = signed_in(world.manager).get("/odottaa/").content.decode()
    bar = page.split('id="bulk"')[1].split("</form>")[0]
    assert 'value="start"' in bar
    assert 'value="discontinue"' not in bar

    contributor = make.member(world.unit, Role.CONTRIBUTOR)
    page = signed_in(contributor).get("/odottaa/").content.decode()
    assert 'id="bulk"' not in page
    assert 'name="plan"' not in page


def test_a_director_moves_many_from_the_overdue_list(world: make.World) -> None:
    late = make.plan(make.action_item(world.goal, world.unit), world.earlier)
    client = signed_in(world.director)
    page = client.get("/myohassa/").content.decode()
    assert f'name="plan" value="{late.pk}:1"' in page
    assert 'id="bulk"' in page

    bulk(client, [late], "carry_over", "Jatketaan ensi kaudella", next="/myohassa/?sort=name")
    assert status(late) == Status.CARRIED_OVER
    assert 'id="bulk"' not in signed_in(world.manager).get("/myohassa/").content.decode()
