"""The reading pages: strategies, themes, goals, programmes, projects, units, indicators, municipalities."""

import gzip
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import make
from tests.pages import squeezed
from tests.plan.test_moves import signed_in
from tests.web.test_pages import html
from toimenpiteet import access, models
from toimenpiteet.services import audited
from toimenpiteet.services.units import units
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]

STATEMENTS = 17
"""One of them asks whether the mails to a unit's address come back."""
KILOBYTES = 30 * 1024


@pytest.fixture
def world() -> make.World:
    return make.World()


def add(row: Any) -> Any:
    return audited.add(row, make.stamp())


def public(address: str) -> str:
    return html(Client().get(address))


# The five bundled strategies


@pytest.fixture
def bundled() -> None:
    call_command("load_strategies", verbosity=0)


def said(model: type[Any], *fields: str) -> set[str]:
    columns = [f"{field}_fi" for field in fields]
    return {text for row in model.objects.rewrite(False).values_list(*columns) for text in row if text}


def addresses(pattern: str, model: type[Any]) -> list[str]:
    return [pattern.format(pk) for pk in model.objects.values_list("pk", flat=True)]


@pytest.mark.usefixtures("bundled")
def test_every_part_of_the_bundled_strategies_is_to_be_seen_by_the_public() -> None:
    from django.utils.html import escape

    pages = "".join(
        public(address)
        for address in [
            "/hankkeet/",
            "/vastuutahot/",
            *addresses("/strategiat/{}/", models.Strategy),
            *addresses("/strategiat/{}/kokonaan/", models.Strategy),
            *addresses("/strategiat/{}/mittarit/", models.Strategy),
            *addresses("/teemat/{}/", models.Theme),
            *addresses("/tavoitteet/{}/", models.Goal),
            *addresses("/ohjelmat/{}/", models.Programme),
        ]
    )
    wanted = (
        said(models.Strategy, "name", "slogan", "mission", "vision", "decided_by")
        | said(models.StrategyPart, "name", "text")
        | said(models.CoreValue, "name", "explanation")
        | said(models.ProcessEvent, "name", "note")
        | said(models.FollowUp, "text")
        | said(models.Theme, "kind", "name", "slogan", "focus", "description")
        | said(models.SuccessFactor, "name")
        | said(models.Goal, "name")
        | said(models.Programme, "name", "description", "follow_up")
        | said(models.ActionItem, "name")
        | said(models.Indicator, "name")
        | said(models.Unit, "name")
        | said(models.BudgetLine, "name")
    )
    assert {text for text in wanted if escape(text) not in pages} == set()


@pytest.mark.usefixtures("bundled")
def test_the_pages_of_the_bundled_strategies_are_light_and_ask_little() -> None:
    pages = ["/strategiat/", "/hankkeet/", "/vastuutahot/", "/kunnat/kuopio/", "/haku/?q=kaupunki"]
    pages += addresses("/strategiat/{}/", models.Strategy) + addresses("/strategiat/{}/mittarit/", models.Strategy)
    pages += addresses("/tavoitteet/{}/", models.Goal)[:5] + addresses("/vastuutahot/{}/", models.Unit)[:5]
    client = signed_in(make.official(models.Municipality.objects.get(key="kuopio")))
    for address in pages:
        with CaptureQueriesContext(connection) as captured:
            response = client.get(address)
        # Another municipality's page is looked for with one's own eyes first, and has a frame of its own.
        allowed = STATEMENTS + (2 if response.context["page"]["as_anybody"] else 0)
        assert len(captured) <= allowed, (address, len(captured))
        assert len(gzip.compress(response.content)) <= KILOBYTES, address


# One by one


