"""The report of a locked round through the API: what there is to know of it, and its files."""

import hashlib

import pytest

from tests import make
from tests.api.town import PDF, Town, problem
from toimenpiteet.models import ReportVersion

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return Town()


def test_it_tells_of_the_report_and_leads_to_its_files(town: Town) -> None:
    viewer = town.client("viewer")
    told = viewer.get(f"rounds/{town.locked.pk}/report/").json()
    assert (told["version"], told["title"]["fi"]) == (1, "Strategian toteutuminen: talousarvio 2027")
    (file,) = told["files"]
    assert (file["form"], file["sha256"]) == ("fi.pdf", hashlib.sha256(PDF).hexdigest())
    answer = viewer.get(file["href"].partition("/api/v1/")[2])
    assert (answer.content, answer["Content-Type"]) == (PDF, "application/pdf")
    assert answer["Content-Disposition"] == 'attachment; filename="raportti.pdf"'


def test_what_is_not_there_is_not_found(town: Town) -> None:
    viewer = town.client("viewer")
    places = (
        f"rounds/{town.asking.pk}/report/",
        *(f"rounds/{town.locked.pk}/report/{more}" for more in ("?version=2", "sv.pdf")),
    )
    for place in places:
        problem(viewer.get(place), 404, "not_found")


def test_a_published_one_is_for_everybody(town: Town) -> None:
    assert ReportVersion.objects.get().round == town.locked
    make.brought(town.locked, "published")
    for who in ("anonymous", "neighbour"):
        assert town.client(who).get(f"rounds/{town.locked.pk}/report/fi.pdf").content == PDF
