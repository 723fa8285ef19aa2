"""Who may open what: address × person × answer. A page that is missing from the table fails the test."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests import make
from tests.web.keys import keys_of
from toimenpiteet.web import urls
from toimenpiteet.workflow import Role

pytestmark = [pytest.mark.django_db, pytest.mark.once]

PEOPLE = ("anonymous", "manager", "contributor", "director", "viewer", "admin", "stranger")
LOGIN = 302
SESSION_OVER = 401
TABLE: dict[str, tuple[str, tuple[int, ...]]] = {
    #             address                       anon  man  con  dir  vie  adm  stranger
    "home": ("/", (302, 302, 302, 302, 302, 302, 302)),
    "waiting": ("/odottaa/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "strategies": ("/strategiat/", (200, 200, 200, 200, 200, 200, 200)),
    "robots": ("/robots.txt", (200,) * 7),
    "sitemap": ("/sitemap.xml", (200,) * 7),
    "sitemap-part": ("/sitemap-goal.xml", (200,) * 7),
    "strategy": ("/strategiat/{strategy}/", (200,) * 7),
    "strategy-whole": ("/strategiat/{strategy}/kokonaan/", (200,) * 7),
    "strategy-matrix": ("/strategiat/{strategy}/vastuut/", (200,) * 7),
    "strategy-changes": ("/strategiat/{strategy}/muutokset/", (LOGIN, 200, 200, 200, 200, 200, 404)),
    "decisions": ("/strategiat/{strategy}/paatokset/", (200,) * 7),
    "rounds": ("/strategiat/{strategy}/kierrokset/", (200,) * 7),
    "round-day": ("/kierrospaivat/{day}/siirra/", (LOGIN, 403, 403, 200, 403, 403, 404)),
    "answers": ("/kierrokset/{round}/vastaukset/", (LOGIN, 200, 200, 200, 200, 200, 404)),
    # Without a button's name nothing is done.
    "answer": ("POST /kierrokset/{round}/vastaukset/{plan}/", (SESSION_OVER, 404, 404, 404, 404, 404, 404)),
    "evidence": ("/kierrokset/{round}/vastaukset/{plan}/naytto/", (LOGIN, 200, 200, 200, 200, 200, 404)),
    "evidence-remove": (
        "POST /kierrokset/{round}/vastaukset/{plan}/naytto/{evidence}/poista/",
        (SESSION_OVER, 303, 303, 403, 403, 403, 404),
    ),
    # The file of a link.
    "evidence-file": ("/naytto/{evidence}/", (LOGIN, 404, 404, 404, 404, 404, 404)),
    "round-goals": ("/kierrokset/{round}/tavoitteet/", (LOGIN, 200, 200, 200, 200, 200, 404)),
    "round-goal": ("/kierrokset/{round}/tavoitteet/{goal}/", (LOGIN, 200, 200, 200, 200, 200, 404)),
    "goal-evidence": ("/kierrokset/{round}/tavoitteet/{goal}/naytto/", (LOGIN, 200, 200, 200, 200, 200, 404)),
    # The evidence of this world stands beside an answer.
    "goal-evidence-remove": (
        "POST /kierrokset/{round}/tavoitteet/{goal}/naytto/{evidence}/poista/",
        (SESSION_OVER, 403, 403, 404, 403, 403, 404),
    ),
    # Without drafts nothing is sent.
    "answers-send": ("POST /kierrokset/{round}/vastaukset/laheta/", (SESSION_OVER, 303, 303, 303, 303, 303, 404)),
    "review": ("/kierrokset/{round}/katselmus/", (LOGIN, 403, 403, 200, 403, 403, 404)),
    "review-calm": (
        "POST /kierrokset/{round}/katselmus/muuttumattomat/",
        (SESSION_OVER, 403, 403, 303, 403, 403, 404),
    ),
    "review-answer": ("POST /vastaukset/{report}/katselmus/", (SESSION_OVER, 404, 404, 404, 404, 404, 404)),
    "round-move": ("/kierrokset/{round}/siirto/lock/", (LOGIN, 403, 403, 200, 403, 403, 404)),
    "nudge": ("POST /kierrokset/{round}/muistuta/{unit}/", (SESSION_OVER, 403, 403, 303, 403, 403, 404)),
    # The round is open: its report is a draft.
    "report": ("/kierrokset/{round}/raportti/", (LOGIN, 403, 403, 200, 403, 403, 404)),
    "report-file": ("/kierrokset/{round}/raportti/fi.xlsx", (LOGIN, 403, 403, 200, 403, 403, 404)),
    # A draft has none.
    "report-data": ("/kierrokset/{round}/raportti/tiedot.json", (LOGIN, 403, 403, 404, 403, 403, 404)),
    "report-version": ("/kierrokset/{round}/raportti/versio/", (LOGIN, 403, 403, 404, 403, 403, 404)),
    "exception": ("/kierrokset/{round}/poikkeus/", (LOGIN, 403, 403, 200, 403, 403, 404)),
    # The grant of this world is a substitution.
    "exception-end": ("/kierrokset/{round}/poikkeus/{grant}/paata/", (LOGIN, 403, 403, 404, 403, 403, 404)),
    # Only in a locked round.
    "correction": ("/kierrokset/{round}/vastaukset/{plan}/oikaisu/", (LOGIN, 404, 404, 404, 404, 404, 404)),
    "indicators": ("/strategiat/{strategy}/mittarit/", (200,) * 7),
    "indicator": ("/mittarit/{indicator}/", (200,) * 7),
    "theme": ("/teemat/{theme}/", (200,) * 7),
    "goal": ("/tavoitteet/{goal}/", (200,) * 7),
    "programme": ("/ohjelmat/{programme}/", (200,) * 7),
    "projects": ("/hankkeet/", (200, 200, 200, 200, 200, 200, 200)),
    "project": ("/hankkeet/{project}/", (200,) * 7),
    "units": ("/vastuutahot/", (200, 200, 200, 200, 200, 200, 200)),
    "unit": ("/vastuutahot/{unit}/", (200,) * 7),
    "municipality": ("/kunnat/{municipality}/", (200,) * 7),
    # The municipality has none.
    "logo": ("/kunnat/{municipality}/logo/0f/", (404,) * 7),
    "search": ("/haku/?q=tiekartta", (200,) * 7),
    "item": ("/toimenpiteet/{item}/", (200,) * 7),
    "plan": ("/strategiat/{strategy}/suunnitelma/", (200,) * 7),
    "plan-file": ("/strategiat/{strategy}/suunnitelma/fi.xlsx", (200,) * 7),
    "goal-rows": ("/tavoitteet/{goal}/rivit/", (302,) * 7),
    "item-edit": ("/toimenpiteet/{item}/muokkaa/", (LOGIN, 403, 403, 200, 403, 200, 404)),
    "plan-edit": ("/suunnitelmat/{plan}/muokkaa/", (LOGIN, 403, 403, 200, 403, 200, 404)),
    "step-add": ("/suunnitelmat/{plan}/osatoimet/uusi/", (LOGIN, 200, 200, 200, 403, 403, 404)),
    "step-edit": ("/osatoimet/{step}/muokkaa/", (LOGIN, 200, 200, 200, 403, 403, 404)),
    # Without the version that the person saw nothing is removed; without a list nothing is put in order.
    "step-remove": ("POST /osatoimet/{step}/poista/", (SESSION_OVER, 409, 409, 409, 403, 403, 404)),
    "step-order": ("POST /suunnitelmat/{plan}/osatoimet/jarjestys/", (SESSION_OVER, 404, 404, 404, 403, 403, 404)),
    "overdue": ("/myohassa/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "overdue-csv": ("/myohassa/csv/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "me": ("/oma/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "stand-in-add": ("/oma/sijainen/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "stand-in": ("/oma/sijainen/{grant}/", (LOGIN, 200, 404, 404, 404, 404, 404)),
    "stand-in-end": ("/oma/sijainen/{grant}/paata/", (LOGIN, 200, 404, 404, 404, 404, 404)),
    # What is kept: the same for every noun (tests/edit/test_edit.py goes through them all).
    "edit-index": ("/yllapito/", (LOGIN, 403, 403, 200, 403, 200, 200)),
    "edit": ("/yllapito/tavoite/{goal}/", (LOGIN, 403, 403, 200, 403, 200, 404)),
    "edit-add": ("/yllapito/toimenpide/uusi/{goal}/", (LOGIN, 403, 403, 200, 403, 200, 404)),
    "edit-order": ("/yllapito/toimenpide/jarjestys/{goal}/", (LOGIN, 403, 403, 200, 403, 200, 404)),
    "edit-move": ("/yllapito/tavoite/{goal}/siirra/", (LOGIN, 403, 403, 200, 403, 200, 404)),
    "edit-remove": ("/yllapito/tavoite/{goal}/poista/", (LOGIN, 403, 403, 200, 403, 200, 404)),
    "edit-logo": ("/yllapito/kunta/{town}/logo/", (LOGIN, 403, 403, 403, 403, 200, 404)),
    "unit-rename": ("/yllapito/vastuutaho/{unit}/nimi/", (LOGIN, 403, 403, 403, 403, 200, 404)),
    "unit-end": ("/yllapito/vastuutaho/{unit}/paata/", (LOGIN, 403, 403, 403, 403, 200, 404)),
    "unit-take-back": ("/yllapito/vastuutaho/{unit}/peru/", (LOGIN, 403, 403, 403, 403, 200, 404)),
    "people": ("/yllapito/henkilot/", (LOGIN, 403, 403, 200, 403, 200, 200)),
    "person": ("/yllapito/henkilot/{person}/", (LOGIN, 403, 403, 200, 403, 200, 404)),
    "person-invite": ("/yllapito/henkilot/kutsu/", (LOGIN, 403, 403, 403, 403, 200, 403)),
    "person-role": ("/yllapito/henkilot/{person}/rooli/", (LOGIN, 403, 403, 403, 403, 200, 404)),
    "person-role-end": (
        "/yllapito/henkilot/{person}/rooli/unit/{membership}/",
        (LOGIN, 403, 403, 403, 403, 200, 404),
    ),
    "person-invite-again": ("/yllapito/henkilot/{person}/kutsu/", (LOGIN, 403, 403, 403, 403, 200, 404)),
    "person-stand-in-add": ("/yllapito/henkilot/{person}/sijainen/", (LOGIN, 403, 403, 403, 403, 200, 404)),
    "person-stand-in": ("/yllapito/henkilot/{person}/sijainen/{grant}/", (LOGIN, 403, 403, 403, 403, 200, 404)),
    "person-stand-in-end": (
        "/yllapito/henkilot/{person}/sijainen/{grant}/paata/",
        (LOGIN, 403, 403, 403, 403, 200, 404),
    ),
    "person-close": ("/yllapito/henkilot/{person}/sulje/", (LOGIN, 403, 403, 403, 403, 200, 404)),
    "language": ("/kieli/", (405,) * 7),
    "session": ("/istunto/", (200,) * 7),
    "help": ("/apua/", (200,) * 7),
    "components": ("/ulkoasu/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "offline": ("/ei-yhteytta/", (200,) * 7),
    "worker": ("/sw.js", (200,) * 7),
    "changes": ("/odottaa/muutokset/", (LOGIN, 200, 200, 200, 200, 200, 200)),
    "changes-seen": ("POST /odottaa/nahty/", (SESSION_OVER, 303, 303, 303, 303, 303, 303)),
    "bulk": ("POST /suunnitelmat/siirrot/", (SESSION_OVER, 303, 403, 303, 403, 403, 404)),
    # What is chosen is looked at before it is moved: by whoever sees it, with what keeps them from moving it.
    "bulk-preview": ("POST /suunnitelmat/siirrot/esikatselu/", (SESSION_OVER, 200, 200, 200, 200, 200, 404)),
    "closing": ("/kaudet/{period}/paattaminen/", (LOGIN, 403, 403, 200, 403, 403, 404)),
    "plan-steps": ("/suunnitelmat/{plan}/osatoimet/", (LOGIN, 302, 302, 302, 302, 302, 404)),
    "change-propose": ("/suunnitelmat/{plan}/muutos/", (LOGIN, 200, 403, 403, 403, 403, 404)),
    "change": ("/muutosesitykset/{change}/", (LOGIN, 200, 200, 200, 200, 200, 404)),
    "plan-changes": ("/strategiat/{strategy}/muutosesitykset/", (LOGIN, 200, 200, 200, 200, 200, 404)),
    # The plan of this world is in the last period: the page of its item says why the move is not open.
    "carry-over": ("/suunnitelmat/{plan}/jatko/", (LOGIN, 403, 403, 302, 403, 403, 404)),
    "move": ("POST /suunnitelmat/{plan}/siirto/", (SESSION_OVER, 303, 403, 303, 403, 403, 404)),
    "comment": ("POST /suunnitelmat/{plan}/kommentti/", (SESSION_OVER, 303, 303, 303, 403, 403, 404)),
    "tick": ("POST /osatoimet/{step}/", (SESSION_OVER, 303, 303, 303, 403, 403, 404)),
    "account_login": ("/tunnus/kirjaudu/", (200, 302, 302, 302, 302, 302, 302)),
    "account_logout": ("/tunnus/ulos/", (302, 200, 200, 200, 200, 200, 200)),
    "account_inactive": ("/tunnus/ei-kaytossa/", (200,) * 7),
    "account_signup": ("/tunnus/kutsu/", (200, 302, 302, 302, 302, 302, 302)),
    "account_change_password": ("/tunnus/salasana/vaihda/", (302, 200, 200, 200, 200, 200, 200)),
    "account_set_password": ("/tunnus/salasana/aseta/", (302,) * 7),
    "account_reset_password": ("/tunnus/salasana/unohtui/", (200,) * 7),
    "account_reset_password_done": ("/tunnus/salasana/unohtui/lahetetty/", (200,) * 7),
    "account_reset_password_from_key": ("/tunnus/salasana/uusi/1-abc-def/", (200,) * 7),
    "account_reset_password_from_key_done": ("/tunnus/salasana/uusi/valmis/", (200,) * 7),
}


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns)
        else:
            yield str(pattern.name)


def test_every_page_is_in_the_table() -> None:
    assert set(names(urls.urlpatterns)) == set(TABLE)
    assert get_resolver()  # the whole address book loads


@pytest.mark.parametrize("page", ["/odottaa/", "/strategiat/{strategy}/", "/suunnitelmat/{plan}/muokkaa/"])
def test_head_is_answered_like_get(page: str) -> None:
    world, client = make.World(), Client()
    client.force_login(world.director)
    address = page.format(strategy=world.strategy.pk, plan=world.plan.pk)
    response = client.head(address)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("person", PEOPLE)
def test_each_person_gets_the_answers_of_the_table(person: str) -> None:
    world = make.World()
    people = {
        "manager": world.manager,
        "director": world.director,
        "contributor": make.member(world.unit, Role.CONTRIBUTOR),
        "viewer": make.official(world.municipality, Role.VIEWER),
        "admin": make.official(world.municipality, Role.ADMIN),
        "stranger": make.official(make.municipality(), Role.DIRECTOR),
    }
    keys = keys_of(world)
    data = {"name": "start", "version": 1, "comment": "Hei", "done": "true", "plan": f"{world.plan.pk}:1"}
    got: dict[str, int] = {}
    for name, (address, _answers) in TABLE.items():
        place = address.removeprefix("POST ").format(**keys)
        # Each address is met in the same world: what the one before it saved is taken back.
        with transaction.atomic():
            client = Client()
            if person in people:
                client.force_login(people[person])
            response = client.post(place, data) if address.startswith("POST ") else client.get(place)
            got[name] = response.status_code
            transaction.set_rollback(True)
    wanted = {name: answers[PEOPLE.index(person)] for name, (_address, answers) in TABLE.items()}
    assert got == wanted
