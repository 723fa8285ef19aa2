"""The only way to write: what it records, and that no other way is open."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import serializers
from django.db import transaction
from django.db.models import F, ProtectedError
from django.db.models.functions import Upper
from django.utils.translation import override
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from tests import make
from toimenpiteet.models import Actor, Audited, Door, Stamp, Theme, UnauditedChange, Unit, UnitAlias, User
from toimenpiteet.services import audited
from toimenpiteet.services.errors import Stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit() -> Unit:
    return make.unit(make.municipality())


def _history(obj: Any) -> list[Any]:
    return list(obj.history.order_by("history_id"))


def _row(pk: int) -> dict[str, Any]:
    return dict(Unit.objects.rewrite(False).filter(pk=pk).values()[0])  # type: ignore[attr-defined]  # modeltranslation's queryset


def test_an_insert_says_who_when_what_why_and_by_which_door() -> None:
    person = make.user("Aino Esimerkki")
    unit = Unit(municipality=make.municipality(), key="viestinta", name_fi="Viestintä", kind="unit")
    audited.add(unit, audited.stamp(Actor.person(person, Door.ADMIN), "Uusi yksikkö", make.NOW))
    (row,) = _history(unit)
    assert (row.history_type, row.version, row.name_fi) == ("+", 1, "Viestintä")
    assert (row.actor_name.text, row.door, row.history_user_id) == ("Aino Esimerkki", "admin", person.pk)
    assert (row.history_change_reason, row.history_date) == ("Uusi yksikkö", make.NOW)


def test_a_change_saves_what_differs_and_counts_the_version(unit: Unit) -> None:
    assert audited.change(unit, make.stamp("Siirtyi"), email="uusi@mallila.example", kind="unit") == ["email"]
    assert (unit.version, _history(unit)[-1].version) == (2, 2)
    assert [row.history_type for row in _history(unit)] == ["+", "~"]
    assert _history(unit)[-1].email == "uusi@mallila.example"


def test_a_change_of_nothing_leaves_nothing(unit: Unit) -> None:
    assert audited.change(unit, make.stamp(), name_fi=unit.name, email=unit.email) == []
    assert (unit.version, len(_history(unit))) == (1, 1)


def test_a_removal_leaves_the_last_state_under_a_version_of_its_own(unit: Unit) -> None:
    alias = audited.add(UnitAlias(unit=unit, text="tietohall."), make.stamp())
    pk = alias.pk
    audited.remove(alias, make.stamp("Kirjoitusvirhe"))
    rows = list(UnitAlias.history.filter(id=pk).order_by("history_id"))
    assert [(row.history_type, row.version) for row in rows] == [("+", 1), ("-", 2)]
    assert (rows[-1].text, rows[-1].history_change_reason) == ("tietohall.", "Kirjoitusvirhe")


def test_what_others_need_cannot_be_removed() -> None:
    world = make.World()
    with pytest.raises(ProtectedError):
        audited.remove(world.unit, make.stamp())
    assert Unit.objects.filter(pk=world.unit.pk).exists()
    assert len(_history(world.unit)) == 1


def test_the_name_stays_when_the_account_goes(unit: Unit) -> None:
    person = make.user("Aino Esimerkki")
    audited.change(unit, audited.stamp(Actor.person(person, Door.PAGE), "Siirto", make.NOW), email="x@mallila.example")
    audited.remove(person, make.stamp())
    row = _history(unit)[-1]
    assert (row.actor_name.text, row.history_user) == ("Aino Esimerkki", None)


# The stamp


@pytest.mark.parametrize("name", ["", "  ", "\n"])
def test_nobody_is_no_actor(name: str) -> None:
    with pytest.raises(UnauditedChange):
        Actor.system(name, Door.TASK)


def test_a_person_without_a_name_is_known_by_the_address() -> None:
    assert Actor.person(User(email="aino@mallila.example"), Door.API).name == "aino@mallila.example"


@pytest.mark.parametrize("reason", ["", "   ", "\t\n"])
def test_a_reason_is_needed(reason: str) -> None:
    with pytest.raises(UnauditedChange):
        audited.stamp(Actor.system("testit", Door.COMMAND), reason, make.NOW)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(UnauditedChange):
        Stamp(Actor.system("testit", Door.COMMAND), "syy", datetime(2021, 3, 15, 9, 0), 1)  # noqa: DTZ001  # the point


def test_a_stamp_serves_one_save_only(unit: Unit) -> None:
    audited.change(unit, make.stamp(), email="x@mallila.example")
    with pytest.raises(UnauditedChange):
        unit.save()


def test_a_refused_save_takes_the_stamp_along(unit: Unit) -> None:
    with pytest.raises(Exception, match="kind"), transaction.atomic():
        audited.change(unit, make.stamp(), kind=None)
    with pytest.raises(UnauditedChange):
        unit.save()


# The ways round


def _expression(unit: Unit) -> None:
    audited.change(unit, make.stamp(), order=F("order") + 1)


def _two_expressions(unit: Unit) -> None:
    audited.change(unit, make.stamp(), email="x@mallila.example", name_fi=Upper("name_fi"))


def _fixture(unit: Unit) -> None:
    unit.email = "x@mallila.example"
    for row in serializers.deserialize("json", serializers.serialize("json", [unit])):
        row.save()


def _unrecorded(unit: Unit) -> None:
    unit.email = "x@mallila.example"
    unit.save_without_historical_record()  # type: ignore[attr-defined]  # simple-history's method


def _plain_save(unit: Unit) -> None:
    unit.email = "x@mallila.example"
    unit.save(update_fields=["email"])


def _as_someone_else(unit: Unit) -> None:
    unit.email = "x@mallila.example"
    unit._change_reason = "syy"  # type: ignore[attr-defined]  # what simple-history itself would take
    unit._history_user = None  # type: ignore[attr-defined]  # simple-history's attribute
    unit.save()


def _from_history(unit: Unit) -> None:
    unit.history.first().instance.save()


BYPASSES: dict[str, Callable[[Unit], object]] = {
    "save": lambda unit: unit.save(),
    "save of some fields": _plain_save,
    "save with simple-history's own attributes": _as_someone_else,
    "save of an old state": _from_history,
    "save without history": _unrecorded,
    "save_base": lambda unit: unit.save_base(),
    "fixture": _fixture,
    "delete": lambda unit: unit.delete(),
    "update": lambda unit: Unit.objects.filter(pk=unit.pk).update(email="x@mallila.example"),
    "update by the base manager": lambda unit: Unit._base_manager.filter(pk=unit.pk).update(email="x@mallila.example"),
    "update of all": lambda _unit: Unit.objects.update(email="x@mallila.example"),
    "update of a translated text": lambda _unit: Unit.objects.update(name="x"),
    "update by a relation": lambda unit: unit.municipality.units.update(email="x@mallila.example"),
    "update by a join": lambda _unit: Unit.objects.select_related("parent").filter(parent=None).update(order=7),
    "queryset delete": lambda unit: Unit.objects.filter(pk=unit.pk).delete(),
    "queryset raw delete": lambda unit: Unit.objects.filter(pk=unit.pk)._raw_delete("default"),
    "delete by a relation": lambda unit: unit.municipality.units.all().delete(),
    "bulk_create": lambda unit: Unit.objects.bulk_create([Unit(municipality=unit.municipality, key="x", kind="unit")]),
    "bulk_create by a relation": lambda unit: unit.municipality.units.bulk_create(
        [Unit(municipality=unit.municipality, key="x", kind="unit")]
    ),
    "bulk_update": lambda unit: Unit.objects.bulk_update([unit], ["email"]),
    "create": lambda unit: Unit.objects.create(municipality=unit.municipality, key="x", kind="unit"),
    "create by a relation": lambda unit: unit.municipality.units.create(key="x", kind="unit"),
    "get_or_create": lambda unit: Unit.objects.get_or_create(municipality=unit.municipality, key="x"),
    "update_or_create, new": lambda unit: Unit.objects.update_or_create(municipality=unit.municipality, key="x"),
    "update_or_create, old": lambda unit: Unit.objects.update_or_create(
        pk=unit.pk, defaults={"email": "x@mallila.example"}
    ),
    "add to a relation": lambda unit: unit.children.add(make.unit(unit.municipality)),
    "set of a relation": lambda unit: unit.children.set([make.unit(unit.municipality)]),
    "clear of a relation": lambda unit: unit.children.clear(),
    "simple-history's bulk create": lambda unit: bulk_create_with_history(
        [Unit(municipality=unit.municipality, key="x", kind="unit")], Unit
    ),
    "simple-history's bulk update": lambda unit: bulk_update_with_history([unit], Unit, ["email"]),
    "F() through the recorder": _expression,
    "a function through the recorder": _two_expressions,
}


@pytest.mark.parametrize("way", BYPASSES)
def test_every_way_round_is_refused_before_anything_is_written(unit: Unit, way: str) -> None:
    other = make.unit(unit.municipality)
    before = [_row(unit.pk), _row(other.pk)]
    with pytest.raises(UnauditedChange), transaction.atomic():
        BYPASSES[way](unit)
    assert [_row(unit.pk), _row(other.pk)] == before
    assert not Unit.objects.filter(key="x").exists()
    assert len(_history(unit)) == 1


def test_no_way_round_reaches_the_database(unit: Unit) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    for way in BYPASSES.values():
        with CaptureQueriesContext(connection) as seen, pytest.raises(UnauditedChange), transaction.atomic():
            way(unit)
        written = [query["sql"] for query in seen if query["sql"].startswith(("UPDATE", "DELETE"))]
        assert written == []
        unit = Unit.objects.get(pk=unit.pk)


def test_the_asynchronous_ways_are_the_same() -> None:
    for attempt in (
        lambda: Unit.objects.aupdate(email="x@mallila.example"),
        lambda: Unit.objects.all().adelete(),
        lambda: Unit.objects.abulk_update([], ["email"]),
        lambda: Unit.objects.abulk_create([]),
    ):
        with pytest.raises(UnauditedChange):
            attempt()


def test_every_tracked_model_is_guarded() -> None:
    from django.apps import apps

    for model in apps.get_models():
        if issubclass(model, Audited):
            with pytest.raises(UnauditedChange):
                model.objects.update(version=7)
            with pytest.raises(UnauditedChange):
                model._base_manager.update(version=7)
            assert hasattr(model, "history"), model


# Locks and versions


@pytest.mark.django_db(transaction=True)
def test_a_lock_needs_a_transaction_around_it(unit: Unit) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audited.lock(Unit.objects.all(), unit.pk)


def test_the_version_that_was_seen_is_compared(unit: Unit) -> None:
    audited.change(unit, make.stamp(), email="x@mallila.example")
    with pytest.raises(Stale) as stale, transaction.atomic():
        audited.lock(Unit.objects.all(), unit.pk, version=1)
    assert stale.value.current.version == 2
    assert audited.lock(Unit.objects.all(), unit.pk, version=2) == unit


def test_a_stale_object_overwrites_nothing(unit: Unit) -> None:
    stale = Unit.objects.get(pk=unit.pk)
    audited.change(unit, make.stamp(), email="x@mallila.example")
    with pytest.raises(UnauditedChange), transaction.atomic():
        audited.change(stale, make.stamp(), name_fi="Toinen nimi")
    assert _row(unit.pk)["name_fi"] == unit.name
    assert [row.version for row in _history(unit)] == [1, 2]


# Translated texts


def test_several_texts_change_in_one_go(unit: Unit) -> None:
    changed = audited.change(
        unit, make.stamp(), name_fi="Viestintä", name_sv="Kommunikation", email="v@mallila.example"
    )
    assert sorted(changed) == ["email", "name_fi", "name_sv"]
    newest = _history(unit)[-1]
    assert (newest.name_fi, newest.name_sv, newest.email) == ("Viestintä", "Kommunikation", "v@mallila.example")
    assert _row(unit.pk)["name"] == "Viestintä"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_an_unsuffixed_name_is_the_active_languages(unit: Unit, language: str) -> None:
    with override(language):
        assert audited.change(unit, make.stamp(), name="Uusi") == [f"name_{language}"]
    fresh = _row(unit.pk)
    expected = {"name_fi": "Tietohallinto", "name_sv": None, "name_en": None} | {f"name_{language}": "Uusi"}
    assert {name: fresh[name] for name in expected} == expected
    assert {name: getattr(_history(unit)[-1], name) for name in expected} == expected


def test_a_text_equal_to_its_fallback_is_still_a_change(unit: Unit) -> None:
    with override("sv"):
        assert audited.change(unit, make.stamp(), name="Tietohallinto") == ["name_sv"]
    assert _row(unit.pk)["name_sv"] == "Tietohallinto"


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_mirror_is_the_finnish_text_whatever_language_is_active(unit: Unit, language: str) -> None:
    with override(language):
        audited.change(unit, make.stamp(), name_sv="Kommunikation")
        assert _row(unit.pk)["name"] == "Tietohallinto"
        audited.change(unit, make.stamp(), name_fi="Viestintä")
    assert (_row(unit.pk)["name"], _row(unit.pk)["name_fi"]) == ("Viestintä", "Viestintä")


def test_a_text_without_finnish_falls_back() -> None:
    of = make.strategy(make.municipality(language="sv"), name_fi=None, name_sv="Strategi")
    part = audited.add(Theme(strategy=of, key="t", kind_sv="tema", name_sv="Smidig vardag"), make.stamp())
    row = Theme.objects.rewrite(False).values("name", "name_fi", "kind").get(pk=part.pk)  # type: ignore[attr-defined]  # modeltranslation's queryset
    assert row == {"name": "Smidig vardag", "name_fi": None, "kind": "tema"}


def test_a_field_that_does_not_exist_is_a_mistake(unit: Unit) -> None:
    with pytest.raises(AttributeError):
        audited.change(unit, make.stamp(), nmae_fi="x")


def test_the_past_can_be_recorded(unit: Unit) -> None:
    then = datetime(2020, 2, 3, 8, 0, tzinfo=UTC)
    audited.change(unit, make.stamp(at=then), email="x@mallila.example")
    assert _history(unit)[-1].history_date == then
