"""Careless and hostile visitors: no page breaks, nothing typed is lost, nothing is done twice or half."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import lru_cache
from threading import Barrier, Thread
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests import make
from tests.edit.editors import WHY, Kept, html, keep, send, typed
from tests.people.left import left
from tests.plan.test_moves import signed_in
from tests.web.keys import keys_of
from tests.web.test_rights import TABLE
from toimenpiteet import dates
from toimenpiteet.models import Comment, Goal, Membership, PlanUnit, Step, User
from toimenpiteet.selectors.history import integrity
from toimenpiteet.web import session
from toimenpiteet.web.edit.editables import EDITABLES
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.once

# What people paste, and what scanners send.
JUNK = (
    "\u202eאבג <script>alert(1)</script> 🦜 \x00\x07\x1b",
    "x" * 10000,
    "9" * 30,
    "-1",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31",
    "=1+1'\"%_\\:*&|!()<>²½١٢",
)
PARAMETERS = (
    *("page", "sort", "columns", "as", "q", "kind", "unit", "goal", "period", "status", "days", "urgency", "strategy"),
    *("open", "compare", "late", "event", "arrange", "until", "parent", "under", "next", "role", "state", "print"),
    *("preview", "last_day", "on", "name_fi", "successor"),
)
FIELDS = (
    *("version", "comment", "name", "done", "plan", "row", "move", "seen_version", "reason", "key", "until", "undo"),
    *("language", "shape", "last_day", "on", "role", "unit", "municipality", "email", "text_fi", "due_on", "next"),
)
FUTURE_AND_PAST = ("0001-01-01", "0202-05-01", "9999-12-31")


@pytest.fixture
def world() -> Kept:
    return Kept()


@lru_cache(maxsize=1)
def _keys(world: Kept) -> dict[str, Any]:
    """Return what fills the addresses, made once however often a test walks through them."""
    return keys_of(world)


def _addresses(world: Kept) -> Iterator[str]:
    """Yield the address of every page, of each noun where a page has many."""
    rows = {name: row.pk for name, row in world.rows.items()} | _keys(world)
    for name, (address, _answers) in TABLE.items():
        if not name.startswith("account_"):
            yield address.removeprefix("POST ").partition("?")[0].format(**rows)
    for editable in EDITABLES.values():
        pk = world.rows[editable.name].pk
        yield reverse("edit", args=[editable, pk])
        yield reverse("edit-remove", args=[editable, pk])
        yield from (reverse(name, args=[editable, world.rows[editable.above].pk]) for name in _UNDER if editable.above)


_UNDER = ("edit-add", "edit-order")


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["nobody", "manager", "director", "admin"])
def test_no_page_breaks_whatever_is_sent_to_it(world: Kept, who: str) -> None:
    people = {"manager": world.manager, "director": world.director, "admin": world.admin}
    client = signed_in(people[who]) if who in people else Client()
    broken = []
    for number, address in enumerate(dict.fromkeys(_addresses(world))):
        # Each page gets one kind of junk from each person, and the pages together get all of them.
        junk = JUNK[(number + 2 * len(who)) % len(JUNK)]
        headers = {"HX-Request": "true"} if number % 2 else {}
        answers = (
            client.get(address, dict.fromkeys(PARAMETERS, junk[:1000])),
            client.post(address, dict.fromkeys(FIELDS, junk), headers=headers),
        )
        broken += [(address, junk[:20], answer.status_code) for answer in answers if answer.status_code >= 500]
    assert broken == []
    assert list(integrity.verify()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("pk", ["9" * 19, "9" * 30])
def test_a_number_that_no_database_holds_is_nothing_that_exists(world: Kept, pk: str) -> None:
    for name, (pattern, _answers) in TABLE.items():
        address = pattern.removeprefix("POST ")
        if "{" not in address or "membership" in address:
            continue
        place = address.replace("{", "").replace("}", "")
        for editable in (word for word in pattern.split("{")[1:]):
            place = place.replace(editable.partition("}")[0], pk)
        place = place.replace("//", "/")
        answer = world.client.post(place) if pattern.startswith("POST ") else world.client.get(place)
        assert answer.status_code == 404, (name, place)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/haku/?q=%ff%fe", "/kunnat/%ff/", "/odottaa/?q=%ed%a0%80%00", "/%c0%ae/", "/haku/?q=" + "a%20" * 1000]
)
def test_an_address_of_broken_characters_breaks_nothing(world: Kept, address: str) -> None:
    assert world.client.get(address).status_code in {200, 404}


# Nothing, and very much


@pytest.mark.django_db
@pytest.mark.parametrize("role", [*Role, None])
def test_where_there_is_nothing_the_pages_are_whole(role: Role | None) -> None:
    empty = make.municipality()
    person = make.user()
    if role in {Role.MANAGER, Role.CONTRIBUTOR}:
        make.member(make.unit(empty), role, user=person)
    elif role is not None:
        make.official(empty, role, user=person)
    client = signed_in(person)
    bare = make.strategy(empty, name_fi="Tyhjä")
    pages = (f"/strategiat/{bare.pk}/", f"/strategiat/{bare.pk}/suunnitelma/", f"/strategiat/{bare.pk}/mittarit/")
    for address in ("/odottaa/", "/odottaa/muutokset/", "/myohassa/", "/strategiat/", "/vastuutahot/", "/hankkeet/"):
        for query in ({}, {"as": "xlsx"}):
            assert client.get(address, query).status_code == 200, address
    for address in (*pages, f"/kunnat/{empty.key}/"):
        # What is published anybody sees by its address.
        assert client.get(address).status_code == 200, address
    assert client.get("/yllapito/").status_code == (200 if role in {Role.DIRECTOR, Role.ADMIN} else 403)


@pytest.mark.django_db
def test_very_much_and_very_long_leaves_the_pages_whole(world: Kept) -> None:
    long = "ö" * 200
    above = world.unit
    for _ in range(6):
        above = make.unit(world.municipality, long, parent=above)
    units = [make.unit(world.municipality, f"\u202eאבג 🦜 {number} <b>") for number in range(8)]
    item = make.action_item(world.goal, above, name_fi=long)
    plan = make.plan(item, world.period, [above, *units])
    for number in range(60):
        make.step(plan, text_fi=f"{number} {long}", unit=units[0], order=number)
    deep = make.member(above)
    for who in (deep, world.director, world.admin):
        client = signed_in(who)
        for address in ("/odottaa/", "/vastuutahot/", "/myohassa/", f"/vastuutahot/{above.pk}/", "/oma/"):
            assert "<b>" not in html(client.get(address))
        page = html(client.get(f"/toimenpiteet/{item.pk}/"))
        assert page.count(long) >= 61
        assert "<b>" not in page
    assert signed_in(deep).post(reverse("move", args=[plan.pk]), {"name": "start", "version": 1}).status_code == 303


# Days and years that are slips of the keys


@pytest.mark.django_db
@pytest.mark.parametrize("day", FUTURE_AND_PAST)
@pytest.mark.parametrize("page", ["unit-end", "unit-rename", "person-role", "person-role-end", "plan-edit", "edit"])
def test_a_day_that_cannot_be_right_is_refused_at_its_field(world: Kept, page: str, day: str) -> None:
    role = world.manager.memberships.get()
    days: dict[str, tuple[list[Any], dict[str, Any]]] = {
        "unit-end": ([world.unit.pk], {"last_day": day}),
        "unit-rename": ([world.unit.pk], {"on": day, "name_fi": "Digipalvelut"}),
        "person-role": ([world.manager.pk], {"role": "contributor", "unit": world.unit.pk, "valid_from": day}),
        "person-role-end": ([world.manager.pk, "unit", role.pk], {"last_day": day}),
        "plan-edit": ([world.plan.pk], {"due_on": day, "due_precision": "day"}),
        "edit": (["unit", world.unit.pk], {"valid_from": day}),
    }
    args, values = days[page]
    address = reverse(page, args=args)
    if page in {"unit-end", "unit-rename"}:
        assert world.client.get(address, values | {"preview": "1"}).status_code == 200
    response = send(world.client, address, seen_version=1, **values)

    assert response.status_code == 422
    assert set(response.context["form"].errors) & {"last_day", "on", "valid_from", "due_on"}
    assert Membership.objects.get(pk=role.pk).valid_until is None


@pytest.mark.django_db
@pytest.mark.parametrize("year", ["0", "202", "20211", "99999"])
@pytest.mark.parametrize("editable", ["period", "strategy", "programme", "project", "value"])
def test_a_year_that_cannot_be_right_is_refused_and_the_lists_stay_whole(world: Kept, editable: str, year: str) -> None:
    page = world.client.get(keep(world, editable))
    years = {name: year for name in typed(page) if name in {"year", "end_year"}} or {"end_year": year}
    response = world.client.post(keep(world, editable), typed(page) | {"reason": WHY} | years)

    assert response.status_code == 422
    assert set(years) & set(response.context["form"].errors)
    assert year in html(response)
    assert world.client.get("/myohassa/").status_code == 200


def test_a_day_far_away_is_not_counted_in_working_days(monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(start: date, end: date) -> int:
        raise AssertionError(f"{start}–{end}: each year costs milliseconds, and every list shows such a day")

    monkeypatch.setattr(dates, "working_days_between", counted)
    assert dates.distance_words(date(2199, 12, 30), make.TODAY) == "178 vuotta jäljellä"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "until", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z", "eilen"]
)
def test_a_moment_that_no_clock_shows_is_passed_over(world: Kept, until: str) -> None:
    client = signed_in(world.director)
    assert client.get("/odottaa/muutokset/", {"until": until}).status_code == 200
    assert client.post("/odottaa/nahty/", {"until": until}).status_code == 303
    assert client.get("/odottaa/").status_code == 200


# Back button, two tabs, double click


@pytest.mark.django_db
def test_after_the_back_button_a_second_step_is_a_step_of_its_own(world: Kept) -> None:
    client, address = signed_in(world.director), reverse("step-add", args=[world.plan.pk])
    form = typed(client.get(address))
    for text in ("Työpaja", "Kysely yrityksille", "Kysely yrityksille", "Työpaja"):
        assert client.post(address, form | {"text_fi": text}).status_code == 303
    added = Step.objects.filter(plan=world.plan).exclude(pk=world.step.pk)
    assert sorted(added.values_list("text_fi", flat=True)) == ["Kysely yrityksille", "Työpaja"]


@pytest.mark.django_db
def test_links_in_a_stale_form_are_not_told_saved_when_they_were_not(world: Kept) -> None:
    other = make.unit(world.municipality, "Tilapalvelut")
    page = world.client.get(keep(world, "plan"))
    moved = signed_in(world.manager).post(reverse("move", args=[world.plan.pk]), {"name": "start", "version": 1})
    assert moved.status_code == 303
    data = typed(page) | {"reason": WHY, "units": [world.unit.pk, other.pk]}

    told = world.client.post(keep(world, "plan"), data)
    assert told.status_code == 409
    again = typed(told) | {"units": [world.unit.pk, other.pk]}
    assert world.client.post(keep(world, "plan"), again).status_code == 303
    assert set(PlanUnit.objects.values_list("unit", flat=True)) == {world.unit.pk, other.pk}
    assert world.client.post(keep(world, "plan"), again).status_code == 303  # the same form twice


@pytest.mark.django_db
def test_a_comment_sent_twice_is_one_and_another_comment_is_another(world: Kept) -> None:
    client, address = signed_in(world.manager), reverse("comment", args=[world.plan.pk])
    for text in ("Kysely alkoi", "Kysely alkoi ", "Kysely päättyi"):
        assert client.post(address, {"comment": text}).status_code == 303
    assert signed_in(world.director).post(address, {"comment": "Kysely alkoi"}).status_code == 303
    assert Comment.objects.filter(text="Kysely alkoi").count() == 2
    assert Comment.objects.count() == 3


@pytest.mark.django_db
def test_an_old_page_of_a_person_overwrites_nothing_and_says_what_is_saved(world: Kept) -> None:
    address = reverse("person", args=[world.manager.pk])
    old = typed(world.client.get(address))
    old["reason"] = WHY
    assert world.client.post(address, old | {"name": "Maija Uusi"}).status_code == 303
    assert world.client.post(address, old | {"name": "Maija Uusi"}).status_code == 303  # a double click
    told = world.client.post(address, old | {"language": "sv"})

    assert told.status_code == 409
    assert "Maija Uusi" in html(told)
    world.manager.refresh_from_db()
    assert (world.manager.name, world.manager.language) == ("Maija Uusi", "fi")
    assert world.client.post(address, typed(told) | {"name": "Maija Uusi"}).status_code == 303
    world.manager.refresh_from_db()
    assert (world.manager.name, world.manager.language) == ("Maija Uusi", "sv")


@pytest.mark.django_db
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_what_is_typed_stays_when_the_plan_is_closed_meanwhile(world: Kept, headers: dict[str, str]) -> None:
    client, address = signed_in(world.manager), reverse("step-edit", args=[world.step.pk])
    form = typed(client.get(address))
    closing = {"name": "discontinue", "version": 1, "comment": "Ei tarvita"}
    assert signed_in(world.director).post(reverse("move", args=[world.plan.pk]), closing).status_code == 303

    late = client.post(address, form | {"text_fi": "Kysely uusille asukkaille"}, headers=headers)
    assert late.status_code == 403
    assert "Kysely uusille asukkaille" in html(late)
    assert "Toimenpide on suljettu" in html(late)
    # A notice beside the form, which stays with its text, and not a page in its place.
    assert late.headers.get("HX-Retarget") == ("#live" if headers else None)


@pytest.mark.django_db
def test_a_move_to_another_goal_sent_twice_is_one_and_no_conflict(world: Kept) -> None:
    other = make.goal(world.theme, name_fi="Toinen tavoite")
    address = reverse("edit-move", args=["item", world.item.pk])
    form = typed(world.client.get(address)) | {"reason": WHY, "goal": other.pk}
    assert [world.client.post(address, form).status_code for _ in range(2)] == [303, 303]
    assert world.item.history.count() == 2


@pytest.mark.django_db
def test_a_very_long_way_back_does_not_make_what_was_saved_look_refused(world: Kept) -> None:
    client, back = signed_in(world.manager), "/odottaa/?q=" + "ä" * 900
    assert client.post("/kieli/", {"language": "sv", "next": back}).status_code == 303
    answer = client.post(reverse("move", args=[world.plan.pk]), {"name": "start", "version": 1, "next": back})
    assert (answer.status_code, answer["Location"]) == (303, f"/odottaa/#plan-{world.plan.pk}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "back",
    ["//pahis.example/", "https://pahis.example/", "/\\pahis.example", "javascript:alert(1)", "\x00/", "/\r\nX: 1"],
)
def test_a_way_back_never_leads_out(world: Kept, back: str) -> None:
    client = signed_in(world.manager)
    answers = [
        client.post("/kieli/", {"language": "sv", "next": back}),
        client.post(reverse("comment", args=[world.plan.pk]), {"comment": "Hei", "next": back}),
        client.post("/odottaa/nahty/", {"next": back}),
    ]
    for answer in answers:
        assert answer.status_code == 303
        assert answer["Location"].startswith("/")
        assert not answer["Location"].startswith(("//", "/\\"))
        assert "\n" not in answer["Location"]


# Sessions and tokens


@pytest.mark.django_db
def test_a_form_without_a_token_saves_nothing_at_any_address(world: Kept) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.admin)
    for address in {*_addresses(world), "/istunto/", "/kieli/", "/tunnus/ulos/"}:
        assert client.post(address, {"comment": "Oma teksti", "reason": WHY}).status_code == 403, address


@pytest.mark.django_db
def test_what_was_typed_in_a_long_form_is_all_there_when_the_session_is_over(world: Kept) -> None:
    form = typed(world.client.get(keep(world, "strategy")))
    texts = {name: f"Teksti {name}" for name in form if name.endswith(("_fi", "_sv", "_en"))}
    page = html(Client().post(keep(world, "strategy"), form | texts | {"name": "Maija Uusi", "reason": WHY}))
    for text in (*texts.values(), "Maija Uusi", WHY):
        assert f">{text}<" in page
    step = typed(signed_in(world.director).get(reverse("step-add", args=[world.plan.pk])))
    page = html(Client().post(reverse("step-add", args=[world.plan.pk]), step | {"text_fi": "Työpaja"}))
    assert ">Työpaja<" in page


@pytest.mark.django_db
def test_a_session_is_prolonged_for_some_days_and_not_for_ever() -> None:
    with time_machine.travel(make.NOW, tick=False) as clock:
        client, whole_steps = signed_in(make.user()), session.LONGEST // timedelta(hours=9)
        for _ in range(whole_steps - 1):
            clock.shift(timedelta(hours=9))
            assert client.post("/istunto/").json()["left"] > 0
        clock.shift(timedelta(hours=9))
        client.post("/istunto/")
        clock.shift(timedelta(hours=9))
        assert client.get("/istunto/").json() == {"left": 0}


# Rights that a template alone would guard


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.VIEWER, Role.CONTRIBUTOR, Role.MANAGER])
def test_no_keepers_form_is_taken_from_others(world: Kept, role: Role) -> None:
    who = make.official(world.municipality, role) if role is Role.VIEWER else make.member(world.unit, role)
    addresses = list(_addresses(world))
    before = _rows_of_history()
    client = signed_in(who)
    for address in addresses:
        if address.removeprefix("/yllapito/") not in {address, "", "henkilot/"}:
            page = world.client.get(address)
            form = page.context and page.context.get("form")
            data = typed(page) if form is not None and hasattr(form, "fields") else {}
            assert client.post(address, data | {"reason": WHY}).status_code == 403, address
    assert _rows_of_history() == before


def _rows_of_history() -> int:
    histories: list[Any] = [editable.model.history for editable in EDITABLES.values()]
    return sum(int(history.count()) for history in (*histories, Membership.history))


@pytest.mark.django_db
def test_the_public_reads_no_names_mailboxes_reasons_or_comments(world: Kept) -> None:
    signed_in(world.manager).post(reverse("comment", args=[world.plan.pk]), {"comment": "Salainen huomautus"})
    send(world.client, keep(world, "plan"), text_fi="Laaditaan uusi tiekartta.", reason="Salainen perustelu")
    hidden = make.strategy(world.municipality, name_fi="Piilostrategia", published=False)
    goal = make.goal(make.theme(hidden, name_fi="Piiloteema"), name_fi="Piilotavoite")
    make.project(make.plan(make.action_item(goal, world.unit, name_fi="Piilotoimenpide"), make.period(hidden)))
    secrets = ["Maija Mallikas", "Aino", "Teppo", "Salainen", "Piilo", "@mallila.example", "Laaditaan tiekartta"]
    for address in dict.fromkeys(_addresses(world)):
        for query in ({}, {"as": "csv"}, {"q": "salainen piilo"}, {"q": "mallila"}, {"q": "Maija"}):
            answer: Any = Client().get(address, query, headers={"HX-Request": "true"} if query else {})
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            page = content.decode(errors="replace")
            assert [secret for secret in secrets if secret in page] == [], address


# Two at once, on real connections


def _at_once(*calls: Callable[[], Any]) -> list[Any]:
    answers: list[Any] = [None] * len(calls)
    start = Barrier(len(calls))

    def run(place: int) -> None:
        start.wait()
        try:
            answers[place] = calls[place]().status_code
        finally:
            connection.close()

    threads = [Thread(target=run, args=(place,)) for place in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["step", "comment", "goal", "invitation", "role", "move", "order"])
def test_a_double_click_that_arrives_at_the_same_moment_does_one_thing(what: str) -> None:
    world = Kept()
    second = make.step(world.plan, text_fi="Toinen", order=1)
    acts: dict[str, tuple[User, str, dict[str, Any]]] = {
        "step": (world.director, reverse("step-add", args=[world.plan.pk]), {"text_fi": "Työpaja"}),
        "comment": (world.manager, reverse("comment", args=[world.plan.pk]), {"comment": "Kysely alkoi"}),
        "goal": (world.admin, reverse("edit-add", args=["goal", world.theme.pk]), {"name_fi": "Uusi tavoite"}),
        "invitation": (world.admin, reverse("person-invite"), _INVITED | {"unit": world.unit.pk}),
        "role": (
            world.admin,
            reverse("person-role", args=[world.manager.pk]),
            {"role": "contributor", "unit": world.unit.pk},
        ),
        "move": (world.manager, reverse("move", args=[world.plan.pk]), {"name": "start", "version": 1}),
        "order": (
            world.manager,
            reverse("step-order", args=[world.plan.pk]),
            {"row": [f"{world.step.pk}:1", f"{second.pk}:1"], "move": f"{second.pk}:up"},
        ),
    }
    who, address, values = acts[what]
    page = signed_in(who).get(address)
    data = (typed(page) if page.status_code == 200 else {}) | {"reason": WHY} | values
    clients = [signed_in(who) for _ in range(4)]
    answers = _at_once(*(lambda client=client: client.post(address, data) for client in clients))

    assert set(answers) <= {303, 409}
    assert 303 in answers
    assert Step.objects.filter(text_fi="Työpaja").count() == (what == "step")
    assert Comment.objects.count() == (what == "comment")
    assert Goal.objects.filter(name_fi="Uusi tavoite").count() == (what == "goal")
    assert User.objects.filter(email="uusi@mallila.example").count() == (what == "invitation")
    assert Membership.objects.count() == 1 + (what in {"invitation", "role"})
    assert bool(left()) == (what == "invitation")
    assert list(integrity.verify()) == []


_INVITED = {"email": "uusi@mallila.example", "name": "Uusi Ihminen", "language": "fi", "role": "contributor"}
