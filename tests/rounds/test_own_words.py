"""One's own words: the last ones again are no news, what others began is not sent unread, nothing is dropped."""

from urllib.parse import quote

import pytest

from tests import make
from tests.edit.editors import html
from tests.plan.test_moves import signed_in
from tests.rounds.test_answering import IN_PLACE, LATER, Several
from tests.rounds.test_answers import GREEN
from toimenpiteet.models import AnswerDraft
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Invalid
from toimenpiteet.services.rounds import answers
from toimenpiteet.services.rounds.answers import Answer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]
THEIRS, OWN = Answer("on_track", "Tekijän luonnos"), Answer("on_track", "Johtajan oma")


@pytest.fixture
def world() -> Several:
    return Several()


def row_in(page: str, pk: int) -> str:
    return page.partition(f'id="vastaus-{pk}"')[2].partition("</article>")[0]


def test_sending_all_leaves_what_was_sent_before_as_it_is(world: Several) -> None:
    first, second, third = world.plans
    for plan in (first, second):
        world.said(plan, OWN)
    seen = [
        world.begin(first, THEIRS, world.contributor, after=LATER),
        world.begin(second, Answer("at_risk", "Oma jatko", "Syy", "Askel"), after=LATER),
        world.begin(third, GREEN),
    ]
    client = signed_in(world.manager)
    page = html(client.get(world.address))
    assert "Lähetä valmiit (1)" in page
    assert ">Johtajan oma</textarea>" in row_in(page, first.pk)
    assert "Tekijän luonnos" in row_in(page, first.pk)
    assert ">Oma jatko</textarea>" in row_in(page, second.pk)
    for plan in (first, second):
        assert "luonnos</span>" in row_in(page, plan.pk)
        assert f'id="vastaus-{plan.pk}-auki" open>' in page
    client.post(f"{world.address}laheta/", {"seen": seen}, headers=IN_PLACE)
    assert [world.of(plan).text for plan in world.plans] == ["Johtajan oma", "Johtajan oma", GREEN.text]
    assert AnswerDraft.objects.count() == 2


def test_no_change_throws_nothing_away_that_was_typed(world: Several) -> None:
    world.said_in(2020, "updated", "on_track")
    audited.change(world.plan, make.stamp(), due_on=make.TODAY.replace(year=make.TODAY.year + 1), due_precision="day")
    client, place = signed_in(world.manager), f"{world.address}{world.plan.pk}/"
    page = row_in(html(client.get(world.address)), world.plan.pk)
    assert "data-untouched" in page
    typed = {"act": "unchanged", "version": "1", "light": "on_track", "text": "Aivan uutta"}
    refused = client.post(place, typed, headers=IN_PLACE)
    assert refused.status_code == 422
    assert "Olet kirjoittanut jotain uutta." in html(refused)
    assert ">Aivan uutta</textarea>" in html(refused)
    client.post(place, typed | {"act": "draft"}, headers=IN_PLACE)
    assert "data-untouched" not in row_in(html(client.get(world.address)), world.plan.pk)
    assert "Luonnos hylättiin." in html(client.post(place, typed | {"act": "discard"}, headers=IN_PLACE))
    assert not AnswerDraft.objects.exists()
    typed["text"] = "Sanottu 2020"
    assert client.post(place, typed, headers=IN_PLACE).status_code == 200
    assert world.of(world.plan).said == "unchanged"


def test_nobody_discards_what_another_has_begun(world: Several) -> None:
    world.begin(world.plan, THEIRS, world.contributor)
    client = signed_in(world.manager)
    assert 'value="discard"' not in row_in(html(client.get(world.address)), world.plan.pk)
    client.post(f"{world.address}{world.plan.pk}/", {"act": "discard", "version": "1"}, headers=IN_PLACE)
    assert AnswerDraft.objects.get().text == "Tekijän luonnos"


def test_the_last_words_again_are_no_change(world: Several) -> None:
    world.said_in(2020, "updated", "on_track")
    audited.change(world.plan, make.stamp(), due_on=make.TODAY.replace(year=make.TODAY.year + 1), due_precision="day")
    world.said(world.plan, Answer("on_track", "  Sanottu 2020 "))
    assert world.of(world.plan).said == "unchanged"


def test_the_last_words_again_are_no_answer_where_a_sentence_is_needed(world: Several) -> None:
    for year in (2018, 2019, 2020):
        world.said_in(year, "unchanged" if year > 2018 else "updated", "on_track")
    audited.change(world.plan, make.stamp(), due_on=make.TODAY.replace(year=make.TODAY.year + 1), due_precision="day")
    with pytest.raises(Invalid, match="kaksi kertaa peräkkäin"):
        world.said(world.plan, Answer("on_track", "Sanottu 2020"))
    assert world.of(world.plan).said == "nothing"


