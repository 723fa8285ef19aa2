"""Saving through the admin: by services, with a reason, into history; refused with everything that was typed kept."""

from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import make
from tests.admin.pages import address, errors, filled, send
from tests.admin.test_reach import keeper, sign_in
from toimenpiteet.models import (
    ActionItem,
    Goal,
    GroupMember,
    Membership,
    MunicipalityRole,
    PeriodPlan,
    PlanUnit,
    Step,
    Theme,
    Unit,
    UnitAlias,
    User,
)
from toimenpiteet.selectors import integrity
from toimenpiteet.services import record
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db
WHY = "Organisaatio muuttui"


class Kept(make.World):
    """A world and the browser of somebody who keeps it."""

    def __init__(self) -> None:
        super().__init__()
        self.admin = keeper(self)
        self.client = sign_in(self.admin)

    def change(self, row: Any, **changes: Any) -> Any:
        return send(self.client, address(type(row), "change", row.pk), **({"reason": WHY} | changes))

    def add(self, model: Any, **values: Any) -> Any:
        return send(self.client, address(model, "add"), **({"reason": WHY} | values))


@pytest.fixture
def world() -> Kept:
    return Kept()


def _newest(row: Any) -> Any:
    return row.history.order_by("history_id").last()


# One row


def test_a_change_is_recorded_with_who_why_and_the_door(world: Kept) -> None:
    response = world.change(world.unit, name_sv="Dataförvaltning")
    assert response.status_code == 302, errors(response)
    row = _newest(world.unit)
    assert (row.name_sv, row.version, row.actor_name.text, row.door, row.history_change_reason) == (
        "Dataförvaltning",
        2,
        "Aino Ylläpitäjä",
        "admin",
        WHY,
    )
    assert list(integrity.verify()) == []


def test_a_change_of_nothing_leaves_nothing(world: Kept) -> None:
    for row in (world.unit, world.goal, world.theme, world.item, world.plan, world.strategy, world.period):
        assert world.change(row).status_code == 302
        row.refresh_from_db()
        assert (row.version, row.history.count()) == (1, 1), row


@pytest.mark.parametrize("reason", ["", "   ", "x" * 501])
def test_without_a_reason_nothing_is_saved_and_nothing_typed_is_lost(world: Kept, reason: str) -> None:
    response = world.change(world.unit, name_fi="Digipalvelut", reason=reason)
    assert response.status_code == 200
    assert "reason" in response.context["adminform"].form.errors
    assert 'value="Digipalvelut"' in response.content.decode()
    assert Unit.objects.get(pk=world.unit.pk).name == "Tietohallinto"


def test_what_a_service_refuses_comes_back_in_its_field(world: Kept) -> None:
    response = world.change(world.unit, name_fi="", name_sv="Bara svenska", email="uusi@mallila.example")
    assert response.status_code == 422
    form = response.context["adminform"].form
    assert list(form.errors) == ["name_fi"]
    assert "uusi@mallila.example" in response.content.decode()
    assert Unit.objects.get(pk=world.unit.pk).version == 1


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7|add:7 }}", "=HYPERLINK(1)", "Ähtäri – 5 %"])
def test_text_is_text(world: Kept, text: str) -> None:
    assert world.change(world.unit, name_fi=text).status_code == 302
    page = world.client.get(address(Unit, "change", world.unit.pk)).content.decode()
    assert Unit.objects.get(pk=world.unit.pk).name_fi == text  # type: ignore[attr-defined]
    assert "<script>alert" not in page


@pytest.mark.parametrize("text", ["kello\x07", "nolla\x00", "x" * 200_000])
def test_what_cannot_be_stored_is_refused(world: Kept, text: str) -> None:
    response = world.change(world.strategy, mission_fi=text)
    assert response.status_code in {200, 422}
    assert "mission_fi" in response.context["adminform"].form.errors
    assert world.strategy.history.count() == 1


