"""Who may open what: address × person × answer. A page that is missing from the table fails the test."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests import make
from toimenpiteet.web import urls
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db

PEOPLE = ("anonymous", "manager", "contributor", "director", "viewer", "admin", "stranger")
LOGIN = 302
TABLE: dict[str, tuple[str, tuple[int, ...]]] = {
    #             address                       anon  man  con  dir  vie  adm  stranger
    "home": ("/", (302, 302, 302, 302, 302, 302, 302)),
    "waiting": ("/odottaa/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "strategies": ("/strategiat/", (200, 200, 200, 200, 200, 200, 200)),
    "strategy": ("/strategiat/{strategy}/", (200, 200, 200, 200, 200, 200, 404)),
    "item": ("/toimenpiteet/{item}/", (200, 200, 200, 200, 200, 200, 404)),
    "overdue": ("/myohassa/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "overdue-csv": ("/myohassa/csv/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "me": ("/oma/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "language": ("/kieli/", (405,) * 7),
    "move": ("POST /suunnitelmat/{plan}/siirto/", (LOGIN, 303, 403, 303, 403, 403, 404)),
    "comment": ("POST /suunnitelmat/{plan}/kommentti/", (LOGIN, 303, 303, 303, 403, 403, 404)),
    "tick": ("POST /osatoimet/{step}/", (LOGIN, 303, 303, 303, 403, 403, 404)),
    "account_login": ("/tunnus/kirjaudu/", (200, 302, 302, 302, 302, 302, 302)),
    "account_logout": ("/tunnus/ulos/", (302, 200, 200, 200, 200, 200, 200)),
    "account_inactive": ("/tunnus/ei-kaytossa/", (200,) * 7),
    "account_signup": ("/tunnus/kutsu/", (200, 302, 302, 302, 302, 302, 302)),
    "account_change_password": ("/tunnus/salasana/vaihda/", (302, 200, 200, 200, 200, 200, 200)),
    "account_set_password": ("/tunnus/salasana/aseta/", (302,) * 7),
    "account_reset_password": ("/tunnus/salasana/unohtui/", (200,) * 7),
    "account_reset_password_done": ("/tunnus/salasana/unohtui/lahetetty/", (200,) * 7),
    "account_reset_password_from_key": ("/tunnus/salasana/uusi/1-abc-def/", (200,) * 7),
    "account_reset_password_from_key_done": ("/tunnus/salasana/uusi/valmis/", (200,) * 7),
}


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield str(pattern.name)


def test_every_page_is_in_the_table() -> None:
    assert set(names(urls.urlpatterns)) == set(TABLE)
    assert get_resolver()  # the whole address book loads


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("person", PEOPLE)
def test_each_person_gets_the_answer_of_the_table(name: str, person: str) -> None:
    world = make.World()
    step = make.step(world.plan)
    people = {
        "manager": world.manager,
        "director": world.director,
        "contributor": make.member(world.unit, Role.CONTRIBUTOR),
        "viewer": make.official(world.municipality, Role.VIEWER),
        "admin": make.official(world.municipality, Role.ADMIN),
        "stranger": make.official(make.municipality(), Role.DIRECTOR),
    }
    client = Client()
    if person in people:
        client.force_login(people[person])
    address, answers = TABLE[name]
    place = address.removeprefix("POST ").format(
        strategy=world.strategy.pk, item=world.item.pk, plan=world.plan.pk, step=step.pk
    )
    data = {"name": "start", "version": 1, "comment": "Hei", "done": "true"}

    response = client.post(place, data) if address.startswith("POST ") else client.get(place)

    assert response.status_code == answers[PEOPLE.index(person)]
