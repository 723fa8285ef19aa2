"""The report of a round as a page and as files: who reads it when, how its files come, and its later versions."""

import hashlib
import io
import json
import logging
from datetime import timedelta
from typing import Any

import docx
import pytest
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client
from docx.oxml.ns import qn

from tests import make
from tests.rounds.test_answers import RED
from tests.rounds.test_snapshots import Locking
from toimenpiteet import tasks
from toimenpiteet.exchange.report import files
from toimenpiteet.exchange.report.files import FORMS, Form, keep_owed
from toimenpiteet.models import Door, ReportFile, ReportVersion, RoundSnapshot, StoredFile, User
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.selectors.rounds import reports as selected
from toimenpiteet.services import audited
from toimenpiteet.services.rounds import reports as services
from toimenpiteet.web.rounds import report
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db
GIVEN = {
    "seen_version": "1",
    "register_number": "MAL/123/00.01.02/2026",
    "attachment": "annex",
    "publicity": "public",
    "body": "Kaupunginhallitus",
    "decided_on": "2026-10-26",
    "section": "214",
    "reason": "Kaupunginhallitus käsitteli",
}


class Reported(Locking):
    """A round in review, its people, and addresses of its report."""

    def __init__(self) -> None:
        super().__init__()
        self.viewer = make.official(self.municipality, Role.VIEWER)
        self.place = f"/kierrokset/{self.round.pk}/raportti/"

    def get(self, who: User | None, more: str = "") -> HttpResponse:
        """Open the report, or something under it."""
        client: Any = Client()
        if who is not None:
            client.force_login(who)
        response: HttpResponse = client.get(f"{self.place}{more}")
        return response

    def give(self, who: User, **fields: str) -> HttpResponse:
        """Send the form of the register number and the decision."""
        client: Any = Client()
        client.force_login(who)
        response: HttpResponse = client.post(f"{self.place}versio/", GIVEN | fields)
        return response

    def text(self, who: User | None, more: str = "") -> str:
        """Return what the page says."""
        return self.get(who, more).content.decode()


@pytest.fixture
def world() -> Reported:
    return Reported()


@pytest.fixture
def one_form(monkeypatch: pytest.MonkeyPatch) -> Form:
    """Let a report have one file, so that a test takes no longer than it must."""
    form = Form("fi", "docx")
    monkeypatch.setattr(files, "FORMS", (form,))
    return form


def paragraphs(data: bytes) -> list[str]:
    return [each.text for each in docx.Document(io.BytesIO(data)).paragraphs]


# Files


def test_each_file_is_made_once_and_kept_with_its_hash(world: Reported) -> None:
    snapshot = world.lock()
    assert world.text(world.viewer).count("tehdään…") == len(FORMS)
    assert world.get(world.viewer, "fi.pdf").headers["Location"] == f"{world.place}?versio=1#tiedostot"
    tasks.make_reports()
    assert ReportFile.objects.count() == len(FORMS) == 9
    assert keep_owed(make.NOW, door=Door.TASK) == 0
    # Another process that made the same one meanwhile.
    assert services.keep(ReportVersion.objects.get(), "fi.pdf", "a.pdf", b"%PDF-", stamp=make.stamp()) is None
    page = world.text(world.viewer)
    assert "tehdään" not in page
    for form in FORMS:
        assert f'href="{world.place}{form}?versio=1"' in page
    got = world.get(world.viewer, "both.pdf")
    kept = StoredFile.objects.get(name=f"{world.municipality.key}-talousarvio-2022-fi-sv.pdf")
    assert hashlib.sha256(got.content).hexdigest() == kept.sha256
    assert got.headers["Content-Type"] == "application/pdf"
    assert got.headers["Content-Disposition"] == f'attachment; filename="{kept.name}"'
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    assert got.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert snapshot.sha256 in page
    assert list(verify()) == []


