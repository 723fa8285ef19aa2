"""Units: founded, renamed on a day, ended, found by other spellings, grouped."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.utils.translation import override

from bench.city.guards import unguarded
from tests import make
from toimenpiteet import access
from toimenpiteet.access import Scope
from toimenpiteet.models import (
    Actor,
    Door,
    GroupMember,
    HandedOver,
    Membership,
    PeriodPlan,
    Stamp,
    Unit,
    UnitAlias,
    UnitHandover,
    User,
)
from toimenpiteet.selectors.history import integrity
from toimenpiteet.selectors.units.successors import ending
from toimenpiteet.selectors.units.units import named_unit, spelling
from toimenpiteet.services import audited, changing
from toimenpiteet.services.errors import Forbidden, Invalid, Stale
from toimenpiteet.services.units import units
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ON = make.TODAY + 30 * DAY


class Kept(make.World):
    """A world with somebody who keeps its units."""

    def __init__(self) -> None:
        super().__init__()
        self.admin = make.official(self.municipality, Role.ADMIN, user=make.user("Aino Ylläpitäjä"))
        self.scope = access.scope_of(self.admin, make.TODAY)

    def by_admin(self, reason: str = "Organisaatio muuttuu") -> dict[str, Any]:
        return {"scope": self.scope, "stamp": _stamp(self.admin, reason)}


def _stamp(user: User, reason: str = "Organisaatio muuttuu") -> Stamp:
    return audited.stamp(Actor.person(user, Door.ADMIN), reason, make.NOW)


def _scope(user: User, day: date = make.TODAY) -> Scope:
    return access.scope_of(user, day)


@pytest.fixture
def world() -> Kept:
    return Kept()


def _new(world: Kept, **fields: Any) -> Unit:
    values = {"municipality": world.municipality, "name_fi": "Äly- ja paikkatieto", "kind": "unit"}
    return Unit(**(values | fields))


# Founding


def test_a_unit_is_founded_with_a_key_of_its_name(world: Kept) -> None:
    first = units.create(_new(world), **world.by_admin())
    assert first.key == "aly-ja-paikkatieto"
    assert units.create(_new(world), **world.by_admin("Toinen samanniminen")).key == "aly-ja-paikkatieto-2"
    row = first.history.get()
    assert (row.actor_name.text, row.door, row.history_change_reason) == (
        "Aino Ylläpitäjä",
        "admin",
        "Organisaatio muuttuu",
    )


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name_fi": ""}, "name_fi"),
        ({"name_fi": "", "name_sv": "Data"}, "name_fi"),
        ({"name_fi": "x" * 201}, "name_fi"),
        ({"name_fi": "kello\x07"}, "name_fi"),
        ({"kind": "laiva"}, "kind"),
        ({"email": "ei osoite"}, "email"),
        ({"member_kind": "service_area"}, ""),
        ({"valid_from": ON, "valid_until": ON - DAY}, "valid_until"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(world: Kept, fields: dict[str, Any], field: str) -> None:
    before = Unit.objects.count()
    with pytest.raises(Invalid) as refused:
        units.create(_new(world, **fields), **world.by_admin())
    assert refused.value.field == field
    assert Unit.objects.count() == before


def test_a_swedish_municipality_asks_for_swedish() -> None:
    world = Kept()
    audited.change(world.municipality, make.stamp(), language="sv", name_sv="Mallby")
    with pytest.raises(Invalid) as refused:
        units.create(_new(world), **world.by_admin())
    assert refused.value.field == "name_sv"
    made = units.create(_new(world, name_fi="", name_sv="Geodata"), **world.by_admin())
    assert made.key == "geodata"


@pytest.mark.parametrize("who", ["manager", "director"])
def test_only_an_administrator_founds_units(world: Kept, who: str) -> None:
    person = getattr(world, who)
    with pytest.raises(Forbidden):
        units.create(_new(world), scope=_scope(person), stamp=_stamp(person))


def test_to_others_the_municipality_does_not_exist(world: Kept) -> None:
    other = Kept()
    with pytest.raises(Http404):
        units.create(_new(world), **other.by_admin())
    with pytest.raises(Http404):
        units.rename(world.unit.pk, {"name_fi": "Uusi"}, on=ON, version=1, **other.by_admin())
    with pytest.raises(Invalid) as refused:
        units.create(_new(world, parent=other.unit), **world.by_admin())
    assert refused.value.field == "parent"


# Renaming


def _renamed(world: Kept, **more: Any) -> Unit:
    return units.rename(
        world.unit.pk,
        {"name_fi": "Digipalvelut", "name_sv": "Digitala tjänster"},
        **{"on": ON, "version": world.unit.version, **world.by_admin(), **more},
    )


def test_a_renamed_unit_keeps_its_name_in_old_records(world: Kept) -> None:
    new = _renamed(world)
    old = Unit.objects.get(pk=world.unit.pk)
    assert (old.name, old.valid_until, old.successor) == ("Tietohallinto", ON - DAY, new)
    assert (new.name, new.valid_from, new.valid_until) == ("Digipalvelut", ON, None)
    assert (new.kind, new.email, new.municipality) == (old.kind, old.email, old.municipality)
    assert [link.unit.name for link in world.plan.unit_links.all()] == ["Tietohallinto"]


def test_the_responsibility_goes_on_through_the_successor(world: Kept) -> None:
    _renamed(world)
    for day in (make.TODAY, ON - DAY, ON, ON + 400 * DAY):
        assert access.roles_on(_scope(world.manager, day), world.plan) == {Role.MANAGER}, day


def test_a_new_manager_of_the_successor_gets_the_old_plans(world: Kept) -> None:
    newcomer = make.member(_renamed(world))
    assert access.roles_on(_scope(newcomer, ON), world.plan) == {Role.MANAGER}


def test_roles_follow_on_the_day(world: Kept) -> None:
    former = make.member(world.unit, valid_until=make.TODAY - DAY)
    coming = make.member(world.unit, Role.CONTRIBUTOR, valid_from=ON + 10 * DAY)
    new = _renamed(world)
    rows = Membership.objects.filter(user=world.manager).order_by("pk")
    assert [(row.unit, row.valid_from, row.valid_until) for row in rows] == [
        (world.unit, None, ON - DAY),
        (new, ON, None),
    ]
    assert Membership.objects.get(user=former).unit == world.unit
    assert [(row.unit, row.valid_from) for row in Membership.objects.filter(user=coming)] == [(new, ON + 10 * DAY)]


def test_spellings_groups_members_and_the_units_under_it_follow(world: Kept) -> None:
    alias = audited.add(UnitAlias(unit=world.unit, text="tiha"), make.stamp())
    child = make.unit(world.municipality, "Tuki", parent=world.unit)
    group = make.unit(world.municipality, "Tukipalvelut", kind="group")
    make.group_member(group, world.unit)
    new = _renamed(world)
    alias.refresh_from_db()
    child.refresh_from_db()
    assert (alias.unit, child.parent) == (new, new)
    assert set(GroupMember.objects.filter(group=group).values_list("unit", flat=True)) == {world.unit.pk, new.pk}
    plan = make.plan(make.action_item(world.goal, group), world.period)
    for day in (make.TODAY, ON):
        assert access.roles_on(_scope(world.manager, day), plan) == {Role.MANAGER}, day


def test_a_renamed_group_keeps_its_members(world: Kept) -> None:
    group = make.unit(world.municipality, "Tukipalvelut", kind="group")
    make.group_member(group, world.unit)
    plan = make.plan(make.action_item(world.goal, group), world.period)
    new = units.rename(group.pk, {"name_fi": "Yhteiset palvelut"}, on=ON, version=1, **world.by_admin())
    assert [link.unit for link in new.group_members.all()] == [world.unit]
    for day in (make.TODAY, ON):
        assert access.roles_on(_scope(world.manager, day), plan) == {Role.MANAGER}, day


@pytest.mark.parametrize("again", ["renamed", "same name", "before it begins", "after it ended", "stale"])
def test_what_cannot_be_renamed(world: Kept, again: str) -> None:
    if again == "renamed":
        _renamed(world)
        world.unit.refresh_from_db()
    if again == "before it begins":
        audited.change(world.unit, make.stamp(), valid_from=ON)
    if again == "after it ended":
        audited.change(world.unit, make.stamp(), valid_until=ON - 2 * DAY)
    before = Unit.objects.count()
    name = "TIETO-HALLINTO" if again == "same name" else "Digipalvelut"
    version = 7 if again == "stale" else world.unit.version
    with pytest.raises(Stale if again == "stale" else Invalid):
        units.rename(world.unit.pk, {"name_fi": name}, on=ON, version=version, **world.by_admin())
    assert Unit.objects.count() == before


def test_everything_that_a_renaming_writes_is_recorded(world: Kept) -> None:
    audited.add(UnitAlias(unit=world.unit, text="tiha"), make.stamp())
    make.unit(world.municipality, "Tuki", parent=world.unit)
    _renamed(world)
    assert list(integrity.verify()) == []
    assert world.unit.history.order_by("history_id").last().history_change_reason == "Organisaatio muuttuu"


# How it ended is a row, not a guess


def _follows(unit: Unit) -> list[tuple[str, str]]:
    rows = UnitHandover.objects.filter(unit=unit).order_by("place")
    return [(row.kind, row.successor.name) for row in rows]


def test_a_new_name_a_merger_and_a_split_are_told_apart(world: Kept) -> None:
    heirs = [make.unit(world.municipality, name) for name in ("Digipalvelut", "Datapalvelut", "Arkisto")]
    other, third = make.unit(world.municipality, "Atk"), make.unit(world.municipality, "Kirjaamo")
    _renamed(world)
    units.end(other.pk, last_day=ON, successors=[heirs[0].pk], version=1, **world.by_admin())
    units.end(third.pk, last_day=ON, successors=[heir.pk for heir in heirs], version=1, **world.by_admin())
    assert _follows(world.unit) == [("renamed", "Digipalvelut")]
    assert _follows(other) == [("merged", "Digipalvelut")]
    assert _follows(third) == [("split", "Digipalvelut"), ("split", "Datapalvelut"), ("split", "Arkisto")]
    assert Unit.objects.get(pk=third.pk).successor == heirs[0]
    assert list(integrity.verify()) == []


def test_an_act_at_the_same_instant_and_for_the_same_reason_makes_no_new_name(world: Kept) -> None:
    # The audit log has equal instants, persons and reasons here; the hand-over row is what counts.
    heir = units.create(_new(world), **world.by_admin())
    _ended(world, heir)
    found = ending(Unit.objects.get(pk=world.unit.pk), "fi", make.TODAY)
    assert found is not None
    assert (found.kind, found.renamed) == ("merged", False)


def test_a_split_is_taken_back_whole(world: Kept) -> None:
    first, second = _furnished(world), make.unit(world.municipality, "Digipalvelut")
    before = _state(world)
    _later(world, units.end, last_day=ON, successors=[first.pk, second.pk])
    assert HandedOver.objects.filter(unit=world.unit).count() > 5
    _later(world, units.take_back)
    assert _state(world) == before
    assert not UnitHandover.objects.exists()
    assert not HandedOver.objects.exists()
    assert list(integrity.verify()) == []


def test_taking_back_reads_no_history(world: Kept) -> None:
    first = _furnished(world)
    before = _state(world)
    _later(world, units.end, last_day=ON, successors=[first.pk])
    with unguarded(), connection.cursor() as cursor:
        for model in (Unit, UnitAlias, GroupMember, Membership):
            cursor.execute(f"UPDATE {model.history.model._meta.db_table} SET history_change_reason = 'muu'")
    _later(world, units.take_back)
    assert _state(world) == before


def test_a_unit_does_not_follow_itself_nor_one_that_has_ended(world: Kept) -> None:
    gone = make.unit(world.municipality, "Entinen", successor=make.unit(world.municipality, "Nykyinen"))
    heir = make.unit(world.municipality, "Digipalvelut")
    for successors, field in (([world.unit.pk], "successor"), ([heir.pk, gone.pk], "others")):
        with pytest.raises(Invalid) as refused:
            units.end(world.unit.pk, last_day=ON, successors=successors, version=1, **world.by_admin())
        assert refused.value.field == field
    assert not UnitHandover.objects.filter(unit=world.unit).exists()


def test_verify_history_finds_a_successor_that_no_hand_over_explains(world: Kept) -> None:
    audited.change(world.unit, make.stamp(), successor=make.unit(world.municipality, "Digipalvelut"))
    assert [(found.model, found.field) for found in integrity.verify()] == [("Unit", "successor")]


# Ending


def _ended(world: Kept, successor: Unit | None) -> Unit:
    return units.end(
        world.unit.pk,
        last_day=ON,
        successors=[successor.pk] if successor else [],
        version=world.unit.version,
        **world.by_admin(),
    )


def test_an_ended_unit_hands_its_plans_to_its_successor(world: Kept) -> None:
    successor = make.unit(world.municipality, "Konsernipalvelut")
    receiver = make.member(successor)
    unit = _ended(world, successor)
    assert (unit.valid_until, unit.successor) == (ON, successor)
    assert access.roles_on(_scope(receiver, ON + DAY), world.plan) == {Role.MANAGER}
    assert access.roles_on(_scope(world.manager, ON), world.plan) == {Role.MANAGER}
    # The old manager's role ends with the unit: the wider unit's rights are not theirs.
    assert access.roles_on(_scope(world.manager, ON + DAY), world.plan) == frozenset()
    assert list(integrity.verify()) == []


def test_spellings_that_both_have_stay_once(world: Kept) -> None:
    successor = make.unit(world.municipality, "Konsernipalvelut")
    audited.add(UnitAlias(unit=world.unit, text="tiha"), make.stamp())
    audited.add(UnitAlias(unit=successor, text="TIHA"), make.stamp())
    _ended(world, successor)
    assert [(alias.unit, alias.text) for alias in UnitAlias.objects.all()] == [(successor, "TIHA")]


def test_open_plans_are_not_left_alone(world: Kept) -> None:
    with pytest.raises(Invalid) as refused:
        _ended(world, None)
    assert refused.value.field == "successor"
    idle = make.unit(world.municipality, "Työryhmä")
    ended = units.end(idle.pk, last_day=ON, successors=[], version=1, **world.by_admin())
    assert ended.valid_until == ON


def test_a_successor_is_another_unit_of_the_municipality_that_goes_on(world: Kept) -> None:
    foreign = make.World().unit
    gone = make.unit(world.municipality, "Entinen", successor=make.unit(world.municipality, "Nykyinen"))
    follower = make.unit(world.municipality, "Ketju")
    audited.change(follower, make.stamp(), successor=None)
    with pytest.raises(Http404):
        _ended(world, foreign)
    with pytest.raises(Invalid):
        _ended(world, gone)
    with pytest.raises(Invalid):
        _ended(world, world.unit)


# What is planned and still to come


def _furnished(world: Kept) -> Unit:
    """Give the unit something of every kind that moves; return a unit that has one of its spellings too."""
    other = make.unit(world.municipality, "Konsernipalvelut")
    group = make.unit(world.municipality, "Tukipalvelut", kind="group")
    make.unit(world.municipality, "Tuki", parent=world.unit)
    make.group_member(group, world.unit)
    audited.change(world.unit, make.stamp(), kind="group")
    for member in (other, make.unit(world.municipality, "Arkisto")):
        make.group_member(world.unit, member)
    for unit, text in ((world.unit, "tiha"), (world.unit, "atk"), (other, "TIHA")):
        audited.add(UnitAlias(unit=unit, text=text), make.stamp())
    make.member(world.unit, valid_until=ON)
    make.member(world.unit, Role.CONTRIBUTOR, valid_from=ON + 400 * DAY)
    return other


def _state(world: Kept) -> list[set[Any]]:
    return [
        set(Unit.objects.values_list("pk", "parent", "successor", "valid_until")),
        set(UnitAlias.objects.values_list("unit", "text")),
        set(GroupMember.objects.values_list("group", "unit")),
        set(Membership.objects.values_list("user", "unit", "role", "valid_from", "valid_until")),
    ]


def _later(world: Kept, act: Any, **values: Any) -> Unit:
    """Do one act more on the unit, each a second after the one before."""
    unit = Unit.objects.get(pk=world.unit.pk)
    stamp = audited.stamp(
        Actor.person(world.admin, Door.PAGE), "Muutos", make.NOW + unit.version * timedelta(seconds=1)
    )
    result: Unit = act(unit.pk, version=unit.version, scope=world.scope, stamp=stamp, **values)
    return result


@pytest.mark.parametrize("again", ["not", "another day", "another unit"])
def test_an_end_that_is_to_come_is_planned_anew_and_taken_back_whole(world: Kept, again: str) -> None:
    first, second = _furnished(world), make.unit(world.municipality, "Digipalvelut")
    before = _state(world)
    _later(world, units.end, last_day=ON, successors=[first.pk])
    last, heir = (ON, first) if again == "not" else (ON + 60 * DAY, second if again == "another unit" else first)
    if again != "not":
        _later(world, units.end, last_day=last, successors=[heir.pk])
    unit = Unit.objects.get(pk=world.unit.pk)
    assert (unit.valid_until, unit.successor) == (last, heir)
    assert Unit.objects.get(name_fi="Tuki").parent == heir
    assert Membership.objects.get(user=world.manager).valid_until == last
    assert {alias.unit for alias in UnitAlias.objects.filter(text="atk")} == {heir}

    _later(world, units.take_back)

    assert _state(world) == before
    assert list(integrity.verify()) == []


def test_a_new_name_that_is_to_come_is_taken_back_whole_unless_it_is_in_use(world: Kept) -> None:
    other = _furnished(world)
    before = _state(world)
    new = _later(world, units.rename, names={"name_fi": "Digipalvelut"}, on=ON)
    with pytest.raises(Invalid, match="Digipalvelut"):
        _later(world, units.end, last_day=ON, successors=[other.pk])
    newcomer = Membership.objects.get(user=make.member(new))
    with pytest.raises(Invalid, match="Digipalvelut"):
        _later(world, units.take_back)
    audited.remove(newcomer, make.stamp())
    _later(world, units.take_back)
    assert _state(world) == before
    assert list(integrity.verify()) == []


def test_what_was_put_elsewhere_meanwhile_stays_there(world: Kept) -> None:
    heir = _furnished(world)
    _later(world, units.end, last_day=ON, successors=[heir.pk])
    audited.change(Unit.objects.get(name_fi="Tuki"), make.stamp(), parent=None)
    role = Membership.objects.get(user=world.manager)
    audited.change(role, make.stamp(), valid_until=make.TODAY)
    _later(world, units.take_back)
    assert Unit.objects.get(name_fi="Tuki").parent is None
    assert Membership.objects.get(pk=role.pk).valid_until == make.TODAY


def test_what_has_come_is_not_taken_back(world: Kept) -> None:
    heir = make.unit(world.municipality, "Konsernipalvelut")
    with pytest.raises(Invalid):
        _later(world, units.take_back)
    _ended(world, heir)
    unit = Unit.objects.get(pk=world.unit.pk)
    after: dict[str, Any] = {"version": unit.version, "scope": world.scope}
    after["stamp"] = audited.stamp(Actor.person(world.admin, Door.PAGE), "Myöhässä", make.NOW + 31 * DAY)
    with pytest.raises(Invalid):
        units.take_back(unit.pk, **after)
    with pytest.raises(Invalid):
        units.end(unit.pk, last_day=ON + 60 * DAY, successors=[heir.pk], **after)


# Finding


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Markkinointi- ja viestintä", "markkinointi ja viestintä"),
        ("Ikä-ihmiset", "ikäihmiset"),
        ("e\u2011palvelut", "E-palvelut"),
        ("Hyvin\u00advointi", "HYVINVOINTI"),
        ("  Tila  keskus ", "tilakeskus"),
        ("A\u0308lykaupunki", "Älykaupunki"),
    ],
)
def test_case_and_hyphens_do_not_count(one: str, other: str) -> None:
    assert spelling(one) == spelling(other)


@pytest.mark.parametrize(("one", "other"), [("Talous & hallinto", "Taloushallinto"), ("Tilat", "Tila"), ("äly", "aly")])
def test_letters_do(one: str, other: str) -> None:
    assert spelling(one) != spelling(other)


def test_a_unit_is_found_by_any_of_its_names(world: Kept) -> None:
    unit = make.unit(world.municipality, "Markkinointi- ja viestintä", key="mavi", name_sv="Kommunikation")
    audited.add(UnitAlias(unit=unit, text="viestintäyks."), make.stamp())
    make.unit(make.municipality(), "markkinointi ja viestintä")
    for text in ("markkinointi ja viestintä", "KOMMUNIKATION", "Viestintäyks.", "MAVI", "ma-vi"):
        for language in ("fi", "sv", "en"):
            with override(language):
                assert named_unit(world.municipality.pk, text) == unit, text
    for text in ("", " - ", "markkinointi", "viestintä"):
        assert named_unit(world.municipality.pk, text) is None


def test_a_name_is_preferred_to_a_spelling_and_a_spelling_to_a_key(world: Kept) -> None:
    named = make.unit(world.municipality, "Satama")
    aliased = make.unit(world.municipality, "Liikenne")
    keyed = make.unit(world.municipality, "Väylät", key="satama")
    audited.add(UnitAlias(unit=aliased, text="satama"), make.stamp())
    assert named_unit(world.municipality.pk, "satama") == named
    audited.change(named, make.stamp(), name_fi="Port")
    assert named_unit(world.municipality.pk, "satama") == aliased
    audited.remove(aliased.aliases.get(), make.stamp())
    assert named_unit(world.municipality.pk, "satama") == keyed


def test_an_old_name_finds_the_old_unit_or_if_asked_todays(world: Kept) -> None:
    new = _renamed(world)
    assert named_unit(world.municipality.pk, "tietohallinto") == world.unit
    assert named_unit(world.municipality.pk, "tietohallinto", follow=True) == new
    audited.change(new, make.stamp(), successor=world.unit)
    assert named_unit(world.municipality.pk, "tietohallinto", follow=True) in {world.unit, new}


def test_a_unit_that_goes_on_is_preferred_to_one_that_ended_under_the_same_name(world: Kept) -> None:
    new = _renamed(world)
    audited.change(new, make.stamp(), name_fi="Tietohallinto")
    assert named_unit(world.municipality.pk, "tietohallinto") == new


# Spellings and groups


def _spelled(unit: Unit, text: str, **by: Any) -> UnitAlias:
    return changing.add(UnitAlias(unit=unit, text=text), **by)


def _member(group: Unit, unit: Unit, **by: Any) -> GroupMember:
    return changing.add(GroupMember(group=group, unit=unit), **by)


def test_a_spelling_names_one_unit(world: Kept) -> None:
    other = make.unit(world.municipality, "Viestintä")
    alias = _spelled(world.unit, " tieto-hallintoyks. ", **world.by_admin())
    assert alias.text == "tieto-hallintoyks."
    for text in ("TIETOHALLINTOYKS.", "Tietohallinto"):
        with pytest.raises(Invalid) as refused:
            _spelled(other, text, **world.by_admin())
        assert "Tietohallinto" in refused.value.message
    for text in ("", "--", "tieto-hallintoyks."):
        with pytest.raises(Invalid):
            _spelled(world.unit, text, **world.by_admin("Vielä kerran"))


def test_members_come_and_go_with_a_reason(world: Kept) -> None:
    group = make.unit(world.municipality, "Tukipalvelut", kind="group")
    plan = make.plan(make.action_item(world.goal, group), world.period)
    link = _member(group, world.unit, **world.by_admin())
    assert access.roles_on(_scope(world.manager), plan) == {Role.MANAGER}
    changing.remove(GroupMember, link.pk, **world.by_admin())
    assert access.roles_on(_scope(world.manager), plan) == frozenset()
    assert [row.history_type for row in GroupMember.history.filter(id=link.id).order_by("history_id")] == ["+", "-"]
    with pytest.raises(Http404):
        changing.remove(GroupMember, link.pk, **world.by_admin())


def test_what_cannot_be_a_member(world: Kept) -> None:
    group = make.unit(world.municipality, "Tukipalvelut", kind="group")
    outer = make.unit(world.municipality, "Kaikki", kind="group")
    _member(outer, group, **world.by_admin())
    with pytest.raises((Http404, Invalid)):
        _member(group, make.World().unit, **world.by_admin())
    for members in ((world.unit, group), (group, outer), (group, group), (outer, group)):
        with pytest.raises(Invalid):
            _member(*members, **world.by_admin("Vielä kerran"))
    assert GroupMember.objects.count() == 1


def test_one_who_keeps_two_municipalities_cannot_mix_them(world: Kept) -> None:
    other = make.World()
    make.official(other.municipality, Role.ADMIN, user=world.admin)
    group = make.unit(world.municipality, "Tukipalvelut", kind="group")
    both: dict[str, Any] = {"scope": _scope(world.admin), "stamp": _stamp(world.admin)}
    with pytest.raises(Invalid) as refused:
        _member(group, other.unit, **both)
    assert refused.value.field == "unit"
    with pytest.raises(Invalid):
        units.end(world.unit.pk, last_day=ON, successors=[other.unit.pk], version=1, **both)


def test_service_areas_together_need_no_members(world: Kept) -> None:
    together = units.create(
        _new(world, name_fi="Palvelualueet", kind="group", member_kind="service_area"), **world.by_admin()
    )
    area = units.create(_new(world, name_fi="Elinvoima", kind="service_area"), **world.by_admin())
    plan = make.plan(make.action_item(world.goal, together), world.period)
    scope = _scope(make.member(area))
    assert list(access.visible(scope, PeriodPlan).filter(unit_links__unit__in=scope.units_as(Role.MANAGER))) == [plan]