def test_the_strategies_tell_how_far_their_plans_have_come(world: make.World) -> None:
    world.strategy.refresh_from_db()
    audited.change(world.strategy, make.stamp(), slogan_fi="Yhdessä eteenpäin")
    audited.change(world.plan, make.stamp(), status="in_progress")
    make.plan(make.action_item(world.goal, world.unit), world.earlier)
    page = public("/strategiat/")
    for words in ("Mallilan strategia", "Yhdessä eteenpäin", "0/2", "1 käynnissä", "1 myöhässä"):
        assert words in page


def test_a_strategy_says_everything_and_leads_to_its_plan_and_neighbours(world: make.World) -> None:
    of = {"strategy": world.strategy, "key": "x"}
    add(models.StrategyPart(kind="principle", name_fi="Kasvulla on kärjet", text_fi="Valitaan kärjet.", **of))
    add(models.CoreValue(name_fi="Rohkeus", explanation_fi="Uskalletaan.", doubt="Sana on katkennut.", **of))
    add(models.ProcessEvent(name_fi="Kysely", kind="survey", end_on=date(2017, 5, 1), participants=753, **of))
    year = {"start_on": date(2017, 1, 1), "end_on": date(2017, 12, 31), "end_on_precision": "year"}
    add(models.ProcessEvent(strategy=world.strategy, key="y", name_fi="Uudistaminen", kind="other", **year))
    add(models.FollowUp(text_fi="Käydään läpi", body="kaupunginhallitus", per_year=2, **of))
    add(models.FollowUp(strategy=world.strategy, key="y", text_fi="Arvioidaan", per_year=1))
    add(models.SuccessFactor(theme=world.theme, key="t", number=3, name_fi="Osaaminen"))
    calendar = {"kind": "budget", "which": "council", "rule": "12-31", "basis": "Kuntalaki 110 §"}
    add(models.CalendarEntry(strategy=world.strategy, body_fi="valtuusto", **calendar))
    later = make.strategy(world.municipality, name_fi="Seuraava strategia", follows=world.strategy)
    audited.change(world.strategy, make.stamp(), vision_fi="Kasvamme.", vision_number=150000, vision_year=2030)
    make.programme(world.strategy)
    page = public(f"/strategiat/{world.strategy.pk}/kokonaan/")
    for words in (
        *("Kasvulla on kärjet", "Valitaan kärjet.", "Rohkeus", "Uskalletaan.", "Sana on katkennut.", "753 henkilöä"),
        *("Käydään läpi", "kaupunginhallitus", "2 kertaa vuodessa", "Osaaminen", "31.12.", "Kuntalaki 110 §"),
        *("Visio 2030", "150\xa0000", "Digiohjelma", f'href="/strategiat/{later.pk}/"', "2021–2030"),
        f'href="/tavoitteet/{world.goal.pk}/"',
    ):
        assert words in page, words
    assert "1.1.2017" not in page  # the event lasted the year
    assert "1 kerta" not in page
    english = Client(headers={"Accept-Language": "en"}).get(f"/strategiat/{world.strategy.pk}/kokonaan/")
    assert all(words in html(english) for words in ("31 Dec", "in 2017", "once a year"))
    assert "31.12." not in html(english)
    assert f'href="/strategiat/{world.strategy.pk}/"' in public(f"/strategiat/{later.pk}/kokonaan/")


def test_a_goal_shows_its_items_with_where_they_stand_and_who_serves_it(world: make.World) -> None:
    make.plan(world.item, world.earlier)
    audited.change(world.goal, make.stamp(), owner_id=world.unit.pk)
    other = make.goal(world.theme, number=2, name_fi="Toinen tavoite")
    also = make.action_item(other, world.unit, name_fi="Muualta autetaan")
    add(models.LinkedGoal(item=also, goal=world.goal))
    project = make.project(world.plan)
    indicator = make.indicator(world.strategy, goal=world.goal)
    page = public(f"/tavoitteet/{world.goal.pk}/")
    for words in (
        *("Digitalisaation tiekartta", "2 kuukautta myöhässä", "Muualta autetaan", "Omistaja:"),
        *(f'href="/hankkeet/{project.pk}/"', f'href="/mittarit/{indicator.pk}/"', f'href="/teemat/{world.theme.pk}/"'),
        f'href="/vastuutahot/{world.unit.pk}/"',
    ):
        assert words in page, words


