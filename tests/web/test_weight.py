"""How much a first visit weighs on the wire: pages, style and scripts, compressed as the server sends them."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from tests import make
from toimenpiteet.models import ActionItem, Goal, Strategy, Unit, User
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.once

PAGE, FRAME = 32 * 1024, 43 * 1024
OWN = Path(__file__).resolve().parents[2] / "toimenpiteet" / "static" / "toimenpiteet"


def weight(client: Client, address: str) -> int:
    """Return the bytes of a page as a browser gets them, which all accept gzip."""
    response = client.get(address, headers={"Accept-Encoding": "gzip"}, follow=True)
    assert response.status_code == 200, address
    assert response.headers.get("Content-Encoding") == "gzip", address
    return len(response.content)


def _everywhere() -> list[str]:
    plan = Strategy.objects.get(key="kuopio-toimenpiteet")
    unit = Unit.objects.get(municipality=plan.municipality, key="tietohallinto")
    item, goal = (model.objects.filter(strategy=plan).earliest("pk") for model in (ActionItem, Goal))
    strategies = Strategy.objects.filter(municipality=plan.municipality).values_list("pk", flat=True)
    return [
        *(
            "/odottaa/",
            "/odottaa/muutokset/",
            "/myohassa/",
            "/strategiat/",
            "/hankkeet/",
            "/vastuutahot/",
            "/haku/?q=palvelut",
        ),
        *("/haku/?q=palvelut", "/oma/", "/apua/", "/yllapito/", f"/kunnat/{plan.municipality.key}/"),
        *(f"/strategiat/{pk}/" for pk in strategies),
        *(f"/strategiat/{plan.pk}/{part}/" for part in ("suunnitelma", "mittarit")),
        *(f"/tavoitteet/{goal.pk}/", f"/toimenpiteet/{item.pk}/", f"/vastuutahot/{unit.pk}/"),
    ]


@pytest.mark.once
@pytest.mark.django_db
def test_no_page_of_the_real_plan_weighs_more_than_thirty_two_kilobytes() -> None:
    call_command("load_strategies", verbosity=0)
    plan = Strategy.objects.get(key="kuopio-toimenpiteet")
    director = make.official(plan.municipality)
    # The one who has most to do: in every service area at once.
    busiest: User = make.member(Unit.objects.get(municipality=plan.municipality, key="tietohallinto"))
    for unit in Unit.objects.filter(municipality=plan.municipality, kind="service_area"):
        make.member(unit, user=busiest)
    make.official(plan.municipality, Role.ADMIN, user=busiest)
    heavy: dict[str, int] = {}
    for person in (director, busiest):
        client = Client()
        client.force_login(person)
        heavy |= {f"{address} ({person})": weight(client, address) for address in _everywhere()}
    assert {address: size for address, size in heavy.items() if size > PAGE} == {}


def test_style_and_scripts_weigh_no_more_than_forty_three_kilobytes_together() -> None:
    files = [file for file in OWN.glob("*") if file.suffix in {".css", ".js"}]
    files.append(Path(str(finders.find("django_htmx/htmx-2.min.js"))))
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) <= FRAME
