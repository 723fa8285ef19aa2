"""My page: what I am, what I may do and why."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from toimenpiteet.access import UnitTree, scope_of
from toimenpiteet.models import User
from toimenpiteet.selectors.people.people import my_rights, reasons
from toimenpiteet.services import audited
from toimenpiteet.workflow import TRANSITIONS, Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> make.World:
    return make.World()


def around(world: make.World) -> dict[str, Any]:
    """Put the unit under another, that into a group, and let the unit follow an earlier one."""
    area = make.unit(world.municipality, "Konsernipalvelut", kind="service_area")
    audited.change(world.unit, make.stamp(), parent_id=area.pk)
    group = make.unit(world.municipality, "palvelualueet", kind="group")
    make.group_member(group, area)
    earlier = make.unit(world.municipality, "Atk-osasto", successor=world.unit, valid_until=date(2019, 12, 31))
    make.unit(world.municipality, "Tilapalvelut")
    return {"area": area, "group": group, "earlier": earlier}


def test_my_page_says_what_i_may_do_and_why_each_unit_reaches_me(world: make.World) -> None:
    around(world)
    page = html(signed_in(world.manager).get("/oma/"))
    for words in (
        "Ilmoita valmiiksi",
        "roolisi on täällä",
        "koska Tietohallinto on osa sitä",
        "koska Konsernipalvelut kuuluu tähän ryhmään",
        "koska sen työtä jatkaa Tietohallinto",
    ):
        assert words in page
    assert "Tilapalvelut" not in page
    assert "Hyväksy valmistuneeksi" not in page


def test_the_reasons_reach_exactly_what_the_gate_lets_through(world: make.World) -> None:
    made = around(world)
    make.unit(world.municipality, "Sovellukset", parent=world.unit)
    make.group_member(make.unit(world.municipality, "ryhmien ryhmä", kind="group"), made["group"])
    make.unit(world.municipality, "Vanha konserni", successor=made["area"])
    tree = UnitTree.load([world.municipality.pk])
    for unit in tree.parent:
        assert set(reasons(tree, unit)) == tree.covered([unit])


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_told_the_moves_of_the_workflow_table(world: make.World, role: Role) -> None:
    in_unit = role in {Role.MANAGER, Role.CONTRIBUTOR}
    person = make.member(world.unit, role) if in_unit else make.official(world.municipality, role)
    (right,) = my_rights(scope_of(person, make.TODAY), make.TODAY)
    assert len(right.moves) == sum(role in move.roles for move in TRANSITIONS)
    assert right.sentences


def test_a_role_that_has_ended_gives_no_right(world: make.World) -> None:
    former = make.member(world.unit, valid_until=date(2021, 3, 14))
    page = html(signed_in(former).get("/oma/"))
    assert "Sinulla ei ole vielä roolia" in page


def test_my_language_is_kept_with_me(world: make.World) -> None:
    client = signed_in(world.manager)
    response = client.post("/kieli/", {"language": "en", "next": "/oma/"})
    assert response["Location"] == "/oma/"
    assert User.objects.get(pk=world.manager.pk).language == "en"
    assert '<option value="en" lang="en" selected>' in html(client.get("/oma/"))


def test_my_page_costs_the_same_for_one_unit_and_for_many(world: make.World) -> None:
    client = signed_in(world.manager)

    def cost() -> int:
        client.get("/oma/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/oma/")
        return len(captured)

    few = cost()
    for number in range(10):
        make.member(make.unit(world.municipality, f"Yksikkö {number}"), user=world.manager)
    assert few == cost() <= 15


def test_my_page_says_which_mails_i_get_and_in_which_language(world: make.World) -> None:
    client = signed_in(world.manager)
    shown = html(client.get("/oma/"))
    assert "Päivän viesti tulee aikaisintaan kello 8:00." in shown
    assert "Viestit tulevat tunnuksesi kielellä." in shown
    client.post(
        "/muistutukset/omat/", {"hour": "10", "wanted": ["due_soon", "weekly", "answered_for"], "language": "sv"}
    )
    shown = html(client.get("/oma/"))
    assert "Siitä jää pois: mitä toimenpiteistäsi päätettiin." in shown
    assert "Viestien kieli on svenska." in shown