def test_a_theme_leads_up_and_down(world: make.World) -> None:
    child = make.theme(world.strategy, name_fi="Alempi teema", parent=world.theme)
    programme = make.programme(world.strategy)
    add(models.ProgrammeTheme(programme=programme, theme=child))
    page = public(f"/teemat/{child.pk}/")
    assert f'<a href="/teemat/{world.theme.pk}/">' in page
    assert f'<a href="/ohjelmat/{programme.pk}/">' in page
    assert f'<a href="/teemat/{child.pk}/">' in public(f"/teemat/{world.theme.pk}/")
    assert f'<a href="/teemat/{child.pk}/">' in public(f"/ohjelmat/{programme.pk}/")


def test_a_project_shows_what_it_serves_under_its_budget_line(world: make.World) -> None:
    line = add(models.BudgetLine(municipality=world.municipality, key="k", name_fi="Kehittämisraha"))
    add(models.PlanBudgetLine(plan=world.plan, budget_line=line))
    project = make.project(world.plan, budget_line=line, start_year=2019, funding="Valtion avustus")
    add(models.ProjectAlias(project=project, text="datahanke"))
    page = public(f"/hankkeet/{project.pk}/")
    for words in ("Digitalisaation tiekartta", "Kehittämisraha", "datahanke", "2019–", "Valtion avustus"):
        assert words in page
    listed = public("/hankkeet/")
    assert listed.index("Kehittämisraha") < listed.index("Datajalostamo")
    assert f'href="/toimenpiteet/{world.item.pk}/"' in listed


def test_an_indicator_puts_kinds_side_by_side_and_says_what_is_missing(world: make.World) -> None:
    indicator = make.indicator(world.strategy, unit_of_measure="asukasta")

    def figure(key: str, kind: str, year: int | None, value: int | None, **more: Any) -> None:
        number = None if value is None else Decimal(value)
        no_data = value is None
        row = {"indicator": indicator, "key": key, "kind": kind, "year": year, "value": number, "no_data": no_data}
        add(models.IndicatorValue(**row, **more))

    figure("a", "TP", 2019, 118664)
    figure("b", "TA", 2020, 120000)
    figure("c", "TP", 2020, None)
    figure("d", "survey", None, -4, position=1)
    targets = {"indicator": indicator}
    add(
        models.IndicatorTarget(
            key="t", operator="ge", value=Decimal(150000), by_year=2030, standing="proposed", **targets
        )
    )
    add(models.IndicatorTarget(key="n", operator="none", **targets))
    page = public(f"/mittarit/{indicator.pk}/")
    for words in (
        *(
            "118\xa0664",
            "120\xa0000",
            "ei tietoa",
            "toteuma (TP)",
            "≥ 150\xa0000 vuoteen 2030 mennessä",
            "ehdotettu",
            "−4",
        ),
        *("ei vielä tavoitearvoa", "Lähde ei kerro vuosia", "asukasta"),
    ):
        assert words in page, words
    listed = public(f"/strategiat/{world.strategy.pk}/mittarit/")
    assert "118\xa0664" in listed
    assert f'href="/mittarit/{indicator.pk}/"' in listed


def test_a_strategy_without_indicators_says_so(world: make.World) -> None:
    assert "ei ole mittareita" in public(f"/strategiat/{world.strategy.pk}/mittarit/")


# Units


def test_a_unit_tells_who_stands_in_for_its_people_today(world: make.World) -> None:
    today = date(2021, 3, 15)
    here, gone = make.user("Sinikka Sijainen"), make.user("Entinen Sijainen")
    for person, until in ((here, today), (gone, date(2021, 3, 14))):
        make.member(world.unit, user=person, role=Role.CONTRIBUTOR)
        make.substitution(world.manager, person, world.municipality, valid_until=until)
    page = html(signed_in(world.director).get(f"/vastuutahot/{world.unit.pk}/"))
    assert "Sijainen nyt: Sinikka Sijainen" in page
    assert "Sijainen nyt: Entinen" not in page