def test_a_row_changed_meanwhile_is_shown_and_not_overwritten(world: Kept) -> None:
    url = address(Unit, "change", world.unit.pk)
    page = world.client.get(url)
    record.change(world.unit, make.stamp(), email="toinen@mallila.example")
    typed = filled(page) | {"reason": WHY, "name_fi": "Digipalvelut", "email": "oma@mallila.example"}
    response: Any = world.client.post(url, typed)
    assert response.status_code == 409
    html = response.content.decode()
    assert 'value="Digipalvelut"' in html
    assert 'value="oma@mallila.example"' in html
    assert "toinen@mallila.example" in html
    assert WHY in html
    assert Unit.objects.get(pk=world.unit.pk).email == "toinen@mallila.example"
    # Having been told, the person may send it again.
    again: Any = world.client.post(url, filled(response))
    assert again.status_code == 302, errors(again)
    unit = Unit.objects.get(pk=world.unit.pk)
    assert (unit.name, unit.email, unit.version) == ("Digipalvelut", "oma@mallila.example", 3)


@pytest.mark.parametrize("version", ["", "0", "999", "-1", "abc"])
def test_a_forged_version_saves_nothing(world: Kept, version: str) -> None:
    response = world.change(world.unit, name_fi="Digipalvelut", seen_version=version)
    assert response.status_code in {200, 409}
    assert Unit.objects.get(pk=world.unit.pk).version == 1


def test_what_is_only_shown_cannot_be_sent(world: Kept) -> None:
    other = make.World()
    world.change(world.plan, status="completed", next_deadline_on="2030-01-01", version="9", item="1", order="3")
    world.change(world.unit, municipality=str(other.municipality.pk), successor=str(world.unit.pk), order="3")
    plan, unit = PeriodPlan.objects.get(pk=world.plan.pk), Unit.objects.get(pk=world.unit.pk)
    assert (plan.status, plan.item, plan.version, plan.order) == ("not_started", world.item, 2, 3)
    assert (unit.municipality, unit.successor, unit.order) == (world.municipality, None, 3)
    assert list(integrity.verify()) == []


def test_another_municipalitys_row_cannot_be_chosen(world: Kept) -> None:
    other = make.World()
    for row, name, foreign in (
        (world.unit, "parent", other.unit),
        (world.goal, "owner", other.unit),
        (world.goal, "theme", other.theme),
        (world.item, "lead_unit", other.unit),
    ):
        response = world.change(row, **{name: str(foreign.pk)})
        assert response.status_code == 200
        assert name in response.context["adminform"].form.errors
        assert row.history.count() == 1


def test_one_who_keeps_two_municipalities_cannot_mix_them(world: Kept) -> None:
    other = make.World()
    make.official(other.municipality, Role.ADMIN, user=world.admin)
    response = world.change(world.goal, owner=str(other.unit.pk))
    assert response.status_code == 422
    assert "owner" in response.context["adminform"].form.errors
    response = world.change(world.goal, theme=str(other.theme.pk))
    assert response.status_code == 422


# New rows


def test_new_rows_get_their_keys_and_what_they_share_with_their_parents(world: Kept) -> None:
    assert world.add(Theme, strategy=world.strategy.pk, kind_fi="helmi", name_fi="Älykäs arki").status_code == 302
    theme = Theme.objects.get(key="alykas-arki")
    assert world.add(Goal, theme=theme.pk, name_fi="Arki sujuu", number="4").status_code == 302
    goal = Goal.objects.get(key="arki-sujuu")
    assert goal.strategy == world.strategy
    response = world.add(ActionItem, goal=goal.pk, name_fi="Sähköinen asiointi", lead_unit=world.unit.pk)
    assert response.status_code == 302, errors(response)
    item = ActionItem.objects.get(key="sahkoinen-asiointi")
    assert (item.strategy, item.municipality) == (world.strategy, world.municipality)
    response = world.add(
        PeriodPlan,
        item=item.pk,
        period=world.period.pk,
        text_fi="Avataan asiointi.",
        due_on="2021-06-30",
        due_precision="month",
        **{"unit_links-0-unit": world.unit.pk, "unit_links-0-order": "0"},
    )
    assert response.status_code == 302, errors(response)
    plan = PeriodPlan.objects.get(item=item)
    assert (plan.municipality, plan.status, plan.next_deadline_on) == (
        world.municipality,
        "not_started",
        date(2021, 6, 30),
    )
    assert [link.unit for link in plan.unit_links.all()] == [world.unit]
    assert list(integrity.verify()) == []