def test_what_was_returned_is_not_sent_again_as_it_was(world: Several) -> None:
    world.said(world.plan, OWN)
    row = world.of(world.plan)
    answers.give_back(row.pk, "Montako?", **world.by(world.director, row.version))
    with pytest.raises(Invalid, match="pyytänyt lisää"):
        world.said(world.plan, OWN)
    world.said(world.plan, Answer("on_track", "Johtajan oma: kolme."))
    assert world.of(world.plan).said == "updated"


@pytest.mark.parametrize("status", ["locked", "published"])
def test_a_closed_round_asks_for_nothing_any_more(world: Several, status: str) -> None:
    world.said(world.plan, OWN)
    world.begin(world.plans[1], GREEN)
    make.brought(world.round, status)
    page = html(signed_in(world.manager).get(world.address))
    for words in ("myöhäinenkin vastaus", "Lähetä", "Ei muutosta", "<textarea", 'type="radio"'):
        assert words not in page.partition("<main")[2]
    assert {"locked": "Lukittu", "published": "Julkaistu"}[status].lower() in page.lower()
    assert "Johtajan oma" in page
    assert "Vastaukset pysyvät ennallaan." in page


def test_ones_draft_stays_in_sight_when_somebody_else_answers(world: Several) -> None:
    other = make.member(world.unit)
    world.begin(world.plan, Answer("on_track", "Toisen kesken"), other)
    later = world.by(world.manager, world.of(world.plan).version) | {"now": make.NOW + LATER}
    answers.send(world.round.pk, world.plan.pk, OWN, **later)
    row = row_in(html(signed_in(other).get(world.address)), world.plan.pk)
    assert ">Toisen kesken</textarea>" in row
    assert "luonnoksesi jälkeen" in row
    assert "Johtajan oma" in row
    assert "Toisen kesken" not in row_in(html(signed_in(world.manager).get(world.address)), world.plan.pk)
    # What was sent is no draft any more.
    again = world.by(other, world.of(world.plan).version) | {"now": make.NOW + LATER}
    answers.send(world.round.pk, world.plan.pk, Answer("on_track", "Toisen kesken"), **again)
    assert not AnswerDraft.objects.exists()


def test_what_another_manager_is_writing_is_theirs_to_send(world: Several) -> None:
    first, second, third = world.plans
    other = make.member(world.unit)
    seen = [
        world.begin(first, Answer("on_track", "Tämä on vielä kesken, älä"), other),
        world.begin(second, THEIRS, world.contributor),
        world.begin(third, OWN),
    ]
    client = signed_in(world.manager)
    page = html(client.get(world.address))
    assert "Lähetä valmiit (2)" in page
    names = page.partition('id="laheta-valmiit"')[2].partition("</form>")[0]
    assert f"({world.contributor.name})" in names
    assert other.name not in names
    client.post(f"{world.address}laheta/", {"seen": seen}, headers=IN_PLACE)
    assert [world.of(plan).said for plan in world.plans] == ["nothing", "updated", "updated"]


def test_what_was_returned_is_returned_again_when_the_new_answer_is_withdrawn(world: Several) -> None:
    world.said_in(2020, "updated", "on_track")
    audited.change(world.plan, make.stamp(), due_on=make.TODAY.replace(year=make.TODAY.year + 1), due_precision="day")
    world.said(world.plan, OWN)
    row = world.of(world.plan)
    answers.give_back(row.pk, "Montako?", **world.by(world.director, row.version))
    world.said(world.plan, Answer("on_track", "Kolme."))
    page = row_in(html(signed_in(world.manager).get(world.address)), world.plan.pk)
    assert "Ei muutosta" not in page
    answers.withdraw(world.round.pk, world.plan.pk, **world.by(world.manager, world.of(world.plan).version))
    row = world.of(world.plan)
    assert (row.said, row.review, row.text, row.review_text) == ("updated", "returned", "Johtajan oma", "Montako?")
    page = row_in(html(signed_in(world.manager).get(world.address)), world.plan.pk)
    assert "palautettu" in page
    assert "Montako?" in page
    assert ">Kolme.</textarea>" in page
    with pytest.raises(Invalid, match="pyytänyt lisää"):
        answers.send_unchanged(world.round.pk, world.plan.pk, **world.by(world.manager, row.version))


def test_a_change_proposed_from_a_row_leads_back_to_it_and_is_told_of_there(world: Several) -> None:
    client, to = signed_in(world.manager), f"/suunnitelmat/{world.plan.pk}/muutos/"
    back = f"{world.address}#vastaus-{world.plan.pk}"
    page = html(client.get(world.address))
    assert f'href="{to}?next={quote(world.address)}%23vastaus-{world.plan.pk}"' in page
    assert f'name="next" value="{back}"' in html(client.get(to, {"next": back}))
    data = {"kind": "ending", "cause": "Ei rahaa", "effect": "Ei tehdä", "seen_version": str(world.plan.version)}
    made = client.post(to, data | {"next": back})
    assert (made.status_code, made["Location"]) == (303, back)
    assert "Muutos odottaa päätöstä" in row_in(html(client.get(world.address)), world.plan.pk)
    assert client.post(to, data | {"next": "https://muualla.example/"}).get("Location", "").startswith("https") is False
