"""Who sees and may do what: tables of person × object, on every model that a request can ask for."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import Http404

from tests import make
from toimenpiteet import access, models
from toimenpiteet.access import Scope, UnitTree
from toimenpiteet.models import Audited, PeriodPlan, StatusChange, Strategy, Unit, User
from toimenpiteet.services import audited
from toimenpiteet.workflow import Role

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


class Everything(make.World):
    """A world with a row of every model that a request can ask for."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: dict[type[Model], Model] = {
            type(row): row for row in vars(self).values() if isinstance(row, Audited) and not isinstance(row, User)
        }
        for row in self._more():
            self.rows[type(row)] = row

    def _more(self) -> list[Model]:
        group = make.unit(self.municipality, "Palvelualueet", kind="group")
        project = self._add(models.Project, municipality=self.municipality, key="hanke", name_fi="Hanke")
        line = self._add(models.BudgetLine, municipality=self.municipality, key="rivi", name_fi="Kehittämisraha")
        programme = self._add(models.Programme, municipality=self.municipality, key="ohjelma", name_fi="Ohjelma")
        indicator = self._add(models.Indicator, strategy=self.strategy, key="mittari", name_fi="Väkiluku")
        round_ = self._add(
            models.ReportingRound,
            strategy=self.strategy,
            kind="budget",
            year=2021,
            opens_on=make.TODAY,
            decided_on=make.TODAY,
            due_on=make.TODAY,
        )
        return [
            self.unit,
            project,
            line,
            programme,
            indicator,
            round_,
            make.group_member(group, self.unit),
            self._add(models.UnitHandover, unit=make.unit(self.municipality), successor=self.unit, kind="merged"),
            self._add(models.HandedOver, unit=self.unit, act="changed", thing="unit", row=1),
            make.step(self.plan),
            self._add(models.PlanMeans, plan=self.plan, key="verkosto", text_fi="Verkosto"),
            self._add(models.UnitAlias, unit=self.unit, text="tiha"),
            self._add(models.ProjectAlias, project=project, text="hanke 1"),
            self._add(models.ProgrammeStrategy, programme=programme, strategy=self.strategy),
            self._add(models.ProgrammeTheme, programme=programme, theme=self.theme),
            self._add(models.StrategyPart, strategy=self.strategy, key="osa", kind="vision", name_fi="Osa"),
            self._add(
                models.ProcessEvent, strategy=self.strategy, key="k", kind="survey", name_fi="K", end_on=make.TODAY
            ),
            self._add(models.FollowUp, strategy=self.strategy, key="s", text_fi="Seurataan"),
            self._add(models.CoreValue, strategy=self.strategy, key="arvo", name_fi="Rohkeus"),
            self._add(
                models.CalendarEntry, strategy=self.strategy, kind="budget", which="council", rule="last mon 11-17"
            ),
            self._add(models.SuccessFactor, theme=self.theme, key="kmt", name_fi="Osaaminen"),
            self._add(models.IndicatorValue, indicator=indicator, key="a", kind="TP", year=2020, value=1),
            self._add(models.IndicatorTarget, indicator=indicator, key="t", operator="none"),
            self._add(models.LinkedGoal, item=self.item, goal=make.goal(self.theme)),
            self._add(models.PlanProject, plan=self.plan, project=project),
            self._add(models.PlanBudgetLine, plan=self.plan, budget_line=line),
            self._add(models.PlanSuccessor, plan=self.plan, item=make.action_item(self.goal, self.unit)),
            self._add(
                models.Comment, plan=self.plan, text="Hyvä", at=make.NOW, author_name=make.name("Aino Esimerkki")
            ),
            (report := self._add(models.StatusReport, plan=self.plan, round=round_)),
            self._add(
                models.AnswerCorrection, report=report, light="on_track", text="Valmis", why="Luku tuli", at=make.NOW
            ),
            make.change_request(self.plan),
            self._add(models.Nudge, plan=self.plan, round=round_, asked_by=self.director, at=make.NOW),
            (
                file := self._add(
                    models.StoredFile,
                    municipality=self.municipality,
                    name="tulos.pdf",
                    content_type="application/pdf",
                    size=1,
                    sha256="0" * 64,
                )
            ),
            self._add(
                models.Evidence, round=round_, plan=self.plan, name="Kysely", url="https://mallila.example/kysely"
            ),
            self._add(models.GoalAssessment, round=round_, goal=self.goal, outcome="partly", grounds="Kysely."),
            self._add(
                models.FollowedDecision,
                strategy=self.strategy,
                key="rahoitus",
                name_fi="Rahoitus selvitetään",
                body="Kaupunginhallitus",
                decided_on=make.TODAY,
            ),
            (report := self._add(models.ReportVersion, round=round_, at=make.NOW)),
            self._add(models.ReportFile, report=report, form="fi.pdf", file=file),
            models.Told.objects.create(
                municipality=self.municipality,
                unit=self.unit,
                round=round_,
                kind="round_due",
                at=make.NOW,
                outcome="sent",
            ),
            self._add(
                models.RoundDay,
                round=round_,
                which="lock",
                rule="never",
                computed_on=make.TODAY,
                decided_on=make.TODAY,
                holds_on=make.TODAY,
            ),
            self.plan.unit_links.get(),
            models.Membership.objects.get(user=self.manager),
            models.MunicipalityRole.objects.get(user=self.director),
            (grant := make.substitution(self.manager, self.director, self.municipality)),
            self._add(models.GrantPlan, grant=grant, plan=self.plan),
            StatusChange.objects.create(
                plan=self.plan,
                move="start",
                from_status="not_started",
                to_status="in_progress",
                at=make.NOW,
                actor_name=make.name("Aino Esimerkki"),
                door="page",
                plan_version=2,
            ),
        ]

    def _add(self, model: Callable[..., Any], **fields: Any) -> Any:
        return audited.add(model(**fields), make.stamp())