def test_a_file_that_cannot_be_made_keeps_no_other_from_coming(
    world: Reported, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_documents: Any) -> bytes:
        raise RuntimeError("no paper")

    world.lock()
    monkeypatch.setitem(files.FORMATS, "docx", broken)
    monkeypatch.setattr(files, "FORMS", (Form("fi", "docx"), Form("fi", "xlsx")))
    with caplog.at_level(logging.ERROR, logger="toimenpiteet.exchange.report.files"):
        assert keep_owed(make.NOW, door=Door.TASK) == 1
    assert f"No fi.docx of the report of round {world.round.pk}" in caplog.text
    page = world.text(world.viewer)
    # The round was locked long ago, so that waiting is no advice any more.
    assert "Osaa tiedostoista ei ole vielä saatu tehtyä" in page
    assert "hx-trigger" not in page
    monkeypatch.undo()
    monkeypatch.setattr(files, "FORMS", (Form("fi", "docx"), Form("fi", "xlsx")))
    assert keep_owed(make.NOW + timedelta(minutes=1), door=Door.TASK) == 1


# Who reads it


def test_a_draft_is_the_directors_and_kept_nowhere(world: Reported) -> None:
    assert "LUONNOS" in world.text(world.director)
    got = world.get(world.director, "fi.docx")
    assert got.headers["Content-Disposition"].endswith('talousarvio-2022-fi-draft.docx"')
    assert "LUONNOS" in paragraphs(got.content)
    assert not StoredFile.objects.exists()
    for more in ("", "fi.docx"):
        assert [world.get(who, more).status_code for who in (world.viewer, world.manager)] == [403, 403]


def test_a_locked_report_is_for_its_people_and_a_published_one_for_all(world: Reported, one_form: Form) -> None:
    stranger = make.World().director
    world.lock()
    keep_owed(make.NOW, door=Door.TASK)
    insiders = [world.viewer, world.manager, world.contributor, world.director]
    for more in ("", str(one_form)):
        assert [world.get(who, more).status_code for who in insiders] == [200] * 4
        assert [world.get(who, more).status_code for who in (stranger, None)] == [404, 302]
    world.act("publish", world.director)
    for more in ("", str(one_form)):
        assert [world.get(who, more).status_code for who in (*insiders, stranger, None)] == [200] * 6
    page = world.text(None)
    assert RED.cause in page
    assert "versio/" not in page
    for place in (f"/strategiat/{world.strategy.pk}/", f"/strategiat/{world.strategy.pk}/kierrokset/"):
        assert f'href="{world.place}"' in Client().get(place).content.decode()


def test_what_no_report_has_is_not_found(world: Reported) -> None:
    world.lock()
    for more in ("en.pdf", "fi.exe", "fi.pdf?versio=7", "?versio=7"):
        assert world.get(world.director, more).status_code == 404, more


# The city's own


def test_the_city_has_its_words_and_colour_on_the_first_page_as_they_were_at_the_lock(world: Reported) -> None:
    words = {"report_words_fi": "Raportti on osa tilinpäätöstä.", "colour": "#0b5566"}
    audited.change(world.municipality, make.stamp(), **words)
    world.lock()
    world.municipality.refresh_from_db()
    audited.change(world.municipality, make.stamp(), report_words_fi="Aivan muuta.")
    page = world.text(world.viewer)
    assert words["report_words_fi"] in page
    assert "Aivan muuta." not in page
    source = selected.kept(ReportVersion.objects.get())
    word = docx.Document(io.BytesIO(files.made(source, Form("fi", "docx"))))
    assert words["report_words_fi"] in [each.text for each in word.paragraphs]
    assert next(word.element.body.iter(qn("w:top"))).get(qn("w:color")) == "0b5566"
    assert files.made(source, Form("fi", "pdf")).startswith(b"%PDF")