def test_a_unit_shows_its_plans_people_place_and_names(world: make.World) -> None:
    area = make.unit(world.municipality, "Konsernipalvelut", kind="service_area")
    audited.change(world.unit, make.stamp(), parent_id=area.pk, valid_from=date(2020, 6, 1))
    former = make.unit(world.municipality, "Atk-osasto", valid_until=date(2020, 5, 31), successor=world.unit)
    group = make.unit(world.municipality, "Kehittäjät", kind="group")
    make.group_member(group, world.unit)
    add(models.UnitAlias(unit=world.unit, text="tietoh."))
    other = make.plan(make.action_item(world.goal, area, name_fi="Toisten asia"), world.period)
    make.step(other, unit=world.unit, text_fi="Meidän osuutemme")
    page = html(signed_in(world.director).get(f"/vastuutahot/{world.unit.pk}/"))
    for words in (
        *("Digitalisaation tiekartta", "Maija Mallikas", "vastuuhenkilö", world.unit.email, "Konsernipalvelut"),
        *("Kehittäjät", "tietoh.", "Atk-osasto", "31.5.2020", "1.6.2020", "Meidän osuutemme"),
    ):
        assert words in page, words
    gone = squeezed(html(signed_in(world.director).get(f"/vastuutahot/{former.pk}/")))
    assert "lakkautettu 31.5.2020" in gone
    assert f'Nykyinen nimi: <a href="/vastuutahot/{world.unit.pk}/">' in gone


@pytest.mark.parametrize("act", ["rename", "end"])
def test_what_is_to_come_of_a_unit_is_not_told_as_done(world: make.World, act: str) -> None:
    admin = make.official(world.municipality, Role.ADMIN)
    stamp = audited.stamp(models.Actor.person(admin, models.Door.PAGE), "Uudistus", make.NOW)
    by: Any = {"version": 1, "scope": access.scope_of(admin, make.TODAY), "stamp": stamp}
    other = make.unit(world.municipality, "Digipalvelut", valid_from=date(2022, 1, 1))
    if act == "rename":
        units.rename(world.unit.pk, {"name_fi": "Datapalvelut"}, on=date(2022, 1, 1), **by)
    else:
        units.end(world.unit.pk, last_day=date(2021, 12, 31), successors=[other.pk], **by)
    page, tree = public(f"/vastuutahot/{world.unit.pk}/"), public("/vastuutahot/")
    note = page.partition('class="note">')[2].partition("</p>")[0]
    assert "1.1.2022" in note
    assert ("Datapalvelut" if act == "rename" else "Digipalvelut") in note
    assert "Nykyinen nimi" not in page
    assert "päättynyt" not in page + tree
    assert ("31.12.2021" in page.partition("</h1>")[0]) is (act == "end")
    assert "1.1.2022" in tree
    with time_machine.travel(datetime(2022, 1, 3, 9, tzinfo=UTC)):
        page = public(f"/vastuutahot/{world.unit.pk}/")
        assert ("Nykyinen nimi" in page) is (act == "rename")
        assert ("Yhdistetty vastuutahoon" in page) is (act == "end")
        assert "lakkautettu 31.12.2021" in page


def test_names_stand_in_the_order_of_time(world: make.World) -> None:
    audited.change(world.unit, make.stamp(), valid_from=date(2010, 1, 1))
    make.unit(world.municipality, "Kolmas", successor=world.unit, valid_until=date(2020, 5, 31))
    second = make.unit(world.municipality, "Toinen", successor=world.unit)
    make.unit(world.municipality, "Ensimmäinen", successor=second)
    page = public(f"/vastuutahot/{world.unit.pk}/").partition("Nimet eri aikoina")[2]
    places = [page.index(name) for name in ("Ensimmäinen", "Toinen", "Kolmas", "Tietohallinto")]
    assert places == sorted(places)


