"""Evidence beside answers: links and files, put there and taken away, by whom, until when, and who reads them."""

from typing import Any

import pytest
from django.http import Http404

from tests import make
from tests.rounds.test_answers import Answering
from tests.test_files import PDF
from toimenpiteet import access
from toimenpiteet.models import Evidence, RoundSnapshot, StoredFile, User
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.selectors.rounds import evidence as selected
from toimenpiteet.selectors.rounds.evidence import Beside
from toimenpiteet.selectors.rounds.snapshots import content
from toimenpiteet.services import audited, files
from toimenpiteet.services.errors import Forbidden, Invalid, WrongTime
from toimenpiteet.services.rounds import answers, evidence
from toimenpiteet.services.rounds.evidence import Given
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db
LINK = Given("Kysely", "https://mallila.example/kysely")
FILE = Given("", public=True, file_name="tulos.pdf", data=PDF)


class Proving(Answering):
    """An open round, and what people put beside the answer in it."""

    def add(self, given: Given = LINK, who: User | None = None) -> Evidence:
        """Put something beside the answer."""
        return evidence.add(Beside(self.round.pk, self.plan.pk), given, **self.as_(who or self.manager))

    def remove(self, row: Evidence, who: User | None = None) -> None:
        """Take it away again."""
        by = self.as_(who or self.manager)
        evidence.remove(Beside(self.round.pk, self.plan.pk), row.pk, version=row.version, **by)

    def as_(self, who: User) -> dict[str, Any]:
        """Return as whom and when something is done."""
        by = self.by(who)
        by.pop("version")
        return by

    def seen_by(self, who: User | None) -> list[str]:
        """Return the names of the evidence that exists for a person."""
        return [
            row.name for row in selected.beside(access.scope_of(who, make.TODAY), Beside(self.round.pk, self.plan.pk))
        ]


@pytest.fixture
def world() -> Proving:
    return Proving()


def test_a_link_and_a_file_stand_beside_the_answer_and_are_taken_away_on_record(world: Proving) -> None:
    link, file = world.add(), world.add(FILE, world.contributor)
    assert (link.name, link.url, link.public, link.file) == ("Kysely", LINK.url, False, None)
    assert (file.name, file.url, file.public, file.file.name) == ("tulos.pdf", "", True, "tulos.pdf")  # type: ignore[union-attr]  # a file
    assert world.report.version == 1
    world.remove(link, world.contributor)
    taken = Evidence.history.filter(id=link.pk).latest("history_id")
    assert (taken.history_type, taken.history_change_reason, taken.url) == ("-", "Näyttö poistettu", LINK.url)
    assert world.seen_by(world.director) == ["tulos.pdf"]
    assert list(verify()) == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Given("  \n ", "https://mallila.example/"), "name"),
        (Given("Kysely"), "url"),
        (Given("Kysely", "javascript:alert(1)"), "url"),
        (Given("Kysely", "//mallila.example/"), "url"),
        (Given("Kysely", "https://"), "url"),
        (Given("Kysely", "https://kuntaliitto.example@paha.example/"), "url"),
        (Given("Kysely", "https://mallila.example/ paha"), "url"),
        (Given("Kysely", f"https://mallila.example/{'x' * 1000}"), "url"),
        (Given("x" * 201, "https://mallila.example/"), "name"),
        (Given("Kysely", "https://mallila.example/", file_name="tulos.pdf", data=PDF), "url"),
        (Given("Kysely", file_name="kuva.png", data=PDF), "file"),
        (Given("Kysely", file_name="tyhja.pdf", data=b""), "file"),
    ],
)
def test_what_is_no_evidence_is_refused_at_its_field(world: Proving, given: Given, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        world.add(given)
    assert refused.value.field == field
    assert not Evidence.objects.exists()
    assert not StoredFile.objects.exists()


def test_only_those_who_may_answer_put_something_beside_it(world: Proving) -> None:
    row = world.add()
    for role in (Role.DIRECTOR, Role.VIEWER, Role.ADMIN):
        person = make.official(world.municipality, role, user=make.user())
        for act in (lambda who: world.add(LINK, who), lambda who: world.remove(row, who)):
            with pytest.raises(Forbidden):
                act(person)
    other = Proving()
    for act in (lambda who: world.add(LINK, who), lambda who: world.remove(row, who)):
        with pytest.raises(Http404):
            act(other.manager)
    with pytest.raises(Http404):
        other.remove(row)


def test_nothing_is_added_or_taken_away_after_the_answer_was_accepted_or_the_round_locked(world: Proving) -> None:
    row = world.add()
    world.send()
    answers.accept(world.report.pk, **world.by(world.director))
    for _time in ("accepted", "locked"):
        for act in (lambda: world.add(FILE), lambda: world.remove(row)):
            with pytest.raises(WrongTime):
                act()
        make.brought(world.round, "locked")
    assert world.seen_by(world.manager) == ["Kysely"]
    assert not StoredFile.objects.exists()


def test_there_is_an_end_to_what_one_answer_needs(world: Proving, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evidence, "MOST", 1)
    world.add()
    with pytest.raises(Invalid):
        world.add(FILE)
    assert not StoredFile.objects.exists()


def test_the_public_reads_what_is_marked_public_once_the_round_is_published(world: Proving) -> None:
    world.add()
    kept = world.add(FILE).file_id
    assert kept is not None
    viewer = make.official(world.municipality, Role.VIEWER, user=make.user())
    for status, public in (("open", []), ("locked", []), ("published", ["tulos.pdf"])):
        make.brought(world.round, status)
        assert world.seen_by(viewer) == ["Kysely", "tulos.pdf"]
        assert world.seen_by(None) == public
        assert world.seen_by(make.World().director) == []
    assert files.read(access.scope_of(None, make.TODAY), kept)[1] == PDF
    audited.change(world.strategy, make.stamp(), published=False)
    assert world.seen_by(None) == []
    with pytest.raises(Http404):
        files.read(access.scope_of(None, make.TODAY), kept)


def test_the_snapshot_names_what_stood_beside_the_answer(world: Proving) -> None:
    world.add()
    file = world.add(FILE).file
    assert file is not None
    make.brought(world.round, "in_review")
    world.act("lock", world.director)
    (plan,) = content(RoundSnapshot.objects.get(round=world.round))["plans"]
    assert plan["answer"] is not None
    assert plan["answer"]["evidence"] == [
        {"name": "Kysely", "url": LINK.url, "file": "", "sha256": "", "public": False},
        {"name": "tulos.pdf", "url": "", "file": "tulos.pdf", "sha256": file.sha256, "public": True},
    ]
