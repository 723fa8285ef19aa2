"""Answering from a mail without signing in: what a link opens, what it never does, and whom it is handed on to."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.models import AnswerLink, Reminder
from tests import make
from toimenpiteet import access
from toimenpiteet.models import Actor, AnswerDraft, Door, Grant, Membership, StatusReport, User
from toimenpiteet.services import audited
from toimenpiteet.services.people import grants
from toimenpiteet.services.rounds import answers
from toimenpiteet.services.rounds.answers import Answer
from toimenpiteet.workflow import Role

from . import build
from .build import DUE, SECOND, RoundWorld, at

pytestmark = [pytest.mark.django_db, pytest.mark.once]
LINK = re.compile(r"http://localhost:8000(/vastaa/avain/[0-9a-f]{43}/)")


class Mailed(RoundWorld):
    """A round whose mail of the day has left; two plans of the manager's wait."""

    def __init__(self) -> None:
        super().__init__()
        make.change_user(self.manager, language="en")
        self.other = make.plan(make.action_item(self.goal, self.unit, name_fi="Kysely"), self.period)
        for plan in (self.plan, self.other):
            audited.add(StatusReport(round=self.round, plan=plan), make.stamp())
        build.tick(at(SECOND))

    def report(self, plan: Any = None) -> StatusReport:
        return StatusReport.objects.get(round=self.round, plan=plan or self.plan)


@pytest.fixture
def world(mailoutbox: list[EmailMessage]) -> Any:
    with time_machine.travel(at(SECOND, 9, 30), tick=False):
        yield Mailed()


def link_in(message: EmailMessage) -> str:
    found = LINK.findall(str(message.body))
    assert len(set(found)) == 1, message.body
    assert found[0] in message.alternatives[0][0]  # type: ignore[attr-defined]  # of a mail with two parts
    return str(found[0])


def opened(mailoutbox: list[EmailMessage], who: User) -> Client:
    """Open the link of the newest mail to somebody."""
    client = Client()
    message = next(one for one in reversed(mailoutbox) if who.email in one.to[0])
    answer = client.get(link_in(message))
    assert (answer.status_code, answer["Location"]) == (302, "/vastaa/")
    return client


def typed(world: Mailed, **choices: Any) -> dict[str, Any]:
    """Return what the form would send: choices by "plan_field", with the versions that the page showed."""
    data = {f"p{plan.pk}-version": world.report(plan).version for plan in (world.plan, world.other)}
    return data | {name.replace("__", "-"): value for name, value in choices.items()}


def html(answer: Any) -> str:
    return str(answer.content.decode())


