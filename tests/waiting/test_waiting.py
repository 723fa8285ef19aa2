"""Odottaa sinua, for each role: urgency, filters that stay, what changed, who is silent."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests import make
from tests.edit.editors import send
from tests.pages import squeezed
from tests.plan.test_moves import move, signed_in
from toimenpiteet.models import Membership, PeriodPlan, PlanUnit, ReportingRound, StatusReport, Strategy, User
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> make.World:
    return make.World()


def html(client: Client, address: str = "/odottaa/") -> str:
    response: Any = client.get(address)
    assert response.status_code == 200, response.status_code
    return squeezed(response.content.decode())


def due(world: make.World, name: str, day: date) -> PeriodPlan:
    item = make.action_item(world.goal, world.unit, name_fi=name)
    return make.plan(item, world.period, due_on=day, due_precision="day")


def report_round(of: Strategy, opens: date, due_on: date, **fields: Any) -> ReportingRound:
    values: dict[str, Any] = {"kind": "budget", "year": due_on.year, "decided_on": due_on, "status": "open"} | fields
    status = values.pop("status")
    made: ReportingRound = ReportingRound(strategy=of, opens_on=opens, due_on=due_on, **values)
    return make.brought(audited.add(made, make.stamp()), status)


def group(page: str, urgency: str) -> str:
    start = f'<details class="group" id="{urgency}"'
    after = page.partition(start)[2].partition("</section>")[0]
    return after.partition('<details class="group"')[0]


# Urgency


def test_plans_stand_in_groups_by_urgency_and_the_first_is_open(world: make.World) -> None:
    report_round(world.strategy, date(2021, 3, 1), date(2021, 6, 30))
    # A Sunday would move to the Monday after it.
    due(world, "Mennyt perjantai", date(2021, 3, 12))
    due(world, "Perjantai", date(2021, 3, 19))
    due(world, "Maanantai", date(2021, 3, 22))
    due(world, "Kierroksen loppu", date(2021, 6, 30))
    due(world, "Heinäkuu", date(2021, 7, 1))
    page = html(signed_in(world.manager))

    assert "Mennyt perjantai" in group(page, "late")
    assert "Perjantai" in group(page, "week")
    assert "Maanantai" in group(page, "round")
    assert "Kierroksen loppu" in group(page, "round")
    assert "Heinäkuu" in group(page, "later")
    assert group(page, "late").startswith(" open>")
    assert not group(page, "week").startswith(" open>")


def test_without_a_round_ahead_thirty_days_count(world: make.World) -> None:
    due(world, "Huhtikuun puoliväli", date(2021, 4, 14))
    due(world, "Kesäkuu", date(2021, 6, 15))
    page = html(signed_in(world.manager))
    assert "Huhtikuun puoliväli" in group(page, "round")
    assert "Kesäkuu" in group(page, "later")

    report_round(world.strategy, date(2020, 3, 1), date(2020, 6, 30), status="locked")
    assert "Kesäkuu" in group(html(signed_in(world.manager)), "later")
    report_round(world.strategy, date(2021, 6, 1), date(2021, 6, 30))
    assert "Kesäkuu" in group(html(signed_in(world.manager)), "round")


def test_a_missing_answer_is_late_whatever_the_due_date(world: make.World) -> None:
    passed = report_round(world.strategy, date(2021, 1, 1), date(2021, 2, 26))
    audited.add(StatusReport(round=passed, plan=world.plan), make.stamp())
    row = html(signed_in(world.manager)).partition(f'id="vastaus-{world.plan.pk}"')[2].partition("</article>")[0]
    assert "Digitalisaation tiekartta" in row
    assert "ei raportoitu 26.2.2021 mennessä" in row


def test_pages_go_on_and_counts_tell_of_all(world: make.World) -> None:
    for number in range(60):
        due(world, f"Asia {number}", date(2025, 1, 1) + timedelta(days=number))
    client = signed_in(world.manager)
    first, second = html(client), html(client, "/odottaa/?page=2")
    assert first.count('<article class="card') == 50
    assert second.count('<article class="card') == 11
    assert '<span class="count">61</span>' in first
    assert '<span class="count">61</span>' in second
    for page in ("0", "-1", "x", "99999999999", "3"):
        assert client.get(f"/odottaa/?page={page}").status_code == 200


# The last words


def test_who_proposed_and_who_sent_back_are_read_with_their_words(world: make.World) -> None:
    due(world, "Mennyt perjantai", date(2021, 3, 12))
    manager, director = signed_in(world.manager), signed_in(world.director)
    move(manager, world.plan, "start")
    move(manager, world.plan, "propose_completion", "Väline on käytössä joka palvelualueella.", version=2)
    page = html(director)
    assert f"{world.manager.name} ilmoitti toimenpiteen valmiiksi" in page
    assert "Väline on käytössä joka palvelualueella." in page

    move(director, world.plan, "send_back", "Kertokaa vielä, miten tulosta on mitattu.", version=3)
    returned = group(html(manager), "returned")
    assert returned.startswith(" open>")
    assert "Kertokaa vielä, miten tulosta on mitattu." in returned
    assert world.director.name in returned
    assert "Mennyt perjantai" in group(html(manager), "late")

    move(manager, world.plan, "propose_completion", "Mitattiin kyselyllä.", version=4)
    page = html(manager)
    assert not group(page, "returned")
    assert "Mitattiin kyselyllä." in page


def test_what_was_sent_back_and_taken_back_was_not_sent_back(world: make.World) -> None:
    manager, director = signed_in(world.manager), signed_in(world.director)
    move(manager, world.plan, "start")
    move(manager, world.plan, "propose_completion", "Valmista tuli.", version=2)
    move(director, world.plan, "send_back", "Vahingossa.", version=3)
    move(director, world.plan, "take_back", version=4)
    page = html(manager)
    assert not group(page, "returned")
    assert "Vahingossa." not in page
    assert "Valmista tuli." in page


# Filters


def test_filters_narrow_and_stay_until_they_are_cleared(world: make.World) -> None:
    due(world, "Kirjaston remontti", date(2021, 9, 1))
    client = signed_in(world.manager)
    narrowed = html(client, "/odottaa/?q=remontti")
    assert "Kirjaston remontti" in narrowed
    assert "Digitalisaation tiekartta" not in narrowed

    again = client.get("/odottaa/")
    assert (again.status_code, again["Location"]) == (302, "/odottaa/?q=remontti")
    assert "/odottaa/?q=" in narrowed
    assert "Digitalisaation tiekartta" in html(client, "/odottaa/?q=")
    assert "Digitalisaation tiekartta" in html(client)


def test_each_filter_narrows(world: make.World) -> None:
    other_unit = make.unit(world.municipality, "Tilapalvelut")
    make.member(other_unit, user=world.manager)
    other_strategy = make.strategy(world.municipality, name_fi="Toinen strategia")
    goal = make.goal(make.theme(other_strategy))
    item = make.action_item(goal, other_unit, name_fi="Toisen strategian asia")
    make.plan(item, make.period(other_strategy))
    client = signed_in(world.manager)
    for query in (f"unit={other_unit.pk}", f"strategy={other_strategy.pk}", "q=toisen+strategian", "q=tilapalv+asia"):
        page = html(client, f"/odottaa/?{query}")
        assert "Toisen strategian asia" in page
        assert "Digitalisaation tiekartta" not in page
    move(client, world.plan, "start")
    assert "Toisen strategian asia" not in html(client, "/odottaa/?status=in_progress")
    assert "Digitalisaation tiekartta" not in html(client, "/odottaa/?urgency=late")


def test_a_filter_that_matches_nothing_says_so_and_offers_a_way_out(world: make.World) -> None:
    page = html(signed_in(world.manager), "/odottaa/?q=olematon")
    assert "Näillä rajauksilla mikään ei odota sinua" in page
    assert "Mikään ei nyt odota sinua" not in page


def test_a_filter_of_another_municipality_does_not_exist(world: make.World) -> None:
    other = make.World()
    client = signed_in(world.manager)
    for query in (f"unit={other.unit.pk}", f"strategy={other.strategy.pk}", "unit=x", "strategy=99999999999"):
        assert client.get(f"/odottaa/?{query}").status_code == 404
    for query in ("status=drop", "urgency=drop", "q=%00", f"q={'x' * 5000}"):
        assert client.get(f"/odottaa/?{query}").status_code == 200


def test_a_remembered_filter_that_is_not_offered_any_more_is_forgotten(world: make.World) -> None:
    extra = make.unit(world.municipality, "Lakkautettu")
    make.member(extra, user=world.manager)
    post = Membership.objects.get(unit=extra)
    client = signed_in(world.manager)
    html(client, f"/odottaa/?unit={extra.pk}")
    with transaction.atomic():
        audited.remove(audited.lock(Membership.objects.all(), post.pk), make.stamp())
    assert "Digitalisaation tiekartta" in html(client)


# The director: what changed, and who is silent


def at(day: date) -> Any:
    return time_machine.travel(datetime(day.year, day.month, day.day, 9, tzinfo=UTC), tick=False)


def changed(page: str) -> str:
    return page.split('aria-labelledby="changed"')[1].split("</section>", maxsplit=1)[0]


def test_a_director_sees_what_others_changed_and_not_their_own_acts(world: make.World) -> None:
    step = make.step(world.plan, text_fi="Kysely asiakkaille")
    manager = signed_in(world.manager)
    move(manager, world.plan, "start")
    manager.post(f"/osatoimet/{step.pk}/", {"done": "true", "version": 1})
    manager.post(f"/suunnitelmat/{world.plan.pk}/kommentti/", {"comment": "Tarjoukset saapuivat"})
    director = signed_in(world.director)
    director.post(f"/suunnitelmat/{world.plan.pk}/kommentti/", {"comment": "Oma huomio"})

    news = changed(html(director))
    assert "ei aloitettu → käynnissä" in news
    assert "Osatoimenpide tehty" in news
    assert "Kysely asiakkaille" in news
    assert "Tarjoukset saapuivat" in news
    assert "Maija Mallikas" in news
    assert "Oma huomio" not in news
    assert news.count("<h3>") == 1  # one action item


def test_an_item_that_was_moved_is_said_to_be_moved(world: make.World) -> None:
    goal = make.goal(world.theme, name_fi="Toinen tavoite", number=2)
    send(signed_in(world.director), reverse("edit-move", args=["item", world.item.pk]), goal=goal.pk)
    send(signed_in(world.director), reverse("edit", args=["item", world.item.pk]), name_sv="Färdplan")
    news = html(signed_in(world.manager), "/odottaa/muutokset/")
    assert news.count("<strong>Siirretty tavoitteeseen ”Toinen tavoite”</strong>") == 1
    assert news.count("<strong>Toimenpidettä muokattu</strong>") == 1


def test_what_was_loaded_is_no_news(world: make.World) -> None:
    assert "Kukaan muu ei ole muuttanut" in html(signed_in(world.director))


def test_marking_as_seen_moves_the_line_and_looking_does_not(world: make.World) -> None:
    move(signed_in(world.manager), world.plan, "start")
    director = signed_in(world.director)
    page = html(director)
    assert "ei aloitettu → käynnissä" in changed(html(director))
    assert User.objects.get(pk=world.director.pk).changes_seen_at is None

    until = page.split('name="until" value="')[1].split('"')[0]
    assert director.post("/odottaa/nahty/", {"until": until, "next": "/odottaa/"}).status_code == 303
    assert User.objects.get(pk=world.director.pk).changes_seen_at == make.NOW
    with at(date(2021, 3, 16)):
        director = signed_in(world.director)
        assert "ei aloitettu → käynnissä" not in changed(html(director))
        move(signed_in(world.manager), world.plan, "pause", "Odotetaan", version=2)
        assert "käynnissä → keskeytetty" in changed(html(director))


def test_what_came_between_the_page_and_the_button_is_not_lost(world: make.World) -> None:
    seen = (make.NOW - timedelta(hours=1)).isoformat()
    move(signed_in(world.manager), world.plan, "start")
    director = signed_in(world.director)
    director.post("/odottaa/nahty/", {"until": seen})
    assert "ei aloitettu → käynnissä" in changed(html(director))


@pytest.mark.parametrize("until", ["", "x", "2021-03-15T09:00:00", "9999-12-31T23:59:59+00:00", "2021-13-45T00:00Z"])
def test_the_line_is_never_drawn_into_the_future_nor_back(world: make.World, until: str) -> None:
    director = signed_in(world.director)
    assert director.post("/odottaa/nahty/", {"until": until}).status_code == 303
    assert User.objects.get(pk=world.director.pk).changes_seen_at == make.NOW
    director.post("/odottaa/nahty/", {"until": "2020-01-01T00:00:00+00:00"})
    assert User.objects.get(pk=world.director.pk).changes_seen_at == make.NOW
    assert director.get("/odottaa/nahty/").status_code == 405


def test_long_news_goes_on_on_a_page_of_its_own(world: make.World) -> None:
    manager = signed_in(world.manager)
    for number in range(35):
        manager.post(f"/suunnitelmat/{world.plan.pk}/kommentti/", {"comment": f"Huomio {number}"})
    director = signed_in(world.director)
    news = changed(html(director))
    assert '<span class="count">10+</span>' in news
    assert "/odottaa/muutokset/" in news
    assert html(director, "/odottaa/muutokset/").count("Huomio") == 35
    assert "Huomio" not in html(director, "/odottaa/muutokset/?until=2000-01-01T00:00:00%2B00:00")
    assert director.get("/odottaa/muutokset/?until=x").status_code == 200


def test_a_move_that_was_taken_back_is_told_as_such(world: make.World) -> None:
    manager = signed_in(world.manager)
    move(manager, world.plan, "start")
    move(manager, world.plan, "take_back", version=2)
    news = changed(html(signed_in(world.director)))
    assert "Kumottu: käynnissä → ei aloitettu" in news
    assert "Kumottu: ei aloitettu" not in news


def test_another_municipalitys_changes_are_not_seen(world: make.World) -> None:
    other = make.World()
    move(signed_in(other.manager), other.plan, "start")
    assert "→" not in changed(html(signed_in(world.director)))


def silent(page: str) -> str:
    return page.split('aria-labelledby="silent"')[1].split("</section>", maxsplit=1)[0]


def test_silent_units_are_named_with_days_and_a_comment_ends_the_silence(world: make.World) -> None:
    move(signed_in(world.manager), world.plan, "start")
    with at(date(2021, 7, 13)):  # 120 days later, without a round
        page = silent(html(signed_in(world.director)))
        assert "Tietohallinto" in page
        assert "120 päivää sitten" in page
        assert "1 avoin toimenpide" in page
        signed_in(world.manager).post(f"/suunnitelmat/{world.plan.pk}/kommentti/", {"comment": "Ei muutoksia"})
        assert "Tietohallinto" not in silent(html(signed_in(world.director)))


def test_a_unit_that_has_ended_is_not_called_silent_but_who_goes_on_with_its_work(world: make.World) -> None:
    plan = make.plan(make.action_item(world.goal, world.unit), world.period)
    late = make.unit(world.municipality, "Tilapalvelut")
    for name, day in (("Tilakeskus", date(2021, 3, 14)), ("Vielä voimassa", make.TODAY)):
        former = make.unit(world.municipality, name, valid_until=day, successor=late)
        audited.add(PlanUnit(plan=plan, unit=former, order=1 + day.day), make.stamp())
    audited.add(PlanUnit(plan=plan, unit=late, order=1), make.stamp())
    page = silent(html(signed_in(world.director)))
    assert "Tilakeskus" not in page
    assert "Vielä voimassa" in page
    assert "3/3" in page
    told = page.partition("Tilapalvelut")[2].partition("</li>")[0]
    assert "1 avoin toimenpide" in told

    with at(make.TODAY + timedelta(days=1)):
        page = silent(html(signed_in(world.director)))
        assert "Vielä voimassa" not in page
        signed_in(world.manager).post(f"/suunnitelmat/{plan.pk}/kommentti/", {"comment": "Ei muutoksia"})
        assert "Tilapalvelut" not in silent(html(signed_in(world.director)))


def test_a_unit_that_never_said_anything_is_silent_and_not_unchanged(world: make.World) -> None:
    page = silent(html(signed_in(world.director)))
    assert "ei vielä kuulunut mitään" in page
    assert "Tilanne on voinut muuttua" in page


def test_the_opening_of_a_round_is_where_silence_begins(world: make.World) -> None:
    move(signed_in(world.manager), world.plan, "start")
    with at(date(2021, 3, 20)):
        assert "Tietohallinto" not in silent(html(signed_in(world.director)))
        report_round(world.strategy, date(2021, 3, 18), date(2021, 6, 30))
        assert "5 päivää sitten" in silent(html(signed_in(world.director)))


@pytest.mark.parametrize(("days", "silence"), [(89, False), (90, False), (91, True)])
def test_without_a_round_silence_begins_after_ninety_days(world: make.World, days: int, silence: bool) -> None:
    move(signed_in(world.manager), world.plan, "start")
    with at(make.TODAY + timedelta(days=days)):
        assert ("Tietohallinto" in silent(html(signed_in(world.director)))) is silence


@pytest.mark.parametrize(("opens", "silence"), [(make.TODAY, False), (make.TODAY + timedelta(days=1), True)])
def test_a_sign_of_the_day_on_which_the_round_opened_counts(world: make.World, opens: date, silence: bool) -> None:
    move(signed_in(world.manager), world.plan, "start")
    report_round(world.strategy, opens, opens + timedelta(days=60))
    with at(opens):
        assert ("Tietohallinto" in silent(html(signed_in(world.director)))) is silence


def test_a_round_that_opens_later_begins_no_silence_yet(world: make.World) -> None:
    move(signed_in(world.manager), world.plan, "start")
    report_round(world.strategy, make.TODAY + timedelta(days=3), make.TODAY + timedelta(days=60))
    with at(make.TODAY + timedelta(days=2)):
        assert "Tietohallinto" not in silent(html(signed_in(world.director)))


def test_a_directors_acts_do_not_end_a_units_silence_nor_do_closed_plans_keep_it(world: make.World) -> None:
    director = signed_in(world.director)
    director.post(f"/suunnitelmat/{world.plan.pk}/kommentti/", {"comment": "Miten menee?"})
    assert "Tietohallinto" in silent(html(director))
    move(director, world.plan, "discontinue", "Ei jatketa.")
    assert "Tietohallinto" not in silent(html(director))


# The others


def test_a_viewer_sees_the_plan_in_numbers_and_what_changed(world: make.World) -> None:
    move(signed_in(world.manager), world.plan, "start")
    page = html(signed_in(make.official(world.municipality, Role.VIEWER)))
    assert f'href="/strategiat/{world.strategy.pk}/"' in page
    assert "1 käynnissä · 0 myöhässä" in page
    assert "ei aloitettu → käynnissä" in changed(page)
    assert 'aria-labelledby="silent"' not in page
    assert 'id="bulk"' not in page


def test_an_administrator_without_units_sees_what_changed(world: make.World) -> None:
    page = html(signed_in(make.official(world.municipality, Role.ADMIN)))
    assert "Kukaan muu ei ole muuttanut" in page
    assert "Et vastaa mistään vastuutahosta" in page


def test_all_done_says_so(world: make.World) -> None:
    page = html(signed_in(make.member(make.unit(world.municipality, "Uusi yksikkö"))))
    assert "Mikään ei nyt odota sinua" in page
    assert "Rajaa" not in page