def test_the_case_management_gets_what_it_asks_about_the_files(world: Reported, one_form: Form) -> None:
    own = {"function_class": "00.01.02", "retention": "pysyvästi (arkistolaki)"}
    audited.change(world.municipality, make.stamp(), **own)
    assert world.get(world.director, "tiedot.json").status_code == 404
    snapshot = world.lock()
    world.give(world.director)
    keep_owed(make.NOW, door=Door.TASK)
    response = world.get(world.viewer, "tiedot.json")
    assert response.headers["Content-Type"] == "application/json"
    told = json.loads(response.content)
    assert {name: told[name] for name in own} == own
    assert told["title"]["sv"] == "Hur strategin genomförs: budget 2022"
    assert told["decision"] == {"body": GIVEN["body"], "on": GIVEN["decided_on"], "section": GIVEN["section"]}
    assert (told["register_number"], told["version"]) == (GIVEN["register_number"], 2)
    assert told["annex_or_background"] == "annex"
    assert told["snapshot"]["sha256"] == snapshot.sha256
    kept = ReportFile.objects.get(report__number=2).file
    assert [(one["name"], one["sha256"], one["languages"]) for one in told["files"]] == [
        (kept.name, kept.sha256, ["fi"])
    ]


def test_a_part_of_too_many_rows_is_left_to_the_files(world: Reported, monkeypatch: pytest.MonkeyPatch) -> None:
    assert world.plan.text in world.text(world.director)
    monkeypatch.setattr(report, "MOST_ROWS", 1)
    page = world.text(world.director)
    assert world.plan.text not in page
    assert "Tässä osassa on 2 riviä" in page


# Later versions


def test_a_decision_makes_a_new_version_of_the_same_snapshot(world: Reported, one_form: Form) -> None:
    world.lock()
    keep_owed(make.NOW, door=Door.TASK)
    first = world.get(world.viewer, str(one_form)).content
    assert world.give(world.director).status_code == 303
    assert keep_owed(make.NOW, door=Door.TASK) == 1
    second = paragraphs(world.get(world.viewer, str(one_form)).content)
    for line in ("Versio: 2", f"Asianumero: {GIVEN['register_number']}", "Päätös: Kaupunginhallitus 26.10.2026 § 214"):
        assert line in second
    assert "Esityslistalla: liite" in second
    sha256 = RoundSnapshot.objects.get().sha256
    assert f"SHA-256: {sha256}" in second
    assert world.get(world.viewer, f"{one_form}?versio=1").content == first
    assert '<a href="?versio=1">1</a>' in world.text(world.viewer)
    newest = ReportVersion.objects.latest("number").history.get()
    assert (newest.history_change_reason, newest.history_user_id) == (GIVEN["reason"], world.director.pk)
    assert list(verify()) == []


REFUSED: tuple[tuple[dict[str, str], int, str], ...] = (
    ({"decided_on": ""}, 422, "Kerro, minä päivänä toimielin päätti"),
    ({"body": " "}, 422, "Kerro, mikä toimielin päätti"),
    ({"body": "", "decided_on": "", "section": "", "register_number": ""}, 422, "Anna asianumero"),
    ({"reason": ""}, 422, "Kerro miksi"),
    ({"register_number": "x" * 61}, 422, "61 merkkiä"),
    ({"decided_on": "2026-02-30"}, 422, "päivä"),
    ({"seen_version": "0"}, 409, "Joku muu"),
    ({"publicity": "secret", "secrecy_years": "25"}, 422, "Anna salassapitoperuste"),
    ({"publicity": "partly", "secrecy_ground": "JulkL 24 § 1 mom. 20 k"}, 422, "Kerro, montako vuotta"),
    ({"publicity": "secret", "secrecy_ground": "JulkL 24 §", "secrecy_years": "101"}, 422, "Kerro, montako vuotta"),
    ({"matter": "x" * 201}, 422, "201 merkkiä"),
)


def test_what_cannot_be_printed_is_refused_and_stays_typed(world: Reported) -> None:
    world.lock()
    for fields, status, said in REFUSED:
        response = world.give(world.director, **fields)
        page = response.content.decode()
        assert (response.status_code, said in page) == (status, True), fields
        assert [value for value in (GIVEN | fields).values() if value.strip() not in page] == []
    assert ReportVersion.objects.get().number == 1