def test_a_plan_without_a_responsible_unit_is_refused(world: Kept) -> None:
    before = PeriodPlan.objects.count()
    response = world.add(PeriodPlan, item=world.item.pk, period=world.earlier.pk, text_fi="Teksti")
    assert response.status_code == 200
    assert PeriodPlan.objects.count() == before


def test_a_taken_key_is_said_and_nothing_is_saved(world: Kept) -> None:
    response = world.add(Goal, theme=world.theme.pk, name_fi="Toinen", key=world.goal.key)
    assert response.status_code == 422
    assert Goal.objects.count() == 1


def test_a_date_needs_its_precision_and_its_last_day(world: Kept) -> None:
    for values, field in (
        ({"due_on": "2021-06-30", "due_precision": ""}, "due_precision"),
        ({"due_on": "2021-06-15", "due_precision": "month"}, "due_on"),
        ({"due_on": "31.2.2021", "due_precision": "day"}, "due_on"),
    ):
        response = world.change(world.plan, **values)
        assert response.status_code in {200, 422}
        assert field in response.context["adminform"].form.errors
    assert world.plan.history.count() == 1


def test_a_new_date_moves_the_deadline_of_the_lists(world: Kept) -> None:
    assert world.change(world.plan, due_on="2021-12-31", due_precision="year").status_code == 302
    assert PeriodPlan.objects.get(pk=world.plan.pk).next_deadline_on == date(2021, 12, 31)
    assert world.change(world.period, end_year="2025").status_code == 302
    assert list(integrity.verify()) == []


def test_only_the_operator_adds_a_municipality(world: Kept) -> None:
    url = address(type(world.municipality), "add")
    assert world.client.get(url).status_code == 403
    operator = User.objects.create_superuser("yllapito@mallila.example", make.PASSWORD, name="Ylläpito")
    response = send(sign_in(operator), url, reason=WHY, name_fi="Uusikunta", language="fi", key="uusikunta")
    assert response.status_code == 302
    assert type(world.municipality).objects.filter(key="uusikunta").exists()


# Rows below


def test_rows_below_are_added_changed_and_removed_with_the_same_reason(world: Kept) -> None:
    url = address(Unit, "change", world.unit.pk)
    response = send(
        world.client, url, reason=WHY, **{"aliases-TOTAL_FORMS": "2", "aliases-0-text": "tiha", "aliases-1-text": "it"}
    )
    assert response.status_code == 302, errors(response)
    assert sorted(UnitAlias.objects.values_list("text", flat=True)) == ["it", "tiha"]
    response = send(world.client, url, reason=WHY, **{"aliases-0-DELETE": "on", "aliases-1-text": "it-palvelut"})
    assert response.status_code == 302, errors(response)
    (alias,) = UnitAlias.objects.all()
    assert alias.text == "it-palvelut"
    assert (_newest(alias).history_change_reason, _newest(alias).door) == (WHY, "admin")
    assert world.unit.history.count() == 1
    assert list(integrity.verify()) == []