def test_the_public_sees_no_persons_and_no_mailbox(world: make.World) -> None:
    for address in (f"/vastuutahot/{world.unit.pk}/", f"/kunnat/{world.municipality.key}/"):
        page = public(address)
        assert "Maija Mallikas" not in page
        assert "Teppo Testaaja" not in page
        assert "@mallila.example" not in page


def test_only_those_who_have_a_role_now_are_named(world: make.World) -> None:
    left = make.member(world.unit, user=make.user("Lasse Lähtenyt"), valid_until=date(2021, 3, 14))
    closed = make.member(world.unit, user=make.user("Suvi Suljettu", is_active=False))
    page = html(signed_in(world.director).get(f"/vastuutahot/{world.unit.pk}/"))
    assert left.name not in page
    assert closed.name not in page


def test_a_unit_counts_what_reaches_it_through_those_that_have_gone_on_in_it(world: make.World) -> None:
    ended = {"valid_until": date(2020, 5, 31)}
    oldest = make.unit(world.municipality, "Tilaosasto", valid_until=date(2018, 5, 31))
    former = make.unit(world.municipality, "Tilakeskus", **ended, successor=world.unit)
    audited.change(oldest, make.stamp(), successor_id=former.pk)
    going = make.unit(world.municipality, "Vielä voimassa", valid_until=date(2021, 12, 31), successor=world.unit)
    late = {"due_on": date(2021, 1, 4), "due_precision": "day"}
    for name, named in (("Vanhin", [oldest]), ("Kummankin", [former, world.unit]), ("Jatkavan", [going])):
        make.plan(make.action_item(world.goal, named[0], name_fi=name), world.period, units=named, **late)
    director = signed_in(world.director)
    page = html(director.get(f"/vastuutahot/{world.unit.pk}/"))
    shown = page.partition('id="plans"')[2].partition("</section>")[0]
    assert shown.startswith('>Vastuulla <span class="count">3</span>')
    assert "2 myöhässä" in page
    assert ("Vanhin" in shown, shown.count(">Kummankin<"), "Jatkavan" in shown) == (True, 1, False)
    assert all(f'href="/vastuutahot/{unit.pk}/"' in shown for unit in (former, oldest))
    assert f'href="/vastuutahot/{going.pk}/"' not in shown
    rows = director.get("/vastuutahot/?columns=name&columns=plans&as=csv").getvalue().decode().splitlines()
    counted = dict(row.split(";")[:2] for row in rows)
    names = ("Tietohallinto", "Tilakeskus", "Tilaosasto", "Vielä voimassa")
    assert [counted[name] for name in names] == ["3", "2", "1", "1"]


def test_a_tree_of_units_six_deep_stays_whole_and_ended_ones_are_folded(world: make.World) -> None:
    parent = world.unit
    for depth in range(2, 7):
        parent = make.unit(world.municipality, f"Taso {depth}", parent=parent)
    make.unit(world.municipality, "Vanha nimi", valid_until=date(2020, 1, 1), successor=world.unit)
    page = public("/vastuutahot/")
    assert page.count("<ul>", page.index("Tietohallinto"), page.index("Taso 6")) >= 5
    assert page.index("<details", page.index("Taso 6")) < page.index("Vanha nimi")
    assert all(f"Taso {depth}" in public(f"/vastuutahot/{parent.pk}/") for depth in range(2, 7))


def test_units_in_a_circle_do_no_harm(world: make.World) -> None:
    other = make.unit(world.municipality, "Toinen", parent=world.unit)
    audited.change(world.unit, make.stamp(), parent_id=other.pk, successor_id=other.pk)
    audited.change(other, make.stamp(), successor_id=world.unit.pk)
    assert "Tietohallinto" in public("/vastuutahot/")
    assert "Toinen" in public(f"/vastuutahot/{world.unit.pk}/")