def test_it_is_chosen_whether_the_report_goes_as_an_annex_or_as_background(world: Reported, one_form: Form) -> None:
    sha256 = world.lock().sha256
    nothing = {"register_number": "", "body": "", "decided_on": "", "section": ""}
    assert world.give(world.director, **nothing, attachment="background").status_code == 303
    keep_owed(make.NOW, door=Door.TASK)
    assert "Esityslistalla: oheismateriaali" in paragraphs(world.get(world.viewer, str(one_form)).content)
    assert "Esityslistalla: liite" in paragraphs(world.get(world.viewer, f"{one_form}?versio=1").content)
    told = json.loads(world.get(world.viewer, "tiedot.json").content)
    assert (told["annex_or_background"], told["snapshot"]["sha256"]) == ("background", sha256)
    assert 'value="background" id="id_attachment_1" checked' in " ".join(world.text(world.director, "versio/").split())
    # A slip is mended, what was given is not taken away with it, and a version that says nothing new is none.
    assert world.give(world.director, **nothing, seen_version="2").status_code == 303
    assert world.give(world.director, seen_version="3").status_code == 303
    for fields in (nothing, nothing | {"attachment": "background"}, {"attachment": ""}, {"attachment": "muu"}):
        assert world.give(world.director, seen_version="4", **fields).status_code == 422
    assert [row.attachment for row in ReportVersion.objects.order_by("number")] == [
        *("annex", "background", "annex", "annex")
    ]


def test_the_data_of_the_case_management_are_edited_and_hide_nothing(world: Reported, one_form: Form) -> None:
    world.lock()
    first = json.loads(world.get(world.viewer, "tiedot.json").content)
    public = {"class": "public", "ground": None, "years": None}
    assert (first["publicity"], first["personal_data"], first["matter"]) == (public, False, None)
    assert "eivät piilota täällä mitään" in world.text(world.director, "versio/")
    nothing = {"register_number": "", "body": "", "decided_on": "", "section": ""}
    secret = {"publicity": "partly", "secrecy_ground": "JulkL 24 § 1 mom. 20 k", "secrecy_years": "25"}
    more = {"matter": "Strategian seuranta 2026", "personal_data": "on"}
    assert world.give(world.director, **nothing, **secret, **more).status_code == 303
    told = json.loads(world.get(world.viewer, "tiedot.json").content)
    partly = {"class": "partly", "ground": secret["secrecy_ground"], "years": 25}
    assert (told["publicity"], told["personal_data"], told["matter"]) == (partly, True, more["matter"])
    assert told["snapshot"] == first["snapshot"]
    form = world.text(world.director, "versio/")
    assert [words in form for words in (more["matter"], secret["secrecy_ground"])] == [True, True]
    # What is public again has no ground; the ground that a hidden field still holds goes with it.
    assert (
        world.give(world.director, **nothing, **secret | {"publicity": "public"}, seen_version="2").status_code == 303
    )
    assert json.loads(world.get(world.viewer, "tiedot.json").content)["publicity"] == public


def test_the_database_knows_both_words_and_keeps_the_first_version_bare(world: Reported) -> None:
    world.lock()
    for values in (
        {"number": 2, "attachment": "muu"},
        {"attachment": "background"},
        {"personal_data": True},
        {"number": 2, "publicity": "secret"},
        {"number": 2, "secrecy_years": 25},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            audited.change(ReportVersion.objects.get(), make.stamp(), **values)
    audited.change(ReportVersion.objects.get(), make.stamp(), number=2, attachment="background")


def test_only_the_director_gives_and_only_after_the_lock(world: Reported) -> None:
    assert world.give(world.director).status_code == 404
    world.lock()
    assert [world.give(who).status_code for who in (world.viewer, world.manager)] == [403, 403]
    assert world.give(world.director).status_code == 303
    assert world.give(world.director, seen_version="2").status_code == 422