def _models() -> list[type[Model]]:
    # People are seen by a rule of their own, access.people.
    tracked = set(apps.get_app_config("toimenpiteet").get_models()) - {User}
    found = [model for model in tracked if issubclass(model, Audited)]
    return [*sorted(found, key=lambda model: model.__name__), StatusChange, models.Told]


def _scope(user: User | None, day: date = make.TODAY) -> Scope:
    return access.scope_of(user, day)


def _sees(scope: Scope, row: Model) -> bool:
    try:
        return access.get(scope, access.visible(scope, type(row)), pk=row.pk) == row
    except Http404:
        return False


# Which rows exist for whom

HIDDEN_FROM_THE_PUBLIC = {
    "UnitAlias",
    "GroupMember",
    "HandedOver",
    "Membership",
    "MunicipalityRole",
    "Grant",
    "GrantPlan",
    "ProjectAlias",
    "ProgrammeStrategy",
    "ProgrammeTheme",
    "CalendarEntry",
    "ChangeRequest",
    "Comment",
    "StatusChange",
    "StatusReport",
    "AnswerCorrection",
    "Nudge",
    # Public, where it is marked so, once its round is published (tests/rounds/test_evidence.py).
    "Evidence",
    # Public once their round is published (tests/rounds/test_goals.py).
    "GoalAssessment",
    # Public once their round is published (tests/report/test_pages.py).
    "ReportFile",
    "ReportVersion",
    "StoredFile",
    "Told",
}


def test_every_tracked_model_has_its_gate() -> None:
    world = Everything()
    assert set(world.rows) == set(_models())


