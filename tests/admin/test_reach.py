"""The operator's look at the tables, by everybody: what opens, what does not exist, and that nothing is edited."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import make
from tests.pages import squeezed
from tests.test_access import Everything
from toimenpiteet.models import Audited, Municipality, StatusChange, User
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once]


def address(model: Any, page: str, *args: Any) -> str:
    """Return the address of a model's admin page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


class Kept(Everything):
    """A row of every model, and somebody who keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.admin = keeper(self)


def keeper(world: make.World) -> User:
    return make.official(world.municipality, Role.ADMIN, user=make.user("Aino Ylläpitäjä", is_staff=True))


def sign_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def world() -> Kept:
    return Kept()


def _registered() -> list[type[Model]]:
    return [model for model in apps.get_app_config("toimenpiteet").get_models() if admin.site.is_registered(model)]


def test_every_noun_has_its_pages(world: Kept) -> None:
    registered = set(_registered())
    # Moves stand in the history of their plan.
    assert {*world.rows, User} - {StatusChange} == registered


def test_every_page_opens_for_the_administrator_and_the_operator(world: Kept) -> None:
    operator = User.objects.create_superuser("yllapito@mallila.example", make.PASSWORD, name="Ylläpito")
    for person in (world.admin, operator):
        client = sign_in(person)
        assert client.get(reverse("admin:index")).status_code == 200
        for model in _registered():
            row: Any = world.rows.get(model, world.manager)
            for page, args in (("changelist", ()), ("change", (row.pk,)), ("history", (row.pk,))):
                assert client.get(address(model, page, *args)).status_code == 200, (model, page)
            assert client.get(address(model, "changelist"), {"q": "x y"}).status_code == 200, model


@pytest.mark.once
def test_every_page_speaks_swedish_and_english(world: Kept) -> None:
    client = sign_in(world.admin)
    for language in ("sv", "en"):
        client.cookies["django_language"] = language
        for model in _registered():
            row: Any = world.rows.get(model, world.manager)
            assert client.get(address(model, "change", row.pk)).status_code == 200, (model, language)


def test_the_rows_of_another_municipality_do_not_exist(world: Kept) -> None:
    other = Kept()
    client = sign_in(other.admin)
    for model in _registered():
        row: Any = world.rows.get(model, world.manager)
        for page in ("change", "history"):
            assert client.get(address(model, page, row.pk)).status_code == 404, (model, page)
            assert client.post(address(model, page, row.pk), {"reason": "x"}).status_code in {403, 404}, (model, page)
        listed = client.get(address(model, "changelist")).context["cl"].queryset
        assert row not in listed, model
        if isinstance(row, Audited):
            assert type(row).objects.filter(pk=row.pk).exists()


def test_an_admin_elsewhere_keeps_nothing_here(world: Kept) -> None:
    # A director here who is an administrator there keeps there, and only there.
    other = Kept()
    make.official(world.municipality, Role.DIRECTOR, user=other.admin)
    client = sign_in(other.admin)
    assert client.get(address(type(world.unit), "change", world.unit.pk)).status_code == 404
    assert client.get(address(type(other.unit), "change", other.unit.pk)).status_code == 200


@pytest.mark.parametrize(
    "url", ["/hallinta/toimenpiteet/unit/999999999/change/", "/hallinta/toimenpiteet/unit/abc/change/"]
)
def test_what_does_not_exist_is_not_found(world: Kept, url: str) -> None:
    assert sign_in(world.admin).get(url).status_code == 404


def test_nothing_is_edited_here(world: Kept) -> None:
    operator = User.objects.create_superuser("yllapito@mallila.example", make.PASSWORD, name="Ylläpito")
    for person in (world.admin, operator):
        client = sign_in(person)
        for model in _registered():
            row: Any = world.rows.get(model, world.manager)
            before = model._default_manager.count()
            for page, args in (("change", (row.pk,)), ("delete", (row.pk,))):
                answer = client.post(address(model, page, *args), {"reason": "x", "post": "yes", "name_fi": "Muu"})
                assert answer.status_code == 403, (model, page)
            if model is not Municipality:
                for answer in (client.get(address(model, "add")), client.post(address(model, "add"), {"key": "x"})):
                    assert answer.status_code == 403, model
            assert model._default_manager.count() == before
            if isinstance(row, Audited):
                assert type(row).objects.get(pk=row.pk).version == row.version, model


def test_no_page_shows_a_password(world: Kept) -> None:
    page = sign_in(world.admin).get(address(User, "change", world.manager.pk)).content.decode()
    assert world.manager.password
    assert world.manager.password not in page
    guessed = sign_in(world.admin).get(address(User, "changelist"), {"password__startswith": "m"})
    assert guessed.status_code in {302, 400}


def test_only_the_operator_adds_a_municipality(world: Kept) -> None:
    operator = User.objects.create_superuser("yllapito@mallila.example", make.PASSWORD, name="Ylläpito")
    url, new = address(Municipality, "add"), {"name_fi": "Uusila", "key": "uusila", "language": "fi", "reason": "Uusi"}
    assert sign_in(world.admin).post(url, new).status_code == 403
    client = sign_in(operator)
    assert client.post(url, new | {"reason": ""}).status_code == 200
    refused = client.post(url, new | {"name_fi": "Uusi\x07la"}, follow=True)
    assert not Municipality.objects.filter(key="uusila").exists()
    assert "Uusi" in refused.content.decode()
    assert client.post(url, new).status_code == 302
    made = Municipality.objects.get(key="uusila")
    newest = made.history.latest("history_id")
    assert (newest.name_fi, newest.history_change_reason, newest.history_user) == ("Uusila", "Uusi", operator)
    assert newest.door == "admin"


def test_who_may_not_enter(world: Kept) -> None:
    url = reverse("admin:index")
    response = Client().get(url, follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert url in response.redirect_chain[-1][0].replace("%2F", "/")
    assert sign_in(world.manager).get(url).status_code in {302, 403}
    assert sign_in(world.manager).get(reverse("admin:login")).status_code == 403
    former = make.official(world.municipality, Role.ADMIN, user=make.user(is_staff=True), valid_until=make.TODAY)
    for model in _registered():
        assert sign_in(former).get(address(model, "changelist")).status_code == 403, model


def test_moves_stand_in_the_history_of_their_plan_and_nowhere_else(world: Kept) -> None:
    audited.change(world.plan, make.stamp("Aloitettu"), status="in_progress")
    page = squeezed(sign_in(world.admin).get(address(type(world.plan), "history", world.plan.pk)).content.decode())
    assert "ei aloitettu → käynnissä" in page
    assert "Aloitettu" in page
    assert StatusChange not in _registered()


def test_there_is_no_action_on_many_rows(world: Kept) -> None:
    client = sign_in(world.admin)
    for model in _registered():
        page = client.get(address(model, "changelist"))
        assert b'name="action"' not in page.content, model
    url = address(type(world.unit), "changelist")
    data = {"action": "delete_selected", "_selected_action": [world.unit.pk], "post": "yes"}
    client.post(url, data)
    assert type(world.unit).objects.filter(pk=world.unit.pk).exists()


def test_no_page_needs_a_script_or_style_of_its_own(world: Kept) -> None:
    # The content security policy lets neither run.
    client = sign_in(world.admin)
    for model in _registered():
        row: Any = world.rows.get(model, world.manager)
        html = client.get(address(model, "change", row.pk)).content.decode()
        assert "<style" not in html, model
        assert "onclick=" not in html, model
        for script in html.split("<script")[1:]:
            tag = script.partition(">")[0]
            assert "src=" in tag or 'type="application/json"' in tag, (model, tag)


def test_a_list_costs_the_same_at_any_length(world: Kept, django_assert_num_queries: Any) -> None:
    client, url = sign_in(world.admin), address(type(world.unit), "changelist")
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    # What the person keeps is asked once, however many tables the menu has.
    assert len(few) <= 6
    for number in range(30):
        make.unit(world.municipality, f"Yksikkö {number}", parent=world.unit)
    with django_assert_num_queries(len(few)):
        client.get(url)
