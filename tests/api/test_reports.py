"""The report of a locked round through the API: what there is to know of it, and its files."""

import hashlib

import pytest
import time_machine

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
        *(f"rounds/{town.asking.pk}/report/{more}" for more in ("", "fi.exe", "xx.pdf")),
        *(f"rounds/{town.locked.pk}/report/{more}" for more in ("?version=2", "sv.pdf")),
    )
    for place in places:
        problem(viewer.get(place), 404, "not_found")


def test_a_published_one_is_for_everybody(town: Town) -> None:
    assert ReportVersion.objects.get().round == town.locked
    make.brought(town.locked, "published")
    for who in ("anonymous", "neighbour"):
        assert town.client(who).get(f"rounds/{town.locked.pk}/report/fi.pdf").content == PDF


@pytest.mark.parametrize("day", ["2020-01-01", "2027-04-02"])
@time_machine.travel("2027-04-01T09:00:00Z", tick=False)
def test_no_body_decides_before_the_round_or_on_a_day_to_come(town: Town, day: str) -> None:
    director, place = town.client("director"), f"rounds/{town.locked.pk}/report/"
    decided = {"body": "Kaupunginhallitus", "decided_on": day, "reason": "Päätös"}
    told = problem(director.send("POST", place, decided, director.get(place)["ETag"]), 400, "invalid")
    assert "decided_on" in str(told)


@time_machine.travel("2027-04-01T09:00:00Z", tick=False)
def test_the_director_makes_the_next_version_of_the_same_snapshot(town: Town) -> None:
    director, place = town.client("director"), f"rounds/{town.locked.pk}/report/"
    first = director.get(place)
    body = {"register_number": "KUO/12/2027", "reason": "Diaarinumero saatiin", "attachment": "background"}
    made = director.send("POST", place, body, first["ETag"])
    assert (made.status_code, made["ETag"]) == (201, '"2"')
    told = made.json()
    assert (told["version"], told["register_number"]) == (2, "KUO/12/2027")
    assert told["annex_or_background"] == "background"
    assert told["snapshot"] == first.json()["snapshot"]
    decided = {"body": "Kaupunginhallitus", "decided_on": "2027-03-22", "section": "88", "reason": "Päätös"}
    third = director.send("POST", place, decided, made["ETag"]).json()
    assert third["register_number"] == "KUO/12/2027", "what is left out holds as in the newest"
    assert third["decision"] == {"body": "Kaupunginhallitus", "on": "2027-03-22", "section": "88"}
    assert ReportVersion.objects.count() == 3


def test_a_version_that_cannot_be_says_why_and_is_none(town: Town) -> None:
    director, place = town.client("director"), f"rounds/{town.locked.pk}/report/"
    number = {"register_number": "KUO/12/2027", "reason": "Diaarinumero saatiin"}
    problem(director.send("POST", place, number, 7), 412, "stale")
    problem(director.send("POST", place, {"body": "Kaupunginhallitus", "reason": "x"}, 1), 400, "invalid")
    problem(director.send("POST", place, number | {"publicity": "salainen"}, 1), 400, "invalid")
    problem(director.send("POST", place, number | {"reason": ""}, 1), 400, "invalid")
    problem(director.send("POST", f"rounds/{town.asking.pk}/report/", number, 1), 404, "not_found")
    assert ReportVersion.objects.count() == 1


def test_the_director_reads_the_draft_of_an_open_round(town: Town) -> None:
    place = f"rounds/{town.asking.pk}/report/fi.xlsx"
    draft = town.client("director").get(place)
    assert draft.status_code == 200
    assert draft.content.startswith(b"PK")
    assert "draft" in draft["Content-Disposition"]
    for who, status in (("anonymous", 404), ("manager", 403), ("viewer", 403), ("neighbour", 404)):
        assert town.client(who).get(place).status_code == status, who
