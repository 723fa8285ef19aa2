"""The page of a round's answers: what comes first, drafts, sending all that is ready, and two people at once."""

from datetime import timedelta

import pytest
from django.test import Client

from tests import make
from tests.edit.editors import html
from tests.notifications.build import a_round
from tests.pages import seen
from tests.plan.test_moves import signed_in
from tests.rounds.test_answers import GREEN, RED, Answering
from toimenpiteet import access
from toimenpiteet.models import AnswerDraft, PeriodPlan, StatusReport, User
from toimenpiteet.services import audited
from toimenpiteet.services.rounds import answers
from toimenpiteet.services.rounds.answers import Answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
IN_PLACE = {"HX-Request": "true"}
LATER = timedelta(minutes=20)


class Several(Answering):
    """A round that asks of several plans of one manager."""

    def __init__(self, count: int = 3) -> None:
        super().__init__()
        self.plans = [self.plan]
        for number in range(1, count):
            item = make.action_item(self.goal, self.unit, name_fi=f"Toimenpide {number}")
            self.plans.append(make.plan(item, self.period))
        self.turn(make.TODAY)

    @property
    def address(self) -> str:
        """Return where the round is answered."""
        return f"/kierrokset/{self.round.pk}/vastaukset/"

    def of(self, plan: PeriodPlan) -> StatusReport:
        """Return the answer of a plan as it is now."""
        return StatusReport.objects.get(round=self.round, plan=plan)

    def begin(
        self, plan: PeriodPlan, answer: Answer, who: User | None = None, *, after: timedelta = timedelta()
    ) -> str:
        """Keep a draft; return what a page that shows it sends along."""
        person = who or self.manager
        scope = access.scope_of(person, make.TODAY)
        draft = answers.keep_draft(self.round.pk, plan.pk, answer, scope=scope, now=make.NOW + after)
        return f"{plan.pk}/{self.of(plan).version}/{draft.at.isoformat()}"

    def said(self, plan: PeriodPlan, answer: Answer = GREEN) -> None:
        """Send an answer as the manager."""
        answers.send(self.round.pk, plan.pk, answer, **self.by(self.manager, self.of(plan).version))


@pytest.fixture
def world() -> Several:
    return Several()


def test_states_are_counted_and_each_can_be_looked_at_alone(world: Several) -> None:
    first, second, third = world.plans
    world.said(first)
    world.begin(second, Answer(text="Kesken"))
    client = signed_in(world.manager)
    page = html(client.get(world.address))
    for state, words in (("updated", "päivitetty 1"), ("draft", "luonnos 1"), ("silent", "ei raportoitu 1")):
        assert f'href="{world.address}?tila={state}"' in page
        assert words in page
    assert "1/3</strong> vastattu" in page
    drafts = html(client.get(f"{world.address}?tila=draft"))
    assert [f'id="vastaus-{plan.pk}"' in drafts for plan in (first, second, third)] == [False, True, False]
    assert f'id="vastaus-{third.pk}"' in html(client.get(f"{world.address}?tila=olematon"))


def test_what_was_returned_comes_first_and_what_is_answered_is_folded(world: Several) -> None:
    first, second, third = world.plans
    world.said(first)
    world.said(second)
    row = world.of(second)
    answers.give_back(row.pk, "Montako osallistui?", **world.by(world.director, row.version))
    page = html(signed_in(world.manager).get(world.address))
    places = [page.index(f'id="vastaus-{plan.pk}"') for plan in (second, third, first)]
    assert places == sorted(places)
    assert "Montako osallistui?" in page
    assert page.count('class="folded"') == 1
    assert f'id="vastaus-{first.pk}-auki">' in page


def test_the_last_answer_stands_in_the_form_and_beside_it(world: Several) -> None:
    world.said_in(2020, "updated", "at_risk")
    page = html(signed_in(world.manager).get(f"{world.address}"))
    assert page.count("Sanottu 2020") == 2
    assert '<input type="radio" name="light" value="at_risk" checked>' in page
    assert "Aiempaa vastausta, joka voisi vielä pitää" in page