def test_a_row_exists_for_those_of_its_municipality_and_for_no_others() -> None:
    world, other = Everything(), make.World()
    insiders = [_scope(world.manager), _scope(world.director), _scope(make.official(world.municipality, Role.VIEWER))]
    outsiders = [
        _scope(other.manager),
        _scope(other.director),
        _scope(make.official(other.municipality, Role.ADMIN)),
        _scope(make.user("Roolia Vailla")),
    ]
    for row in world.rows.values():
        assert [_sees(scope, row) for scope in insiders] == [True] * 3, row
        assert [_sees(scope, row) for scope in outsiders] == [False] * 4, row
        assert access.municipality_of(row) == world.municipality.pk


def test_a_draft_of_an_answer_is_read_by_those_who_may_answer_for_the_plan() -> None:
    world, other = Everything(), make.World()
    asked_in = models.ReportingRound.objects.get()
    draft = models.AnswerDraft.objects.create(plan=world.plan, round=asked_in, person=world.manager, at=make.NOW)
    readers = [world.manager, make.member(world.unit, Role.CONTRIBUTOR)]
    others = [make.official(world.municipality, Role.VIEWER), other.manager, make.user("Roolia Vailla"), None]
    assert [draft in access.drafts(_scope(person)) for person in readers] == [True] * 2
    assert [draft in access.drafts(_scope(person)) for person in others] == [False] * 4


def test_the_public_sees_what_is_published() -> None:
    world = Everything()
    nobody = _scope(None)
    seen = {model.__name__ for model, row in world.rows.items() if _sees(nobody, row)}
    assert seen == {model.__name__ for model in world.rows} - HIDDEN_FROM_THE_PUBLIC


def test_the_public_sees_nothing_of_a_draft() -> None:
    world = Everything()
    audited.change(world.strategy, make.stamp(), published=False)
    nobody = _scope(None)
    assert [model.__name__ for model, row in world.rows.items() if _sees(nobody, row)] == []


def test_the_public_sees_each_row_once() -> None:
    world = Everything()
    second = make.strategy(world.municipality)
    goal = make.goal(make.theme(second))
    plan = make.plan(make.action_item(goal, world.unit), make.period(second))
    audited.add(models.PlanProject(plan=plan, project=models.Project.objects.get()), make.stamp())
    for model in (models.Municipality, Unit, models.Project):
        rows = list(access.visible(_scope(None), model))
        assert len(rows) == len(set(rows))


@pytest.mark.parametrize("pk", [0, -1, 10**30, "abc", "", None, "1 OR 1=1"])
def test_an_id_that_cannot_be_is_not_found(pk: Any) -> None:
    world = make.World()
    with pytest.raises(Http404):
        access.get(_scope(world.manager), access.visible(_scope(world.manager), Unit), pk=pk)


def test_a_person_of_two_municipalities_sees_both_and_acts_in_each_as_what_they_are_there() -> None:
    here, there = make.World(), make.World()
    person = make.member(here.unit)
    make.official(there.municipality, Role.VIEWER, user=person)
    scope = _scope(person)
    assert _sees(scope, here.plan)
    assert _sees(scope, there.plan)
    assert access.roles_on(scope, here.plan) == {Role.MANAGER}
    assert access.roles_on(scope, there.plan) == {Role.VIEWER}
    assert scope.municipality_roles == {there.municipality.pk: {Role.VIEWER}}


# Who is a person today


@pytest.mark.parametrize(
    ("start", "end", "day", "holds"),
    [
        (None, None, make.TODAY, True),
        (make.TODAY, None, make.TODAY, True),
        (make.TODAY + DAY, None, make.TODAY, False),
        (None, make.TODAY, make.TODAY, True),
        (None, make.TODAY - DAY, make.TODAY, False),
        (make.TODAY, make.TODAY, make.TODAY, True),
        (make.TODAY - DAY, make.TODAY + DAY, make.TODAY, True),
        (make.TODAY - 9 * DAY, make.TODAY - DAY, make.TODAY, False),
    ],
)
def test_a_role_holds_from_its_first_day_to_its_last(
    start: date | None, end: date | None, day: date, holds: bool
) -> None:
    world = make.World()
    dates: dict[str, Any] = {"valid_from": start, "valid_until": end}
    manager = make.member(world.unit, **dates)
    director = make.official(world.municipality, **dates)
    assert (access.roles_on(_scope(manager, day), world.plan) == {Role.MANAGER}) is holds
    assert (access.roles_on(_scope(director, day), world.plan) == {Role.DIRECTOR}) is holds
    assert _sees(_scope(manager, day), world.plan) is holds


