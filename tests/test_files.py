"""Files with their bytes in the database: what is taken, who reads them, and that nobody rewrites them."""

import hashlib

import pytest
from django.db import IntegrityError, connection
from django.http import Http404

from bench.city.guards import remove
from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, FileBytes, StoredFile, UnauditedChange, User
from toimenpiteet.models.files import LARGEST
from toimenpiteet.services import audited, files
from toimenpiteet.services.errors import Forbidden, Invalid

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 suunnitelma"


@pytest.fixture
def world() -> make.World:
    return make.World()


def add(
    world: make.World, person: User, name: str = "tulos.pdf", data: bytes = PDF, owner: object = None
) -> StoredFile:
    stamp = audited.stamp(Actor.person(person, Door.PAGE), "Näyttö lisätty", make.NOW)
    scope = access.scope_of(person, make.TODAY)
    return files.add(owner or world.plan, name, data, scope=scope, stamp=stamp)  # type: ignore[arg-type]  # whatever a test gives


def read(person: User | None, kept: StoredFile) -> bytes:
    return files.read(access.scope_of(person, make.TODAY), kept.pk)[1]


def test_a_file_is_kept_with_what_it_is_and_read_by_its_municipality(world: make.World) -> None:
    kept = add(world, world.manager, r"C:\omat\Tulos 2026.PDF")
    assert (kept.name, kept.content_type, kept.size) == ("Tulos 2026.PDF", "application/pdf", len(PDF))
    assert (kept.sha256, kept.plan, kept.municipality) == (
        hashlib.sha256(PDF).hexdigest(),
        world.plan,
        world.municipality,
    )
    assert read(world.director, kept) == PDF
    assert kept.history.get().history_user_id == world.manager.pk
    for person in (make.World().director, None):
        with pytest.raises(Http404):
            read(person, kept)


def test_the_director_keeps_files_of_the_municipality_and_nobody_adds_to_others_plans(world: make.World) -> None:
    assert add(world, world.director, owner=world.municipality).plan is None
    with pytest.raises(Forbidden):
        add(world, world.manager, owner=world.municipality)
    with pytest.raises(Forbidden):
        add(world, make.member(make.unit(world.municipality, "Toinen")))


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("ohjelma.exe", b"MZ"),
        ("sivu.html", b"<html>"),
        ("ilman päätettä", PDF),
        ("tyhja.txt", b""),
        ("liian-suuri.txt", b"a" * (LARGEST + 1)),
        ("kuva.png", PDF),
        ("teksti.txt", b"a\x00b"),
        ("paha\x07.pdf", PDF),
    ],
)
def test_what_is_no_file_to_keep_is_refused(world: make.World, name: str, data: bytes) -> None:
    with pytest.raises(Invalid):
        add(world, world.manager, name, data)
    assert not StoredFile.objects.exists()


def test_ten_megabytes_fit(world: make.World) -> None:
    assert add(world, world.manager, "suuri.csv", b"a" * LARGEST).size == LARGEST


def test_bytes_are_written_once(world: make.World) -> None:
    kept = add(world, world.manager)
    with pytest.raises(UnauditedChange):
        FileBytes.objects.filter(file=kept).update(data=b"muuta")
    with pytest.raises(IntegrityError):
        FileBytes(file=kept, data=b"muuta").save()


def test_bytes_that_were_written_round_the_application_are_not_handed_out(world: make.World) -> None:
    kept = add(world, world.manager)
    remove(connection)
    FileBytes(file=kept, data=b"%PDF-muuta").save()
    with pytest.raises(files.Damaged):
        read(world.director, kept)