def test_a_row_below_that_is_refused_undoes_everything(world: Kept) -> None:
    make.unit(world.municipality, "Viestintä")
    response = world.change(
        world.unit, email="uusi@mallila.example", **{"aliases-TOTAL_FORMS": "1", "aliases-0-text": "viestintä"}
    )
    assert response.status_code == 422
    assert "Viestintä" in errors(response)
    assert Unit.objects.get(pk=world.unit.pk).version == 1
    assert not UnitAlias.objects.exists()


def test_a_row_below_changed_meanwhile_is_told(world: Kept) -> None:
    alias = record.add(UnitAlias(unit=world.unit, text="tiha"), make.stamp())
    url = address(Unit, "change", world.unit.pk)
    page = world.client.get(url)
    record.change(alias, make.stamp(), text="tihas")
    response: Any = world.client.post(url, filled(page) | {"reason": WHY, "aliases-0-text": "it"})
    assert response.status_code == 409
    assert "tihas" in errors(response)
    assert 'value="it"' in response.content.decode()
    again: Any = world.client.post(url, filled(response))
    assert again.status_code == 302, errors(again)
    assert UnitAlias.objects.get().text == "it"


def test_the_last_responsible_unit_can_be_exchanged_but_not_taken(world: Kept) -> None:
    other = make.unit(world.municipality, "Viestintä")
    response = world.change(world.plan, **{"unit_links-0-DELETE": "on"})
    assert response.status_code in {200, 422}
    assert PlanUnit.objects.filter(plan=world.plan).count() == 1
    response = world.change(
        world.plan,
        **{
            "unit_links-TOTAL_FORMS": "2",
            "unit_links-0-DELETE": "on",
            "unit_links-1-unit": other.pk,
            "unit_links-1-order": "0",
        },
    )
    assert response.status_code == 302, errors(response)
    assert [link.unit for link in PlanUnit.objects.filter(plan=world.plan)] == [other]


def test_members_of_a_group(world: Kept) -> None:
    group = make.unit(world.municipality, "Tukipalvelut", kind="group")
    response = world.change(group, **{"group_members-TOTAL_FORMS": "1", "group_members-0-unit": world.unit.pk})
    assert response.status_code == 302, errors(response)
    assert GroupMember.objects.get().unit == world.unit
    foreign = make.World().unit
    response = world.change(group, **{"group_members-TOTAL_FORMS": "2", "group_members-1-unit": foreign.pk})
    assert response.status_code == 200
    assert GroupMember.objects.count() == 1


def test_a_steps_done_is_not_set_here(world: Kept) -> None:
    step = make.step(world.plan)
    world.change(step, done="on", done_on="2021-01-01", order="4")
    step.refresh_from_db()
    assert (step.done, step.done_on, step.order) == (False, None, 4)
    response = world.change(world.plan, **{"steps-0-done": "on"})
    assert response.status_code == 302, errors(response)
    assert not Step.objects.get().done


# Removing


def test_a_removal_asks_why_and_stays_in_history(world: Kept) -> None:
    alias = record.add(UnitAlias(unit=world.unit, text="tiha"), make.stamp())
    url = address(UnitAlias, "delete", alias.pk)
    for reason in ("", "  "):
        world.client.post(url, {"post": "yes", "reason": reason})
        assert UnitAlias.objects.filter(pk=alias.pk).exists()
    assert world.client.post(url, {"post": "yes", "reason": WHY}).status_code == 302
    assert not UnitAlias.objects.filter(pk=alias.pk).exists()
    row = UnitAlias.history.get(id=alias.pk, history_type="-")
    assert (row.actor_name.text, row.history_change_reason, row.door) == ("Aino Ylläpitäjä", WHY, "admin")
    assert list(integrity.verify()) == []


def test_what_others_depend_on_stays(world: Kept) -> None:
    for row in (world.unit, world.theme, world.goal, world.item, world.plan, world.strategy, world.period):
        world.client.post(address(type(row), "delete", row.pk), {"post": "yes", "reason": WHY})
        assert type(row).objects.filter(pk=row.pk).exists(), row
    link = world.plan.unit_links.get()
    world.client.post(address(PlanUnit, "delete", link.pk), {"post": "yes", "reason": WHY})
    assert PlanUnit.objects.filter(pk=link.pk).exists()
    assert list(integrity.verify()) == []


