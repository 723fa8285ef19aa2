"""Answering and reviewing through the pages, with scripts and without: nothing typed is lost, refusals say where."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import move, signed_in
from tests.rounds.test_answers import GREEN, Answering
from toimenpiteet.models import AnswerDraft, StatusReport
from toimenpiteet.services.rounds import answers

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.usefixtures("spring")]
IN_PLACE = {"HX-Request": "true"}


@pytest.fixture
def world() -> Answering:
    return Answering()


def place(world: Answering) -> str:
    return f"/kierrokset/{world.round.pk}/vastaukset/{world.plan.pk}/"


def sent(world: Answering, client: Client, *, headers: dict[str, str] | None = None, **typed: str) -> Any:
    data = {"act": "send", "version": "1", "light": "on_track", "text": "Etenee."} | typed
    return client.post(place(world), data, headers=headers or {})


def test_the_landing_knows_the_round_and_takes_the_answers(world: Answering) -> None:
    page = html(signed_in(world.manager).get("/odottaa/"))
    assert "Talousarvio 2022" in page
    assert "vastaukset viimeistään 24.3.2021" in page
    assert "0/1</strong> vastattu" in page
    assert '<h2 class="round-name">Talousarvio 2022</h2>' in page
    assert f'hx-post="/kierrokset/{world.round.pk}/vastaukset/{world.plan.pk}/"' in page
    assert "Vastuutahojesi toimenpiteet" not in page, "what the round asks about stands on the page once"
    director = html(signed_in(world.director).get("/odottaa/"))
    assert f'href="/kierrokset/{world.round.pk}/katselmus/"' in director


def test_what_the_round_does_not_ask_about_stands_below_it(world: Answering) -> None:
    other = make.plan(make.action_item(world.goal, world.unit, name_fi="Jälkikäteen lisätty"), world.period)
    page = html(signed_in(world.manager).get("/odottaa/"))
    below = page.partition("Vastuutahojesi muut toimenpiteet")[2]
    assert f'id="plan-{other.pk}"' in below
    assert f'id="plan-{world.plan.pk}"' not in below
    assert page.count(f'id="plan-{world.plan.pk}"') == 1


def test_the_first_page_can_show_one_state_alone_and_keeps_its_filters(world: Answering) -> None:
    client = signed_in(world.manager)
    client.get("/odottaa/?q=tiekartta")
    page = html(client.get("/odottaa/?tila=silent"))
    assert f'id="vastaus-{world.plan.pk}"' in page
    assert 'href="/odottaa/?tila=silent" aria-current="true"' in page
    assert client.get("/odottaa/").headers["Location"] == "/odottaa/?q=tiekartta"
    assert f'id="vastaus-{world.plan.pk}"' not in html(client.get("/odottaa/?tila=accepted"))


def test_without_a_script_an_answer_on_the_first_page_leads_back_there(world: Answering) -> None:
    client = signed_in(world.manager)
    page = html(client.get("/odottaa/"))
    there = page.partition(f'hx-target="#vastaus-{world.plan.pk}"')[2].partition("</form>")[0]
    assert '<input type="hidden" name="next" value="/odottaa/">' in there
    answer = sent(world, client, next="/odottaa/")
    assert (answer.status_code, answer.url) == (303, f"/odottaa/#vastaus-{world.plan.pk}")


def test_a_plan_that_was_sent_back_stands_first_with_the_directors_words(world: Answering) -> None:
    manager, director = signed_in(world.manager), signed_in(world.director)
    move(manager, world.plan, "start")
    move(manager, world.plan, "propose_completion", "Väline on käytössä.", version=2)
    move(director, world.plan, "send_back", "Kertokaa, miten tulosta on mitattu.", version=3)
    returned = html(manager.get("/odottaa/")).partition('id="returned-rows"')[2].partition("</section>")[0]
    assert f'id="vastaus-{world.plan.pk}"' in returned
    assert "Kertokaa, miten tulosta on mitattu." in returned
    assert world.director.name in returned


def test_status_steps_and_comment_are_there_beside_the_answer(world: Answering) -> None:
    manager = signed_in(world.manager)
    opened = html(manager.get(f"/suunnitelmat/{world.plan.pk}/osatoimet/?shape=answer", headers=IN_PLACE))
    assert f'hx-post="/suunnitelmat/{world.plan.pk}/siirto/"' in opened
    assert f'hx-post="/suunnitelmat/{world.plan.pk}/kommentti/"' in opened
    data = {"name": "start", "version": world.plan.version, "shape": "answer"}
    assert "käynnissä" in html(manager.post(f"/suunnitelmat/{world.plan.pk}/siirto/", data, headers=IN_PLACE))
    data = {"comment": "Odotamme päätöstä.", "shape": "answer"}
    said = html(manager.post(f"/suunnitelmat/{world.plan.pk}/kommentti/", data, headers=IN_PLACE))
    assert f'<div class="answer-plan" id="plan-{world.plan.pk}">' in said
    refused = manager.post(f"/suunnitelmat/{world.plan.pk}/kommentti/", data | {"comment": " "}, headers=IN_PLACE)
    assert refused.status_code == 422
    again = html(refused).partition('<form class="comment"')[2]
    assert f'hx-post="/suunnitelmat/{world.plan.pk}/kommentti/"' in again.partition("</form>")[0]
    assert '<form class="comment"' not in again


def test_without_a_script_an_answer_leads_back_to_its_row(world: Answering) -> None:
    client = signed_in(world.manager)
    answer = sent(world, client)
    assert (answer.status_code, answer.url) == (
        303,
        f"/kierrokset/{world.round.pk}/vastaukset/#vastaus-{world.plan.pk}",
    )
    assert StatusReport.objects.get().text == "Etenee."
    assert "Vastaus lähetettiin." in html(client.get(f"/kierrokset/{world.round.pk}/vastaukset/"))


@pytest.mark.parametrize("headers", [{}, IN_PLACE], ids=["page", "in place"])
def test_a_light_that_nobody_chose_is_none(world: Answering, headers: dict[str, str]) -> None:
    client = signed_in(world.manager)
    page = html(client.get(f"/kierrokset/{world.round.pk}/vastaukset/"))
    assert page.count('name="light"') == 4
    assert " checked" not in page
    answer = sent(world, client, headers=headers, light="")
    page = html(answer)
    assert answer.status_code == 422
    assert "Valitse liikennevalo" in page
    assert re.search(rf'aria-invalid="true"\s+aria-describedby="vastaus-{world.plan.pk}-virhe"', page)
    assert "Etenee.</textarea>" in page
    assert StatusReport.objects.get().said == "nothing"


@pytest.mark.parametrize("headers", [{}, IN_PLACE], ids=["page", "in place"])
def test_a_refusal_keeps_what_was_typed_and_says_where(world: Answering, headers: dict[str, str]) -> None:
    answer = sent(world, signed_in(world.manager), headers=headers, light="off_track", text="Seis <b>")
    page = html(answer)
    assert answer.status_code == 422
    assert "Seis &lt;b&gt;" in page
    assert "keltainen ja punainen tarvitsevat syyn" in page
    assert ("<html" in page) is not bool(headers)
    assert StatusReport.objects.get().said == "nothing"


def test_why_it_cannot_be_assessed_is_asked_kept_and_shown(world: Answering) -> None:
    client = signed_in(world.manager)
    unknown: Any = {"light": "not_assessed", "text": "Kysely on keväällä.", "known_on": "2021-05-31"}
    refused = sent(world, client, **unknown)
    page = html(refused)
    assert refused.status_code == 422
    assert "Valitse, miksi tätä ei voida arvioida." in page
    assert 'value="2021-05-31"' in page
    no_day = sent(world, client, **unknown | {"known_on": "keväällä", "unknown_because": "not_measured"})
    assert no_day.status_code == 422
    assert '<option value="not_measured" selected>' in html(no_day)
    assert sent(world, client, **unknown, unknown_because="not_measured").status_code == 303
    words = "ei ole mitattu; tiedetään 31.5.2021"
    assert words in " ".join(html(client.get(f"/kierrokset/{world.round.pk}/vastaukset/")).split())
    review = html(signed_in(world.director).get(f"/kierrokset/{world.round.pk}/katselmus/"))
    assert words in " ".join(review.split())


def test_a_contributors_answer_is_kept_as_a_draft_and_they_are_told(world: Answering) -> None:
    answer = sent(world, signed_in(world.contributor), text="Toteuttajan sanat")
    assert answer.status_code == 403
    assert "luonnoksena" in html(answer)
    assert AnswerDraft.objects.get().text == "Toteuttajan sanat"


def test_somebody_elses_answer_is_shown_beside_the_persons_own_words(world: Answering) -> None:
    other = make.member(world.unit, user=make.user())
    answers.send(world.round.pk, world.plan.pk, GREEN, **world.by(other))
    answer = sent(world, signed_in(world.manager), text="Omat sanani")
    page = html(answer)
    assert answer.status_code == 409
    assert "Omat sanani" in page
    assert GREEN.text in page


def test_a_draft_is_saved_in_passing_and_says_when(world: Answering) -> None:
    client = signed_in(world.manager)
    answer = sent(world, client, headers=IN_PLACE, act="draft", light="at_risk", text="Kesken", cause="")
    assert answer.status_code == 200
    assert "<p data-said>Luonnos tallennettu klo 11.00.</p>" in html(answer)
    page = html(client.get(f"/kierrokset/{world.round.pk}/vastaukset/"))
    assert "Kesken" in page
    assert "luonnos" in page


def test_after_the_session_the_words_are_given_back(world: Answering) -> None:
    answer = sent(world, Client(), text="Pitkä selostus")
    assert answer.status_code == 401
    assert "Pitkä selostus" in html(answer)
    assert html(answer).count('class="kept"') == 1, "what a form carries for programs is no text of theirs"


def test_the_director_returns_with_words_and_accepts(world: Answering) -> None:
    answers.send(world.round.pk, world.plan.pk, GREEN, **world.by(world.manager))
    client, version = signed_in(world.director), StatusReport.objects.get().version
    to = f"/vastaukset/{world.report.pk}/katselmus/"
    data = {"round": world.round.pk, "version": version}
    refused = client.post(to, data | {"act": "return", "review_text": " "})
    assert refused.status_code == 422
    assert "Kirjoita, mitä puuttuu" in html(refused)
    assert client.post(to, data | {"act": "return", "review_text": "Mitä tehtiin?"}).status_code == 303
    page = html(signed_in(world.manager).get(f"/kierrokset/{world.round.pk}/vastaukset/"))
    assert page.index("Palautettu sinulle") < page.index("Mitä tehtiin?")
    assert client.post(to, data | {"act": "accept"}).status_code == 409


def test_the_items_timeline_tells_of_an_answer_and_its_review_in_words(world: Answering) -> None:
    manager, director = world.manager.name, world.director.name
    for review, words in ((answers.give_back, ["Montako?"]), (answers.accept, [])):
        fresh = replace(GREEN, text=f"Kysyttiin: {words}")
        answers.send(world.round.pk, world.plan.pk, fresh, **world.by(world.manager))
        review(world.report.pk, *words, **world.by(world.director))
    page = html(signed_in(world.director).get(f"/toimenpiteet/{world.item.pk}/"))
    for who, said in (
        (manager, "vastasi, miten toimenpide etenee"),
        (director, "palautti vastauksen"),
        (director, "hyväksyi vastauksen"),
    ):
        assert f"{who} {said}: talousarvio 2022." in page


def test_the_news_give_the_words_of_an_answer_and_name_the_round_once(world: Answering) -> None:
    answers.send(world.round.pk, world.plan.pk, GREEN, **world.by(world.manager))
    news = html(signed_in(world.director).get("/odottaa/muutokset/"))
    assert "Vastattiin: talousarvio 2022" in news
    assert GREEN.text in news
    assert news.count("talousarvio 2022") == 1


def test_all_that_is_green_and_unchanged_is_accepted_at_once(world: Answering) -> None:
    world.said_in(2020, "updated", "on_track")
    answers.send_unchanged(world.round.pk, world.plan.pk, **world.by(world.manager))
    client, row = signed_in(world.director), StatusReport.objects.get(round=world.round)
    assert "vihreä ja ennallaan" in html(client.get(f"/kierrokset/{world.round.pk}/katselmus/"))
    answer = client.post(
        f"/kierrokset/{world.round.pk}/katselmus/muuttumattomat/", {"answer": f"{row.pk}:{row.version}"}
    )
    assert answer.status_code == 303
    row.refresh_from_db()
    assert row.review == "accepted"


def test_the_director_locks_the_round_with_a_reason(world: Answering) -> None:
    make.brought(world.round, "in_review")
    client, to = signed_in(world.director), f"/kierrokset/{world.round.pk}/siirto/lock/"
    assert "ei avata uudelleen" in html(client.get(to))
    assert "1 vastauksesta puuttuu nyt 1, ja 0 on katselmoimatta." in html(client.get(to))
    assert client.post(to, {"reason": "", "seen_version": world.round.version}).status_code == 422
    assert client.post(to, {"reason": "Hallitus 26.4.", "seen_version": 1}).status_code == 409
    assert client.post(to, {"reason": "Hallitus 26.4.", "seen_version": world.round.version}).status_code == 303
    world.round.refresh_from_db()
    assert world.round.status == "locked"
    assert client.post(to, {"reason": "Taas", "seen_version": world.round.version}).status_code == 422
    assert client.get(f"/kierrokset/{world.round.pk}/siirto/unlock/").status_code == 404
