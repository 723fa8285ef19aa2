"""What a mail looks like, and what never gets into it."""

import re
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import delivery, letter
from notifications.models import Reminder
from notifications.outbox import Mail
from tests import make
from toimenpiteet.models import GroupMember, User
from toimenpiteet.services import audited

from . import build
from .build import SECOND, RoundWorld, at

pytestmark = [pytest.mark.django_db, pytest.mark.once]
HIDDEN = "\u202e\u2066\u200b"


def sent(mailoutbox: list[Any]) -> EmailMultiAlternatives:
    build.tick(at(SECOND))
    message = mailoutbox[0]
    assert isinstance(message, EmailMultiAlternatives)
    return message


def html(message: EmailMultiAlternatives) -> str:
    return str(message.alternatives[0][0])


def test_headers_say_that_a_machine_wrote_and_which_thread_it_belongs_to(mailoutbox: list[Any]) -> None:
    RoundWorld()
    headers = sent(mailoutbox).message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert "OOF" in headers["X-Auto-Response-Suppress"]
    assert "NDR" not in headers["X-Auto-Response-Suppress"]
    row = build.only()
    for identity in (headers["Message-ID"], headers["References"]):
        local, _at, host = identity.strip("<>").partition("@")
        assert (len(local), host) == (32, "localhost")
        assert int(local, 16)
    assert headers["Message-ID"] == row.message_id
    assert headers["References"] != row.message_id


def test_the_mails_of_one_round_share_a_thread_and_those_of_another_do_not(mailoutbox: list[Any]) -> None:
    RoundWorld()
    for day in (SECOND, build.LAST):
        build.tick(at(day))
    RoundWorld(date(2027, 6, 29))
    build.tick(at(date(2027, 6, 28)))
    threads = [message.extra_headers["References"] for message in mailoutbox]
    assert threads[0] == threads[1] != threads[-1]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_it_is_in_the_receivers_language(mailoutbox: list[Any], language: str) -> None:
    world = RoundWorld()
    make.change_user(world.manager, language=language)
    message = sent(mailoutbox)
    assert f'<html lang="{language}">' in html(message)
    assert message.extra_headers["Content-Language"] == language
    english = "1 answer by 31 Dec 2026"
    assert (english in message.subject, "10 working days left" in str(message.body)) == (language == "en",) * 2


def test_it_says_what_is_open_and_links_straight_to_it(mailoutbox: list[Any], settings: Any) -> None:
    settings.PUBLIC_URL = "https://strategia.mallila.example"
    world = RoundWorld()
    make.change_user(world.manager, language="en")
    message = sent(mailoutbox)
    link = re.escape("https://strategia.mallila.example/vastaa/avain/") + "[0-9a-f]{43}/"
    assert re.search(f'{link}#vastaus-{world.plan.pk}"', html(message))
    for body in (str(message.body), html(message)):
        assert re.search(link, body)
        for shown in ("Mallilan strategia", "Digitalisaation tiekartta", "2021–2030", "by the end of 2030"):
            assert shown in body
        assert "not started" in body
    assert message.extra_headers["Message-ID"].endswith("@strategia.mallila.example>")


def test_it_is_one_screen_the_late_ones_first_and_the_rest_a_count(mailoutbox: list[Any]) -> None:
    world = RoundWorld()
    make.change_user(world.manager, language="en")
    for number in range(40):
        item = make.action_item(world.goal, world.unit, name_fi=f"Toimenpide {number:02}")
        late: dict[str, Any] = {"due_on": date(2026, 11, number - 9), "due_precision": "day"} if number > 36 else {}
        make.plan(item, world.period, **late)
    message = sent(mailoutbox)
    body = str(message.body)
    assert body.count("\n* ") == letter.MOST_ROWS
    assert [line for line in body.splitlines() if line.startswith("* ")][:3] == [
        f"* Toimenpide {number}" for number in (37, 38, 39)
    ]
    assert "And 29 more." in body
    assert "41 answers by 31 Dec 2026" in message.subject
    assert len(body.split()) < 400


def test_what_a_group_brings_is_folded_to_a_count(mailoutbox: list[Any]) -> None:
    world = RoundWorld()
    make.change_user(world.manager, language="en")
    everyone = make.unit(world.municipality, "Palvelualueet", kind="group", email="")
    audited.add(GroupMember(group=everyone, unit=world.unit), make.stamp())
    for number in range(3):
        make.plan(make.action_item(world.goal, everyone, name_fi=f"Kaikkien {number}"), world.period)
    body = str(sent(mailoutbox).body)
    assert "Through a group: Palvelualueet: 3 action items" in body
    assert "Kaikkien" not in body


def test_who_answers_for_nothing_but_a_groups_sees_its_items(mailoutbox: list[Any]) -> None:
    world = RoundWorld()
    everyone = make.unit(world.municipality, "Palvelualueet", kind="group", email="")
    audited.add(GroupMember(group=everyone, unit=world.unit), make.stamp())
    make.plan(make.action_item(world.goal, everyone, name_fi="Kaikkien yhteinen"), world.period)
    build.answer(world.plan, world.round)
    assert "* Kaikkien yhteinen" in str(sent(mailoutbox).body)


