"""People: invited, given roles, relieved of them, deactivated; by administrators of their own municipality alone."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.mail.backends.base import BaseEmailBackend
from django.http import Http404
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from notifications.models import Reminder
from tests import make
from tests.people.left import address_of, left
from toimenpiteet import access
from toimenpiteet.models import Actor, Door, Membership, MunicipalityRole, Stamp, User
from toimenpiteet.selectors.history import integrity
from toimenpiteet.services import audited
from toimenpiteet.services.errors import DomainError, Forbidden, Invalid, Stale
from toimenpiteet.services.people import people, roles
from toimenpiteet.services.people.invitations import Invitation
from toimenpiteet.services.people.roles import WantedRole
from toimenpiteet.services.text import one_line
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YESTERDAY = make.TODAY - DAY


class Kept(make.World):
    """A world with two administrators."""

    def __init__(self) -> None:
        super().__init__()
        self.admin = make.official(self.municipality, Role.ADMIN, user=make.user("Aino Ylläpitäjä"))
        self.second = make.official(self.municipality, Role.ADMIN, user=make.user("Eino Toinen"))

    def by(self, person: User | None = None) -> dict[str, Any]:
        return _by(person or self.admin)


def _by(person: User) -> dict[str, Any]:
    return {"scope": access.scope_of(person, make.TODAY), "stamp": _stamp(person)}


def _stamp(person: User) -> Stamp:
    return audited.stamp(Actor.person(person, Door.ADMIN), "Uusi työntekijä", make.NOW)


@pytest.fixture
def world() -> Kept:
    return Kept()


@pytest.fixture
def operator() -> User:
    return User.objects.create_superuser("yllapito@mallila.example", make.PASSWORD, name="Ylläpito")


Committed = Callable[..., Any]


@pytest.fixture
def invite(world: Kept, django_capture_on_commit_callbacks: Committed) -> Callable[..., Invitation]:
    """Return a way to invite whose transaction commits."""

    def run(**more: Any) -> Invitation:
        values: dict[str, Any] = {
            "email": "Uuno.Uusi@Mallila.example",
            "name": "Uuno Uusi",
            "language": "fi",
            "grants": [WantedRole(Role.MANAGER, unit=world.unit.pk)],
            **world.by(),
            **more,
        }
        with django_capture_on_commit_callbacks(execute=True):
            return people.invite(values.pop("email"), values.pop("name"), **values)

    return run


def _roles(user: User) -> set[str]:
    rows: list[Any] = [*Membership.objects.filter(user=user), *MunicipalityRole.objects.filter(user=user)]
    return {row.role for row in rows}


# Inviting


def test_an_invitation_makes_an_account_with_roles_and_without_a_password(world: Kept, invite: Any) -> None:
    invitation = invite(
        grants=[
            WantedRole(Role.MANAGER, unit=world.unit.pk),
            WantedRole(Role.VIEWER, municipality=world.municipality.pk),
        ]
    )
    user = User.objects.get(email="uuno.uusi@mallila.example")
    assert (user.name, user.language, user.is_staff, user.is_superuser) == ("Uuno Uusi", "fi", False, False)
    assert not user.has_usable_password()
    assert _roles(user) == {"manager", "viewer"}
    assert (invitation.user, invitation.sent) == (user, True)
    row = Membership.objects.get(user=user).history.get()
    assert (row.actor_name.text, row.history_change_reason) == ("Aino Ylläpitäjä", "Uusi työntekijä")
    assert list(integrity.verify()) == []


@pytest.mark.parametrize(
    ("language", "word"), [("fi", '<html lang="fi">'), ("sv", '<html lang="sv">'), ("en", "Choose a password")]
)
def test_the_mail_is_in_the_persons_language_and_leads_to_a_password(invite: Any, language: str, word: str) -> None:
    invite(language=language)
    message: Any = left()[0]
    assert address_of(message) == "uuno.uusi@mallila.example"
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "Mallila" in message.subject
    html = message.alternatives[0][0]
    assert word in html
    assert "Aino Ylläpitäjä" in message.body
    assert _link(message.body) in html


def _link(body: Any) -> str:
    found = re.search(r"http\S*/salasana/uusi/\S+", body)
    assert found, body
    return found[0]


def test_the_link_sets_a_password_once(invite: Any) -> None:
    try:
        reverse("account_reset_password_from_key", kwargs={"uidb36": "1", "key": "x"})
    except NoReverseMatch:
        pytest.fail("the sign-in pages are missing")
    invite()
    path = _link(left()[0].body).removeprefix("http://localhost:8000")
    new = {"password1": "sorsa-ui-järvellä-9", "password2": "sorsa-ui-järvellä-9"}

    def follow() -> bool:
        client = Client()
        form = client.get(path, follow=True)
        # A scanner that opens the link has changed nothing; only the person's POST does.
        page = form.redirect_chain[-1][0] if form.redirect_chain else path
        client.post(page, new)
        user = User.objects.get(email="uuno.uusi@mallila.example")
        used = user.check_password(new["password1"])
        new.update(password1="toinen-salasana-8", password2="toinen-salasana-8")
        return used

    with time_machine.travel(make.NOW):
        assert follow()
        assert not follow()


def test_the_link_ends_three_days_after_the_invitation_however_late_its_mail_left(invite: Any) -> None:
    invite()
    path = _link(left()[0].body).removeprefix("http://localhost:8000")
    opens = {}
    for days in (2, 4):
        with time_machine.travel(make.NOW + timedelta(days=days)):
            opens[days] = Client().get(path).status_code
    # A link that holds leads on to an address without its key.
    assert opens == {2: 302, 4: 200}


def test_opening_the_link_changes_nothing(invite: Any) -> None:
    invite()
    path = _link(left()[0].body).removeprefix("http://localhost:8000")
    Client().get(path, follow=True)
    assert not User.objects.get(email="uuno.uusi@mallila.example").has_usable_password()
    assert Client().get(path, follow=True).status_code == 200


def test_a_link_runs_out(invite: Any, settings: Any) -> None:
    from allauth.account.forms import default_token_generator

    invite()
    user = User.objects.get(email="uuno.uusi@mallila.example")
    token = default_token_generator.make_token(user)
    assert default_token_generator.check_token(user, token)
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert not default_token_generator.check_token(user, token)


class BrokenMail(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, email_messages: Any) -> int:
        raise ConnectionRefusedError("no\r\nserver")


def test_a_mail_that_cannot_leave_loses_no_account(invite: Any, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.people.test_people.BrokenMail"
    invite()
    assert User.objects.filter(email="uuno.uusi@mallila.example").exists()
    assert left() == []
    row = Reminder.objects.get()
    assert (row.state, row.problem, row.next_attempt_at) == ("planned", "network", make.NOW + timedelta(minutes=1))
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert [address_of(message) for message in left()] == ["uuno.uusi@mallila.example"]


def test_no_mail_leaves_when_nothing_is_saved(world: Kept, django_capture_on_commit_callbacks: Committed) -> None:
    with django_capture_on_commit_callbacks(execute=True), pytest.raises(Invalid):
        people.invite("uuno@mallila.example", "Uuno", language="fi", grants=[], **world.by())
    assert left() == []
    assert not User.objects.filter(email="uuno@mallila.example").exists()


def test_somebody_with_an_account_gets_the_role_and_keeps_the_rest(world: Kept, invite: Any) -> None:
    known = make.member(make.World().unit, user=make.user("Tuttu Henkilö", email="tuttu@mallila.example"))
    invitation = invite(email="TUTTU@mallila.example", name="Joku Muu", language="sv")
    known.refresh_from_db()
    assert invitation.user == known
    assert (known.name, known.language, known.check_password(make.PASSWORD)) == ("Tuttu Henkilö", "fi", True)
    assert Membership.objects.filter(user=known).count() == 2
    assert "/salasana/uusi/" not in left()[0].body
    assert reverse("account_login") in left()[0].body
    assert "Tuttu Henkilö" in invitation.told()
    assert "Tuttu Henkilö" not in invite().told()


def test_the_mail_says_that_the_inviting_municipality_is_a_demonstration(world: Kept, invite: Any) -> None:
    known = make.member(world.unit, user=make.user(email="tuttu@mallila.example", language="en"))
    audited.change(world.municipality, make.stamp(), demonstration=True)
    invite(language="en")
    real = Kept()
    grants = [WantedRole(Role.MANAGER, unit=real.unit.pk)]
    invite(email=known.email, grants=grants, **_by(real.admin))
    said = [("demonstration data" in str(message.body), message.subject.count("Mallila")) for message in left()]
    assert said == [(True, 1), (False, 1)]


def test_a_closed_account_is_opened_again_without_its_old_password(world: Kept, invite: Any) -> None:
    closed = make.user(email="palaaja@mallila.example", is_active=False)
    invite(email="palaaja@mallila.example")
    closed.refresh_from_db()
    assert closed.is_active
    assert not closed.has_usable_password()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "ei osoite"}, "email"),
        ({"email": "a@b.example\nBcc: muu@mallila.example"}, "email"),
        ({"email": '"Nimi" <x@mallila.example>'}, "email"),
        ({"name": ""}, "name"),
        ({"name": "Kaksi\nriviä"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"language": "ru"}, "language"),
        ({"grants": []}, "role"),
    ],
)
def test_what_cannot_be_taken_is_named(invite: Any, values: dict[str, Any], field: str) -> None:
    before = User.objects.count()
    with pytest.raises(Invalid) as refused:
        invite(**values)
    assert refused.value.field == field
    assert (User.objects.count(), left()) == (before, [])


def test_a_second_mail_can_be_sent(world: Kept, invite: Any, django_capture_on_commit_callbacks: Committed) -> None:
    user = invite().user
    with django_capture_on_commit_callbacks(execute=True):
        again = people.invite_again(user.pk, **world.by())
    assert again.sent
    assert len(left()) == 2
    with pytest.raises(Http404):
        people.invite_again(user.pk, **_by(Kept().admin))


@pytest.mark.parametrize(
    ("name", "kept"),
    [("A\r\nBcc: x", "A Bcc: x"), ("\u202eväärin", "väärin"), ("  a \t b ", "a b"), ("Ähtäri", "Ähtäri")],
)
def test_headers_are_one_line_without_direction_signs(name: str, kept: str) -> None:
    assert one_line(name) == kept


# Who may


def test_only_an_administrator_of_the_very_municipality(world: Kept, invite: Any) -> None:
    other = Kept()
    viewer_here_admin_there = make.official(world.municipality, Role.VIEWER, user=other.admin)
    cases: list[tuple[User, type[Exception]]] = [
        (world.manager, Forbidden),
        (world.director, Forbidden),
        (viewer_here_admin_there, Forbidden),
        (other.second, Http404),
        (make.official(world.municipality, Role.ADMIN, valid_until=YESTERDAY), Forbidden),
    ]
    for person, refusal in cases:
        with pytest.raises(refusal):
            invite(**_by(person))
    assert not User.objects.filter(email="uuno.uusi@mallila.example").exists()


def test_an_administrator_gives_no_role_elsewhere(world: Kept, invite: Any) -> None:
    other = Kept()
    for wanted in (
        WantedRole(Role.MANAGER, unit=other.unit.pk),
        WantedRole(Role.ADMIN, municipality=other.municipality.pk),
    ):
        with pytest.raises(Http404):
            roles.grant(world.manager.pk, wanted, **world.by())
    with pytest.raises(Http404):
        roles.grant(other.manager.pk, WantedRole(Role.MANAGER, unit=world.unit.pk), **world.by())


def test_the_operator_may_everywhere(operator: User) -> None:
    world = Kept()
    roles.grant(world.manager.pk, WantedRole(Role.ADMIN, municipality=world.municipality.pk), **_by(operator))
    roles.grant(world.director.pk, WantedRole(Role.MANAGER, unit=world.unit.pk), **_by(operator))
    assert _roles(world.manager) == {"manager", "admin"}


@pytest.mark.parametrize("act", ["edit", "deactivate", "invite again", "grant"])
def test_the_operator_is_nobodys_to_change(world: Kept, operator: User, act: str) -> None:
    make.official(world.municipality, Role.VIEWER, user=operator)
    attempts: dict[str, Callable[[], object]] = {
        "edit": lambda: people.edit(
            operator.pk,
            name="X",
            email="oma@mallila.example",
            language="fi",
            **world.by(),
        ),
        "deactivate": lambda: people.deactivate(operator.pk, **world.by()),
        "invite again": lambda: people.invite_again(operator.pk, **world.by()),
        "grant": lambda: roles.grant(operator.pk, WantedRole(Role.MANAGER, unit=world.unit.pk), **world.by()),
    }
    with pytest.raises(Forbidden):
        attempts[act]()
    operator.refresh_from_db()
    assert (operator.email, operator.is_active, operator.is_superuser) == ("yllapito@mallila.example", True, True)


# Roles


def test_an_administrator_may_open_the_administration_and_no_longer_after(world: Kept) -> None:
    roles.grant(world.manager.pk, WantedRole(Role.ADMIN, municipality=world.municipality.pk), **world.by())
    world.manager.refresh_from_db()
    assert world.manager.is_staff
    assert not world.manager.is_superuser
    role = MunicipalityRole.objects.get(user=world.manager)
    roles.end_role(role, YESTERDAY, version=1, **world.by())
    world.manager.refresh_from_db()
    assert not world.manager.is_staff


@pytest.mark.parametrize(
    "wanted",
    [
        {"role": Role.MANAGER},
        {"role": Role.MANAGER, "unit": "unit", "municipality": "municipality"},
        {"role": Role.MANAGER, "municipality": "municipality"},
        {"role": Role.ADMIN, "unit": "unit"},
        {"role": Role.CONTRIBUTOR, "unit": "unit", "valid_from": make.TODAY, "valid_until": YESTERDAY},
        {"role": Role.CONTRIBUTOR, "unit": "unit", "valid_until": YESTERDAY},
        {"role": Role.MANAGER, "unit": "unit"},
        {"role": Role.MANAGER, "unit": "unit", "valid_from": make.TODAY},
    ],
)
def test_a_role_that_does_not_fit(world: Kept, wanted: dict[str, Any]) -> None:
    values = {
        name: getattr(world, value).pk if name in {"unit", "municipality"} else value for name, value in wanted.items()
    }
    before = _roles(world.manager)
    with pytest.raises(DomainError):
        roles.grant(world.manager.pk, WantedRole(**values), **world.by())
    assert _roles(world.manager) == before
    assert Membership.objects.filter(user=world.manager).count() == 1


def test_the_same_role_can_be_given_for_other_days(world: Kept) -> None:
    role = Membership.objects.get(user=world.manager)
    roles.end_role(role, make.TODAY, version=1, **world.by())
    roles.grant(
        world.manager.pk, WantedRole(Role.MANAGER, unit=world.unit.pk, valid_from=make.TODAY + DAY), **world.by()
    )
    assert Membership.objects.filter(user=world.manager).count() == 2


def test_no_role_in_a_unit_that_has_ended(world: Kept) -> None:
    audited.change(world.unit, make.stamp(), valid_until=YESTERDAY)
    with pytest.raises(Invalid) as refused:
        roles.grant(world.director.pk, WantedRole(Role.MANAGER, unit=world.unit.pk), **world.by())
    assert refused.value.field == "unit"


def test_a_role_ends_on_its_last_day_and_stays_in_the_record(world: Kept) -> None:
    role = Membership.objects.get(user=world.manager)
    roles.end_role(role, make.TODAY, version=1, **world.by())
    assert access.roles_on(access.scope_of(world.manager, make.TODAY), world.plan) == {Role.MANAGER}
    assert access.roles_on(access.scope_of(world.manager, make.TODAY + DAY), world.plan) == frozenset()
    assert role.history.order_by("history_id").last().actor_name.text == "Aino Ylläpitäjä"


def test_a_role_that_has_not_begun_is_taken_away(world: Kept) -> None:
    make.member(world.unit, Role.CONTRIBUTOR, user=world.manager, valid_from=make.TODAY + 9 * DAY)
    role = Membership.objects.get(user=world.manager, role="contributor")
    roles.end_role(role, make.TODAY, version=1, **world.by())
    assert not Membership.objects.filter(pk=role.pk).exists()
    assert Membership.history.filter(id=role.pk, history_type="-").exists()


@pytest.mark.parametrize(("begins", "ends"), [(-9, -10), (0, -1), (9, -1)])
def test_a_role_does_not_end_before_it_began(world: Kept, begins: int, ends: int) -> None:
    make.member(world.unit, Role.CONTRIBUTOR, user=world.manager, valid_from=make.TODAY + begins * DAY)
    role = Membership.objects.get(user=world.manager, role="contributor")
    with pytest.raises(Invalid) as refused:
        roles.end_role(role, make.TODAY + ends * DAY, version=1, **world.by())
    assert refused.value.field == "last_day"
    if begins < 0:
        assert roles.end_role(role, make.TODAY + begins * DAY, version=1, **world.by())


def test_a_role_changed_meanwhile_is_not_ended(world: Kept) -> None:
    role = Membership.objects.get(user=world.manager)
    roles.end_role(role, make.TODAY + 9 * DAY, version=1, **world.by())
    with pytest.raises(Stale):
        roles.end_role(role, make.TODAY, version=1, **world.by())


def test_nobody_takes_away_the_last_administrator(world: Kept) -> None:
    first, last = MunicipalityRole.objects.filter(role="admin").order_by("pk")
    roles.end_role(first, YESTERDAY, version=1, **world.by())
    for day in (YESTERDAY, make.TODAY, make.TODAY + 400 * DAY):
        with pytest.raises(Invalid):
            roles.end_role(last, day, version=1, **world.by(world.second))
    with pytest.raises(Forbidden):
        people.deactivate(world.second.pk, **world.by(world.second))
    last.refresh_from_db()
    assert (last.valid_until, last.version) == (None, 1)


def test_an_administrator_for_a_while_is_not_enough(world: Kept) -> None:
    first, second = MunicipalityRole.objects.filter(role="admin").order_by("pk")
    roles.end_role(second, make.TODAY + 30 * DAY, version=1, **world.by())
    with pytest.raises(Invalid):
        roles.end_role(first, make.TODAY, version=1, **world.by())


def test_the_operator_cannot_leave_a_municipality_without_one_either(world: Kept, operator: User) -> None:
    people.deactivate(world.second.pk, **_by(operator))
    with pytest.raises(Invalid):
        people.deactivate(world.admin.pk, **_by(operator))
    world.admin.refresh_from_db()
    assert world.admin.is_active


def test_another_role_ends_where_there_is_no_administrator_at_all(operator: User) -> None:
    world = make.World()
    roles.end_role(Membership.objects.get(user=world.manager), make.TODAY, version=1, **_by(operator))
    assert Membership.objects.get(user=world.manager).valid_until == make.TODAY


# The account


def test_a_deactivated_person_has_no_roles_cannot_sign_in_and_keeps_the_name(world: Kept) -> None:
    audited.change(
        world.plan,
        audited.stamp(Actor.person(world.manager, Door.PAGE), "Työt alkoivat", make.NOW),
        status="in_progress",
    )
    make.official(world.municipality, Role.VIEWER, user=world.manager, valid_from=make.TODAY)
    client = Client()
    assert client.login(email=world.manager.email, password=make.PASSWORD)
    people.deactivate(world.manager.pk, **world.by())
    world.manager.refresh_from_db()
    assert not world.manager.is_active
    assert not Client().login(email=world.manager.email, password=make.PASSWORD)
    for day in (make.TODAY, make.TODAY + 400 * DAY):
        assert access.scope_of(world.manager, day).municipalities == frozenset()
    assert Membership.objects.get(user=world.manager).valid_until == YESTERDAY
    assert world.plan.history.order_by("history_id").last().actor_name.text == world.manager.name


def test_who_works_elsewhere_too_keeps_the_account(world: Kept) -> None:
    other = Kept()
    make.member(other.unit, user=world.manager)
    people.deactivate(world.manager.pk, **world.by())
    world.manager.refresh_from_db()
    assert world.manager.is_active
    scope = access.scope_of(world.manager, make.TODAY)
    assert scope.municipalities == {other.municipality.pk}


def test_another_municipalitys_person_does_not_exist(world: Kept) -> None:
    other = Kept()
    for act in (
        lambda: people.deactivate(other.manager.pk, **world.by()),
        lambda: people.edit(other.manager.pk, name="X", email="x@y.example", language="fi", **world.by()),
        lambda: roles.end_role(Membership.objects.get(user=other.manager), make.TODAY, version=1, **world.by()),
    ):
        with pytest.raises(Http404):
            act()


def _edit(world: Kept, person: User, **values: Any) -> User:
    whole: dict[str, Any] = {"name": person.name, "email": person.email, "language": person.language} | values
    return people.edit(person.pk, **whole, **world.by())


def test_name_address_and_language_change(world: Kept) -> None:
    changed = _edit(world, world.manager, name="Maija Uusinimi", email="Uusi@Mallila.example", language="sv")
    changed.refresh_from_db()
    assert (changed.name, changed.email, changed.language) == ("Maija Uusinimi", "uusi@mallila.example", "sv")


def test_an_address_that_is_anothers(world: Kept) -> None:
    with pytest.raises(Invalid) as refused:
        _edit(world, world.manager, email=world.director.email.upper())
    assert refused.value.field == "email"


def test_the_account_of_somebody_who_works_elsewhere_too_is_not_ours_to_change(world: Kept) -> None:
    make.member(Kept().unit, user=world.manager)
    with pytest.raises(Forbidden):
        _edit(world, world.manager, email="oma@mallila.example")
    with pytest.raises(Forbidden):
        _edit(world, world.manager, name="Maija Uusinimi")


def test_people_choose_their_own_language(world: Kept) -> None:
    by: dict[str, Any] = {"actor": Actor.person(world.manager, Door.PAGE), "now": make.NOW}
    assert people.set_language("sv", **by).language == "sv"
    with pytest.raises(Invalid):
        people.set_language("klingon", **by)


def test_the_invitation_is_dated_when_it_was_made(invite: Any) -> None:
    now = timezone.now()
    invite(stamp=audited.stamp(Actor.system("testit", Door.COMMAND), "syy", now))
    assert left()[0].extra_headers["Date"].startswith(timezone.localtime(now).strftime("%a, %d"))