def test_an_account_that_is_closed_is_nobody() -> None:
    world = make.World()
    world.director.is_active = False
    assert _scope(world.director) == Scope()
    assert access.scope_of(AnonymousUser(), make.TODAY).anonymous


def test_a_superuser_has_no_role_by_that_alone() -> None:
    world = make.World()
    operator = User.objects.create_superuser("yllapito@mallila.example", name="Ylläpito")
    assert access.roles_on(_scope(operator), world.plan) == frozenset()
    assert not _sees(_scope(operator), world.plan)


# Whose plan it is


class Tree(make.World):
    """A municipality whose plan is the responsibility of whatever a test puts there."""

    def __init__(self) -> None:
        super().__init__()
        self.area = make.unit(self.municipality, "Hyvinvointi", kind="service_area")
        self.office = make.unit(self.municipality, "Kirjasto", parent=self.area)
        self.desk = make.unit(self.municipality, "Lainaustiski", parent=self.office)
        self.group = make.unit(self.municipality, "Johtoryhmä", kind="group")
        self.everyone = make.unit(self.municipality, "Palvelualueet", kind="group", member_kind="service_area")
        make.group_member(self.group, self.area)
        self.now = make.unit(self.municipality, "Tilapalvelut")
        self.before = make.unit(self.municipality, "Tilakeskus", successor=self.now, valid_until=make.TODAY - DAY)
        self.stranger = make.unit(self.municipality, "Satama")

    def owned_by(self, unit: Unit) -> PeriodPlan:
        return make.plan(make.action_item(self.goal, unit), self.period)


# Responsible unit → the units whose manager it reaches.
REACH = {
    "area": {"area", "office", "desk"},
    "office": {"office", "desk"},
    "desk": {"desk"},
    "group": {"area", "office", "desk"},
    "everyone": {"area", "office", "desk"},
    "now": {"now"},
    "before": {"now", "before"},
    "stranger": {"stranger"},
}


@pytest.mark.parametrize("responsible", REACH)
@pytest.mark.parametrize("role", [Role.MANAGER, Role.CONTRIBUTOR])
def test_a_plan_reaches_the_unit_what_is_under_it_its_members_and_its_successor(responsible: str, role: Role) -> None:
    tree = Tree()
    plan = tree.owned_by(getattr(tree, responsible))
    reached = set()
    for name in ("area", "office", "desk", "now", "before", "stranger", "group", "everyone"):
        if role in access.roles_on(_scope(make.member(getattr(tree, name), role)), plan):
            reached.add(name)
    assert reached - {"group", "everyone"} == REACH[responsible]
    assert reached & {"group", "everyone"} == {responsible} & {"group", "everyone"}


def test_service_areas_together_are_on_the_list_of_every_service_area() -> None:
    tree = Tree()
    second = make.unit(tree.municipality, "Elinvoima", kind="service_area")
    plan = tree.owned_by(tree.everyone)
    for area in (tree.area, second):
        scope = _scope(make.member(area))
        mine = access.visible(scope, PeriodPlan).filter(unit_links__unit__in=scope.units_as(Role.MANAGER))
        assert list(mine) == [plan]
    # One that is founded later is a member without anybody's doing.
    third = make.unit(tree.municipality, "Kaupunkiympäristö", kind="service_area")
    assert access.roles_on(_scope(make.member(third)), plan) == {Role.MANAGER}