@pytest.mark.parametrize(
    ("wanted", "got"),
    [([40], [12]), ([3, 40], [3, 9]), ([40, 40, 40], [4, 4, 4]), ([1, 2, 3], [1, 2, 3]), ([40] * 13, [1] * 12 + [0])],
)
def test_sections_share_the_lines_of_the_screen(wanted: list[int], got: list[int]) -> None:
    assert letter.shares(wanted, 12) == got


def test_a_plan_of_two_of_my_units_stands_in_it_once(mailoutbox: list[Any]) -> None:
    world = RoundWorld()
    other = make.unit(world.municipality, "Tilapalvelut", order=1)
    make.member(other, user=world.manager)
    make.plan(make.action_item(world.goal, world.unit, name_fi="Yhteinen"), world.period, units=[other, world.unit])
    message = sent(mailoutbox)
    assert str(message.body).count("Yhteinen") == 1


def test_a_substitute_reads_for_whom_and_a_mailbox_why(mailoutbox: list[Any]) -> None:
    world = RoundWorld()
    for who in User.objects.all():
        make.change_user(who, language="en")
    make.substitution(world.manager, world.director, world.municipality)
    build.tick(at(SECOND))
    both = {message.to[0].partition("<")[2].strip(">"): str(message.body) for message in mailoutbox}
    assert both.keys() == {world.manager.email, world.director.email}
    assert "you stand in for Maija Mallikas" in both[world.director.email]
    mailoutbox.clear()
    bare = RoundWorld()
    make.change_user(bare.manager, is_active=False)
    audited.change(bare.unit, make.stamp(), language="en")
    assert "nobody in charge of it can be reached" in str(sent(mailoutbox).body)


def test_demonstration_data_says_so(mailoutbox: list[Any]) -> None:
    world = RoundWorld()
    audited.change(world.municipality, make.stamp(), demonstration=True)
    for who in User.objects.all():
        make.change_user(who, language="en")
    message = sent(mailoutbox)
    assert message.subject.startswith("Demonstration: ")
    for body in (str(message.body), html(message)):
        assert "This is demonstration data." in body


@pytest.mark.parametrize(
    ("name", "to"),
    [
        ("Maija Mallikas", "Maija Mallikas"),
        ("Maija\r\nBcc: toinen@muu.example", ""),
        (f"Maija{HIDDEN} Mallikas", "Maija Mallikas"),
        ("Johtaja <johtaja@mallila.example>", ""),
        ('"Johtaja" johtaja@mallila.example', ""),
        ("Mallikas, Maija; Testaaja\\", "Mallikas, Maija; Testaaja\\"),
        ("Päivi Öhman", "Päivi Öhman"),
        ("{{ settings.SECRET_KEY }}{% now %}", "{{ settings.SECRET_KEY }}{% now %}"),
    ],
)
def test_no_name_reaches_a_header_raw(mailoutbox: list[Any], name: str, to: str) -> None:
    world = RoundWorld()
    make.change_user(world.manager, name=name)
    raw = sent(mailoutbox).message().as_bytes()
    read = message_from_bytes(raw, policy=policy.default)
    (address,) = read["To"].addresses
    assert (address.display_name, address.addr_spec) == (to, world.manager.email)
    assert read["Bcc"] is None


def test_text_is_text_in_every_part(mailoutbox: list[Any]) -> None:
    world = RoundWorld()
    nasty = f"<script>alert(1)</script>{{{{ 7|add:1 }}}}{HIDDEN}\r\n\r\n== Toinen yksikkö ==\r\nBcc: x"
    audited.change(world.item, make.stamp(), name_fi=nasty)
    audited.change(world.municipality, make.stamp(), name_fi="Malli\r\nla: x")
    message = sent(mailoutbox)
    assert "<script>" not in html(message)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7|add:1 }}" in html(message)
    assert "\n== Toinen yksikkö ==" not in str(message.body)
    assert "<script>alert(1)</script>{{ 7|add:1 }} == Toinen yksikkö == Bcc: x" in str(message.body)
    assert message.subject.startswith("Malli la: x: ")
    for body in (str(message.body), html(message)):
        assert not set(HIDDEN) & set(body)


def test_a_text_in_another_language_is_marked(mailoutbox: list[Any]) -> None:
    world = RoundWorld()
    make.change_user(world.manager, language="en")
    audited.change(world.strategy, make.stamp(), name_en="Strategy of Mallila")
    shown = html(sent(mailoutbox))
    assert 'lang="fi">Digitalisaation tiekartta</a>' in shown
    assert ">Strategy of Mallila · " in shown


def test_reading_a_long_list_costs_as_much_as_a_short_one() -> None:
    counts = []
    for size in (1, 30):
        world = RoundWorld()
        for number in range(size):
            item = make.action_item(world.goal, world.unit, name_fi=f"Toimenpide {number}")
            make.step(make.plan(item, world.period), due_on=date(2027, 1, 5), due_precision="day")
        build.plan(at(SECOND))
        row = Reminder.objects.get(municipality=world.municipality)
        with CaptureQueriesContext(connection) as queries:
            assert delivery.preview(row, at(SECOND)) is not None
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_mail_that_is_not_frozen_cannot_be_sent() -> None:
    with pytest.raises(ValueError, match="not_frozen"):
        letter.envelope(Reminder(), Mail("", "", ""))
