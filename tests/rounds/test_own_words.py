"""One's own words: the last ones again are no news, what others began is not sent unread, nothing is dropped."""

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