def test_where_the_facts_say_another_light_the_form_says_so(world: Several) -> None:
    world.said_in(2020, "updated", "on_track")
    assert "valot eri mieltä" not in html(signed_in(world.manager).get(world.address))
    audited.change(world.plan, make.stamp(), due_on=make.TODAY - LATER * 100, due_precision="day")
    late = html(signed_in(world.manager).get(world.address)).partition(f'id="vastaus-{world.plan.pk}"')[2]
    assert "valot eri mieltä" in late.partition('class="answer-typed"')[2].partition("<textarea")[0]


def test_every_draft_that_is_whole_is_sent_at_once_and_the_others_say_why(world: Several) -> None:
    first, second, third = world.plans
    seen = [world.begin(first, GREEN), world.begin(second, RED), world.begin(third, Answer("off_track", "Seis"))]
    client = signed_in(world.manager)
    assert "Lähetä valmiit (2)" in html(client.get(world.address))
    page = html(client.post(f"{world.address}laheta/", {"seen": seen}, headers=IN_PLACE))
    assert [world.of(plan).said for plan in world.plans] == ["updated", "updated", "nothing"]
    assert [world.of(plan).history.count() for plan in world.plans] == [2, 2, 1]
    assert "2 vastausta lähetettiin. Vastattu 2/3." in page
    assert f'<a href="#vastaus-{third.pk}">Toimenpide 2</a>: Kerro miksi' in page
    assert [draft.plan_id for draft in AnswerDraft.objects.all()] == [third.pk]
    again = client.post(f"{world.address}laheta/", {"seen": seen}, follow=True)
    assert "0 vastausta lähetettiin" in html(again)
    assert world.of(first).history.count() == 2


def test_a_manager_sends_a_contributors_draft_as_they_read_it(world: Several) -> None:
    plan = world.plans[1]
    seen = world.begin(plan, GREEN, world.contributor)
    page = html(signed_in(world.manager).get(world.address))
    assert "Luonnoksen aloitti Teppo Toteuttaja" in page
    world.begin(plan, RED, world.contributor, after=LATER)
    client = signed_in(world.manager)
    answer = html(client.post(f"{world.address}laheta/", {"seen": [seen]}, headers=IN_PLACE))
    assert "Toinen on jatkanut" in answer
    assert world.of(plan).said == "nothing"
    newer = f"{plan.pk}/1/{AnswerDraft.objects.get().at.isoformat()}"
    client.post(f"{world.address}laheta/", {"seen": [newer]}, headers=IN_PLACE)
    assert world.of(plan).text == RED.text


def test_a_contributor_is_told_who_sends(world: Several) -> None:
    seen = world.begin(world.plan, GREEN, world.contributor)
    client = signed_in(world.contributor)
    page = html(client.get(world.address))
    assert "Vastuuhenkilö lähettää vastauksen." in page
    assert 'value="send"' not in page
    assert "Lähetä valmiit" not in page
    refused = html(client.post(f"{world.address}laheta/", {"seen": [seen]}, headers=IN_PLACE))
    assert "Näitä ei lähetetty" in refused
    assert world.of(world.plan).said == "nothing"


def test_two_drafts_of_one_plan_are_both_in_sight(world: Several) -> None:
    world.begin(world.plan, Answer(text="Toteuttajan sanat"), world.contributor)
    world.begin(world.plan, Answer(text="Omat sanani"))
    page = html(signed_in(world.manager).get(world.address))
    assert "Omat sanani</textarea>" in page
    assert "Myös Teppo Toteuttaja" in page
    assert "Toteuttajan sanat" in page


def test_what_was_sent_since_is_what_the_form_begins_with(world: Several) -> None:
    world.begin(world.plan, Answer(text="Vanha luonnos"), world.contributor, after=-LATER)
    world.said(world.plan)
    page = html(signed_in(world.manager).get(world.address))
    assert f"{GREEN.text}</textarea>" in page
    assert "Vanha luonnos" not in page