# Municipalities, and who sees what


def test_a_municipality_is_found_by_key_and_by_id(world: make.World) -> None:
    for address in (f"/kunnat/{world.municipality.key}/", f"/kunnat/{world.municipality.pk}/"):
        page = html(signed_in(world.manager).get(address))
        for words in ("Mallila", "Mallilan strategia", "Teppo Testaaja", "strategiajohtaja"):
            assert words in page
    assert Client().get("/kunnat/99999999999999999999/").status_code == 404
    assert Client().get("/kunnat/eiole/").status_code == 404


def hidden_addresses(world: make.World) -> list[str]:
    return [
        f"/strategiat/{world.strategy.pk}/",
        f"/strategiat/{world.strategy.pk}/kokonaan/",
        f"/strategiat/{world.strategy.pk}/vastuut/",
        f"/strategiat/{world.strategy.pk}/mittarit/",
        f"/teemat/{world.theme.pk}/",
        f"/tavoitteet/{world.goal.pk}/",
        f"/vastuutahot/{world.unit.pk}/",
        f"/mittarit/{make.indicator(world.strategy).pk}/",
        f"/ohjelmat/{make.programme(world.strategy).pk}/",
        f"/hankkeet/{make.project(world.plan).pk}/",
        f"/kunnat/{world.municipality.key}/",
    ]


def test_a_draft_is_read_by_its_own_people_alone(world: make.World) -> None:
    audited.change(world.strategy, make.stamp(), published=False)
    stranger, own = signed_in(make.official(make.municipality(), Role.DIRECTOR)), signed_in(world.manager)
    for address in hidden_addresses(world):
        assert Client().get(address).status_code == 404, address
        assert stranger.get(address).status_code == 404, address
        assert own.get(address).status_code == 200, address
    lists = Client().get("/strategiat/").content + Client().get("/vastuutahot/").content
    assert b"Mallila" not in lists + Client().get("/hankkeet/").content


def test_lists_show_nothing_of_a_draft_beside_a_published_strategy(world: make.World) -> None:
    """A unit and a goal may serve both; the public sees the plans of the published one only."""
    draft = make.strategy(world.municipality, published=False, name_fi="Salainen luonnos")
    goal = make.goal(make.theme(draft), name_fi="Salainen tavoite", owner=world.unit)
    secret = make.plan(make.action_item(goal, world.unit, name_fi="Salainen asia"), make.period(draft))
    project = make.project(secret, name_fi="Salainen hanke")
    add(models.PlanProject(plan=world.plan, project=project))
    make.step(secret, unit=world.unit, text_fi="Salainen osatoimenpide")
    programme = make.programme(world.strategy)
    add(models.ProgrammeStrategy(programme=programme, strategy=draft))
    for address in (
        *(f"/vastuutahot/{world.unit.pk}/", f"/ohjelmat/{programme.pk}/", f"/kunnat/{world.municipality.key}/"),
        *("/strategiat/", "/vastuutahot/", f"/strategiat/{world.strategy.pk}/kokonaan/"),
    ):
        page = public(address)
        for words in ("Salainen luonnos", "Salainen tavoite", "Salainen asia", "Salainen osatoimenpide"):
            assert words not in page, (address, words)
    served = public(f"/hankkeet/{project.pk}/")
    assert "Digitalisaation tiekartta" in served
    assert "Salainen asia" not in served


# Cost and bad input


def many(world: make.World, count: int) -> None:
    for number in range(count):
        item = make.action_item(world.goal, world.unit, name_fi=f"Asia {number}")
        plan = make.plan(item, world.period)
        make.step(plan, unit=make.unit(world.municipality, f"Yksikkö {number}", parent=world.unit))
        make.project(plan)
        make.programme(world.strategy)
        make.indicator(world.strategy, goal=world.goal)
        make.theme(world.strategy, parent=world.theme)


