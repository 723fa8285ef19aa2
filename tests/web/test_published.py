"""Another municipality's published pages: by their address what anybody sees, and nowhere else anything of them."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.web.keys import keys_of
from tests.web.test_rights import LOGIN, TABLE
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]

TEXT = "Naapurikunnan tiekartta"
# Every address of one thing that anybody may read.
DETAILS = {
    name: address
    for name, (address, answers) in TABLE.items()
    if "{" in address and not address.startswith("POST") and (answers[0] == 200 or name == "goal-rows")
    # A file has no frame (tests/report/test_plan_files.py).
    if name != "plan-file"
}
ACTS = {name: address.removeprefix("POST ") for name, (address, answers) in TABLE.items() if answers[0] in {LOGIN, 401}}


ONLY_READ = {
    *("plan-steps", "answers", "review", "report", "report-file", "report-data"),
    *("strategy-changes", "plan-changes", "closing", "evidence-file", "round-goals", "carry-over"),
}


class Abroad(make.World):
    """A published plan of another municipality, and what leads to each of its pages."""

    def __init__(self) -> None:
        super().__init__()
        audited.change(self.item, make.stamp(), name_fi=TEXT)
        make.official(self.municipality, Role.DIRECTOR)
        self.keys = keys_of(self)


@pytest.fixture
def abroad() -> Abroad:
    return Abroad()


def main_of(response: Any) -> str:
    """Return what the page says, without what differs on every load."""
    page = html(response)
    found = re.search(r"<main.*?</main>", page, flags=re.DOTALL)
    assert found, page
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", found.group(0))


def test_the_table_names_every_kind_of_page() -> None:
    assert set(DETAILS) == {
        *("strategy", "indicators", "indicator", "theme", "goal", "programme", "project", "unit", "municipality"),
        *("item", "plan", "goal-rows", "rounds", "decisions", "strategy-whole", "strategy-matrix"),
    }


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.ADMIN, Role.MANAGER])
def test_a_signed_in_person_of_elsewhere_sees_what_anybody_sees(abroad: Abroad, role: Role) -> None:
    home = make.World()
    person = home.manager if role is Role.MANAGER else make.official(home.municipality, role)
    client = signed_in(person)
    for name, address in DETAILS.items():
        place = address.format(**abroad.keys)
        seen, public = client.get(place, follow=True), Client().get(place, follow=True)
        assert (seen.status_code, public.status_code) == (200, 200), name
        assert main_of(seen) == main_of(public), name
        # The frame stays the person's own.
        assert reverse("me") in html(seen), name
        assert "/muokkaa/" not in main_of(seen), name


def test_what_is_not_published_does_not_exist_elsewhere(abroad: Abroad) -> None:
    audited.change(abroad.strategy, make.stamp(), published=False)
    client = signed_in(make.World().director)
    for name, address in DETAILS.items():
        assert client.get(address.format(**abroad.keys)).status_code == 404, name


def test_any_act_on_it_is_not_found(abroad: Abroad) -> None:
    home = make.World()
    client = signed_in(make.official(home.municipality, Role.ADMIN, user=home.director))
    acts = {name: address for name, address in ACTS.items() if "{" in address and name not in DETAILS}
    assert {"move", "comment", "tick", "step-add", "edit", "item-edit"} <= set(acts)
    data = {"name": "start", "version": 1, "comment": "Hei", "done": "true", "reason": "Ei kuulu minulle"}
    for name, address in acts.items():
        wanted = 405 if name in ONLY_READ else 404
        assert client.post(address.format(**abroad.keys), data).status_code == wanted, name


def test_nothing_of_it_enters_ones_own_lists_counts_search_or_files(abroad: Abroad) -> None:
    home = make.World()
    audited.change(abroad.plan, make.stamp(), next_deadline_on=make.TODAY)
    client = signed_in(home.director)
    client.get(f"/toimenpiteet/{abroad.item.pk}/")
    lists = ("/strategiat/", "/odottaa/", "/myohassa/", "/myohassa/?as=csv", "/hankkeet/", "/vastuutahot/")
    for address in (*lists, "/hankkeet/?as=csv", "/odottaa/muutokset/", "/haku/?q=naapurikunnan", "/yllapito/"):
        page = client.get(address)
        assert page.status_code == 200, address
        content = b"".join(page) if page.streaming else page.content
        assert TEXT not in content.decode(errors="replace"), address
    own = html(client.get(f"/vastuutahot/{home.unit.pk}/"))
    assert TEXT not in own
