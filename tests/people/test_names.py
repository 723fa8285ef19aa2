"""Names and addresses stand once: the record points to them, and the city's own rule replaces them openly."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import IntegrityError, models, transaction
from django.db.models import QuerySet

from bench.city.guards import unguarded
from notifications import delivery
from notifications.models import Reminder
from notifications.names import filled, without
from tests import make
from tests.notifications import build
from tests.people.left import left
from tests.plan.test_moves import move, signed_in
from toimenpiteet import access
from toimenpiteet.models import (
    Actor,
    Comment,
    Door,
    NameReplacement,
    RecordedName,
    StatusChange,
    UnauditedChange,
    User,
)
from toimenpiteet.selectors.history import integrity
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Invalid
from toimenpiteet.services.people import names
from toimenpiteet.services.plan import plans

pytestmark = pytest.mark.django_db
OLD, NEW, WHY = "Maija Mallikas", "entinen työntekijä 17", "Viisi vuotta lähdöstä"
# Where name and address stand as long as somebody has the account.
LIVE = {"toimenpiteet_user"}


@pytest.fixture
def world() -> build.RoundWorld:
    return build.RoundWorld()


def by(world: make.World) -> dict[str, Any]:
    return {"actor": Actor.person(world.director, Door.COMMAND), "now": make.NOW + timedelta(days=1)}


def holding(word: str) -> set[str]:
    """Return the tables in which a text column holds `word`, whatever its case."""
    found = set()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField):
                rows: QuerySet[Any] = QuerySet(model)
                if rows.filter(**{f"{field.attname}__icontains": word}).exists():
                    found.add(model._meta.db_table)
    return found


def busy(world: build.RoundWorld) -> None:
    """Let the manager move, comment and get mails, one of them refused in words that quote the address."""
    move(signed_in(world.manager), world.plan, "start")
    scope, actor = access.scope_of(world.manager, make.TODAY), Actor.person(world.manager, Door.PAGE)
    plans.comment_on(world.plan.pk, "Hyvin etenee.", scope=scope, actor=actor, now=make.NOW)
    make.substitution(world.manager, world.director, world.municipality)
    build.plan(build.at(build.SECOND))
    delivery.deliver(build.at(build.SECOND))
    row = Reminder.objects.get(person=world.manager)
    said = f"550 <{world.manager.email.upper()}> unknown"
    Reminder.objects.filter(pk=row.pk).update(error=without(said, row.address))


def name_of(person: User) -> RecordedName:
    return RecordedName.objects.get(person_id=person.pk, kind="person")


def movers() -> list[str]:
    rows = StatusChange.objects.order_by("plan_version")
    return list(rows.values_list("actor_name__text", flat=True))


def test_after_a_name_and_an_address_are_replaced_no_table_holds_them(world: build.RoundWorld) -> None:
    busy(world)
    assert {reminder.state for reminder in Reminder.objects.all()} == {"sent"}
    assert any(OLD in str(message.body) for message in left())
    for row in RecordedName.objects.filter(person_id=world.manager.pk):
        names.replace(row.pk, NEW, reason=WHY, **by(world))

    assert holding(OLD) == holding(world.manager.email) == LIVE
    assert StatusChange.objects.get().actor_name.text == NEW
    assert Comment.objects.get().author_name.text == NEW
    assert world.plan.history.latest("history_id").actor_name.text == NEW
    assert list(integrity.verify()) == []


def test_a_kept_mail_shows_the_name_as_the_record_has_it(world: build.RoundWorld) -> None:
    busy(world)
    mine, standing_in = (Reminder.objects.get(person=person) for person in (world.manager, world.director))
    for row in (mine, standing_in):
        assert OLD not in row.text + row.html
        assert OLD in filled(row.text)[0]
        assert OLD in filled(row.html, html=True)[0]
    page, director = f"/muistutukset/{mine.pk}/", signed_in(world.director)
    assert OLD in director.get(page).content.decode()

    for name in RecordedName.objects.filter(person_id=world.manager.pk):
        names.replace(name.pk, NEW, reason=WHY, **by(world))
    shown = director.get(page).content.decode()
    assert OLD not in shown
    assert NEW in shown


def test_a_replacement_says_who_when_and_why_and_touches_no_history(world: build.RoundWorld) -> None:
    busy(world)
    before = {row.pk: row.actor_name_id for row in world.plan.history.all()}
    name = name_of(world.manager)
    names.replace(name.pk, NEW, reason=WHY, **by(world))
    said = NameReplacement.objects.get()
    assert (said.name_id, said.actor_name.text, said.actor_id) == (name.pk, "Teppo Testaaja", world.director.pk)
    assert (said.reason, said.door, said.at) == (WHY, "command", make.NOW + timedelta(days=1))
    assert {row.pk: row.actor_name_id for row in world.plan.history.all()} == before


@pytest.mark.parametrize(
    ("text", "reason"), [("", WHY), (NEW, ""), (f"ent. {OLD.lower()}", WHY), (NEW, f"{OLD} pyysi")]
)
def test_the_old_name_does_not_come_back_in_the_words(world: build.RoundWorld, text: str, reason: str) -> None:
    busy(world)
    name = name_of(world.manager)
    with pytest.raises(Invalid):
        names.replace(name.pk, text, reason=reason, **by(world))
    name.refresh_from_db()
    assert (name.text, name.replaced_at) == (OLD, None)


def test_who_acts_after_a_replacement_is_recorded_anew(world: build.RoundWorld) -> None:
    busy(world)
    names.replace(name_of(world.manager).pk, NEW, reason=WHY, **by(world))
    world.plan.refresh_from_db()
    move(signed_in(world.manager), world.plan, "pause", "Odotetaan päätöstä.", version=world.plan.version)
    assert movers() == [NEW, OLD]


def test_a_later_new_name_leaves_the_record_under_the_earlier_one(world: build.RoundWorld) -> None:
    busy(world)
    make.change_user(world.manager, name="Maija Uusinimi")
    manager = User.objects.get(pk=world.manager.pk)
    world.plan.refresh_from_db()
    move(signed_in(manager), world.plan, "pause", "Odotetaan päätöstä.", version=world.plan.version)
    assert movers() == [OLD, "Maija Uusinimi"]


def test_an_act_on_behalf_of_another_names_both(world: build.RoundWorld) -> None:
    actor = Actor.person(world.director, Door.PAGE, on_behalf=world.manager)
    audited.change(world.unit, audited.stamp(actor, "Sijaisena", make.NOW), name_fi="Tietohallinto ja data")
    row = world.unit.history.latest("history_id")
    assert (row.history_user_id, row.actor_name.text) == (world.director.pk, "Teppo Testaaja")
    assert (row.on_behalf_name.text, row.on_behalf_name.person_id) == (OLD, world.manager.pk)
    assert list(integrity.verify()) == []


def test_a_recorded_name_is_changed_in_no_other_way(world: build.RoundWorld) -> None:
    name = RecordedName.objects.earliest("pk")
    rows: QuerySet[RecordedName] = QuerySet(RecordedName).filter(pk=name.pk)
    attempts: list[Callable[[], object]] = [
        lambda: rows.update(text="joku muu"),
        lambda: rows.update(text="joku muu", replaced_at=make.NOW),
        rows.delete,
        name.save,
    ]
    for attempt in attempts:
        with pytest.raises((IntegrityError, models.ProtectedError)), transaction.atomic():
            attempt()
    refused: list[Callable[[], object]] = [
        lambda: RecordedName.objects.update(text="joku"),
        lambda: RecordedName.objects.all().delete(),
    ]
    for attempt in refused:
        with pytest.raises(UnauditedChange):
            attempt()


def test_a_name_that_nothing_needs_is_not_deleted_either() -> None:
    name = make.name("Turha Nimi")
    with pytest.raises(IntegrityError), transaction.atomic():
        QuerySet(RecordedName).filter(pk=name.pk).delete()


def test_a_replacement_behind_the_records_back_is_found(world: build.RoundWorld) -> None:
    name = RecordedName.objects.earliest("pk")
    with unguarded():
        QuerySet(RecordedName).filter(pk=name.pk).update(text="joku muu", replaced_at=make.NOW)
    assert [(one.model, one.pk, one.field) for one in integrity.verify()] == [("RecordedName", name.pk, "replaced_at")]


def test_one_name_is_one_row_and_another_persons_another(world: build.RoundWorld) -> None:
    wanted = [names.of_person(world.manager), names.of_person(world.director), names.Wanted("program", OLD)]
    first, second, third = names.find_or_make(*wanted)
    assert len({first, second, third}) == 3
    assert names.find_or_make(*reversed(wanted)) == [third, second, first]
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordedName.objects.create(kind="program", text=OLD)


def test_finding_known_names_costs_one_query(world: build.RoundWorld, django_assert_num_queries: Any) -> None:
    actor = Actor.person(world.manager, Door.PAGE, on_behalf=world.director)
    audited.stamp(actor, "syy", make.NOW)
    with django_assert_num_queries(1):
        audited.stamp(actor, "syy", make.NOW)


def test_the_operators_command_replaces_all_of_a_persons_names(world: build.RoundWorld) -> None:
    busy(world)
    operator = User.objects.create_superuser("operaattori@mallila.example", name="Olli Operaattori")
    with pytest.raises(CommandError, match="Only an operator"):
        call_command("replace_name", world.manager.pk, NEW, reason=WHY, by=world.director.email)
    with pytest.raises(CommandError, match="no name"):
        call_command("replace_name", 10**6, NEW, reason=WHY, by=operator.email)
    call_command("replace_name", world.manager.pk, NEW, reason=WHY, by=operator.email, stdout=io.StringIO())
    assert movers() == [NEW]
    assert {said.actor_name.text for said in NameReplacement.objects.all()} == {"Olli Operaattori"}
