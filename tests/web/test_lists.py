"""Lists: columns, order and files by the address; a file says what the page says."""

import csv
import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from django.http import QueryDict
from django.test import Client, RequestFactory
from django.urls import reverse

from tests import make
from tests.pages import squeezed
from tests.plan.test_moves import signed_in
from toimenpiteet.models import PeriodPlan
from toimenpiteet.selectors.batches import in_batches
from toimenpiteet.web import lists
from toimenpiteet.web.lists import Column, address
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture
def world() -> make.World:
    world = make.World()
    names = ("Bändiharjoitukset", "=HYPERLINK(1)", "Äänieristys")
    for number, name in enumerate(names):
        item = make.action_item(world.goal, world.unit, name_fi=name)
        make.plan(item, world.earlier, due_on=date(2020, 6, 1 + number), due_precision="day")
    return world


def html(client: Client, query: str) -> str:
    response = client.get(f"/myohassa/{query}")
    assert response.status_code == 200
    return squeezed(response.content.decode())


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def lines_of(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig")), delimiter=";"))


def sheet_of(book: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml"))  # noqa: S314  # our own


def cells_of(sheet: ElementTree.Element) -> dict[str, ElementTree.Element]:
    return {cell.attrib["r"]: cell for cell in sheet.iter(f"{SHEET}c")}


def order(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a [^>]*>([^<]*)</a>', page)


def test_sorting_by_a_head_and_back_again(world: make.World) -> None:
    client = signed_in(world.director)
    up = html(client, "?sort=name")
    assert 'aria-sort="ascending"> <a class="sort" href="?sort=-name#tulos">Toimenpide' in up
    down = html(client, "?sort=-name")
    assert 'aria-sort="descending"> <a class="sort" href="?sort=name#tulos">Toimenpide' in down
    assert order(down) == order(up)[::-1]
    assert order(html(client, "?sort=-deadline")) == order(html(client, ""))[::-1]


def test_each_order_that_a_head_offers_is_an_order(world: make.World) -> None:
    client = signed_in(world.director)
    for key in ("name", "goal", "period", "status", "deadline"):
        assert len(order(html(client, f"?sort={key}"))) == 3
        assert len(order(html(client, f"?sort=-{key}"))) == 3


def test_columns_are_chosen_in_the_address_and_stay_when_sorting(world: make.World) -> None:
    page = html(signed_in(world.director), "?columns=name&columns=late&sort=name")
    heads = page.split("<thead>")[1].split("</thead>")[0]
    assert "Päiviä myöhässä" in heads
    assert "Vastuutahot" not in heads
    assert 'href="?columns=name&amp;columns=late&amp;sort=-name#tulos"' in heads


def test_the_column_that_names_the_row_stays_and_unknown_ones_are_passed_over(world: make.World) -> None:
    client = signed_in(world.director)
    assert len(order(html(client, "?columns=goal"))) == 3
    assert "Vastuutahot" in html(client, "?columns=drop%20table&sort=password&as=exe").split("<thead>")[1]


def test_csv_holds_the_rows_columns_and_order_that_are_shown(world: make.World) -> None:
    response = signed_in(world.director).get("/myohassa/?columns=name&columns=deadline&sort=-deadline&as=csv")
    rows = lines_of(response)
    assert rows[0] == ["Toimenpide", "Määräaika"]
    assert rows[1:] == [
        ["Äänieristys", "2020-06-03"],
        ["'=HYPERLINK(1)", "2020-06-02"],
        ["Bändiharjoitukset", "2020-06-01"],
    ]
    assert 'filename="myohassa-2021-03-15.csv"' in response["Content-Disposition"]


def test_xlsx_holds_texts_as_texts_numbers_as_numbers_and_days_as_days(world: make.World) -> None:
    query = "?columns=name&columns=late&columns=deadline&sort=deadline&as=xlsx"
    response = signed_in(world.director).get(f"/myohassa/{query}")
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert "myohassa-2021-03-15.xlsx" in response["Content-Disposition"]

    sheet = sheet_of(body(response))
    cells = cells_of(sheet)
    assert not list(sheet.iter(f"{SHEET}f"))
    assert cells["A3"].attrib["t"] == "inlineStr"
    assert "".join(cells["A3"].itertext()) == "=HYPERLINK(1)"
    assert "t" not in cells["C2"].attrib or cells["C2"].attrib["t"] == "n"
    assert [cells[f"B{row}"].findtext(f"{SHEET}v") for row in (2, 3, 4)] == ["43983", "43984", "43985"]


def test_two_figures_that_a_page_says_in_one_cell_are_two_columns_of_a_file(world: make.World) -> None:
    client, plan = signed_in(world.director), PeriodPlan.objects.get(due_on=date(2020, 6, 1))
    for number in range(4):
        done = {"done": True, "done_on": date(2021, 1, 4)} if number < 2 else {}
        make.step(plan, **done)
    assert "2/4" in html(client, "?columns=steps")
    assert lines_of(client.get("/myohassa/?columns=steps&sort=deadline&as=csv"))[:2] == [
        ["Toimenpide", "Osatoimenpiteitä tehty", "Osatoimenpiteet"],
        ["Bändiharjoitukset", "2", "4"],
    ]


def test_an_instant_is_a_time_of_the_day_in_helsinki_in_both_files(world: make.World) -> None:
    client = signed_in(make.official(world.municipality, Role.ADMIN))
    make.change_user(world.director, last_login=datetime(2021, 1, 4, 22, 30, tzinfo=UTC))
    address = f"{reverse('people')}?columns=seen&q={world.director.email}&as="
    assert lines_of(client.get(f"{address}csv"))[1][1] == "2021-01-05 00:30"
    seen = cells_of(sheet_of(body(client.get(f"{address}xlsx"))))["B2"]
    assert float(seen.findtext(f"{SHEET}v") or 0) == pytest.approx(44201 + 0.5 / 24)


def test_the_last_day_of_a_unit_is_a_day_in_both_files(world: make.World) -> None:
    make.unit(world.municipality, name="Entinen yksikkö", valid_until=date(2020, 12, 31))
    client = signed_in(world.director)
    address = "/vastuutahot/?view=table&columns=ended&q=Entinen&as="
    assert lines_of(client.get(f"{address}csv"))[1][1:] == ["2020-12-31"]
    assert cells_of(sheet_of(body(client.get(f"{address}xlsx"))))["B2"].findtext(f"{SHEET}v") == "44196"


def test_files_keep_the_filters_and_other_peoples_plans_out(world: make.World) -> None:
    stranger = make.World()
    make.plan(make.action_item(stranger.goal, stranger.unit, name_fi="Naapurin asia"), stranger.earlier)
    client = signed_in(world.director)
    assert "as=xlsx" in html(client, f"?period={world.earlier.pk}")
    text = body(client.get(f"/myohassa/?as=csv&period={world.period.pk}")).decode("utf-8-sig")
    assert len(text.splitlines()) == 1
    assert "Naapurin" not in body(client.get("/myohassa/?as=csv")).decode()
    assert client.get(f"/myohassa/?as=csv&unit={stranger.unit.pk}").status_code == 404


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 5])
def test_what_is_read_in_batches_is_whole_and_in_order(count: int) -> None:
    batches = list(in_batches(iter(range(count)), 2))
    assert [one for batch in batches for one in batch] == list(range(count))
    assert all(len(batch) == 2 for batch in batches[:-1])


def test_a_file_of_people_has_each_with_their_own_roles(world: make.World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toimenpiteet.selectors.people.people.in_batches", lambda rows: in_batches(rows, 1))
    client = signed_in(make.official(world.municipality, Role.ADMIN))
    lines = lines_of(client.get(f"{reverse('people')}?columns=email&columns=roles&as=csv"))
    roles = {email: said for _name, email, said in lines}
    assert world.unit.name in roles[world.manager.email]
    assert world.unit.name not in roles[world.director.email]


def test_a_file_that_was_cut_says_so(world: make.World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "FILE_LIMIT", 2)
    text = body(signed_in(world.director).get("/myohassa/?as=csv")).decode("utf-8-sig")
    assert "ensimmäiset 2 riviä" in text.splitlines()[-1]
    assert len(text.splitlines()) == 4


def test_filtering_by_status(world: make.World) -> None:
    client = signed_in(world.director)
    assert len(order(html(client, "?status=not_started"))) == 3
    assert order(html(client, "?status=on_hold")) == []
    assert len(order(html(client, "?status=nonsense"))) == 3


def test_an_address_leaves_out_what_is_empty() -> None:
    query = QueryDict("unit=&sort=name&page=3&columns=a&columns=b")
    assert address(query, page=None) == "?sort=name&columns=a&columns=b"
    assert address(query, page=4) == "?sort=name&columns=a&columns=b&page=4"


def test_a_list_is_declared_by_its_columns() -> None:
    columns = (
        Column("name", "Name", lambda row: row[0], sort=True, fixed=True),
        Column("count", "Count", lambda row: row[1], shown=False),
    )
    table = lists.read(columns, RequestFactory().get("/", {"sort": "-name", "as": "csv"}), sort="name")
    assert (table.sort, table.file, [column.key for column in table.columns]) == ("-name", "csv", ["name"])
    text = body(lists.download(table, [("Åsa", 1)], name="Yksiköt", now=make.NOW)).decode("utf-8-sig")
    assert text.splitlines() == ["Name", "Åsa"]
