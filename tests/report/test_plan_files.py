"""The plan of a strategy, every period, as a Word file and a PDF: what it says, for whom, and at which cost."""

import io

import docx
import pikepdf
import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from toimenpiteet.selectors.rounds.snapshots import whole_plan
from toimenpiteet.services import audited

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> make.World:
    world = make.World()
    make.plan(world.item, world.earlier, text_fi="Aiemman kauden sanat: #let {{ 😀 }}")
    make.step(world.plan, text_fi="Kartoitus")
    return world


def got(world: make.World, name: str) -> HttpResponse:
    client: Client = Client()
    response = client.get(f"/strategiat/{world.strategy.pk}/suunnitelma/{name}")
    assert isinstance(response, HttpResponse)
    return response


def test_it_has_every_period_in_the_words_of_people(world: make.World) -> None:
    response = got(world, "fi.docx")
    file = docx.Document(io.BytesIO(response.content))
    cells = [cell.text for table in file.tables for row in table.rows for cell in row.cells]
    assert "Aiemman kauden sanat: #let {{ 😀 }}" in cells
    assert any("tekemättä: Kartoitus" in cell for cell in cells)
    assert response.headers["Content-Disposition"].startswith(f'attachment; filename="{world.strategy.key}-')
    assert f'/strategiat/{world.strategy.pk}/suunnitelma/fi.pdf"' in (
        Client().get(f"/strategiat/{world.strategy.pk}/suunnitelma/").content.decode()
    )


def test_the_pdf_is_accessible_and_in_the_language_that_is_asked(world: make.World) -> None:
    with pikepdf.open(io.BytesIO(got(world, "sv.pdf").content)) as file, file.open_metadata() as told:
        assert (told["pdfuaid:part"], told["dc:title"]) == ("1", "Mål och åtgärder")
        assert str(file.Root.Lang) == "sv"


def test_of_what_is_not_published_there_is_no_file_for_the_public(world: make.World) -> None:
    audited.change(world.strategy, make.stamp(), published=False)
    assert got(world, "fi.docx").status_code == 404
    audited.change(world.strategy, make.stamp(), published=True)
    assert [got(world, name).status_code for name in ("fi.exe", "xx.pdf")] == [404, 404]


def test_it_costs_the_same_for_one_plan_and_for_many(world: make.World) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            whole_plan(world.strategy, make.NOW)
        return len(asked)

    few = statements()
    for _ in range(5):
        make.step(make.plan(make.action_item(world.goal, world.unit), world.period))
    assert few == statements()
    assert few <= 10
