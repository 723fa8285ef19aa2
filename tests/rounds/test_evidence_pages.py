"""Evidence through the pages: beside an answer and on a page of its own, files sent and read, and what is refused."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.rounds.test_evidence import FILE, LINK, Proving
from tests.test_files import PDF
from tests.web.test_budgets import statements
from toimenpiteet.models import Evidence, StoredFile
from toimenpiteet.models.files import LARGEST
from toimenpiteet.services import virus_scanner
from toimenpiteet.services.virus_scanner import ScannerAway

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
def world() -> Proving:
    return Proving()


def place(world: Proving) -> str:
    return f"/kierrokset/{world.round.pk}/vastaukset/{world.plan.pk}/naytto/"


def sent(name: str = "Tulos 2026.PDF", data: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/pdf")


def test_a_file_is_sent_shown_and_given_back_as_an_attachment_that_runs_nothing(world: Proving) -> None:
    client = signed_in(world.manager)
    assert client.post(place(world), {"name": "Tulokset", "file": sent(), "public": "on"}).status_code == 303
    row = Evidence.objects.get()
    page = html(client.get(place(world)))
    assert f'href="/naytto/{row.pk}/"' in page
    assert "Tulos 2026.PDF" in page
    given = client.get(f"/naytto/{row.pk}/")
    assert given.content == PDF
    assert given["Content-Disposition"] == 'attachment; filename="Tulos 2026.PDF"'
    assert (given["Content-Type"], given["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert given["Content-Security-Policy"].endswith("; sandbox")
    assert Client().get(f"/naytto/{row.pk}/").status_code == 302
    assert signed_in(make.World().director).get(f"/naytto/{row.pk}/").status_code == 404
    world.add()
    make.brought(world.round, "in_review")
    world.act("lock", world.director)
    world.act("publish", world.director)
    report = f"/kierrokset/{world.round.pk}/raportti/"
    for person, internal in ((None, False), (world.manager, True)):
        page = html((signed_in(person) if person else Client()).get(report))
        assert (f'href="/naytto/{row.pk}/"' in page, LINK.url in page) == (True, internal)
    assert Client().get(f"/naytto/{row.pk}/").content == PDF
    assert signed_in(make.World().director).get(f"/naytto/{row.pk}/").content == PDF


def test_in_the_row_of_an_answer_it_is_a_fold_with_its_count(world: Proving) -> None:
    world.add()
    client = signed_in(world.manager)
    row = html(client.get(f"/kierrokset/{world.round.pk}/vastaukset/"))
    assert f'hx-get="{place(world)}"' in row
    assert re.search(r"Näyttö\s+1<", row)
    fold = html(client.get(place(world), headers=IN_PLACE))
    assert "<html" not in fold
    assert ("mallila.example ·" in fold, "sisäinen" in fold) == (True, True)
    data = {"name": "Pöytäkirja", "url": "https://mallila.example/p"}
    answer = html(client.post(place(world), data, headers=IN_PLACE))
    assert re.search(rf'id="naytto-{world.plan.pk}"\s+open', answer)
    assert re.search(r"Näyttö\s+2<", answer)
    assert "Näyttö lisättiin." in answer
    newest = Evidence.objects.latest("pk")
    away = html(client.post(f"{place(world)}{newest.pk}/poista/", {"version": "1"}, headers=IN_PLACE))
    assert re.search(r"Näyttö\s+1<", away)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"url": "https://mallila.example/", "name": " \n "}, "Anna otsikko"),
        ({"url": "javascript:alert(1)", "name": "Kysely"}, "Anna sivun koko osoite"),
        ({"name": "Kysely"}, "Anna osoite tai valitse tiedosto"),
        ({"name": "Kysely", "file": sent("kuva.png")}, "ei ole sitä, mitä sen nimi sanoo"),
        ({"name": "Kysely", "file": sent("suuri.pdf", PDF + b"a" * (LARGEST + 2**20))}, "enintään 10 Mt"),
    ],
    ids=["spaces", "script", "nothing", "lying", "11 MB"],
)
def test_what_cannot_be_taken_is_said_in_words_beside_what_was_typed(
    world: Proving, given: dict[str, Any], said: str
) -> None:
    answer = signed_in(world.manager).post(place(world), given | {"public": "on"}, headers=IN_PLACE)
    page = html(answer)
    assert answer.status_code == 422
    assert said in page
    assert given.get("url", "Kysely") in page
    assert 'name="public" id' in page
    assert " checked" in page
    assert not StoredFile.objects.exists()


def test_a_scanner_that_does_not_answer_is_no_error_of_the_person(
    world: Proving, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_data: bytes) -> None:
        raise ScannerAway

    monkeypatch.setattr(virus_scanner, "check", away)
    answer = signed_in(world.manager).post(place(world), {"file": sent()}, headers=IN_PLACE)
    assert answer.status_code == 422
    assert "Virustarkistin ei vastaa" in html(answer)
    assert not StoredFile.objects.exists()


def test_after_the_lock_it_is_read_and_no_more(world: Proving) -> None:
    row = world.add()
    make.brought(world.round, "locked")
    client = signed_in(world.manager)
    page = html(client.get(place(world)))
    assert "Kysely" in page
    assert "evidence-form" not in page
    assert client.post(place(world), {"name": "Myöhässä", "url": "https://mallila.example/m"}).status_code == 409
    assert client.post(f"{place(world)}{row.pk}/poista/", {"version": "1"}).status_code == 409
    assert Evidence.objects.count() == 1


def test_no_other_address_takes_a_file(world: Proving) -> None:
    client = signed_in(world.manager)
    answers = f"/kierrokset/{world.round.pk}/vastaukset/{world.plan.pk}/"
    for address in (answers, "/tunnus/kirjaudu/", f"/suunnitelmat/{world.plan.pk}/kommentti/"):
        assert client.post(address, {"act": "draft", "text": "Hei", "file": sent()}).status_code == 400
    two = [sent(), sent()]
    assert client.post(place(world), {"file": two}).status_code == 400
    assert not StoredFile.objects.exists()


def test_what_was_added_and_taken_away_is_in_the_history_of_the_item(world: Proving) -> None:
    world.remove(world.add())
    page = f"/toimenpiteet/{world.item.pk}/"
    history = html(signed_in(world.director).get(page))
    for words in ("liitti näytön: ”Kysely”.", "poisti näytön: ”Kysely”."):
        assert f"{world.manager.name} {words}" in history
    assert "Kysely" not in html(Client().get(page))


def test_pages_cost_the_same_with_evidence_and_without(world: Proving) -> None:
    world.send()
    base = f"/kierrokset/{world.round.pk}"
    pages = ((signed_in(world.manager), f"{base}/vastaukset/"), (signed_in(world.director), f"{base}/katselmus/"))
    without = [statements(*page) for page in pages]
    for _number in range(3):
        world.add()
    assert [statements(*page) for page in pages] == without


def test_the_director_reviews_an_answer_with_its_evidence(world: Proving) -> None:
    world.add()
    world.add(FILE)
    world.send()
    page = html(signed_in(world.director).get(f"/kierrokset/{world.round.pk}/katselmus/"))
    assert f'<a href="{LINK.url}" rel="external noreferrer">Kysely</a>' in page
    assert f'href="/naytto/{Evidence.objects.latest("pk").pk}/"' in page
