"""`manage.py board_report`: which round it takes, what it writes, and what it says when it cannot."""

import hashlib
import io
from pathlib import Path

import docx
import pikepdf
import pytest
from django.core.management import CommandError, call_command

from tests import make
from tests.rounds.test_snapshots import Locking
from tests.rounds.test_turning import Asked
from toimenpiteet.exchange.report import files
from toimenpiteet.models import Door, ReportFile, RoundSnapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Locking:
    return Locking()


def written(out: Path, **options: object) -> str:
    """Run the command; return what it says."""
    said = io.StringIO()
    given = {"format": "pdf", "language": "fi", "out": out} | options
    call_command("board_report", *(f"--{name}={value}" for name, value in given.items()), stdout=said)
    return said.getvalue()


def test_it_writes_the_round_that_was_locked_last(world: Locking, tmp_path: Path) -> None:
    kept = world.lock()
    out = tmp_path / "raportti.pdf"
    assert kept.sha256 in written(out)
    with pikepdf.open(out) as file, file.open_metadata() as told:
        assert told["dc:title"] == "Strategian toteutuminen: talousarvio 2022"
        assert told["xmp:CreateDate"].startswith(kept.at.date().isoformat())


def test_of_a_locked_round_it_hands_out_the_file_that_was_made_of_it(world: Locking, tmp_path: Path) -> None:
    world.lock()
    files.keep_owed(make.NOW, door=Door.TASK)
    out = tmp_path / "raportti.docx"
    written(out, format="docx", language="sv")
    kept = ReportFile.objects.get(form="sv.docx").file
    assert hashlib.sha256(out.read_bytes()).hexdigest() == kept.sha256


def test_of_rounds_locked_at_the_same_instant_it_writes_the_one_that_asked_most(world: Locking, tmp_path: Path) -> None:
    smaller = Asked()
    for name in ("open", "end_answers", "lock"):
        smaller.act(name, smaller.director)
    kept = world.lock()
    assert smaller.round.reports.count() < world.round.reports.count()
    assert RoundSnapshot.objects.get(round=smaller.round).at == kept.at
    assert kept.sha256 in written(tmp_path / "raportti.pdf")


def test_a_round_that_is_not_locked_gives_a_draft(world: Locking, tmp_path: Path) -> None:
    out = tmp_path / "utkast.docx"
    assert "a draft" in written(out, round=world.round.pk, format="docx", language="both")
    sections = docx.Document(str(out)).sections
    assert {section.header.paragraphs[0].text.split(" · ")[0] for section in sections} == {"LUONNOS", "UTKAST"}


def test_what_cannot_be_done_is_said_with_what_can(world: Locking, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"(?s)No round has been locked yet.*--round {world.round.pk}: budget 2022"):
        written(tmp_path / "a.pdf")
    with pytest.raises(CommandError, match=f"(?s)no reporting round 999.*--round {world.round.pk}"):
        written(tmp_path / "a.pdf", round=999)
    world.lock()
    with pytest.raises(CommandError, match=r"No such file or directory\. Give another --out"):
        written(tmp_path / "no" / "a.pdf")


def test_a_round_that_has_not_begun_has_no_report(tmp_path: Path) -> None:
    world = Asked()
    with pytest.raises(CommandError, match="has not been opened"):
        written(tmp_path / "a.pdf", round=world.round.pk)
