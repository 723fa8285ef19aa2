"""The city's logo: what is taken as one, who puts it, where it is shown, and that a locked report keeps its own."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from docx.oxml.ns import qn
from pdfua import validate
from PIL import Image

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.report import sample
from tests.report.test_pages import Reported
from toimenpiteet.exchange.report import build, files
from toimenpiteet.exchange.report.excel import excel
from toimenpiteet.exchange.report.files import Form
from toimenpiteet.exchange.report.logo import with_logo
from toimenpiteet.exchange.report.pdf import pdf
from toimenpiteet.exchange.report.word import word
from toimenpiteet.models import Municipality, ReportVersion, RoundSnapshot, StoredFile, Strategy, User
from toimenpiteet.selectors.history.integrity import verify
from toimenpiteet.selectors.rounds import reports as selected
from toimenpiteet.selectors.rounds.snapshots import content
from toimenpiteet.services import audited, logos
from toimenpiteet.services import files as services
from toimenpiteet.services.errors import Invalid
from toimenpiteet.workflow import Role

WIDTH, HEIGHT = 300, 120


def picture(mode: str = "RGB", kind: str = "PNG", size: tuple[int, int] = (WIDTH, HEIGHT), **how: Any) -> bytes:
    """Return a picture of one colour."""
    made = io.BytesIO()
    Image.new(mode, size, how.pop("colour", None)).save(made, kind, **how)
    return made.getvalue()


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, depth: int, rows: bytes) -> bytes:
    """Return a PNG with an alpha channel, written by hand; `rows` need not be what its head promises."""
    head = struct.pack(">IIBBBBB", width, height, depth, 6, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def turned() -> bytes:
    note = Image.Exif()
    note[0x0112] = 6
    return picture(kind="JPEG", exif=note)


def forgiven() -> bytes:
    """Return a PNG whose head tells of a packing that there is none of: Pillow does not mind, and Typst stops."""
    head = struct.pack(">IIBBBBB", 64, 48, 8, 2, 73, 0, 0)
    plain = png(64, 48, 8, (b"\0" + bytes(3 * 64)) * 48)
    return plain[:8] + chunk(b"IHDR", head) + plain[33:]


LOGO = picture(colour=(11, 85, 102))
LATER = picture("RGBA", colour=(200, 0, 0, 90))
DEEP = png(64, 48, 16, (b"\0" + struct.pack(">HHHH", 60000, 9, 9, 40000) * 64) * 48)
TAKEN: dict[str, bytes] = {
    "clear ground": LATER,
    "16 bits": DEEP,
    "few colours": picture("P", transparency=0),
    "grey JPEG": picture("L", "JPEG"),
    "16 bits of grey": picture("I;16", colour=30_000),
    "JPEG in passes": picture(kind="JPEG", progressive=True),
    "a note to turn it": turned(),
    "bytes after its end": LOGO + b"PK",
    "a head that only some forgive": forgiven(),
}
REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "Kuva puuttuu"),
    "an SVG": (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "PNG- tai JPEG-kuva"),
    "a GIF": (picture("P", "GIF"), "PNG- tai JPEG-kuva"),
    "too many bytes": (LOGO + bytes(logos.LARGEST), "enintään 1 Mt"),
    "too many pixels": (picture("1", size=(10_000, 40)), "10000 × 40"),
    "a bomb": (png(100_000, 100_000, 8, bytes(1000)), "100000 × 100000"),
    "too few pixels": (picture(size=(16, 16)), "16 × 16"),
    "broken after its head": (LOGO[:60], "rikki"),
    "a head alone": (b"\x89PNG\r\n\x1a\n", "rikki"),
    "other rows than promised": (png(300, 120, 8, b"\0" * 50), "rikki"),
    "a broken JPEG": (picture(kind="JPEG")[:200], "rikki"),
    "it moves": (picture(save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT), "red")]), "liikkuu"),
    "colours for print": (picture("CMYK", "JPEG"), "painamiseen"),
}


# What is taken


@pytest.mark.once
@pytest.mark.parametrize("case", TAKEN)
def test_what_every_program_draws_is_taken_and_stands_in_a_valid_pdf(case: str, tmp_path: Path) -> None:
    assert logos.check(TAKEN[case]) in logos.TYPES
    shown = logos.drawn(TAKEN[case])
    made = [with_logo(build.report(named(), code, sample.LOCKED), shown) for code in ("fi", "sv")]
    (tmp_path / "report.pdf").write_bytes(pdf(made))
    assert list(validate(str(tmp_path / "report.pdf")).findings) == []
    assert word(made)
    assert excel(made)


def named() -> Any:
    """Return a snapshot of a city that has a logo."""
    said = sample.snapshot()
    said["municipality"]["logo"] = {"sha256": "0" * 64, "words": {"fi": "Mallilan vaakuna"}}
    return said


@pytest.mark.once
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_logo_is_refused_in_words_that_help(case: str) -> None:
    data, words = REFUSED[case]
    with pytest.raises(Invalid, match=words) as refusal:
        logos.check(data)
    assert refusal.value.field == "file"


@pytest.mark.once
def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    def unpacked(*_args: Any) -> None:
        raise AssertionError("unpacked")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", unpacked)
    for case in ("a bomb", "too many pixels", "it moves", "colours for print"):
        with pytest.raises(Invalid):
            logos.check(REFUSED[case][0])


# The files


@pytest.mark.once
def test_its_words_stand_in_each_file_and_the_name_where_there_are_none() -> None:
    made = [with_logo(build.report(named(), code, sample.LOCKED), LOGO) for code in ("fi", "sv")]
    read = docx.Document(io.BytesIO(word(made)))
    assert [each.get("descr") for each in read.element.iter(qn("wp:docPr"))] == ["Mallilan vaakuna", "Modellby"]
    assert read.paragraphs[0].runs[0].element.findall(f".//{qn('wp:inline')}")
    with pikepdf.open(io.BytesIO(pdf(made))) as file:
        told = [str(each.Alt) for each in file.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]
    assert sorted(told) == ["Mallilan vaakuna", "Modellby"]
    with zipfile.ZipFile(io.BytesIO(excel(made))) as book:
        drawings = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/drawings/drawing")]
        assert book.read("xl/media/image1.png") == LOGO
    assert [words in drawings[at] for at, words in enumerate(("Mallilan vaakuna", "Modellby"))] == [True, True]


@pytest.mark.once
def test_what_is_drawn_is_upright_of_its_own_colours_and_no_larger_than_print_needs() -> None:
    def seen(data: bytes) -> tuple[Any, ...]:
        with Image.open(io.BytesIO(logos.drawn(data))) as image:
            return image.mode, image.size, image.getpixel((1, 1)), image.info

    assert seen(LOGO) == ("RGB", (WIDTH, HEIGHT), (11, 85, 102), {})
    assert seen(LATER) == ("RGBA", (WIDTH, HEIGHT), (200, 0, 0, 90), {})
    assert seen(turned())[1] == (101, 252)
    assert seen(DEEP)[2] == (234, 0, 0, 156)
    assert seen(TAKEN["16 bits of grey"])[2] == (117, 117, 117)
    assert seen(TAKEN["few colours"])[2][3] == 0
    assert seen(picture(size=(3000, 3000)))[1] == (252, 252)


@pytest.mark.once
def test_it_is_as_large_as_fits_and_keeps_its_shape() -> None:
    for size, wanted in (((300, 120), (4.0, 1.6)), ((3000, 100), (7.0, 7 / 30)), ((40, 400), (0.16, 1.6))):
        logo = with_logo(build.report(named(), "fi"), picture(size=size)).logo
        assert logo is not None
        assert (logo.width, logo.height) == pytest.approx(wanted)
    assert with_logo(build.report(sample.snapshot(), "fi"), b"").logo is None


# The page on which it is kept


class Looking(Reported):
    """A round in review, and the page of the city's logo."""

    def __init__(self) -> None:
        super().__init__()
        self.admin = make.official(self.municipality, Role.ADMIN)
        self.logo_page = f"/yllapito/kunta/{self.municipality.pk}/logo/"

    def put(self, data: bytes, who: User | None = None, **fields: Any) -> HttpResponse:
        """Send the form with a picture."""
        version = Municipality.objects.get(pk=self.municipality.pk).version
        chosen = {"file": SimpleUploadedFile("kuva.png", data)} if data else {}
        sent = {"seen_version": version, "reason": "Uusi ilme"} | chosen | fields
        client: Any = signed_in(who or self.admin)
        response: HttpResponse = client.post(self.logo_page, sent)
        return response

    def shown(self, who: User | None = None, more: str = "") -> bytes:
        """Return the bytes of the picture that the report's page shows, b"" where it shows none."""
        page = self.text(who or self.viewer, more)
        if 'class="logo"' not in page:
            return b""
        client: Any = signed_in(who or self.viewer)
        return bytes(client.get(address_in(page)).content)


