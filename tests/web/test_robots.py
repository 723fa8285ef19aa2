"""What programs that gather pages are told: what is published, and nothing else."""

import re

import pytest
from django.test import Client

from tests import make
from tests.plan.test_moves import signed_in
from toimenpiteet.services import audited

pytestmark = pytest.mark.django_db
PLACE = re.compile(r"<loc>https?://[^/]+([^<]+)</loc>")


def places(client: Client, address: str = "/sitemap.xml") -> list[str]:
    response = client.get(address)
    assert response["Content-Type"] == "application/xml"
    return PLACE.findall(response.content.decode())


def test_every_published_page_is_listed_and_opens_and_nothing_else() -> None:
    world = make.World()
    draft = make.strategy(world.municipality, name_fi="Luonnos", published=False)
    make.action_item(make.goal(make.theme(draft)), world.unit)
    listed, inside = (
        [page for part in places(client) for page in places(client, part)]
        for client in (Client(), signed_in(world.director))
    )
    # Whoever asks: it is the list of what anybody may read.
    assert listed == inside
    assert f"/strategiat/{world.strategy.pk}/" in listed
    assert f"/toimenpiteet/{world.item.pk}/" in listed
    assert f"/strategiat/{draft.pk}/" not in listed
    assert len(listed) == len(set(listed)) == 5
    assert [Client().get(page).status_code for page in listed] == [200] * 5


def test_what_was_published_and_is_not_any_more_is_gone_at_once() -> None:
    world = make.World()
    audited.change(world.strategy, make.stamp(), published=False)
    assert [page for part in places(Client()) for page in places(Client(), part) if "/strategiat/" in page] == []


def test_robots_are_asked_to_leave_what_is_behind_a_sign_in() -> None:
    told = Client().get("/robots.txt")
    assert told["Content-Type"].startswith("text/plain")
    lines = told.content.decode().splitlines()
    assert "Disallow: /yllapito/" in lines
    assert lines[-1].startswith("Sitemap: http")
    assert lines[-1].endswith("/sitemap.xml")