def test_a_stale_answer_is_shown_beside_the_newer_one_and_kept(world: Several) -> None:
    other = make.member(world.unit, user=make.user("Maija Malli"))
    answers.send(world.round.pk, world.plan.pk, RED, **world.by(other))
    data = {"act": "send", "version": "1", "light": "on_track", "text": "Kilpailutus eteni."}
    client = signed_in(world.manager)
    answer = client.post(f"{world.address}{world.plan.pk}/", data, headers=IN_PLACE)
    page = html(answer)
    assert answer.status_code == 409
    assert "Maija Malli tallensi" in page
    assert "<ins> eteni.</ins>" in seen(page)
    assert "<del> keskeytyi.</del>" in seen(page)
    assert "Kilpailutus eteni.</textarea>" in page
    assert world.of(world.plan).text == RED.text
    assert AnswerDraft.objects.get(person=world.manager).text == "Kilpailutus eteni."
    data["version"] = str(world.of(world.plan).version)
    assert client.post(f"{world.address}{world.plan.pk}/", data, headers=IN_PLACE).status_code == 200


def test_a_draft_changes_the_counts_of_the_page_that_it_came_from(world: Several) -> None:
    where = {**IN_PLACE, "HX-Current-URL": f"http://testserver{world.address}?tila=silent"}
    data = {"act": "draft", "light": "on_track", "text": "Etenee"}
    page = html(signed_in(world.manager).post(f"{world.address}{world.plan.pk}/", data, headers=where))
    assert '<span data-state="draft">luonnos</span>' in page
    assert "Lähetä valmiit (1)" in page
    assert 'tila=silent" aria-current="true"' in page


def test_an_unusable_draft_says_so_in_words(world: Several) -> None:
    data = {"act": "draft", "light": "on_track", "text": "x" * 6000}
    answer = signed_in(world.manager).post(f"{world.address}{world.plan.pk}/", data, headers=IN_PLACE)
    assert (answer.status_code, answer["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert not AnswerDraft.objects.exists()


def test_what_one_person_typed_is_not_saved_as_anothers(world: Several) -> None:
    data = {"act": "draft", "light": "on_track", "text": "Etenee", "person": str(world.contributor.pk)}
    answer = signed_in(world.manager).post(f"{world.address}{world.plan.pk}/", data, headers=IN_PLACE)
    assert answer.status_code == 422
    assert "toisena käyttäjänä" in html(answer)
    assert not AnswerDraft.objects.exists()
    sent = signed_in(world.manager).post(f"{world.address}{world.plan.pk}/", data | {"act": "send"}, headers=IN_PLACE)
    assert (sent.status_code, sent["HX-Retarget"]) == (401, "#live")
    assert "Etenee" in html(sent)
    # No row and no number of the other person's comes into the page.
    assert "vastaus-" not in html(sent)
    assert world.of(world.plan).said == "nothing"


def test_steps_are_ticked_beside_the_answer(world: Several) -> None:
    step = make.step(world.plan, text_fi="Kysely asiakkaille")
    client = signed_in(world.manager)
    page = html(client.get(world.address))
    assert f'hx-get="/suunnitelmat/{world.plan.pk}/osatoimet/?shape=answer"' in page
    assert "Kysely asiakkaille" in html(
        client.get(f"/suunnitelmat/{world.plan.pk}/osatoimet/?shape=answer", headers=IN_PLACE)
    )
    data = {"version": step.version, "done": "true", "shape": "answer", "next": world.address}
    ticked = html(client.post(f"/osatoimet/{step.pk}/", data, headers=IN_PLACE))
    assert f'id="plan-{world.plan.pk}"' in ticked
    assert "1/1" in ticked
    assert f'id="vastaus-{world.plan.pk}' not in ticked, "the answer beside it stays as it is"
    step.refresh_from_db()
    assert step.done


def test_no_browser_keeps_the_page(world: Several) -> None:
    assert "no-store" in signed_in(world.manager).get(world.address)["Cache-Control"]


def test_whoever_is_signed_out_is_led_to_the_round_after_signing_in(world: Several) -> None:
    answer = Client().get(world.address)
    assert (answer.status_code, answer.url) == (302, f"/tunnus/kirjaudu/?next={world.address}")  # type: ignore[attr-defined]  # a redirect


def test_a_round_whose_day_has_passed_stands_above_the_one_that_is_answered_here() -> None:
    world = Several()
    late = a_round(world.strategy, make.TODAY - timedelta(days=30), kind="annual_report", year=2020)
    audited.add(StatusReport(round=late, plan=world.plan), make.stamp())
    page = html(signed_in(world.manager).get("/odottaa/"))
    assert 0 < page.index(f'id="vastaukset-{late.pk}"') < page.index('id="kierros"')