def address_in(page: str) -> str:
    return page.partition('class="logo"')[2].partition('src="')[2].partition('"')[0]


@pytest.fixture
def world() -> Looking:
    return Looking()


@pytest.mark.django_db
def test_it_is_put_replaced_and_taken_away_on_record(world: Looking) -> None:
    assert "Logoa ei ole vielä" in html(signed_in(world.admin).get(world.logo_page))
    assert world.put(LOGO).status_code == 303
    assert f'alt="{world.municipality.name}"' in html(signed_in(world.admin).get(world.logo_page))
    assert world.put(LATER).status_code == 303
    assert world.put(b"", act="take-away").status_code == 303
    town = Municipality.objects.get(pk=world.municipality.pk)
    said = [(row.history_change_reason, row.logo_id) for row in town.history.order_by("-history_id")[:3]]
    kept = list(StoredFile.objects.order_by("pk"))
    assert said == [("Uusi ilme", None), ("Uusi ilme", kept[1].pk), ("Uusi ilme", kept[0].pk)]
    assert [bytes(row.bytes.data) for row in kept] == [LOGO, LATER]
    assert [row.name for row in kept] == [f"{town.key}-logo.png"] * 2
    assert list(verify()) == []


def _elsewhere(world: Looking) -> HttpResponse:
    sent = {"file": SimpleUploadedFile("kuva.png", LOGO)}
    client: Any = signed_in(world.admin)
    response: HttpResponse = client.post(f"/yllapito/kunta/{world.municipality.pk}/", sent)
    return response


