"""Who stands in: named, changed and ended on one's own page and on the administrator's; and what it opens."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from tests import make
from tests.edit.editors import WHY, html, typed
from tests.plan.test_moves import signed_in
from toimenpiteet.models import Grant, User
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]

DAY = timedelta(days=1)
ADD = "/oma/sijainen/"


class Away(make.World):
    """A world with somebody who can stand in, and an administrator."""

    def __init__(self) -> None:
        super().__init__()
        self.colleague = make.official(self.municipality, Role.VIEWER, user=make.user("Sinikka Sijainen"))
        self.admin = make.official(self.municipality, Role.ADMIN, user=make.user("Aino Ylläpitäjä"))

    def wanted(self, **values: Any) -> dict[str, Any]:
        days = {"valid_from": "2021-03-15", "valid_until": "2021-03-31"}
        return {"holder": self.colleague.pk, "reason": WHY, **days} | values


@pytest.fixture
def world() -> Away:
    return Away()


def test_a_person_names_their_substitute_changes_the_days_and_ends_it(world: Away) -> None:
    client = signed_in(world.manager)
    assert ADD in html(client.get("/oma/"))
    assert client.post(ADD, world.wanted()).status_code == 303
    grant = Grant.objects.get()
    assert (grant.holder, grant.on_behalf_of, grant.why, grant.given_by) == (
        world.colleague,
        world.manager,
        WHY,
        world.manager,
    )
    page = html(client.get("/oma/"))
    assert "Sinikka Sijainen" in page
    assert WHY in page
    address = reverse("stand-in", args=[grant.pk])
    form = typed(client.get(address)) | {"valid_until": "2021-04-30", "reason": "Loma jatkuu"}
    assert client.post(address, form).status_code == 303
    grant.refresh_from_db()
    assert (grant.valid_until, grant.why) == (date(2021, 4, 30), "Loma jatkuu")
    end = reverse("stand-in-end", args=[grant.pk])
    assert end in html(client.get("/oma/"))
    assert client.post(end, typed(client.get(end)) | {"reason": "Palasin"}).status_code == 303
    assert not Grant.objects.exists()
    assert "Sinikka Sijainen" not in html(client.get("/oma/")).split('id="away"')[1].split("</section>")[0]


def test_the_substitute_reads_it_on_their_own_page_and_has_the_buttons(world: Away) -> None:
    client, item = signed_in(world.colleague), f"/toimenpiteet/{world.item.pk}/"
    assert 'value="start"' not in html(client.get(item))
    make.substitution(world.manager, world.colleague, world.municipality, valid_until=make.TODAY + DAY)
    assert "Olet sijaisena: Maija Mallikas" in html(client.get("/oma/"))
    assert 'value="start"' in html(client.get(item))
    assert str(world.item.pk) in html(client.get("/odottaa/"))
    moved = client.post(f"/suunnitelmat/{world.plan.pk}/siirto/", {"name": "start", "version": 1})
    assert moved.status_code == 303
    world.plan.refresh_from_db()
    assert world.plan.status == "in_progress"


def test_an_administrator_keeps_it_on_the_page_of_a_person(world: Away) -> None:
    client, person = signed_in(world.admin), reverse("person", args=[world.manager.pk])
    add = reverse("person-stand-in-add", args=[world.manager.pk])
    assert add in html(client.get(person))
    assert client.post(add, world.wanted()).status_code == 303
    grant = Grant.objects.get()
    assert (grant.on_behalf_of, grant.given_by) == (world.manager, world.admin)
    assert "Sinikka Sijainen" in html(client.get(person))
    address = reverse("person-stand-in", args=[world.manager.pk, grant.pk])
    form = typed(client.get(address))
    assert client.post(address, form | {"valid_until": "2021-04-30"}).status_code == 303
    late = client.post(address, form | {"valid_until": "2021-05-31"})
    assert late.status_code == 409
    assert "2021-05-31" in html(late)
    assert Grant.objects.get().valid_until == date(2021, 4, 30)
    # The director sees the people, and keeps none of this.
    assert add in html(client.get(person))
    assert add not in html(signed_in(world.director).get(person))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"holder": ""}, "sijainen"),
        ({"reason": ""}, "perustelu"),
        ({"valid_until": "2021-03-01"}, "päättyy"),
        ({"valid_from": "", "valid_until": "2021-03-01"}, "jo mennyt"),
        ({"valid_from": "30.2.2021"}, "päivä"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_was_typed(world: Away, values: dict[str, str], words: str) -> None:
    response = signed_in(world.manager).post(ADD, world.wanted(**values))
    assert response.status_code == 422
    page = html(response)
    assert words in page.lower()
    assert values.get("reason", WHY) in page
    assert not Grant.objects.exists()


def test_what_has_ended_stays_in_sight_with_its_days_and_why_it_ended(world: Away) -> None:
    first = make.TODAY - 10 * DAY
    grant = make.substitution(world.manager, world.colleague, world.municipality, valid_from=first)
    make.substitution(world.manager, world.director, world.municipality, valid_until=first, why="Talviloma")
    client, end = signed_in(world.manager), reverse("stand-in-end", args=[grant.pk])
    silent = client.post(end, typed(client.get(end)) | {"reason": ""})
    assert silent.status_code == 422
    assert Grant.objects.get(pk=grant.pk).valid_until is None
    assert client.post(end, typed(client.get(end)) | {"reason": "Palasin lomalta"}).status_code == 303
    for person, page in ((world.manager, "/oma/"), (world.admin, reverse("person", args=[world.manager.pk]))):
        ended = html(signed_in(person).get(page)).partition("Päättyneet sijaisuudet")[2].partition("</details>")[0]
        assert "(5.3.2021–14.3.2021)" in ended
        words = ("Sinikka Sijainen", "Palasin lomalta", world.director.name, "Talviloma")
        assert sorted(words, key=ended.index) == list(words), page
    assert "Päättyneet" not in html(signed_in(world.director).get("/oma/"))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({}, "(toistaiseksi)"),
        ({"valid_from": date(2021, 3, 1)}, "(1.3.2021 alkaen · toistaiseksi)"),
        ({"valid_until": date(2021, 3, 31)}, "(31.3.2021 asti)"),
        ({"valid_from": date(2021, 3, 1), "valid_until": date(2021, 3, 31)}, "(1.3.2021–31.3.2021)"),
    ],
)
def test_the_days_are_said_in_words(world: Away, days: dict[str, date], words: str) -> None:
    make.substitution(world.manager, world.colleague, world.municipality, **days)
    for person in (world.manager, world.colleague):
        assert words in html(signed_in(person).get("/oma/"))
    assert words in html(signed_in(world.admin).get(reverse("person", args=[world.manager.pk])))


@pytest.mark.parametrize(
    ("language", "words", "not_words"),
    [("fi", "sijaisuus alkaa heti", "rooli "), ("sv", "vikariatet genast", "rollen"), ("en", "substitution", "role")],
)
def test_the_form_speaks_of_the_substitution(world: Away, language: str, words: str, not_words: str) -> None:
    client = signed_in(world.manager)
    client.cookies["django_language"] = language
    form = html(client.get(ADD)).partition('class="form')[2].partition("</form>")[0]
    assert words in form
    assert not_words not in form


def test_only_colleagues_with_an_open_account_are_offered(world: Away) -> None:
    stranger, closed = make.World().manager, make.official(world.municipality, Role.VIEWER)
    make.change_user(closed, is_active=False)
    client = signed_in(world.manager)
    page = html(client.get(ADD))
    assert world.colleague.email in page
    for person in (stranger, closed):
        assert person.email not in page
        assert client.post(ADD, world.wanted(holder=person.pk)).status_code == 422
    assert not Grant.objects.exists()


def test_who_works_in_two_municipalities_chooses_where(world: Away) -> None:
    other = make.World()
    make.member(other.unit, user=world.manager)
    client = signed_in(world.manager)
    assert client.post(ADD, world.wanted()).status_code == 422
    assert client.post(ADD, world.wanted(municipality=other.municipality.pk)).status_code == 422
    assert client.post(ADD, world.wanted(municipality=world.municipality.pk)).status_code == 303
    assert Grant.objects.get().municipality == world.municipality


@pytest.mark.parametrize(("language", "words"), [("sv", "Vikarie"), ("en", "Who stands in")])
def test_it_speaks_the_readers_language(world: Away, language: str, words: str) -> None:
    make.change_user(world.manager, language=language)
    client = signed_in(User.objects.get(pk=world.manager.pk))
    client.cookies["django_language"] = language
    assert words in html(client.get(ADD))


def test_nobody_else_changes_or_ends_it(world: Away) -> None:
    grant = make.substitution(world.manager, world.colleague, world.municipality)
    for person in (world.colleague, world.director, make.World().manager):
        client = signed_in(person)
        assert client.get(reverse("stand-in", args=[grant.pk])).status_code == 404
        assert (
            client.post(reverse("stand-in-end", args=[grant.pk]), {"seen_version": 1, "reason": WHY}).status_code == 404
        )
    assert Grant.objects.filter(pk=grant.pk, valid_until=None).exists()