COSTED: list[tuple[str, Callable[[make.World], int]]] = [
    ("/strategiat/", lambda _world: 0),
    ("/strategiat/{}/", lambda world: world.strategy.pk),
    ("/strategiat/{}/kokonaan/", lambda world: world.strategy.pk),
    ("/strategiat/{}/vastuut/", lambda world: world.strategy.pk),
    ("/strategiat/{}/mittarit/", lambda world: world.strategy.pk),
    ("/teemat/{}/", lambda world: world.theme.pk),
    ("/tavoitteet/{}/", lambda world: world.goal.pk),
    ("/hankkeet/", lambda _world: 0),
    ("/vastuutahot/", lambda _world: 0),
    ("/vastuutahot/{}/", lambda world: world.unit.pk),
    ("/kunnat/{}/", lambda world: world.municipality.pk),
]


@pytest.mark.parametrize(("address", "of"), COSTED, ids=lambda value: value if isinstance(value, str) else "")
def test_a_page_costs_the_same_for_few_and_for_many(
    world: make.World, address: str, of: Callable[[make.World], int]
) -> None:
    client, place = signed_in(world.director), address.format(of(world))

    def statements() -> int:
        client.get(place)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(place).status_code == 200
        return len(captured)

    many(world, 2)
    few = statements()
    many(world, 30)
    assert few == statements()
    assert few <= STATEMENTS


def test_nothing_at_all_is_said_and_not_broken() -> None:
    empty = make.strategy(make.municipality(), name_fi="Tyhjä strategia")
    goal = make.goal(make.theme(empty), name_fi="Tyhjä tavoite")
    assert "Tyhjä strategia" in public(f"/strategiat/{empty.pk}/")
    assert "ei ole vielä toimenpiteitä" in public(f"/tavoitteet/{goal.pk}/")


STRANGE = ["ä" * 200, "שלום عليكم \u202egnirts", "👩‍👩‍👧 ✓", "<script>alert(1)</script>", "a & b \"c\" 'd'"]


@pytest.mark.parametrize("name", STRANGE, ids=["long", "rtl", "emoji", "html", "quotes"])
def test_strange_names_stay_text(world: make.World, name: str) -> None:
    from django.utils.html import escape

    for row in (world.strategy, world.theme, world.goal, world.item, world.unit, world.municipality):
        audited.change(row, make.stamp(), name_fi=name)
    project = make.project(world.plan, name_fi=name)
    for address in (*hidden_addresses(world), f"/hankkeet/{project.pk}/", "/strategiat/", "/vastuutahot/"):
        page = public(address)
        assert escape(name) in page, address
        assert "<script>alert" not in page


def test_garbage_in_the_address_is_not_an_error_page(world: make.World) -> None:
    for query in ("page=-1", "page=x", "page=99999999999999999999"):
        for address in (f"/tavoitteet/{world.goal.pk}/", f"/vastuutahot/{world.unit.pk}/"):
            assert Client().get(f"{address}?{query}").status_code == 200
    for page in ("strategiat", "teemat", "tavoitteet", "ohjelmat", "hankkeet", "vastuutahot", "mittarit"):
        assert Client().get(f"/{page}/99999999999999999999/").status_code == 404


def test_content_in_another_language_is_marked(world: make.World) -> None:
    page = html(Client().get(f"/tavoitteet/{world.goal.pk}/", headers={"Accept-Language": "sv"}))
    assert '<span lang="fi">Palvelut kehittyvät</span>' in page
    assert "Åtgärder" in page


