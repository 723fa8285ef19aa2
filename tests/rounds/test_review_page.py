"""The review of a round on its page: who answered, where lights disagree, who is silent, and reminding them."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.rounds.test_answers import DAY, GREEN, Answering
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, Nudge, StatusReport, Unit
from toimenpiteet.services import audited, search
from toimenpiteet.services.rounds import answers
from toimenpiteet.services.rounds.answers import Answer

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]


@pytest.fixture
def world() -> Answering:
    return Answering()


def review(world: Answering, rest: str = "") -> str:
    return html(signed_in(world.director).get(f"/kierrokset/{world.round.pk}/katselmus/{rest}"))


def test_the_review_says_who_answered_and_where_the_lights_disagree(world: Answering) -> None:
    world.plan.refresh_from_db()
    audited.change(world.plan, make.stamp(), due_on=make.TODAY - timedelta(days=30), due_precision="day")
    answers.send(world.round.pk, world.plan.pk, GREEN, **world.by(world.manager))
    page = review(world)
    assert f"{world.manager.name}, vastuuhenkilö" in page
    assert "tietojen mukaan" in page
    assert "määräaika on ohi" in page
    assert "valot eri mieltä" in page
    assert GREEN.text in review(world, "?tila=disagrees")
    assert GREEN.text not in review(world, "?tila=accepted")


def test_what_the_facts_see_otherwise_is_not_accepted_with_the_calm_ones(world: Answering) -> None:
    world.said_in(2020, "updated", "on_track")
    world.plan.refresh_from_db()
    answers.send_unchanged(world.round.pk, world.plan.pk, **world.by(world.manager))
    assert "katselmus/muuttumattomat/" in review(world)
    audited.change(world.plan, make.stamp(), due_on=make.TODAY - timedelta(days=30), due_precision="day")
    assert "katselmus/muuttumattomat/" not in review(world)


def test_a_refused_return_says_so_where_it_was_and_its_address_leads_back(world: Answering) -> None:
    answers.send(world.round.pk, world.plan.pk, GREEN, **world.by(world.manager))
    row = StatusReport.objects.get()
    client, to = signed_in(world.director), f"/vastaukset/{row.pk}/katselmus/"
    data = {"round": world.round.pk, "version": row.version, "act": "return", "review_text": "  ", "onward": "0"}
    refused = client.post(to, data)
    assert refused.status_code == 422
    assert "autofocus" in html(refused)
    led = client.get(to)
    assert (led.status_code, led["Location"]) == (302, f"/kierrokset/{world.round.pk}/katselmus/#katselmus-{row.pk}")


def test_the_words_of_a_return_stand_beside_the_answer_that_came_after_it(world: Answering) -> None:
    answers.send(world.round.pk, world.plan.pk, GREEN, **world.by(world.manager))
    row = StatusReport.objects.get()
    answers.give_back(row.pk, "Montako koulua?", **world.by(world.director, row.version))
    row.refresh_from_db()
    answers.send(world.round.pk, world.plan.pk, Answer("on_track", "Kolme."), **world.by(world.manager, row.version))
    assert "Palautit sen sanoin:</strong> Montako koulua?" in review(world)


def test_the_light_of_the_facts_stands_beside_the_managers_where_they_agree_too(world: Answering) -> None:
    answers.send(world.round.pk, world.plan.pk, GREEN, **world.by(world.manager))
    page = review(world)
    assert "tietojen mukaan" in page
    assert "päivät ja osatoimenpiteet ovat ajallaan" in page
    assert "valot eri mieltä" not in page


def test_a_silent_unit_is_shown_with_whom_to_call_and_is_reminded_once_a_day(world: Answering) -> None:
    page = review(world)
    assert f"mailto:{world.manager.email}" in page
    client, to = signed_in(world.director), f"/kierrokset/{world.round.pk}/muistuta/{world.unit.pk}/"
    assert client.post(to).status_code == 303
    assert "Muistutettu tänään" in review(world)
    again = client.post(to)
    assert (again.status_code, Nudge.objects.count()) == (422, 1)
    assert "Kerran päivässä riittää" in html(again)
    assert signed_in(world.manager).post(to).status_code == 403
    assert Nudge.objects.count() == 1


def test_a_plan_that_ended_during_the_round_is_told_as_ended_where_it_is_silent(world: Answering) -> None:
    of_unit = f"?vastuutaho={world.unit.pk}&tila=silent"
    assert "· luovuttu" not in review(world, of_unit)
    world.plan.refresh_from_db()
    audited.change(world.plan, make.stamp(), status="discontinued")
    assert "· luovuttu" in review(world, of_unit)


def test_a_unit_without_anybody_is_nobody_to_ask(world: Answering) -> None:
    lonely = make.unit(world.municipality, "Tyhjä yksikkö", email="")
    plan = make.plan(make.action_item(world.goal, lonely), world.period)
    audited.add(StatusReport(round=world.round, plan=plan), make.stamp())
    page = review(world)
    assert "Ei ketään, jolta kysyä" in page
    assert "postilaatikko vastuutahon sivulla" in page


def test_a_decision_leads_on_to_the_next_answer(world: Answering) -> None:
    other = make.plan(make.action_item(world.goal, world.unit), world.period)
    audited.add(StatusReport(round=world.round, plan=other), make.stamp())
    answers.send(world.round.pk, world.plan.pk, GREEN, **world.by(world.manager))
    scope = {"scope": access.scope_of(world.manager, make.TODAY), "now": make.NOW}
    by: Any = {"version": 1, "actor": Actor.person(world.manager, Door.PAGE), **scope}
    second = answers.send(world.round.pk, other.pk, GREEN, **by)
    first = StatusReport.objects.get(plan=world.plan)
    data = {"round": world.round.pk, "version": first.version, "act": "accept", "onward": second.pk}
    narrowed = f"?vastuutaho={world.unit.pk}&tila=updated"
    assert html(signed_in(world.director).get(f"/kierrokset/{world.round.pk}/katselmus/{narrowed}")).count(
        f'action="/vastaukset/{first.pk}/katselmus/{narrowed.replace("&", "&amp;")}"'
    )
    answer = signed_in(world.director).post(f"/vastaukset/{first.pk}/katselmus/{narrowed}", data)
    assert answer["Location"].endswith(f"/katselmus/{narrowed}#katselmus-{second.pk}")


# By responsible unit


def board(world: Answering, rest: str = "") -> list[list[str]]:
    """Return the units with how many answers are asked, answered, silent, returned, late and accepted."""
    table = review(world, rest).partition('id="vastuutahot"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    cells = [re.findall(r"<t[hd][ >].*?</t[hd]>", row, re.DOTALL) for row in table.split("<tr>")[1:]]
    return [
        [re.sub(r'<span class="visually-hidden">.*?</span>|<[^>]*>', "", cell).strip() for cell in row] for row in cells
    ]


def asked_too(world: Answering, *units: Unit, **fields: Any) -> StatusReport:
    plan = make.plan(make.action_item(world.goal, units[0]), world.period, units=list(units))
    return audited.add(StatusReport(round=world.round, plan=plan, **fields), make.stamp())


def test_units_are_counted_by_answered_silent_returned_late_and_accepted(world: Answering) -> None:
    other = make.unit(world.municipality, "Tilapalvelut")
    late = make.NOW + 10 * DAY
    said: dict[str, Any] = {"said": "updated", "light": "on_track", "text": "Tehty"}
    asked_too(world, world.unit, other)
    asked_too(world, other, **said, answered_at=make.NOW, review="returned", review_text="Mitä?")
    asked_too(world, other, **said, answered_at=make.NOW, review="accepted")
    asked_too(world, other, **said, answered_at=late)
    name = str(world.unit.name)
    assert board(world) == [[name, "2", "0", "2", "0", "0", "0"], ["Tilapalvelut", "4", "2", "1", "1", "1", "1"]]
    with time_machine.travel(late, tick=False):
        assert board(world) == [[name, "2", "0", "2", "0", "2", "0"], ["Tilapalvelut", "4", "2", "1", "1", "3", "1"]]
    make.brought(world.round, "locked")
    # What is silent in a locked round is no lateness any more; what came late came late.
    assert [row[5] for row in board(world)] == ["0", "1"]


def test_a_number_of_a_unit_narrows_the_page_to_it(world: Answering) -> None:
    other = make.unit(world.municipality, "Tilapalvelut")
    named = asked_too(world, other, said="updated", light="on_track", text="Muut", answered_at=make.NOW).plan.item
    world.send()
    page = review(world)
    href = f"/kierrokset/{world.round.pk}/katselmus/?vastuutaho={other.pk}&amp;tila=answered"
    assert f'href="{href}"' in page
    assert ("Muut" in page, GREEN.text in page) == (True, True)
    page = review(world, f"?vastuutaho={other.pk}&tila=answered")
    assert ("Muut" in page, GREEN.text in page) == (True, False)
    assert "Vain vastuutahon Tilapalvelut vastaukset: vastattu." in page
    assert "Muut" not in review(world, f"?vastuutaho={other.pk}&tila=late")
    assert f"/toimenpiteet/{named.pk}/" not in review(world, f"?vastuutaho={world.unit.pk}&tila=silent")


def test_a_unit_that_does_not_answer_in_the_round_does_not_exist_for_its_review(world: Answering) -> None:
    elsewhere, idle = make.World(), make.unit(world.municipality, "Jouten")
    client = signed_in(world.director)
    for unit in (elsewhere.unit.pk, idle.pk, 999999):
        assert client.get(f"/kierrokset/{world.round.pk}/katselmus/?vastuutaho={unit}").status_code == 404


def test_a_unit_that_is_not_asked_is_not_on_the_board_beside_one_that_is(world: Answering) -> None:
    council = make.unit(world.municipality, "Kaupunginvaltuusto", kind="body")
    asked_too(world, world.unit, council)
    assert [row[0] for row in board(world)] == [str(world.unit.name)]
    asked_too(world, council)
    assert {row[0] for row in board(world)} == {str(world.unit.name), "Kaupunginvaltuusto"}


# One page of many answers


def many(world: Answering, count: int, **fields: Any) -> list[StatusReport]:
    said: dict[str, Any] = {"said": "updated", "light": "on_track", "text": "Tehty", "answered_at": make.NOW} | fields
    with search.gathered():
        return [asked_too(world, world.unit, **said) for _number in range(count)]


def test_the_queue_is_paged_and_its_counts_are_of_all(world: Answering) -> None:
    rows = many(world, 52)
    many(world, 1, review="accepted")
    first, second = review(world, "?tila=answered"), review(world, "?tila=answered&page=2")
    assert [page.count('<article class="card answer"') for page in (first, second)] == [50, 2]
    for page in (first, second):
        assert '<span class="count">52</span>' in page.partition('<h2 id="queue"')[2].partition("</h2>")[0]
    board = f"/kierrokset/{world.round.pk}/katselmus/"
    # N at the end of a page follows this link, to the first answer of the next page.
    assert f'rel="next" href="{board}?tila=answered&amp;page=2#katselmus-{rows[50].pk}"' in first
    assert f'rel="prev" href="{board}?tila=answered&amp;page=1#queue"' in second
    assert 'id="done"' not in first
    assert 'id="done"' in second
    assert 'id="silent"' in review(world)
    assert 'id="silent"' not in review(world, "?page=2")


def test_a_decision_at_the_end_of_a_page_stays_on_it_where_the_next_one_moves_up_to(world: Answering) -> None:
    rows = many(world, 52)
    last, onward = rows[49], rows[50]
    page = review(world, "?page=1")
    told = page.partition(f'id="katselmus-{last.pk}"')[2].partition("</article>")[0]
    assert f'name="onward" value="{onward.pk}"' in told
    data = {"round": world.round.pk, "version": last.version, "act": "accept", "onward": onward.pk}
    answer = signed_in(world.director).post(f"/vastaukset/{last.pk}/katselmus/?page=1", data)
    assert answer["Location"].endswith(f"/katselmus/?page=1#katselmus-{onward.pk}")
    assert f'<article class="card answer" id="katselmus-{onward.pk}"' in review(world, "?page=1")


def test_what_was_typed_is_shown_where_its_answer_stands_and_where_it_waits_no_more(world: Answering) -> None:
    rows = many(world, 52)
    client, to = signed_in(world.director), f"/vastaukset/{rows[51].pk}/katselmus/"
    data = {"round": world.round.pk, "version": rows[51].version + 7, "act": "return", "review_text": "Mihin päivään?"}
    refused = client.post(to, data)
    assert refused.status_code == 409
    told = html(refused).partition(f'id="katselmus-{rows[51].pk}"')[2].partition("</article>")[0]
    assert "Mihin päivään?" in told
    assert client.post(to, data | {"act": "accept", "version": rows[51].version}).status_code == 303
    gone = html(client.post(to, data | {"version": rows[51].version}))
    assert "Mihin päivään?" in gone


def test_more_answers_than_a_form_has_fields_are_accepted_at_once(world: Answering) -> None:
    rows = many(world, 3, said="unchanged")
    page = review(world)
    value = " ".join(f"{row.pk}:{row.version}" for row in rows)
    assert page.count('name="answer"') == 1
    client = signed_in(world.director)
    answer = client.post(f"/kierrokset/{world.round.pk}/katselmus/muuttumattomat/?tila=unchanged", {"answer": value})
    assert answer["Location"].endswith("/katselmus/?tila=unchanged#queue")
    assert StatusReport.objects.filter(review="accepted").count() == 3


# The director's first page in a round


def landing(world: Answering) -> str:
    return html(signed_in(world.director).get("/odottaa/"))


def counters(page: str) -> dict[str, tuple[str, str]]:
    """Return the numbers on top by their words, each with where it leads."""
    top = page.partition('<ul class="tally">')[2].partition("</ul>")[0]
    found = re.findall(r'<a href="([^"]*)"[^>]*>\s*<strong>\s*(.*?)\s*</strong>\s*(.*?)\s*</a>', top, re.DOTALL)
    return {words: (count, href) for href, count, words in found}


def test_the_director_has_five_counts_on_top_that_lead_to_what_they_count(world: Answering) -> None:
    said: dict[str, Any] = {"said": "updated", "light": "on_track", "text": "Tehty", "answered_at": make.NOW}
    asked_too(world, world.unit, **said)
    asked_too(world, world.unit, **said, review="returned", review_text="Mitä?")
    board = f"/kierrokset/{world.round.pk}/katselmus/"
    assert counters(landing(world)) == {
        "vastattu": ("1/3", f"{board}?tila=answered"),
        "ei raportoitu": ("1", f"{board}?tila=silent"),
        "palautettu": ("1", f"{board}?tila=returned"),
        "odottaa hyväksyntääsi": ("0", "#approvals"),
        "myöhässä": ("0", "#overdue-head"),
    }
    client = signed_in(world.director)
    assert [client.get(f"{board}?tila={one}").status_code for one in ("answered", "silent", "returned")] == [200] * 3
    make.brought(world.round, "locked")
    assert set(counters(landing(world))) == {"odottaa hyväksyntääsi", "myöhässä"}


def test_in_a_round_the_director_reads_who_has_not_answered_and_between_rounds_who_gave_no_sign(
    world: Answering,
) -> None:
    page = landing(world).partition('aria-labelledby="silent"')[2].partition("</section>")[0]
    assert "Vastuutahot, joilta puuttuu vastaus" in page
    assert f"mailto:{world.manager.email}" in page
    assert "Mitään ei ole vielä lähetetty" in page
    assert f"?vastuutaho={world.unit.pk}&amp;tila=silent" in page
    assert "avoimia suunnitelmia" not in page
    to = f"/kierrokset/{world.round.pk}/muistuta/{world.unit.pk}/"
    assert f'action="{to}"' in page
    answer = signed_in(world.director).post(to, {"next": "/odottaa/"})
    assert answer["Location"] == f"/odottaa/#vaiti-{world.round.pk}-{world.unit.pk}"
    assert "Muistutettu tänään" in landing(world)

    world.send()
    assert "Jokaisesta kysytystä toimenpiteestä on vastattu" in landing(world)
    make.brought(world.round, "locked")
    between = landing(world).partition('aria-labelledby="silent"')[2].partition("</section>")[0]
    assert "Ei tietoja" in between
    assert "<article" not in between


def test_five_silent_units_are_told_in_full_and_the_others_are_a_link_away(world: Answering) -> None:
    for number in range(11):
        asked_too(world, make.unit(world.municipality, f"Vastuutaho {number}"), world.unit)
    page = landing(world).partition('aria-labelledby="silent"')[2].partition("</section>")[0]
    assert page.count("<article") == 5
    assert '<span class="count">12</span>' in page.partition("<article")[0]
    # The one with the most plans comes first.
    assert f"/vastuutahot/{world.unit.pk}/" in page.partition("</article>")[0]
    assert f"/kierrokset/{world.round.pk}/katselmus/?tila=silent" in page


def test_where_several_rounds_ask_the_counts_are_summed_and_each_round_keeps_its_own(world: Answering) -> None:
    other = make.strategy(world.municipality, name_fi="Toinen strategia")
    plan = make.plan(make.action_item(make.goal(make.theme(other)), world.unit), make.period(other))
    row = make.asked(plan)
    page = landing(world)
    first = min((world.round, row.round), key=lambda one: (one.due_on, one.pk))
    assert counters(page)["ei raportoitu"] == ("2", f"#katselmus-{first.pk}")
    cards = re.findall(r'id="vaiti-(\d+)-', page.partition('class="silent-cards"')[2])
    # One unit, silent in both; where it has to answer first is named first.
    assert '<span class="count">1</span>' in page.partition('<h2 id="silent">')[2].partition("</h2>")[0]
    assert list(dict.fromkeys(cards)) == [str(first.pk), *{str(world.round.pk), str(row.round_id)} - {str(first.pk)}]
    for asked in (world.round, row.round):
        assert f"/kierrokset/{asked.pk}/katselmus/?tila=silent" in page
    world.send()
    assert counters(landing(world))["ei raportoitu"][1] == f"/kierrokset/{row.round_id}/katselmus/?tila=silent"


# The manager's first page


def test_the_manager_reads_the_directors_words_on_each_returned_answer(world: Answering) -> None:
    rows = [one for text in ("Milloin?", "Kuka?", "Missä?", "Mitä se maksaa?", "Miksi?") for one in back(world, text)]
    page = html(signed_in(world.manager).get("/odottaa/"))
    for row in rows:
        told = page.partition(f'id="vastaus-{row.plan_id}"')[2].partition("</article>")[0]
        assert f"<strong>Strategiajohtaja:</strong> {row.review_text}" in told


def test_who_directs_reads_in_short_what_was_returned_to_their_own_units(world: Answering) -> None:
    rows = [one for text in ("Milloin?", "Kuka?", "Missä?", "Mitä se maksaa?", "Miksi?") for one in back(world, text)]
    make.member(world.unit, user=world.director)
    page = html(signed_in(world.director).get("/odottaa/"))
    told = page.partition('class="note returned"')[2].partition("</div>")[0]
    assert "5 vastausta on palautettu sinulle" in told
    answers_page = f"/kierrokset/{world.round.pk}/vastaukset/"
    for row in rows[:3]:
        assert f'<a href="{answers_page}#vastaus-{row.plan_id}">{row.plan.item.name}</a>: {row.review_text}' in told
        assert f'id="vastaus-{row.plan_id}"' in html(signed_in(world.manager).get(answers_page))
    assert "Mitä se maksaa?" not in told
    assert f'href="{answers_page}?tila=returned"' in told
    assert "ja 2 muuta palautettua" in told


def back(world: Answering, words: str) -> list[StatusReport]:
    return many(world, 1, review="returned", review_text=words)
