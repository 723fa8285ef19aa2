"""Files with their bytes in the database: what is taken, who reads them, and that nobody rewrites them."""

import hashlib
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import IntegrityError, connection
from django.http import Http404

from bench.city.guards import remove
from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, FileBytes, StoredFile, UnauditedChange, User
from toimenpiteet.models.files import LARGEST
from toimenpiteet.services import audited, files
from toimenpiteet.services.errors import Invalid

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 suunnitelma"


@pytest.fixture
def world() -> make.World:
    return make.World()


def add(world: make.World, name: str = "tulos.pdf", data: bytes = PDF) -> StoredFile:
    stamp = audited.stamp(Actor.person(world.manager, Door.PAGE), "Näyttö lisätty", make.NOW)
    return files.add(make.asked(world.plan).round, name, data, stamp=stamp)


def archive(**parts: str) -> bytes:
    """Return a ZIP archive of texts."""
    made = BytesIO()
    with ZipFile(made, "w") as into:
        for name, text in parts.items():
            into.writestr(name, text)
    return made.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACROS = "application/vnd.ms-word.document.macroEnabled.main+xml"
TYPES = "[Content_Types].xml"
ODT = "application/vnd.oasis.opendocument.text"


def read(person: User | None, kept: StoredFile) -> bytes:
    return files.read(access.scope_of(person, make.TODAY), kept.pk)[1]


def test_a_file_is_kept_with_what_it_is_and_read_by_its_municipality(world: make.World) -> None:
    kept = add(world, r"C:\omat\Tulos 2026.PDF")
    assert (kept.name, kept.content_type, kept.size) == ("Tulos 2026.PDF", "application/pdf", len(PDF))
    assert (kept.sha256, kept.municipality) == (hashlib.sha256(PDF).hexdigest(), world.municipality)
    assert read(world.director, kept) == PDF
    assert kept.history.get().history_user_id == world.manager.pk
    for person in (make.World().director, None):
        with pytest.raises(Http404):
            read(person, kept)


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
        ("kuva.txt", b"\x89PNG\r\n\x1a\n"),
        ("paha\x07.pdf", PDF),
        ("muistio.docx", PDF),
        ("muistio.docx", b"PK\x03\x04rikki"),
        ("muistio.docx", archive(**{TYPES: f'<Override ContentType="{MACROS}"/>'})),
        ("taulukko.xlsx", archive(**{TYPES: f'<Override ContentType="{WORD}"/>'})),
        ("paketti.odt", archive(mimetype="application/zip")),
    ],
)
def test_what_is_no_file_to_keep_is_refused(world: make.World, name: str, data: bytes) -> None:
    with pytest.raises(Invalid):
        add(world, name, data)
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("muistio.docx", archive(**{TYPES: f'<Override ContentType="{WORD}"/>'})),
        ("muistio.odt", archive(mimetype=ODT)),
        ("luvut.csv", "vuosi;määrä\n2021;17\n".encode()),
    ],
)
def test_documents_are_known_by_what_they_say_inside(world: make.World, name: str, data: bytes) -> None:
    assert add(world, name, data).size == len(data)


def test_ten_megabytes_fit(world: make.World) -> None:
    assert add(world, "suuri.csv", b"a" * LARGEST).size == LARGEST


def test_bytes_are_written_once(world: make.World) -> None:
    kept = add(world)
    with pytest.raises(UnauditedChange):
        FileBytes.objects.filter(file=kept).update(data=b"muuta")
    with pytest.raises(IntegrityError):
        FileBytes(file=kept, data=b"muuta").save()


def test_bytes_that_were_written_round_the_application_are_not_handed_out(world: make.World) -> None:
    kept = add(world)
    remove(connection)
    FileBytes(file=kept, data=b"%PDF-muuta").save()
    with pytest.raises(files.Damaged):
        read(world.director, kept)