def test_history_is_shown_and_offers_nothing_to_undo(world: Kept) -> None:
    world.change(world.unit, name_sv="Dataförvaltning", reason="<b>Ruotsi</b> puuttui")
    page = world.client.get(address(Unit, "history", world.unit.pk)).content.decode()
    for part in ("Aino Ylläpitäjä", "&lt;b&gt;Ruotsi", "Dataförvaltning", "rakennetaan testiä varten"):
        assert part in page
    assert "<form" not in page.partition('id="content"')[2]


# Acts on units


def test_a_unit_is_renamed_on_a_day(world: Kept) -> None:
    url = reverse("admin:unit_rename", args=[world.unit.pk])
    assert world.client.get(url).status_code == 200
    typed = {"name_fi": "Digipalvelut", "on": "2022-01-01", "reason": WHY, "seen_version": "1"}
    for wrong in ({"on": "31.2.2022"}, {"reason": ""}, {"name_fi": "Tietohallinto"}, {"name_fi": ""}):
        assert world.client.post(url, typed | wrong).status_code == 422, wrong
    assert world.client.post(url, typed).status_code == 302
    unit = Unit.objects.get(pk=world.unit.pk)
    assert unit.successor is not None
    assert (unit.successor.name, unit.valid_until) == ("Digipalvelut", date(2021, 12, 31))
    assert sign_in(keeper(make.World())).get(url).status_code == 404


def test_a_unit_is_ended_with_its_successor(world: Kept) -> None:
    successor = make.unit(world.municipality, "Konsernipalvelut", key="konserni")
    url = reverse("admin:unit_end", args=[world.unit.pk])
    typed = {"last_day": "2022-01-01", "successor": "konserni", "reason": WHY, "seen_version": "1"}
    for wrong in ({"successor": ""}, {"successor": "eioo"}, {"last_day": ""}, {"reason": " "}):
        assert world.client.post(url, typed | wrong).status_code == 422, wrong
    assert world.client.post(url, typed).status_code == 302
    assert Unit.objects.get(pk=world.unit.pk).successor == successor


def test_an_act_on_a_unit_changed_meanwhile_is_told_first(world: Kept) -> None:
    url = reverse("admin:unit_rename", args=[world.unit.pk])
    seen = world.client.get(url).context["form"]["seen_version"].value()
    record.change(world.unit, make.stamp(), email="toinen@mallila.example")
    typed = {"name_fi": "Digipalvelut", "on": "2022-01-01", "reason": WHY, "seen_version": seen}
    response = world.client.post(url, typed)
    assert response.status_code == 422
    assert 'value="Digipalvelut"' in response.content.decode()
    assert Unit.objects.count() == 1
    again = {bound.html_name: bound.value() or "" for bound in response.context["form"]}
    assert world.client.post(url, again).status_code == 302
    assert Unit.objects.count() == 2


# People and roles


def _invited(world: Kept, **more: Any) -> Any:
    values = {
        "email": "uuno@mallila.example",
        "name": "Uuno Uusi",
        "language": "sv",
        "role": "manager",
        "unit": world.unit.pk,
        "municipality": "",
    }
    return world.add(User, **(values | more))