def test_lists_are_given_as_files_with_what_the_person_may_see(world: make.World) -> None:
    make.project(world.plan)
    indicator = make.indicator(world.strategy, goal=world.goal)
    add(models.IndicatorValue(indicator=indicator, key="a", kind="TP", year=2020, value=Decimal(-25)))
    make.unit(world.municipality, "=Sovellukset", parent=world.unit)
    make.unit(make.municipality(), "Toisen kunnan yksikkö")
    client = signed_in(world.director)
    for address, words in (
        ("/hankkeet/", ["Datajalostamo"]),
        ("/vastuutahot/", ["Tietohallinto", "'=Sovellukset"]),
        (f"/strategiat/{world.strategy.pk}/mittarit/", ["Väkiluku", "Palvelut kehittyvät", "-25"]),
    ):
        assert "as=csv" in html(client.get(address))
        response: Any = client.get(address, {"as": "csv"})
        text = b"".join(response.streaming_content).decode("utf-8-sig")
        assert all(word in text for word in words), address
        assert "Toisen kunnan" not in text
        assert client.get(address, {"as": "xlsx"}).status_code == 200


def test_long_lists_have_pages(world: make.World) -> None:
    for number in range(45):
        make.plan(make.action_item(world.goal, world.unit, name_fi=f"Asia {number}."), world.period)
    first, last = public(f"/tavoitteet/{world.goal.pk}/"), public(f"/tavoitteet/{world.goal.pk}/?page=2")
    assert "Asia 3." in first
    assert "Asia 44." not in first
    assert "Asia 44." in last


# Where they stand in the menu


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("/strategiat/", "page"),
        ("/strategiat/{strategy}/", "true"),
        ("/tavoitteet/{goal}/", "true"),
        ("/toimenpiteet/{item}/", "true"),
    ],
)
def test_the_menu_says_that_a_goal_and_an_item_belong_to_the_strategies(
    world: make.World, address: str, state: str
) -> None:
    address = address.format(strategy=world.strategy.pk, goal=world.goal.pk, item=world.plan.item_id)
    menu = squeezed(public(address)).partition('<ul class="menu">')[2].partition("</ul>")[0]
    assert f'<a href="/strategiat/" aria-current="{state}">Strategiat</a>' in menu


# For those who keep it


def _links(client: Client, address: str) -> str:
    page = html(client.get(address))
    return page.partition('<nav class="keep-links"')[2].partition("</nav>")[0]


def test_those_who_keep_a_thing_find_the_way_to_edit_it_and_back(world: make.World) -> None:
    director = signed_in(make.official(world.municipality))
    for address, words in {
        f"/strategiat/{world.strategy.pk}/": ["strategia", "teema"],
        f"/teemat/{world.goal.theme_id}/": ["teema", "tavoite"],
        f"/tavoitteet/{world.goal.pk}/": ["tavoite", "toimenpide"],
    }.items():
        pk = address.split("/")[-2]
        links, back = _links(director, address), f"?next={address.replace('/', '%2F')}"
        assert f'href="/yllapito/{words[0]}/{pk}/{back}"' in links, address
        assert f'href="/yllapito/{words[1]}/uusi/{pk}/{back}"' in links, address
        assert f'href="/yllapito/{words[1]}/jarjestys/{pk}/"' in links, address
        for link in re.findall(r'href="([^"]+)"', links):
            assert director.get(link).status_code == 200, link


def test_others_see_no_way_to_edit(world: make.World) -> None:
    manager, viewer = signed_in(make.member(world.unit)), signed_in(make.official(world.municipality, Role.VIEWER))
    for address in (f"/strategiat/{world.strategy.pk}/", f"/tavoitteet/{world.goal.pk}/"):
        for client in (Client(), manager, viewer):
            assert _links(client, address) == "", address


def test_units_are_edited_by_the_administrator_and_not_by_the_director(world: make.World) -> None:
    address = f"/vastuutahot/{world.unit.pk}/"
    assert _links(signed_in(make.official(world.municipality)), address) == ""
    administrator = signed_in(make.official(world.municipality, Role.ADMIN))
    assert f'href="/yllapito/vastuutaho/{world.unit.pk}/?next=' in _links(administrator, address)