def test_service_areas_of_another_municipality_are_no_members() -> None:
    tree, other = Tree(), make.World()
    foreign = make.unit(other.municipality, "Hyvinvointi", kind="service_area")
    person = make.member(foreign)
    make.official(tree.municipality, Role.VIEWER, user=person)
    assert access.roles_on(_scope(person), tree.owned_by(tree.everyone)) == {Role.VIEWER}


def test_a_row_that_crosses_municipalities_gives_no_rights() -> None:
    # Services refuse to make such rows; if one is there all the same, it counts for nothing.
    tree, other = Tree(), make.World()
    crossing = make.unit(other.municipality, "Naapuri", parent=tree.area)
    make.group_member(tree.group, crossing)
    audited.change(tree.before, make.stamp(), successor=crossing)
    person = make.member(crossing)
    make.official(tree.municipality, Role.VIEWER, user=person)
    scope = _scope(person)
    assert scope.units_as(Role.MANAGER) == {crossing.pk}
    assert UnitTree.load([tree.municipality.pk, other.municipality.pk]).within(tree.group.pk).isdisjoint({crossing.pk})


def test_groups_of_groups_and_circles_come_to_an_end() -> None:
    tree = Tree()
    outer = make.unit(tree.municipality, "Koko kaupunki", kind="group")
    make.group_member(outer, tree.group)
    make.group_member(tree.group, outer)
    audited.change(tree.area, make.stamp(), parent=tree.desk)
    audited.change(tree.now, make.stamp(), successor=tree.before)
    plan = tree.owned_by(outer)
    assert access.roles_on(_scope(make.member(tree.desk)), plan) == {Role.MANAGER}
    scope = _scope(make.member(tree.now))
    assert scope.units_as(Role.MANAGER) == {tree.now.pk, tree.before.pk}
    loaded = UnitTree.load([tree.municipality.pk])
    assert loaded.within(outer.pk) == loaded.within(tree.group.pk)
    assert {tree.area.pk, tree.office.pk, tree.desk.pk} < loaded.within(outer.pk)


def test_within_is_the_unit_its_children_members_and_earlier_names() -> None:
    tree = Tree()
    loaded = UnitTree.load([tree.municipality.pk])
    assert loaded.within(tree.area.pk) == {tree.area.pk, tree.office.pk, tree.desk.pk}
    assert loaded.within(tree.group.pk) == {tree.group.pk, tree.area.pk, tree.office.pk, tree.desk.pk}
    assert loaded.within(tree.now.pk) == {tree.now.pk, tree.before.pk}
    assert loaded.within(tree.stranger.pk) == {tree.stranger.pk}


def test_the_director_and_the_viewer_are_so_on_every_plan_of_the_municipality() -> None:
    tree = Tree()
    plan = tree.owned_by(tree.stranger)
    assert access.roles_on(_scope(tree.director), plan) == {Role.DIRECTOR}
    assert access.roles_on(_scope(make.official(tree.municipality, Role.VIEWER)), plan) == {Role.VIEWER}
    assert access.roles_on(_scope(None), plan) == frozenset()


# Who keeps people and units


def test_what_is_administered_is_where_one_is_an_admin() -> None:
    here, there = make.World(), make.World()
    person = make.official(here.municipality, Role.ADMIN)
    make.official(there.municipality, Role.DIRECTOR, user=person)
    kept = access.administered(_scope(person))
    assert kept.municipalities == {here.municipality.pk}
    assert not _sees(kept, there.plan)
    assert access.administered(_scope(there.director)).municipalities == frozenset()
    operator = User.objects.create_superuser("yllapito@mallila.example", name="Ylläpito")
    assert access.administered(_scope(operator)).municipalities >= {here.municipality.pk, there.municipality.pk}