@pytest.mark.django_db(transaction=True)
def test_a_person_is_invited(world: Kept) -> None:
    response = _invited(world)
    assert response.status_code == 302, errors(response)
    person = User.objects.get(email="uuno@mallila.example")
    assert Membership.objects.get(user=person).unit == world.unit
    assert mail.outbox[0].to == ["uuno@mallila.example"]
    page = world.client.get(response["Location"])
    assert "uuno@mallila.example" in " ".join(str(message) for message in page.context["messages"])


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_cannot_leave_is_told_and_the_account_stands(world: Kept, settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.test_people.BrokenMail"
    response = _invited(world)
    assert User.objects.filter(email="uuno@mallila.example").exists()
    page = world.client.get(response["Location"])
    assert "no server" in " ".join(str(message) for message in page.context["messages"])


def test_an_invitation_that_does_not_fit_keeps_what_was_typed(world: Kept) -> None:
    foreign = make.World()
    for values in ({"role": "admin"}, {"unit": ""}, {"unit": foreign.unit.pk}, {"email": "ei"}, {"reason": ""}):
        response = _invited(world, **values)
        assert response.status_code in {200, 422}, values
        assert "Uuno Uusi" in response.content.decode()
    assert not User.objects.filter(name="Uuno Uusi").exists()


def test_nobody_makes_themselves_more_than_they_are(world: Kept) -> None:
    forged = {"is_superuser": "on", "is_staff": "on", "is_active": "", "password": "x", "groups": "1"}
    for person in (world.admin, world.manager):
        before = (person.is_superuser, person.is_staff, person.is_active, person.password)
        assert world.change(person, **forged).status_code == 302
        person.refresh_from_db()
        assert (person.is_superuser, person.is_staff, person.is_active, person.password) == before
    _invited(world, **forged)
    made = User.objects.get(email="uuno@mallila.example")
    assert (made.is_superuser, made.is_staff, made.has_usable_password()) == (False, False, False)


def test_the_operators_address_is_not_an_administrators_to_change(world: Kept) -> None:
    operator = User.objects.create_superuser("yllapito@mallila.example", make.PASSWORD, name="Ylläpito")
    make.official(world.municipality, Role.VIEWER, user=operator)
    response = world.change(operator, email="oma@mallila.example")
    assert response.status_code == 422
    operator.refresh_from_db()
    assert operator.email == "yllapito@mallila.example"


def test_a_role_is_given_and_ended_and_never_deleted(world: Kept) -> None:
    response = world.add(Membership, user=world.director.pk, unit=world.unit.pk, role="contributor")
    assert response.status_code == 302, errors(response)
    role = Membership.objects.get(user=world.director)
    assert _newest(role).history_change_reason == WHY
    assert world.change(role, valid_until="").status_code == 200
    assert world.change(role, valid_until="2021-03-31", user=world.manager.pk, role="manager").status_code == 302
    role.refresh_from_db()
    assert (role.valid_until, role.user, role.role) == (date(2021, 3, 31), world.director, "contributor")
    assert world.client.post(address(Membership, "delete", role.pk), {"post": "yes"}).status_code == 403


def test_the_last_administrator_stays(world: Kept) -> None:
    role = MunicipalityRole.objects.get(user=world.admin)
    response = world.change(role, valid_until=timezone.localdate().isoformat())
    assert response.status_code == 422
    assert MunicipalityRole.objects.get(pk=role.pk).valid_until is None


def test_a_person_is_deactivated(world: Kept) -> None:
    url = reverse("admin:user_deactivate", args=[world.manager.pk])
    assert world.client.get(url).status_code == 200
    assert world.client.post(url, {"reason": ""}).status_code == 422
    assert world.client.post(url, {"reason": WHY}).status_code == 302
    world.manager.refresh_from_db()
    assert not world.manager.is_active
    own = reverse("admin:user_deactivate", args=[world.admin.pk])
    assert world.client.post(own, {"reason": WHY}).status_code == 422
    assert sign_in(keeper(make.World())).post(url, {"reason": WHY}).status_code == 404


def test_an_act_needs_a_post_with_its_token(world: Kept) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.admin)
    url = reverse("admin:user_deactivate", args=[world.manager.pk])
    assert strict.get(url).status_code == 200
    assert strict.post(url, {"reason": WHY}).status_code == 403
    world.manager.refresh_from_db()
    assert world.manager.is_active