WRONG: dict[str, tuple[Callable[[Looking], HttpResponse], int, str]] = {
    "no picture": (lambda world: world.put(b""), 422, "Kuva puuttuu"),
    "no reason": (lambda world: world.put(LOGO, reason=" "), 422, "Valitse kuva uudelleen"),
    "what is no picture": (lambda world: world.put(b"kuva"), 422, "PNG- tai JPEG-kuva"),
    "somebody was before": (lambda world: world.put(LOGO, seen_version=77), 409, "Valitse kuva uudelleen"),
    "the same again": (lambda world: world.put(LOGO) and world.put(LOGO), 422, "on jo logona"),
    "a director": (lambda world: world.put(LOGO, world.director), 403, "pääkäyttäj"),
    "a stranger": (lambda world: world.put(LOGO, make.World().director), 404, ""),
    "a file elsewhere": (_elsewhere, 400, ""),
}


@pytest.mark.django_db
@pytest.mark.parametrize("case", WRONG)
def test_what_is_refused_says_why_and_leaves_the_logo(world: Looking, case: str) -> None:
    do, status, words = WRONG[case]
    response = do(world)
    assert (response.status_code, words in html(response)) == (status, True)
    assert StoredFile.objects.count() == (case == "the same again")


# What is frozen


@pytest.mark.django_db
def test_a_locked_report_keeps_the_logo_that_it_had(world: Looking) -> None:
    world.put(LOGO)
    assert world.shown(world.director) == LOGO
    data = bytes(world.lock().data)
    world.put(LATER)
    source = selected.kept(ReportVersion.objects.get())
    read = docx.Document(io.BytesIO(files.made(source, Form("fi", "docx"))))
    blobs = [part.blob for part in read.part.package.iter_parts() if str(part.partname).endswith(".png")]
    assert logos.drawn(LOGO) in blobs
    assert logos.drawn(LATER) not in blobs
    assert (world.shown(), world.shown(world.director)) == (LOGO, LOGO)
    world.put(b"", act="take-away")
    assert world.shown() == LOGO
    assert bytes(RoundSnapshot.objects.get().data) == data
    told = content(RoundSnapshot.objects.get())["municipality"]["logo"]
    assert told == {"sha256": StoredFile.objects.earliest("pk").sha256, "words": {}}


@pytest.mark.django_db
def test_the_municipalitys_page_shows_its_logo(world: Looking) -> None:
    place = f"/kunnat/{world.municipality.key}/"
    reader: Any = signed_in(world.viewer)
    assert 'class="logo"' not in html(reader.get(place))
    world.put(LOGO)
    page = html(reader.get(place))
    assert f'alt="{world.municipality.name}"' in page
    assert bytes(reader.get(address_in(page)).content) == LOGO


@pytest.mark.django_db
def test_a_city_without_a_logo_has_none_anywhere(world: Looking) -> None:
    assert "logo" not in content(world.lock())["municipality"]
    assert world.shown() == b""


@pytest.mark.django_db
def test_everybody_sees_the_logo_of_what_is_published_and_of_nothing_else(world: Looking) -> None:
    world.put(LOGO)
    world.lock()
    address = address_in(world.text(world.viewer))
    world.put(LATER)
    stranger = make.World().director
    readers: list[Any] = [signed_in(stranger), Client(), signed_in(world.viewer)]
    assert [reader.get(address).status_code for reader in readers] == [200, 200, 200]
    got = Client().get(address)
    assert (got.content, got.headers["Content-Type"]) == (LOGO, "image/png")
    assert got.headers["X-Content-Type-Options"] == "nosniff"
    audited.change(Strategy.objects.get(pk=world.strategy.pk), make.stamp(), published=False)
    assert [reader.get(address).status_code for reader in readers] == [404, 404, 200]


@pytest.mark.django_db
def test_other_pictures_of_the_municipality_are_no_logos(world: Looking) -> None:
    other = services.add(world.round, "kuva.png", LOGO, stamp=make.stamp())
    never = services.add(world.municipality, "kuva.png", LATER, stamp=make.stamp())
    place = f"/kunnat/{world.municipality.key}/logo"
    assert signed_in(world.viewer).get(f"{place}/{other.sha256}/").status_code == 404
    assert Client().get(f"{place}/{never.sha256}/").status_code == 404