def test_what_is_sent_goes_by_the_link_of_its_own_page(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    colleague = make.member(world.unit)
    build.tick(at(SECOND, 9, 30))
    client = opened(mailoutbox, world.manager)
    note = html(client.get("/vastaa/")).split('name="note" value="')[1].split('"')[0]
    second = next(one for one in mailoutbox if colleague.email in one.to[0])
    client.get(link_in(second))
    chosen = {f"p{world.plan.pk}-choice": "update", f"p{world.plan.pk}-text": "Valmista", "note": note}
    answer = client.post("/vastaa/", typed(world) | chosen, follow=True)
    assert "You answer as Maija Mallikas." in html(answer)
    assert world.report().history.latest().history_user == world.manager


def test_a_corrected_address_ends_the_links_of_the_old_one(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    client = opened(mailoutbox, world.manager)
    assert client.get("/vastaa/").status_code == 200
    make.change_user(world.manager, email="oikea@mallila.example")
    assert client.get("/vastaa/").status_code == 410
    link = link_in(next(one for one in mailoutbox if "/vastaa/avain/" in str(one.body)))
    assert Client().get(link, follow=True).status_code == 410


@pytest.mark.parametrize("words", ["x" * 120_000, "nul\x00"])
def test_words_to_a_colleague_have_the_gate_of_all_words(
    world: Mailed, mailoutbox: list[EmailMessage], words: str
) -> None:
    colleague = make.member(make.unit(world.municipality))
    client = opened(mailoutbox, world.manager)
    sent = {"plans": [world.plan.pk], "holder": colleague.pk, "reason": words}
    assert client.post("/vastaa/kollegalle/", sent).status_code == 422
    assert not Grant.objects.exists()
    for _press in range(2):
        assert client.post("/vastaa/kollegalle/", sent | {"reason": "Sinä tiedät"}).status_code == 302
    assert Grant.objects.count() == 1


def test_a_link_shows_the_receivers_rows_of_its_round_alone(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    elsewhere = make.unit(world.municipality, "Tilapalvelut")
    make.plan(make.action_item(world.goal, elsewhere, name_fi="Toisten oma"), world.period)
    page = html(opened(mailoutbox, world.manager).get("/vastaa/"))
    assert "You answer as Maija Mallikas." in page
    assert "Digitalisaation tiekartta" in page
    assert "Kysely" in page
    assert "Toisten oma" not in page


def test_one_confirmation_answers_what_was_chosen_and_nothing_else(
    world: Mailed, mailoutbox: list[EmailMessage]
) -> None:
    client = opened(mailoutbox, world.manager)
    p = f"p{world.plan.pk}"
    sent = {f"{p}__choice": "problem", f"{p}__light": "at_risk", f"{p}__text": "Odottaa.", f"{p}__cause": "Rahat."}
    data = typed(world, **sent, **{f"{p}__next_step": "Haetaan."})
    answer = client.post("/vastaa/", data)
    assert (answer.status_code, answer["Location"]) == (302, "/vastaa/")
    row = world.report()
    assert (row.said, row.light, row.text, row.cause, row.next_step) == (
        *("updated", "at_risk", "Odottaa.", "Rahat.", "Haetaan."),
    )
    assert world.report(world.other).said == "nothing"
    kept = row.history.first()
    assert (kept.history_user_id, kept.door) == (world.manager.pk, "mail")
    # The same form sent again, by an impatient finger.
    assert client.post("/vastaa/", data).status_code == 302
    assert row.history.count() == StatusReport.objects.get(pk=row.pk).history.count()
    # The mail ends the moment the answer is in.
    client.post("/vastaa/", typed(world, **{f"p{world.other.pk}__choice": "update", f"p{world.other.pk}__text": "Ok."}))
    build.tick(at(build.THIRD))
    assert [one for one in mailoutbox if world.manager.email in one.to[0]][1:] == []


def test_what_is_refused_stays_typed_and_the_rest_is_sent(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    client = opened(mailoutbox, world.manager)
    one, two = f"p{world.plan.pk}", f"p{world.other.pk}"
    choices = {f"{one}__choice": "update", f"{one}__text": "Eteni.", f"{two}__choice": "problem"}
    answer = client.post("/vastaa/", typed(world, **choices, **{f"{two}__light": "off_track", f"{two}__text": "<b>"}))
    assert answer.status_code == 422
    assert (world.report().said, world.report(world.other).said) == ("updated", "nothing")
    assert "&lt;b&gt;" in html(answer)
    assert "Say why: amber and red need a cause." in html(answer)
    empty = client.post("/vastaa/", typed(world))
    assert "Nothing was sent." in html(empty)
    assert empty.status_code == 422


def test_no_change_throws_no_words_of_ones_own_away(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    asked, scope = (world.round.pk, world.plan.pk), access.scope_of(world.manager, SECOND)
    answers.keep_draft(*asked, Answer(text="Kesken."), scope=scope, now=at(SECOND, 9, 30))
    client = opened(mailoutbox, world.manager)
    assert "Kesken." in html(client.get("/vastaa/"))
    one = f"p{world.plan.pk}"
    answer = client.post("/vastaa/", typed(world, **{f"{one}__choice": "unchanged", f"{one}__text": "Kesken."}))
    assert answer.status_code == 422
    assert "You have written something new." in html(answer)
    assert "Kesken." in html(answer)
    assert AnswerDraft.objects.filter(text="Kesken.").exists()
    assert world.report().said == "nothing"


def test_what_somebody_else_answered_meanwhile_is_not_overwritten(
    world: Mailed, mailoutbox: list[EmailMessage]
) -> None:
    client = opened(mailoutbox, world.manager)
    data = typed(world, **{f"p{world.plan.pk}__choice": "update", f"p{world.plan.pk}__text": "Minun."})
    audited.change(world.report(), make.stamp(), said="updated", text="Toisen.", light="on_track", answered_at=make.NOW)
    answer = client.post("/vastaa/", data)
    assert (answer.status_code, world.report().text) == (422, "Toisen.")
    assert "Minun." in html(answer)


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_that_fetches_ten_times_changes_nothing_and_uses_nothing_up(
    world: Mailed, mailoutbox: list[EmailMessage], method: str
) -> None:
    link = link_in(mailoutbox[0])
    for _time in range(10):
        scanner = Client()
        with CaptureQueriesContext(connection) as queries:
            getattr(scanner, method)(link)
            getattr(scanner, method)("/vastaa/")
        assert [one["sql"][:60] for one in queries if not one["sql"].startswith("SELECT")] == []
        # One that clicks sends no form of ours, and one that posts without choosing sends nothing.
        scanner.post("/vastaa/")
        scanner.post("/vastaa/kollegalle/")
    assert [row.said for row in StatusReport.objects.all()] == ["nothing"] * 2
    assert opened(mailoutbox, world.manager).get("/vastaa/").status_code == 200


def test_the_key_is_kept_nowhere_but_in_the_mail(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    key = link_in(mailoutbox[0]).split("/")[3]
    row, link = build.only(), AnswerLink.objects.get()
    assert key not in row.text + row.html + link.digest
    director = Client()
    director.force_login(world.director)
    page = html(director.get(f"/muistutukset/{row.pk}/"))
    assert key not in page
    assert "/vastaa/avain/…/" in page


def test_a_second_copy_is_the_same_mail_with_the_same_link(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    row = build.only()
    Reminder.objects.filter(pk=row.pk).update(state="planned", sent_at=None, settled_at=None)
    row.obligations.update(outcome="planned")
    build.tick(at(SECOND, 10))
    assert link_in(mailoutbox[0]) == link_in(mailoutbox[1])
    assert AnswerLink.objects.count() == 1


def tampered(world: Mailed, link: str) -> str:
    return link[:-2] + ("0" if link[-2] != "0" else "1") + "/"


def revoked(world: Mailed, link: str) -> str:
    client = Client()
    client.force_login(world.manager)
    assert client.post("/muistutukset/omat/linkit/").status_code == 302
    return link


def ended_by_the_city(world: Mailed, link: str) -> str:
    client, mail = Client(headers={"accept-language": "en"}), build.only()
    client.force_login(make.official(world.municipality, Role.ADMIN))
    client.post(f"/muistutukset/{mail.pk}/linkit/")
    page = client.get(f"/muistutukset/{mail.pk}/").content.decode()
    assert str(AnswerLink.objects.get().revoked_by_name.text) in page.partition("Links in the mail")[2]
    return link


def over(world: Mailed, link: str) -> str:
    AnswerLink.objects.update(ends_on=SECOND - timedelta(days=1))
    return link


def left(world: Mailed, link: str) -> str:
    audited.change(Membership.objects.get(user=world.manager), make.stamp(), valid_until=SECOND - timedelta(days=1))
    return link


def closed(world: Mailed, link: str) -> str:
    make.change_user(world.manager, is_active=False)
    return link


def locked(world: Mailed, link: str) -> str:
    make.brought(world.round, "locked")
    return link


@pytest.mark.parametrize("happened", [tampered, revoked, ended_by_the_city, over, left, closed])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_link_that_has_ended_opens_nothing(
    world: Mailed, mailoutbox: list[EmailMessage], happened: Any, when: str
) -> None:
    link, client = link_in(mailoutbox[0]), Client()
    data = typed(world, **{f"p{world.plan.pk}__choice": "update", f"p{world.plan.pk}__text": "Eteni."})
    if when == "after":
        client.get(link)
    link = happened(world, link)
    client.get(link)
    assert client.get("/vastaa/").status_code == 410
    assert client.post("/vastaa/", data).status_code == 410
    assert (
        client.post("/vastaa/kollegalle/", {"plans": [world.plan.pk], "holder": world.director.pk}).status_code == 410
    )
    assert world.report().said == "nothing"


def test_in_a_locked_round_nothing_is_taken(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    client = opened(mailoutbox, world.manager)
    data = typed(world, **{f"p{world.plan.pk}__choice": "update", f"p{world.plan.pk}__text": "Eteni."})
    locked(world, "")
    assert client.post("/vastaa/", data).status_code == 422
    assert world.report().said == "nothing"


def test_a_note_from_the_browser_lasts_two_hours_and_cannot_be_made_up(
    world: Mailed, mailoutbox: list[EmailMessage]
) -> None:
    client = opened(mailoutbox, world.manager)
    cookie = client.cookies["vastaus"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/vastaa/")
    with time_machine.travel(at(SECOND, 11, 31), tick=False):
        assert client.get("/vastaa/").status_code == 410
    stranger = Client()
    stranger.cookies["vastaus"] = str(AnswerLink.objects.get().pk)
    assert stranger.get("/vastaa/").status_code == 410


def test_it_ends_two_weeks_after_the_day_of_answers(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    for days, status in ((14, 200), (15, 410)):
        with time_machine.travel(at(DUE + timedelta(days=days)), tick=False):
            assert opened(mailoutbox, world.manager).get("/vastaa/").status_code == status


def test_another_municipalitys_plans_are_out_of_reach(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    other = RoundWorld()
    make.member(other.unit, user=world.manager)
    report = audited.add(StatusReport(round=other.round, plan=other.plan), make.stamp())
    client = opened(mailoutbox, world.manager)
    p = f"p{other.plan.pk}"
    client.post("/vastaa/", {f"{p}-version": report.version, f"{p}-choice": "update", f"{p}-text": "Vieras."})
    client.post("/vastaa/kollegalle/", {"plans": [other.plan.pk], "holder": world.director.pk})
    assert StatusReport.objects.get(pk=report.pk).said == "nothing"
    assert not Grant.objects.exists()


def test_a_city_that_wants_sign_in_gets_it(world: Mailed, mailoutbox: list[EmailMessage]) -> None:
    link, client = link_in(mailoutbox[0]), opened(mailoutbox, world.manager)
    audited.change(world.municipality, make.stamp(), answer_by_link=False)
    assert client.get("/vastaa/").status_code == 410
    page = f"/kierrokset/{world.round.pk}/vastaukset/"
    assert Client().get(link)["Location"] == page
    build.tick(at(build.THIRD))
    newest = [one for one in mailoutbox if world.manager.email in one.to[0]][-1]
    assert not LINK.findall(str(newest.body))
    assert f"http://localhost:8000{page}\n" in str(newest.body)


def test_a_row_is_handed_on_to_a_colleague_who_answers_and_the_sender_is_told(
    world: Mailed, mailoutbox: list[EmailMessage]
) -> None:
    colleague = make.official(world.municipality, Role.VIEWER)
    make.change_user(colleague, language="en", name="Kaisa Kollega")
    client = opened(mailoutbox, world.manager)
    page = html(client.get("/vastaa/"))
    assert "Kaisa Kollega" in page
    data = {"plans": [world.plan.pk], "holder": colleague.pk, "reason": "Tiedät tämän paremmin."}
    assert client.post("/vastaa/kollegalle/", data).status_code == 302
    build.tick(at(SECOND, 9, 31))
    message = next(one for one in mailoutbox if colleague.email in one.to[0])
    assert '"Maija Mallikas: Tiedät tämän paremmin."' in str(message.body)
    theirs = opened(mailoutbox, colleague)
    page = html(theirs.get("/vastaa/"))
    assert "Digitalisaation tiekartta" in page
    assert "Kysely" not in page
    p = f"p{world.plan.pk}"
    theirs.post("/vastaa/", typed(world, **{f"{p}__choice": "update", f"{p}__text": "Kaisan sanat."}))
    assert world.report().text == "Kaisan sanat."
    kept = world.report().history.first()
    assert (kept.history_user_id, str(kept.on_behalf_name)) == (colleague.pk, "Maija Mallikas")
    build.tick(at(SECOND + timedelta(days=1)))
    told = [str(one.body) for one in mailoutbox if world.manager.email in one.to[0]][-1]
    assert "Kaisa Kollega answered." in told


@pytest.mark.parametrize("to", ["stranger", "myself", "nobody"])
def test_nothing_is_handed_on_to_strangers(world: Mailed, mailoutbox: list[EmailMessage], to: str) -> None:
    stranger = make.World().director
    holder = {"stranger": stranger.pk, "myself": world.manager.pk, "nobody": ""}[to]
    client = opened(mailoutbox, world.manager)
    answer = client.post("/vastaa/kollegalle/", {"plans": [world.plan.pk], "holder": holder, "reason": "Ole hyvä"})
    assert answer.status_code == 422
    page = html(answer)
    told = {"stranger": "no role in the municipality", "myself": "You answer for these", "nobody": "Choose to whom"}[to]
    assert told in page.partition('role="alert">')[2].partition("</p>")[0]
    assert ">Ole hyvä</textarea>" in page
    assert f'value="{world.plan.pk}" checked' in " ".join(page.split())
    assert not Grant.objects.exists()


def test_a_mailboxs_link_asks_who_answers_of_those_who_may(mailoutbox: list[EmailMessage]) -> None:
    world = RoundWorld()
    audited.add(StatusReport(round=world.round, plan=world.plan), make.stamp())
    audited.remove(Membership.objects.get(user=world.manager), make.stamp())
    with time_machine.travel(at(SECOND, 9), tick=False):
        build.tick(at(SECOND))
        client = Client()
        client.get(link_in(mailoutbox[0]))
        assert "Kukaan ei voi vastata" in html(client.get("/vastaa/"))
        clerk = make.official(world.municipality, Role.VIEWER)
        make.change_user(clerk, name="Kirsi Kirjaaja", language="en")
        stamp = audited.stamp(Actor.person(world.director, Door.PAGE), "Vastaa yksikön puolesta", at(SECOND, 9))
        scope = access.scope_of(world.director, SECOND)
        grants.let_answer(clerk.pk, world.round.pk, [world.plan.pk], at(date(2027, 1, 20)), scope=scope, stamp=stamp)
        assert f"?kuka={clerk.pk}" in html(client.get("/vastaa/"))
        assert "Digitalisaation" in html(client.get(f"/vastaa/?kuka={clerk.pk}"))
        assert "Digitalisaation" not in html(client.get(f"/vastaa/?kuka={world.director.pk}"))
        p = f"p{world.plan.pk}"
        version = StatusReport.objects.get().version
        data = {f"{p}-version": version, f"{p}-choice": "update", f"{p}-text": "Kirjattu.", "kuka": clerk.pk}
        assert client.post("/vastaa/", data).status_code == 302
    assert StatusReport.objects.get().history.first().history_user_id == clerk.pk