def test_people_are_those_with_a_role_in_the_municipality() -> None:
    here, there = make.World(), make.World()
    former = make.member(here.unit, valid_until=make.TODAY - DAY)
    loose = make.user("Roolia Vailla")
    admin = make.official(here.municipality, Role.ADMIN)
    found = set(access.people(access.administered(_scope(admin))))
    assert found == {here.manager, here.director, former, admin}
    assert there.manager not in found
    assert loose not in found


def test_a_strategy_of_ones_own_is_seen_before_it_is_published() -> None:
    world = make.World()
    draft = make.strategy(world.municipality, published=False)
    assert draft in access.visible(_scope(world.manager), Strategy)
    assert draft not in access.visible(_scope(None), Strategy)


def test_a_scope_costs_three_queries_at_most(django_assert_max_num_queries: Any) -> None:
    tree = Tree()
    person = make.member(tree.office)
    make.official(tree.municipality, Role.VIEWER, user=person)
    with django_assert_max_num_queries(3):
        scope = _scope(person)
        scope.units_as(Role.MANAGER)


# Who may do what

EVERYBODY = ("manager", "contributor", "director", "viewer", "admin", "operator", "colleague", "neighbour", "nobody")
MAY: dict[str, set[str]] = {
    "work": {"manager", "contributor", "director"},
    "answer": {"manager", "contributor"},
    "send_answer": {"manager"},
    "propose_change": {"manager"},
    "direct": {"director"},
    "keep": {"director", "admin", "operator"},
    "administer": {"admin", "operator"},
    "see_people": {"director", "admin", "operator"},
    "add_municipality": {"operator"},
    "read_mails": {"director", "admin"},
    "send_mails": {"director"},
    "except": {"director"},
    "start": {"manager", "director"},
    "pause": {"manager", "director"},
    "resume": {"manager", "director"},
    "propose_completion": {"manager"},
    "withdraw": {"manager"},
    "approve": {"director"},
    "send_back": {"director"},
    "discontinue": {"director"},
    "carry_over": {"director"},
    "reopen": {"director"},
}


def _everybody(world: make.World) -> dict[str, Scope]:
    return {
        "manager": _scope(world.manager),
        "contributor": _scope(make.member(world.unit, Role.CONTRIBUTOR)),
        "director": _scope(world.director),
        "viewer": _scope(make.official(world.municipality, Role.VIEWER)),
        "admin": _scope(make.official(world.municipality, Role.ADMIN)),
        "operator": _scope(User.objects.create_superuser("yllapito@mallila.example", name="Ylläpito")),
        # A manager of another unit of the town; and one of the next town.
        "colleague": _scope(make.member(make.unit(world.municipality, "Satama"))),
        "neighbour": _scope(make.official(make.municipality(), Role.DIRECTOR)),
        "nobody": _scope(None),
    }


def test_each_verb_is_open_to_whom_the_table_says_and_everybody_else_is_told_why() -> None:
    world = make.World()
    people = _everybody(world)
    assert set(MAY) == set(access.rights.ROLES)
    for verb, allowed in MAY.items():
        verdicts = {name: access.may(people[name], verb, world.plan) for name in EVERYBODY}
        assert {name for name, verdict in verdicts.items() if verdict} == allowed, verb
        assert {name for name, verdict in verdicts.items() if verdict.why} == set(EVERYBODY) - allowed, verb


def test_the_units_may_be_given_and_any_row_of_the_municipality_asked_about() -> None:
    world = make.World()
    manager, director = _scope(world.manager), _scope(world.director)
    assert access.may(manager, access.Verb.WORK, world.plan, [world.unit.pk])
    assert not access.may(manager, access.Verb.WORK, world.plan, [])
    assert access.may(director, access.Verb.KEEP, world.goal)
    assert access.may(director, access.Verb.KEEP, world.municipality.pk)
    assert not access.may(director, access.Verb.KEEP, make.World().goal)
    assert access.where(director, access.Verb.DIRECT) == {world.municipality.pk}
